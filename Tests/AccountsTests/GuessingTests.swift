import Accounts
import Changes
import Core
import HTTPTypes
import SQL
import TestSupport
import Testing

/// Guessing keys costs the database little, and keeps nobody out who has one.
@Suite struct GuessingTests {
    private static let settings = ["RATE_LIMIT_PER_SECOND": "1"]

    /// A server with one key, and how often its database has been read.
    private func withServer(
        _ body: @escaping @Sendable (_ server: TestServer, _ token: String, _ reads: Counter) async throws -> Void
    ) async throws {
        let metrics = DatabaseMetrics(MetricRegistry())
        try await TestEngine.postgres.withDatabase(connections: 1, metrics: metrics) { database in
            let made = try await ServiceKeyStore(changes: Changes(database: database))
                .create(name: "app", scopes: Scope.all)
            try await TestServer.run(over: database, settings: Self.settings) { server in
                try await body(server, made.token, metrics.roundTrips)
            }
        }
    }

    /// What a token is answered with, each time that it is sent.
    private static func statuses(_ server: TestServer, _ tokens: [String]) async throws -> [Int] {
        var statuses: [Int] = []
        for token in tokens {
            let reply = try await server.send(
                .get, "/api/v1/users/\(ID.random())/history", headers: ["Authorization": "Bearer \(token)"])
            statuses.append(reply.status)
        }
        return statuses
    }

    private static func guesses(_ count: Int) -> [String] { (0..<count).map { _ in "dogear_\(ID.random()).x" } }

    @Test func `a guess that is refused for its address reads nothing`() async throws {
        try await withServer { server, _, reads in
            let first = try await Self.statuses(server, Self.guesses(10))
            #expect(first == Array(repeating: 401, count: 10))
            let before = reads.count
            let rest = try await Self.statuses(server, Self.guesses(50))
            #expect(rest == Array(repeating: 429, count: 50) && reads.count == before)
        }
    }

    @Test func `an id that no key has is asked for once in five seconds`() async throws {
        try await withServer { server, _, reads in
            let guess = Self.guesses(1)
            _ = try await Self.statuses(server, guess)
            let before = reads.count
            let again = try await Self.statuses(server, guess + guess + guess)
            #expect(again == [401, 401, 401] && reads.count == before)
            server.clock.advance(.milliseconds(5_001))
            let late = try await Self.statuses(server, guess)
            #expect(late == [401] && reads.count == before + 1)
        }
    }

    @Test func `a key that was used before is let in whoever guesses at its address`() async throws {
        try await withServer { server, token, _ in
            let first = try await Self.statuses(server, [token])
            #expect(first == [200])
            for _ in 0..<3 {
                server.clock.advance(.seconds(6))
                let flood = try await Self.statuses(server, Self.guesses(20) + [token])
                #expect(flood.suffix(2) == [429, 200])
            }
        }
    }
}
