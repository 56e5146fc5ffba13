package import Core
import Crypto
import Foundation

/// What is kept of people who were erased: a hash of who they were that nobody can make who has not the server's secret.
package struct PersonHash: Sendable {
    private let key: SymmetricKey

    /// A hash under a key that is derived from these bytes. They have to stay the same over a restore of a backup, so they are
    /// never kept in the database.
    package init(_ secret: [UInt8]) {
        key = SymmetricKey(
            data: HMAC<SHA256>.authenticationCode(for: Data("people".utf8), using: SymmetricKey(data: secret)))
    }

    /// 64 hexadecimal digits.
    package func callAsFunction(_ person: Person) -> String { hash("person \(person)") }

    /// Tells hashes of one secret from those of another.
    package var keyName: String { String(hash("key").prefix(8)) }

    private func hash(_ text: String) -> String {
        HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key).reduce(into: "") { text, byte in
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
    }
}
