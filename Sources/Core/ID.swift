/// A UUID, as Dogear writes it: 36 lower-case characters (RFC 9562).
///
/// Foundation's `UUID` prints upper case, and a place stored under `A…` would not be found under `a…`.
package struct ID: Hashable, Sendable, Comparable {
    /// The first 64 bits.
    package let high: UInt64
    /// The last 64 bits.
    package let low: UInt64

    /// An id from its two halves.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new random id (version 4), from the system's cryptographic generator: it cannot be guessed.
    package static func random() -> ID {
        var generator = SystemRandomNumberGenerator()
        let high = (generator.next() & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000
        let low = (generator.next() & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
        return ID(high: high, low: low)
    }

    /// Ids are ordered as their text is, so that every node locks rows in the same order.
    package static func < (left: ID, right: ID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension ID: LosslessStringConvertible {
    /// Reads `8-4-4-4-12` hexadecimal digits in either case; anything else is nil.
    package init?(_ text: String) {
        var text = text
        guard let id = text.withUTF8({ ID(ascii: $0) }) else { return nil }
        self = id
    }

    /// Reads the 36 ASCII characters of an id; anything else is nil.
    package init?(ascii bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count == 36 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        var digits = 0
        for index in 0..<36 {
            let byte = bytes[index]
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = hexadecimalDigit(byte) else { return nil }
            if digits < 16 { high = high << 4 | digit } else { low = low << 4 | digit }
            digits += 1
        }
        self.init(high: high, low: low)
    }

    /// The 36 lower-case characters.
    package var description: String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            write(to: buffer)
            return 36
        }
    }

    /// Writes the 36 lower-case characters into the first 36 bytes of a buffer.
    package func write(to buffer: UnsafeMutableBufferPointer<UInt8>) {
        var digits = 0
        for position in 0..<36 {
            if position == 8 || position == 13 || position == 18 || position == 23 {
                buffer[position] = UInt8(ascii: "-")
                continue
            }
            let half = digits < 16 ? high : low
            let digit = UInt8(truncatingIfNeeded: half >> UInt64(60 - 4 * (digits & 15))) & 0xF
            buffer[position] = digit < 10 ? digit + 0x30 : digit + 0x57
            digits += 1
        }
    }
}

private func hexadecimalDigit(_ byte: UInt8) -> UInt64? {
    switch byte {
    case 0x30...0x39: UInt64(byte - 0x30)
    case 0x61...0x66: UInt64(byte - 0x57)
    case 0x41...0x46: UInt64(byte - 0x37)
    default: nil
    }
}
