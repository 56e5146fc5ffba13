import AsyncHTTPClient
package import Core
import Foundation
import JWTKit
import NIOCore
import NIOFoundationEssentialsCompat
import NIOHTTP1
import Synchronization
import Web

/// The app's own user tokens: JWTs, by a shared secret or by the keys that the app publishes, never both.
package final class UserTokens: Sendable {
    /// Where the keys come from.
    package enum Source: Sendable {
        /// HMAC with SHA-256 under this secret.
        case secret(String)
        /// A JWKS: a file's path, or an https URL, read again every ten minutes and when a token names a new key.
        case jwks(String)
    }

    private struct State: Sendable {
        var keys: KeySet?
        var readAt: Instant?
        var askedAt: Instant?
        var reading: Task<KeySet, any Error>?
    }

    /// The keys, and the names that tokens may call them by; nil where there is one key and it has no name.
    private struct KeySet: Sendable {
        let keys: JWTKeyCollection
        let names: Set<String>?
    }

    private static let keysKeptFor = Duration.minutes(10)
    private static let soonestReread = Duration.seconds(30)

    private let source: Source
    private let userClaim: String
    private let clock: Clock
    private let state = Mutex(State())

    /// Tokens of one app.
    /// - Parameters:
    ///   - source: Where the keys come from.
    ///   - userClaim: The claim that holds the user's id, a UUID.
    package init(source: Source, userClaim: String = "sub", clock: Clock = .system) {
        self.source = source
        self.userClaim = userClaim
        self.clock = clock
    }

    /// Reads the keys once, so that a bad path or address is known at start.
    package func prepare() async throws {
        _ = try await reading().value
    }

    /// The user whom a token is of, and until when.
    /// - Throws: `Problem` 401 with the reason; 503 when the keys cannot be read.
    func user(of token: String) async throws -> (id: ID, expiresAt: Instant) {
        let header = try TokenHeader(token)
        let claims: Claims
        do {
            claims = try await keys(for: header.keyID).verify(token, as: Claims.self)
        } catch let problem as Problem {
            throw problem
        } catch {
            // Whatever a signature of the wrong length or a key of the wrong curve makes the library say.
            throw Self.problem(error)
        }
        guard let expires = claims.expires else { throw Problem.badToken("The token has no `exp`.") }
        guard clock.now < expires else { throw Problem.badToken("The token expired at \(expires).") }
        if let notBefore = claims.notBefore, clock.now < notBefore {
            throw Problem.badToken("The token is not good before \(notBefore).")
        }
        guard let id = claims.text[userClaim].flatMap(ID.init) else {
            throw Problem.badToken("The claim `\(userClaim)` must hold the user's id, a UUID.")
        }
        return (id, expires)
    }

    private static func problem(_ error: any Error) -> Problem {
        switch (error as? JWTError)?.errorType {
        case .signatureVerificationFailed?: .badToken("Its signature is not by a key that Dogear was told of.")
        case .unknownKID?, .noKeyProvided?: .unknownKey
        default: .badToken("It is not a JWT that Dogear can read.")
        }
    }

    /// The keys that are known, without waiting for newer ones; only a name that is not among them is asked for, at most every
    /// 30 seconds.
    private func keys(for name: String?) async throws -> JWTKeyCollection {
        let now = clock.now
        let known = state.withLock { $0 }
        guard let set = known.keys else { return try await available(reading()).keys }
        if let readAt = known.readAt, now - readAt > Self.keysKeptFor, mayAsk(known, at: now) { _ = reading() }
        guard let name, let names = set.names, !names.contains(name) else { return set.keys }
        guard known.reading != nil || mayAsk(known, at: now) else { throw Problem.unknownKey }
        let newer = try? await reading().value
        guard let newer, newer.names?.contains(name) ?? true else { throw Problem.unknownKey }
        return newer.keys
    }

    private func mayAsk(_ state: State, at now: Instant) -> Bool {
        state.askedAt.map { now - $0 > Self.soonestReread || now < $0 } ?? true
    }

    private func available(_ reading: Task<KeySet, any Error>) async throws -> KeySet {
        do {
            return try await reading.value
        } catch {
            throw Problem.unavailable(
                "The keys that user tokens are checked with cannot be read. Send the same request again shortly.")
        }
    }

    /// The one reading of the keys that is under way, begun where there is none. Keys that were good go on being used where it
    /// fails.
    private func reading() -> Task<KeySet, any Error> {
        state.withLock { state in
            if let reading = state.reading { return reading }
            let reading = Task { [self] in
                defer { self.state.withLock { $0.reading = nil } }
                let keys = try await read()
                self.state.withLock {
                    $0.keys = keys
                    $0.readAt = clock.now
                }
                return keys
            }
            state.reading = reading
            state.askedAt = clock.now
            return reading
        }
    }

    private func read() async throws -> KeySet {
        let keys = JWTKeyCollection()
        switch source {
        case .secret(let secret):
            await keys.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
            return KeySet(keys: keys, names: nil)
        case .jwks(let place):
            let isAddress = place.hasPrefix("http://") || place.hasPrefix("https://")
            let json = isAddress ? try await fetch(place) : try file(place)
            try await keys.add(jwksJSON: json)
            return KeySet(keys: keys, names: Self.names(in: json))
        }
    }

    private static func names(in jwks: String) -> Set<String>? {
        guard let document = JSONDocument(Data(jwks.utf8)),
            let keys = document.member("keys", of: JSONDocument.root).flatMap(document.elements)
        else { return nil }
        let names = keys.compactMap { document.member("kid", of: $0).flatMap(document.text) }
        return names.isEmpty ? nil : Set(names)
    }

    private func file(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    }

    private func fetch(_ url: String) async throws -> String {
        let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: .seconds(5))
        guard response.status == .ok else { throw Problem.unavailable("\(url) answered \(response.status.code)") }
        return String(buffer: try await response.body.collect(upTo: 1 << 20))
    }
}

extension Problem {
    fileprivate static var unknownKey: Problem { .badToken("It names a key that Dogear was not told of.") }
}

/// What a token says of how it was made (RFC 7515, section 4.1).
private struct TokenHeader {
    let keyID: String?

    /// - Throws: 401 for what is no JWT, or asks for an extension that must be understood.
    init(_ token: String) throws(Problem) {
        let first = token.prefix { $0 != "." }
        var base64 = String(first).replacing("-", with: "+").replacing("_", with: "/")
        base64 += String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: base64), let document = JSONDocument(data),
            document.kind(of: JSONDocument.root) == .object
        else { throw .badToken("It is not a JWT that Dogear can read.") }
        guard document.member("crit", of: JSONDocument.root) == nil else {
            throw .badToken("Its `crit` asks for extensions that Dogear does not know.")
        }
        keyID = document.member("kid", of: JSONDocument.root).flatMap(document.text)
    }
}

/// What a token says; every text claim is kept, because the settings name the one that holds the user.
private struct Claims: JWTPayload {
    let text: [String: String]
    let expires: Instant?
    let notBefore: Instant?

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        var text: [String: String] = [:]
        var numbers: [String: Double] = [:]
        for name in container.allKeys {
            if let value = try? container.decode(String.self, forKey: name) { text[name.stringValue] = value }
            if let value = try? container.decode(Double.self, forKey: name) { numbers[name.stringValue] = value }
        }
        self.text = text
        expires = numbers["exp"].flatMap(Self.instant)
        notBefore = numbers["nbf"].flatMap(Self.instant)
    }

    private static func instant(_ seconds: Double) -> Instant? {
        abs(seconds) < 1e12 ? Instant(milliseconds: Int64(seconds * 1_000)) : nil
    }

    func encode(to encoder: any Encoder) throws {}

    func verify(using algorithm: some JWTAlgorithm) async throws {}
}
