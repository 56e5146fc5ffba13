import Core
import Crypto
import Foundation

/// What is derived from the server's secret (`DOGEAR_SECRET`): tokens, what is kept of codes and addresses, and the seal of mails.
///
/// A token says which sign-in it is of, and until when or in which place of the row it stands; an HMAC of that makes it one of
/// ours. So a token that was invented never reaches the database, and a database that leaks lets nobody in.
package struct AccountSecrets: Sendable {
    private let macKey: SymmetricKey
    private let sealKey: SymmetricKey

    /// Secrets derived from these bytes.
    package init(_ secret: [UInt8]) {
        let whole = SymmetricKey(data: secret)
        func key(_ use: String) -> SymmetricKey {
            SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Data("accounts.\(use)".utf8), using: whole))
        }
        (macKey, sealKey) = (key("mac"), key("seal"))
    }

    /// What sign-in tokens begin with.
    static let accessPrefix = "dgu_"
    /// What refresh tokens begin with.
    static let refreshPrefix = "dgr_"

    /// The token that requests of one sign-in carry, good until a moment.
    func access(_ signIn: ID, until: Instant) -> String {
        Self.accessPrefix + token("access", signIn, UInt64(bitPattern: until.milliseconds))
    }

    /// What a sign-in token says; nil for one that nobody here made.
    func readAccess(_ token: String) -> (signIn: ID, until: Instant)? {
        read("access", token, Self.accessPrefix).map { ($0, Instant(milliseconds: Int64(bitPattern: $1))) }
    }

    /// The token of a place in a sign-in's row of refresh tokens.
    func refresh(_ signIn: ID, number: Int) -> String {
        Self.refreshPrefix + token("refresh", signIn, UInt64(number))
    }

    /// What a refresh token says; nil for one that nobody here made.
    func readRefresh(_ token: String) -> (signIn: ID, number: Int)? {
        read("refresh", token, Self.refreshPrefix).flatMap { id, number in Int(exactly: number).map { (id, $0) } }
    }

    /// What cookies of the operator's page begin with.
    static let adminPrefix = "dga_"

    /// What says that somebody has signed in to the operator's page with a key, until a moment.
    func admin(_ key: ID, until: Instant) -> String {
        Self.adminPrefix + token("admin", key, UInt64(bitPattern: until.milliseconds))
    }

    /// What such a cookie says; nil for one that nobody here made.
    func readAdmin(_ token: String) -> (key: ID, until: Instant)? {
        read("admin", token, Self.adminPrefix).map { ($0, Instant(milliseconds: Int64(bitPattern: $1))) }
    }

    /// What stream tickets begin with.
    static let ticketPrefix = "dgt_"

    /// The ticket that opens one stream, once, until a moment.
    func ticket(_ id: ID, until: Instant) -> String {
        Self.ticketPrefix + token("ticket", id, UInt64(bitPattern: until.milliseconds))
    }

    /// What a ticket says; nil for one that nobody here made.
    func readTicket(_ token: String) -> (id: ID, until: Instant)? {
        read("ticket", token, Self.ticketPrefix).map { ($0, Instant(milliseconds: Int64(bitPattern: $1))) }
    }

    /// What is kept of something that could be found by trying, were it not for the secret: a code, an address.
    func keeps(_ what: String, _ text: String) -> String { Self.text(mac("\(what).\(text)")) }

    /// Compares in a time that does not tell how much of it is right.
    static func same(_ left: String, _ right: String) -> Bool { same(Array(left.utf8), Array(right.utf8)) }

    /// A mail's text, unreadable without the secret.
    /// - Parameter nonce: Twelve bytes that are never used again.
    func seal(_ text: String, nonce: [UInt8]) throws -> String {
        let sealed = try AES.GCM.seal(Data(text.utf8), using: sealKey, nonce: AES.GCM.Nonce(data: nonce))
        return Self.text(nonce + Array(sealed.ciphertext) + Array(sealed.tag))
    }

    /// What was sealed; nil for what was sealed under another secret, or is damaged.
    func open(_ sealed: String) -> String? {
        guard let bytes = Self.bytes(sealed), bytes.count > 28, let box = try? AES.GCM.SealedBox(combined: bytes),
            let text = try? AES.GCM.open(box, using: sealKey)
        else { return nil }
        return String(decoding: text, as: UTF8.self)
    }

    private func token(_ use: String, _ signIn: ID, _ number: UInt64) -> String {
        Self.text(Self.body(signIn, number) + mac("\(use).\(signIn).\(number)"))
    }

    private func read(_ use: String, _ token: String, _ prefix: String) -> (ID, UInt64)? {
        guard token.hasPrefix(prefix), token.utf8.count <= 100,
            let bytes = Self.bytes(String(token.dropFirst(prefix.count))), bytes.count == 56
        else { return nil }
        func number(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
        let (id, count) = (ID(high: number(0..<8), low: number(8..<16)), number(16..<24))
        // The text is compared too: base64 has several texts for the same bytes.
        guard Self.same(self.token(use, id, count), String(token.dropFirst(prefix.count))) else { return nil }
        return (id, count)
    }

    private static func body(_ signIn: ID, _ number: UInt64) -> [UInt8] {
        [signIn.high, signIn.low, number].flatMap { value in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> UInt64($0)) }
        }
    }

    private func mac(_ text: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: macKey))
    }

    private static func same(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func text(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        let base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        return Data(base64Encoded: base64 + String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)).map(
            Array.init)
    }
}
