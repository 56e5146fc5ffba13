import Crypto
import CryptoExtras
import Foundation

/// How much work scrypt makes of a password.
package struct PasswordCost: Sendable, Hashable {
    /// The logarithm of N.
    let logN: Int
    /// r.
    let blockSize: Int
    /// p.
    let lanes: Int

    /// What OWASP asks for: N = 2^15, r = 8, p = 3.
    package static let standard = PasswordCost(logN: 15, blockSize: 8, lanes: 3)
    /// For tests that are about something else.
    package static let quick = PasswordCost(logN: 4, blockSize: 8, lanes: 1)

    /// `ln=15,r=8,p=3`
    fileprivate var text: String { "ln=\(logN),r=\(blockSize),p=\(lanes)" }

    fileprivate init(logN: Int, blockSize: Int, lanes: Int) {
        (self.logN, self.blockSize, self.lanes) = (logN, blockSize, lanes)
    }

    /// Reads what `text` writes, up to four times the standard's memory.
    fileprivate init?(_ text: Substring) {
        let parts = text.split(separator: ",").map { $0.split(separator: "=") }
        guard parts.map(\.first) == ["ln", "r", "p"], parts.allSatisfy({ $0.count == 2 }) else { return nil }
        let numbers = parts.compactMap { Int($0[1]) }
        guard numbers.count == 3, (1...17).contains(numbers[0]), numbers[1] == 8, (1...8).contains(numbers[2]) else {
            return nil
        }
        self.init(logN: numbers[0], blockSize: numbers[1], lanes: numbers[2])
    }
}

/// What is kept of a password, in the manner of PHC strings: `$scrypt$ln=15,r=8,p=3$salt$hash`.
enum PasswordHash {
    /// How many characters a password has.
    static let length = 8...128
    static let saltBytes = 16
    private static let hashBytes = 32

    static func make(_ password: String, salt: [UInt8], _ cost: PasswordCost) throws -> String {
        "$scrypt$\(cost.text)$\(base64(salt))$\(base64(try derive(password, salt, cost)))"
    }

    /// Whether a password is the one.
    /// - Parameters:
    ///   - text: What is kept; where it is nil, or no hash of ours, the same work is done and no password is right.
    ///   - cost: What new hashes cost.
    static func matches(_ password: String, _ text: String?, _ cost: PasswordCost) throws -> Bool {
        let parts = text?.split(separator: "$").map(Substring.init) ?? []
        guard parts.count == 4, parts[0] == "scrypt", let own = PasswordCost(parts[1]),
            let salt = Data(base64Encoded: padded(parts[2]))
        else {
            _ = try derive(password, Array(repeating: 0, count: saltBytes), cost)
            return false
        }
        return AccountSecrets.same(base64(try derive(password, Array(salt), own)), String(parts[3]))
    }

    /// One and the same password may be typed as different code points on different keyboards.
    private static func derive(_ password: String, _ salt: [UInt8], _ cost: PasswordCost) throws -> [UInt8] {
        let key = try KDF.Scrypt.deriveKey(
            from: Data(password.precomposedStringWithCanonicalMapping.utf8), salt: salt, outputByteCount: hashBytes,
            rounds: 1 << cost.logN, blockSize: cost.blockSize, parallelism: cost.lanes, maxMemory: 256 << 20)
        return key.withUnsafeBytes(Array.init)
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("=", with: "")
    }

    private static func padded(_ text: Substring) -> String {
        text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    }
}
