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
        var keys: JWTKeyCollection?
        var readAt: Instant?
    }

    private static let keysKeptFor = Span.minutes(10)
    private static let soonestReread = Span.seconds(30)

    private let source: Source
    private let userClaim: String
    private let clock: TimeSource
    private let state = Mutex(State())

    /// Tokens of one app.
    /// - Parameters:
    ///   - source: Where the keys come from.
    ///   - userClaim: The claim that holds the user's id, a UUID.
    package init(source: Source, userClaim: String = "sub", clock: TimeSource = .system) {
        self.source = source
        self.userClaim = userClaim
        self.clock = clock
    }

    /// Reads the keys once, so that a bad path or address is known at start.
    package func prepare() async throws {
        _ = try await keys(rereading: false)
    }

    /// The user whom a token is of.
    /// - Throws: `Problem` 401 with the reason; 503 when the keys cannot be read.
    func user(of token: String) async throws -> ID {
        let claims: Claims
        do {
            claims = try await keys(rereading: false).verify(token, as: Claims.self)
        } catch let error as JWTError where error.errorType == .unknownKID || error.errorType == .noKeyProvided {
            claims = try await verify(token, with: try await keys(rereading: true))
        } catch let error as JWTError {
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
        return id
    }

    private func verify(_ token: String, with keys: JWTKeyCollection) async throws -> Claims {
        do {
            return try await keys.verify(token, as: Claims.self)
        } catch let error as JWTError {
            throw Self.problem(error)
        }
    }

    private static func problem(_ error: JWTError) -> Problem {
        switch error.errorType {
        case .signatureVerificationFailed: .badToken("Its signature is not by a key that Dogear was told of.")
        case .unknownKID, .noKeyProvided: .badToken("It names a key that Dogear was not told of.")
        default: .badToken("It is not a JWT that Dogear can read.")
        }
    }

    private func keys(rereading: Bool) async throws -> JWTKeyCollection {
        let now = clock.now
        let known = state.withLock { $0 }
        if let keys = known.keys, let readAt = known.readAt {
            let age = now - readAt
            if age <= (rereading ? Self.soonestReread : Self.keysKeptFor) { return keys }
        }
        do {
            let keys = try await read()
            state.withLock { $0 = State(keys: keys, readAt: now) }
            return keys
        } catch {
            // Keys that were good ten minutes ago serve on while the app's server is away.
            if let keys = known.keys { return keys }
            throw Problem.unavailable(
                "The keys that user tokens are checked with cannot be read. Send the same request again shortly.")
        }
    }

    private func read() async throws -> JWTKeyCollection {
        let keys = JWTKeyCollection()
        switch source {
        case .secret(let secret):
            await keys.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
        case .jwks(let place):
            let json =
                place.hasPrefix("http://") || place.hasPrefix("https://") ? try await fetch(place) : try file(place)
            try await keys.add(jwksJSON: json)
        }
        return keys
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
