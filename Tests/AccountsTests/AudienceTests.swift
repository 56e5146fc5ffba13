import Accounts
import Changes
import Core
import HTTPTypes
import JWTKit
import Synchronization
import TestSupport
import Testing
import Web

/// Every route says whom it is for, and lets in nobody else.
@Suite struct AudienceTests {
    private static let secret = "a secret of at least thirty-two bytes"
    private static let alice = ID.random()
    private static let bob = ID.random()

    private struct Claims: JWTPayload {
        let sub: String
        let exp: Double
        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }

    /// Somebody who asks, and what is shown for it.
    private struct Somebody: Sendable {
        let caller: Caller
        let token: String?
    }

    /// Reading questionnaires needs a key or a session of one, and only the route can look that up.
    private static let askInside: Set<String> = ["/api/v2/modules", "/api/v2/questions"]

    private static func audience(_ route: RouteBook.Entry) -> Audience {
        askInside.contains(route.path) ? .service(Scope(.assessments, .read)) : route.audience
    }

    @Test func `the router has no route that says nothing of whom it is for`() async throws {
        for settings in [
            ["JWT_SECRET": Self.secret], ["ASSESSMENTS_PUBLIC": "true", "BENCHMARK": "true", "DEMO": "true"],
        ] {
            try await TestServer.run(on: .sqlite, settings: settings) { server in
                let told = Set(server.routes.entries.map { "\($0.method) \($0.path)" })
                let routed = server.routerPaths.map { "\($0.method == "HEAD" ? "GET" : $0.method) \($0.path)" }
                #expect(routed.count > 40)
                for route in routed { #expect(told.contains(route), "\(route) says nothing of whom it is for") }
                #expect(told.count == server.routes.entries.count, "a route is there twice")
            }
        }
    }

    /// What a caller is told by the audience alone; nil where it is let in.
    private static func refusal(_ audience: Audience, _ caller: Caller) -> Int? {
        do {
            try audience.admit(caller)
            return nil
        } catch {
            return error.status
        }
    }

    /// A caller, and what it is told by an audience of a scope, of users, of an event's participants, of its host, of whoever is signed in,
    /// of those or that scope, and of users or any scope of reading; 0 where it is let in.
    private static let told: [(caller: Caller, told: [Int])] = [
        (.anonymous, [401, 401, 401, 401, 401, 401, 401]), (.open, [0, 0, 401, 401, 401, 401, 0]),
        (.service(key: .random(), scopes: [Scope(.playback, .read)]), [0, 0, 403, 403, 403, 0, 0]),
        (
            .service(key: .random(), scopes: [Scope(.playback, .write), Scope(.events, .read)]),
            [403, 403, 403, 403, 403, 403, 0]
        ),
        (.service(key: .random(), scopes: [Scope(.events, .write)]), [403, 403, 403, 403, 403, 403, 403]),
        (.service(key: .random(), scopes: []), [403, 403, 403, 403, 403, 403, 403]),
        (.user(.random()), [403, 0, 403, 403, 0, 0, 0]),
        (.capability(Capability(.participant, [.random(): 0])), [403, 403, 0, 403, 403, 403, 403]),
        (.capability(Capability(.host, [.random(): 0])), [403, 403, 403, 0, 403, 403, 403]),
    ]

    @Test func `an audience lets in whom it names`() {
        let scope = Scope(.playback, .read)
        let audiences: [Audience] = [
            .service(scope), .users(scope), .roles([.participant, .presenter]), .roles([.host]),
            .signedIn(orKey: nil), .signedIn(orKey: scope), .readingUsers,
        ]
        for (caller, told) in Self.told {
            #expect(audiences.map { Self.refusal($0, caller) ?? 0 } == told, "\(caller)")
            #expect(Self.refusal(.anybody, caller) == nil && Self.refusal(.whoeverHoldsTheID, caller) == nil)
        }
    }

    @Test func `every route lets in exactly whom it says it is for`() async throws {
        let people = Mutex<[Somebody]>([Somebody(caller: .anonymous, token: nil)])
        let jwt = JWTKeyCollection()
        await jwt.add(hmac: HMACKey(from: Self.secret), digestAlgorithm: .sha256)
        for user in [Self.alice, Self.bob] {
            let token = try await jwt.sign(Claims(sub: user.description, exp: 1_795_262_400 + 3_600))
            people.withLock { $0.append(Somebody(caller: .user(user), token: token)) }
        }
        try await TestServer.run(
            on: .sqlite, settings: ["JWT_SECRET": Self.secret, "STREAM_LIMIT": "0"],
            prepare: { database in
                let keys = ServiceKeyStore(changes: Changes(database: database))
                for scopes in [Scope.all] + Scope.all.map({ [$0] }) {
                    let made = try await keys.create(name: "app", scopes: scopes)
                    people.withLock {
                        $0.append(Somebody(caller: .service(key: made.key.id, scopes: scopes), token: made.token))
                    }
                }
            }
        ) { server in
            let players = try await players(server, asKey: people.withLock { $0[3].token ?? "" })
            for somebody in people.withLock({ $0 }) + players { try await expectAll(server, somebody) }
        }
    }

    @Test func `in open mode every route is open but those of an event's parts`() async throws {
        try await TestServer.run(on: .sqlite, settings: ["STREAM_LIMIT": "0"]) { server in
            for somebody in [Somebody(caller: .open, token: nil)] + (try await players(server)) {
                try await expectAll(server, somebody)
            }
        }
    }

    /// Who has a part in an event: its host, where a key has not made it, the presenter of its segment, and one who plays along. None of
    /// them is anybody in the events that the paths name.
    private func players(_ server: TestServer, asKey key: String? = nil) async throws -> [Somebody] {
        func bearer(_ token: String?) -> [String: String] { token.map { ["Authorization": "Bearer \($0)"] } ?? [:] }
        let made = try await server.send(.post, "/api/events", #"{"title":"Theirs"}"#, headers: bearer(key))
        let host = made["host_token"].string
        let segment = try await server.send(
            .post, "/api/events/\(made["id"].string ?? "")/segments", #"{"presenter_name":"Ada","title":"Talk"}"#,
            headers: bearer(key ?? host))
        let joined = try await server.send(
            .post, "/api/events/join",
            #"{"code":"\#(made["join_code"].string ?? "")","device_id":"\#(ID.random())","display_name":"Alex"}"#)
        let tokens: [(Capability.Role, String?)] = [
            (.host, host), (.presenter, segment["presenter_token"].string),
            (.participant, joined["session_token"].string),
        ]
        let players = tokens.compactMap { role, token in
            token.map { Somebody(caller: .capability(Capability(role, [.random(): 0])), token: $0) }
        }
        #expect(players.count == (key == nil ? 3 : 2))
        return players
    }

    private func expectAll(_ server: TestServer, _ somebody: Somebody) async throws {
        for route in server.routes.entries {
            // What is for anybody is asked for by nobody in particular: there are many pages.
            if route.audience == .anybody, somebody.token != nil { continue }
            let path = Self.fill(route.path) + Self.query(of: route)
            let headers = somebody.token.map { ["Authorization": "Bearer \($0)"] } ?? [:]
            let method = try #require(HTTPRequest.Method(rawValue: route.method))
            let reply = try await server.send(method, path, method == .get ? nil : "{}", headers: headers)
            let isByID = [Audience.whoeverHoldsTheID, .whoeverIsKnown].contains(route.audience)
            if case .capability = somebody.caller, !isByID, Self.refusal(Self.audience(route), somebody.caller) == nil {
                // Theirs is another event: whether it says 403, or that there is none, it does nothing.
                #expect(reply.status >= 403, "\(route.method) \(path) for \(somebody): \(reply.text)")
                continue
            }
            let told = reply.status == 401 || reply.status == 403 ? reply.status : nil
            #expect(
                told == Self.expected(route, somebody.caller), "\(route.method) \(path) for \(somebody): \(reply.text)")
        }
    }

    /// What a caller is told, also where a path or a query names Alice and somebody else asks.
    private static func expected(_ route: RouteBook.Entry, _ caller: Caller) -> Int? {
        if let refusal = refusal(audience(route), caller) { return refusal }
        let asksByUser = if case .knows(let names) = route.query { names.contains("user_id") } else { false }
        return caller == .user(bob) && (asksByUser || route.path.contains("{user_id}")) ? 403 : nil
    }

    /// What the route knows of a user and a page.
    private static func query(of route: RouteBook.Entry) -> String {
        guard case .knows(let names) = route.query else { return "" }
        let told = [("user_id", alice.description), ("page_id", "1")].filter { names.contains($0.0) }
        return told.isEmpty ? "" : "?" + told.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }

    private static func fill(_ path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("{") ? alice.description : String($0) }.joined(separator: "/")
    }
}
