import Core
import Crypto
import Foundation

/// What is derived from the server's secret (`DOGEAR_SECRET`): tokens, join keys, and what a device's id is kept as.
///
/// A token is `kind.subject.generation.secret`, whose secret is an HMAC of the rest: it can be told from an invented one without
/// a look at the database, also after a newer one has replaced it. A participant's has no kind in front, as the contract writes it.
package struct EventSecrets: Sendable {
    private let key: SymmetricKey

    /// Secrets derived from these bytes.
    package init(_ secret: [UInt8]) {
        key = SymmetricKey(data: secret)
    }

    /// A part that a token lets its bearer play.
    struct Claim: Sendable, Hashable {
        let role: Role
        let subject: ID
        let generation: Int
    }

    enum Role: String, Sendable, CaseIterable {
        case host, presenter, participant
    }

    func token(_ role: Role, _ subject: ID, generation: Int) -> String {
        let body = "\(subject).\(generation)"
        return (role == .participant ? "" : "\(role.rawValue).") + body + "." + code("\(role.rawValue).\(body)")
    }

    /// What a token says of itself, where it is one of ours; nil for what does not look like one.
    /// - Throws: `Invented` for one that looks like ours and is not.
    func claim(_ token: String) throws(Invented) -> Claim? {
        var parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let role: Role
        if parts.count == 4, let named = Role(rawValue: parts[0]), named != .participant {
            role = named
            parts.removeFirst()
        } else {
            role = .participant
        }
        guard parts.count == 3, let subject = ID(parts[0]) else { return nil }
        guard let generation = Int(parts[1]), String(generation) == parts[1], generation >= 0 else { throw Invented() }
        guard isCode(parts[2], of: "\(role.rawValue).\(subject).\(generation)") else { throw Invented() }
        return Claim(role: role, subject: subject, generation: generation)
    }

    /// A token that nobody here made.
    struct Invented: Error {}

    /// What is kept of a device's id: a leaked database lets nobody rejoin.
    func device(_ id: ID) -> ID {
        var bytes = Array(mac("device.\(id)").prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        func number(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
        return ID(high: number(0..<8), low: number(8..<16))
    }

    /// The key that the QR's address carries beside the code.
    func joinKey(of event: ID) -> String { Self.text(mac("join.\(event)").prefix(16)) }

    func isJoinKey(_ key: String, of event: ID) -> Bool { Self.same(Array(key.utf8), Array(joinKey(of: event).utf8)) }

    /// Proof that a join page looked an event up at a moment.
    func scan(of event: ID, at now: Instant) -> String {
        "\(now.milliseconds).\(code("scan.\(event).\(now.milliseconds)"))"
    }

    /// When a join page looked the event up; nil for what proves nothing.
    func scannedAt(_ scan: String, of event: ID) -> Instant? {
        let parts = scan.split(separator: ".").map(String.init)
        guard parts.count == 2, let moment = Int64(parts[0]), isCode(parts[1], of: "scan.\(event).\(moment)") else {
            return nil
        }
        return Instant(milliseconds: moment)
    }

    /// What is kept of a token.
    func digest(_ secret: String) -> String {
        SHA256.hash(data: Data(secret.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// What is kept of a code that people type: so short a code could be found by trying, were it not for the secret.
    func sealed(_ code: String) -> String { self.code("code.\(code)") }

    private func mac(_ text: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key))
    }

    private func code(_ text: String) -> String { Self.text(mac(text)[...]) }

    private func isCode(_ code: String, of text: String) -> Bool {
        Self.same(Array(code.utf8), Array(self.code(text).utf8))
    }

    /// Compares in a time that does not tell how much of it is right.
    private static func same(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func text(_ bytes: some Collection<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

/// Codes that people read and type, without letters and digits that look alike.
enum TypedCode {
    static let alphabet = Array("ABCDEFGHJKMNPQRSTUVWXYZ23456789")
    static let joinLength = 6
    static let recoveryLength = 10

    /// A code from numbers drawn at random, one for each character.
    static func make(_ draw: [UInt64]) -> String { String(draw.map { alphabet[Int($0 % UInt64(alphabet.count))] }) }

    /// A code as it was meant: without spaces and dashes, in capitals.
    static func read(_ text: String) -> String {
        String(text.uppercased().filter { !$0.isWhitespace && $0 != "-" }.prefix(40))
    }
}
