import Core

/// What is drawn at random, from the system's cryptographic generator.
enum Draw {
    /// A code of eight digits.
    static func code() -> String { AccountCode.make(UInt64.random(in: 0..<100_000_000)) }

    /// Bytes that cannot be guessed.
    static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: .min ... .max) } }

    /// What sealing a mail takes.
    static func nonce() -> [UInt8] { bytes(12) }
}
