import Core
import HTTPTypes
import SQL
import TestSupport
import Testing

/// How often a verb waits for Postgres: each wait is a network's width more.
@Suite struct RoundTripTests {
    private static let user = ID.random()
    private static let title = ID.random()

    private struct Verb {
        let name: String
        let most: Int
        let run: (TestServer) async throws -> TestReply
    }

    private static func verbs(of session: String) -> [Verb] {
        let history = "/api/v1/users/\(user)/history"
        return [
            Verb(name: "report", most: 3) {
                try await $0.send(
                    .patch, "/api/v1/sessions/\(session)/position",
                    #"{"position_seconds":\#(Int.random(in: 100...9_000))}"#)
            },
            Verb(name: "open", most: 3) {
                try await $0.send(
                    .post, "/api/v1/sessions",
                    #"{"user_id":"\#(user)","content_id":"\#(title)","device_id":"d","duration_seconds":9000}"#)
            },
            Verb(name: "history", most: 1) { try await $0.send(.get, history) },
            Verb(name: "one title", most: 2) { try await $0.send(.get, "\(history)/\(title)") },
            Verb(name: "ready", most: 1) { try await $0.send(.get, "/ready") },
        ]
    }

    @Test func `no verb waits for Postgres more often than it needs to`() async throws {
        let metrics = DatabaseMetrics(MetricRegistry())
        try await TestEngine.postgres.withDatabase(connections: 1, metrics: metrics) { database in
            try await TestServer.run(over: database) { server in
                let opened = try await server.send(
                    .post, "/api/v1/sessions",
                    #"{"user_id":"\#(Self.user)","content_id":"\#(Self.title)","device_id":"d","duration_seconds":9000}"#
                )
                let session = try #require(opened["id"].string)
                for verb in Self.verbs(of: session) {
                    // The server's own chores wait for Postgres too, now and then, and only ever add.
                    var fewest = Int.max
                    for _ in 0..<10 {
                        let before = metrics.roundTrips.count
                        let reply = try await verb.run(server)
                        #expect((200...201).contains(reply.status))
                        fewest = min(fewest, metrics.roundTrips.count - before)
                    }
                    #expect(fewest <= verb.most, "\(verb.name) took \(fewest)")
                }
            }
        }
    }
}
