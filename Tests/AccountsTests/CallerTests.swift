import Changes
import Accounts
import Core
import Foundation
import HTTPTypes
import JWTKit
import SQL
import Synchronization
import TestSupport
import Testing
import Web

/// A key that was made before the server.
private final class Made: Sendable {
    private let stored = Mutex<(key: ServiceKey, token: String)?>(nil)
    var value: (key: ServiceKey, token: String)? { stored.withLock { $0 } }
    func set(_ value: (key: ServiceKey, token: String)) { stored.withLock { $0 = value } }
}

/// Who may do what once a key or user tokens are configured.
@Suite struct CallerTests {
    private static let secret = "a secret of at least thirty-two bytes"

    private struct Claims: JWTPayload {
        var sub: String?
        var uid: String?
        var exp: Double?
        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }

    private static func token(_ claims: Claims, secret: String = secret) async throws -> String {
        let keys = JWTKeyCollection()
        await keys.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
        return try await keys.sign(claims)
    }

    private static func bearer(_ token: String) -> [String: String] { ["Authorization": "Bearer \(token)"] }

    /// The seconds of the tests' clock, an hour on.
    private static let soon = 1_795_262_400.0 + 3_600

    @Test(arguments: TestEngine.allCases) func `with a key in place nobody is let in without one`(engine: TestEngine)
        async throws
    {
        let made = Made()
        try await TestServer.run(
            on: engine,
            prepare: {
                made.set(
                    try await ServiceKeyStore(changes: Changes(database: $0)).create(name: "app", scopes: Scope.all))
            }
        ) { server in
            let key = try #require(made.value)
            let path = "/api/v1/users/\(ID.random())/history"
            let refused = try await server.send(.get, path)
            #expect(refused.status == 401 && refused.headers["www-authenticate"] == "Bearer")
            #expect(try await server.send(.get, path, headers: Self.bearer(key.token)).status == 200)
            for bad in ["dogear_x", "dogear_\(ID.random()).x", "dogear_\(key.key.id).wrong", "x", ""] {
                let reply = try await server.send(.get, path, headers: Self.bearer(bad))
                #expect(reply.status == 401 && reply["code"].string == "bad-token", "\(bad)")
            }
            #expect(try await server.send(.get, path, headers: ["Authorization": "Basic eDp5"]).status == 401)
            #expect(try await server.send(.get, "/health").status == 200)
            // A proxy and another name are fine once keys guard the server.
            let proxied = Self.bearer(key.token).merging(["X-Forwarded-For": "192.0.2.1"]) { first, _ in first }
            #expect(try await server.send(.get, path, headers: proxied).status == 200)
            #expect(try await ServiceKeyStore(changes: Changes(database: server.database)).revoke(key.key.id))
            server.clock.advance(.seconds(6))
            let revoked = try await server.send(.get, path, headers: Self.bearer(key.token))
            #expect(revoked.status == 401 && revoked["detail"].string?.contains("revoked") == true)
        }
    }

    @Test func `a key does only what its scopes say`() async throws {
        let made = Made()
        try await TestServer.run(
            on: .sqlite,
            prepare: {
                made.set(
                    try await ServiceKeyStore(changes: Changes(database: $0)).create(
                        name: "reader", scopes: [Scope(.playback, .read)]))
            }
        ) { server in
            let headers = Self.bearer(try #require(made.value).token)
            #expect(try await server.send(.get, "/api/v1/users/\(ID.random())/history", headers: headers).status == 200)
            let refused = try await server.send(.delete, "/api/v1/users/\(ID.random())/history", headers: headers)
            #expect(refused.status == 403 && refused["code"].string == "missing-scope")
        }
    }

    @Test func `only the hash of a key's secret is stored`() async throws {
        try await TestEngine.sqlite.withDatabase { database in
            let keys = ServiceKeyStore(changes: Changes(database: database))
            let made = try await keys.create(name: "app", scopes: [Scope(.playback, .write)])
            let secret = try #require(made.token.split(separator: ".").last)
            let rows = try await database.read { connection in
                try connection.all("SELECT name, scopes, hex(secret_sha256) FROM service_keys", []) {
                    [try $0.text(), try $0.text(), try $0.text()]
                }
            }
            #expect(rows.count == 1 && !rows.joined().contains { $0.contains(secret) })
            #expect(try rows.at(0).at(1) == "playback:write")
            #expect(try await keys.list().map(\.id) == [made.key.id])
            #expect(try await keys.revoke(ID.random()) == false)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a user may touch only what is theirs`(engine: TestEngine) async throws {
        try await TestServer.run(on: engine, settings: ["JWT_SECRET": Self.secret]) { server in
            let (alice, bob) = (ID.random(), ID.random())
            let asAlice = Self.bearer(try await Self.token(Claims(sub: alice.description, exp: Self.soon)))
            let asBob = Self.bearer(try await Self.token(Claims(sub: bob.description, exp: Self.soon)))
            let body = #"{"user_id":"\#(alice)","content_id":"\#(alice)","device_id":"d","duration_seconds":100}"#
            let opened = try await server.send(.post, "/api/v1/sessions", body, headers: asAlice)
            #expect(opened.status == 201)
            #expect(try await server.send(.post, "/api/v1/sessions", body, headers: asBob).status == 403)
            let id = opened["id"].string ?? ""
            let report = #"{"position_seconds":50}"#
            #expect(
                try await server.send(.patch, "/api/v1/sessions/\(id)/position", report, headers: asAlice).status == 200
            )
            // Another's session is not known of; a path that names another user is.
            #expect(
                try await server.send(.patch, "/api/v1/sessions/\(id)/position", report, headers: asBob).status == 404)
            #expect(try await server.send(.get, "/api/v1/sessions/\(id)", headers: asBob).status == 404)
            #expect(try await server.send(.delete, "/api/v1/sessions/\(id)", headers: asBob).status == 404)
            #expect(
                try await server.send(.post, "/api/v1/sessions/\(id)/handoff", #"{"device_id":"d"}"#, headers: asBob)
                    .status == 404)
            for path in ["sessions", "history", "history/\(alice)", "playback/stream"] {
                let refused = try await server.send(.get, "/api/v1/users/\(alice)/\(path)", headers: asBob)
                #expect(refused.status == 403 && refused["code"].string == "not-your-own", "\(path)")
            }
            let batch =
                #"{"sent_at":"2026-11-21T12:00:00Z","reports":[{"session_id":"\#(id)","position_seconds":60},{"user_id":"\#(alice)","content_id":"\#(alice)","device_id":"d","position_seconds":60}]}"#
            let results = try await server.send(.post, "/api/v1/positions", batch, headers: asBob)
            #expect(results["results"].elements.map { $0["reason"].string } == ["not-found", "not-found"])
            for (method, path) in [
                (HTTPRequest.Method.put, "/api/v1/content/\(alice)"), (.get, "/api/v1/analytics/content/\(alice)"),
            ] {
                let refused = try await server.send(
                    method, path, method == .put ? #"{"title":"x"}"# : nil, headers: asAlice)
                #expect(refused.status == 403 && refused["code"].string == "service-key-needed")
            }
        }
    }

    @Test func `a token that is not good is refused with the reason`() async throws {
        try await TestServer.run(on: .sqlite, settings: ["JWT_SECRET": Self.secret]) { server in
            let user = ID.random()
            let cases: [(String, String)] = [
                (try await Self.token(Claims(sub: user.description)), "no `exp`"),
                (try await Self.token(Claims(sub: user.description, exp: 1_795_262_399)), "expired"),
                (try await Self.token(Claims(sub: user.description, exp: 1_795_262_400)), "expired"),
                (try await Self.token(Claims(sub: "alice", exp: Self.soon)), "UUID"),
                (try await Self.token(Claims(exp: Self.soon)), "UUID"),
                (
                    try await Self.token(
                        Claims(sub: user.description, exp: Self.soon), secret: "another secret, long enough by far"),
                    "signature"
                ),
                ("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.", ""), ("a.b.c", ""),
            ]
            for (token, reason) in cases {
                let reply = try await server.send(.get, "/api/v1/users/\(user)/history", headers: Self.bearer(token))
                #expect(reply.status == 401 && reply["code"].string == "bad-token", "\(reason)")
                #expect(reason.isEmpty || reply["detail"].string?.contains(reason) == true, "\(reply.text)")
            }
        }
    }

    @Test func `the claim that holds the user is a setting`() async throws {
        try await TestServer.run(on: .sqlite, settings: ["JWT_SECRET": Self.secret, "JWT_USER_CLAIM": "uid"]) {
            server in
            let user = ID.random()
            let headers = Self.bearer(try await Self.token(Claims(sub: "x", uid: user.description, exp: Self.soon)))
            #expect(try await server.send(.get, "/api/v1/users/\(user)/history", headers: headers).status == 200)
        }
    }

    @Test func `keys of a JWKS file are used by their id`() async throws {
        let folder = try temporaryFolder("jwks")
        let key = EdDSA.PrivateKey.self
        let privateKey = try key.init()
        let x = privateKey.publicKey.rawRepresentation.base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        let jwks = #"{"keys":[{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","kid":"one","x":"\#(x)"}]}"#
        try Data(jwks.utf8).write(to: URL(fileURLWithPath: folder + "/jwks.json"))
        try await TestServer.run(on: .sqlite, settings: ["JWT_JWKS": folder + "/jwks.json"]) { server in
            let user = ID.random()
            let keys = JWTKeyCollection()
            await keys.add(eddsa: privateKey, kid: "one")
            let token = try await keys.sign(Claims(sub: user.description, exp: Self.soon), kid: "one")
            #expect(
                try await server.send(.get, "/api/v1/users/\(user)/history", headers: Self.bearer(token)).status == 200)
            // By HMAC under the public key's text, the classic confusion of algorithms.
            let forged = try await Self.token(Claims(sub: user.description, exp: Self.soon), secret: jwks)
            #expect(
                try await server.send(.get, "/api/v1/users/\(user)/history", headers: Self.bearer(forged)).status == 401
            )
        }
    }
}
