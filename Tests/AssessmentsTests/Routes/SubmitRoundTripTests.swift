import Core
import HTTPTypes
import SQL
import TestSupport
import Testing

/// How often a submit waits for Postgres, once the questionnaire's outline is in memory.
@Suite struct SubmitRoundTripTests {
    @Test func `a first answer waits for Postgres three times, a changed one four times`() async throws {
        let metrics = DatabaseMetrics(MetricRegistry())
        try await TestEngine.postgres.withDatabase(connections: 1, metrics: metrics) { database in
            try await database.write {
                try $0.script(
                    """
                    INSERT INTO pages (title, order_index, is_active) VALUES ('p', 1, TRUE);
                    INSERT INTO questions (page_id, question_text, question_type, order_index)
                    SELECT id, 'q', 'essay', n FROM pages, generate_series(1, 11) AS n
                    """)
            }
            try await TestServer.run(over: database) { server in
                let ids = try await database.read {
                    try $0.all("SELECT id FROM questions ORDER BY id", []) { try $0.integer() }
                }
                let session = try await server.send(.post, "/api/v2/session/start")["session_id"].string ?? ""
                // The server's own chores wait for Postgres too, now and then, and only ever add.
                func fewest(_ text: String, among questions: some Sequence<Int>) async throws -> Int {
                    var fewest = Int.max
                    for question in questions {
                        let before = metrics.roundTrips.count
                        let reply = try await server.send(
                            .post, "/api/v2/answers/submit",
                            #"{"session_id":"\#(session)","question_id":\#(question),"answer":{"type":"essay","text":"\#(text)"}}"#
                        )
                        #expect(reply.status == 200)
                        fewest = min(fewest, metrics.roundTrips.count - before)
                    }
                    return fewest
                }
                // The first of all reads the outline.
                _ = try await fewest("a", among: ids.prefix(1))
                let first = try await fewest("b", among: ids.dropFirst())
                let changed = try await fewest("c", among: ids)
                #expect(first <= 3 && changed <= 4, "\(first), \(changed)")
            }
        }
    }
}
