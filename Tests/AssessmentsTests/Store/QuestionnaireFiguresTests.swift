import Core
import HTTPTypes
import SQL
import TestSupport
import Testing

@testable import Assessments

/// How respondents fare with a questionnaire, as whoever runs the server is told.
@Suite struct QuestionnaireFiguresTests {
    private static let path = "/api/v1/admin/questionnaires"

    private func start(_ server: TestServer) async throws -> String {
        try await server.send(.post, "/api/v2/session/start")["session_id"].string ?? ""
    }

    private func figures(_ server: TestServer) async throws -> TestReply {
        try await server.sweep()
        return try await server.send(.get, Self.path + "/small")
    }

    private func numbers(_ reply: TestReply) -> [Int?] {
        ["started", "active", "finished", "abandoned", "expired", "never_answered"].map { reply[$0].int }
    }

    private func pages(_ reply: TestReply, _ name: String) -> [Int?] { reply["pages"].elements.map { $0[name].int } }

    @Test(arguments: TestEngine.allCases) func `what became of sessions and where people stop is counted`(
        engine: TestEngine
    ) async throws {
        try await responding(engine) { respondent in
            let server = respondent.server
            let empty = try await server.send(.get, Self.path + "/small")
            #expect(empty.status == 200 && empty["as_of"].isNull, "\(empty.text)")
            // One is finished in 90 seconds, another in 30: the middle is between them.
            for (name, answer) in Respondent.good { _ = try await respondent.answer(name, answer) }
            server.clock.advance(.seconds(90))
            #expect(try await respondent.post("complete", "{}").status == 200)
            let quick = try await start(server)
            for (name, answer) in Respondent.good {
                _ = try await Respondent.answer(server, quick, respondent.questions[name] ?? 0, answer)
            }
            server.clock.advance(.seconds(30))
            _ = try await server.send(.post, "/api/v2/session/\(quick)/complete", "{}")
            // One is put aside on the second page, one on the first without an answer, and two go on.
            let left = try await start(server)
            for name in ["scale", "many"] {
                _ = try await Respondent.answer(
                    server, left, respondent.questions[name] ?? 0, Respondent.good[name] ?? "")
            }
            _ = try await server.send(.post, "/api/v2/session/\(left)/abandon")
            let nothing = try await start(server)
            _ = try await server.send(.post, "/api/v2/session/\(nothing)/abandon")
            let (going, other) = (try await start(server), try await start(server))
            _ = try await Respondent.answer(
                server, going, respondent.questions["scale"] ?? 0, Respondent.good["scale"] ?? "")

            let counted = try await figures(server)
            #expect(numbers(counted) == [6, 2, 2, 2, 0, 1], "\(counted.text)")
            #expect(counted["median_seconds"].int == 60)
            #expect(counted["as_of"].string == "\(server.clock.source.now)")
            #expect(counted["last_activity"].string == "\(server.clock.source.now)")
            #expect(counted["pages"].elements.map { $0["title"].string } == ["First", "Second", "Third"])
            #expect(pages(counted, "reached") == [6, 3, 2])
            #expect(pages(counted, "answered") == [4, 3, 2])
            #expect(pages(counted, "stopped_here") == [0, 1, 0])
            let list = try await server.send(.get, Self.path)
            let own = list["questionnaires"].elements.first { $0["slug"].string == "small" }
            #expect(own?["started"].int == 6 && own?["pages"].exists == false)
            #expect(try await server.send(.get, Self.path + "/nope").status == 404)
            #expect(try await server.send(.get, Self.path + "?limit=5").status == 422)

            // What nobody goes on with expires by itself, thirty days later.
            server.clock.advance(.days(30))
            #expect(numbers(try await figures(server)) == [6, 2, 2, 2, 0, 1])
            server.clock.advance(.milliseconds(1))
            let expired = try await figures(server)
            #expect(numbers(expired) == [6, 0, 2, 2, 2, 2], "\(expired.text)")
            #expect(pages(expired, "stopped_here") == [1, 1, 0])
            _ = other
        }
    }

    @Test(arguments: TestEngine.allCases) func `figures follow what is changed, taken back and deleted`(
        engine: TestEngine
    ) async throws {
        try await responding(engine) { respondent in
            let server = respondent.server
            #expect(try await respondent.answer("scale", Respondent.good["scale"] ?? "").status == 200)
            #expect(pages(try await figures(server), "answered") == [1, 0, 0])
            server.clock.advance(.minutes(5))
            let back = try await server.send(
                .delete, "/api/v2/session/\(respondent.session)/answers/\(respondent.questions["scale"] ?? 0)")
            #expect(back.status < 300, "\(back.text)")
            #expect(pages(try await figures(server), "answered") == [0, 0, 0])
            server.clock.advance(.minutes(5))
            _ = try await respondent.post("abandon")
            #expect(numbers(try await figures(server)) == [1, 0, 0, 1, 0, 1])
            server.clock.advance(.minutes(5))
            _ = try await respondent.post("resume")
            #expect(numbers(try await figures(server)) == [1, 1, 0, 0, 0, 0])
            // A page that is put out of use is not told of any more.
            try await server.script("UPDATE pages SET title = 'Last' WHERE id = \(respondent.pages[2])")
            #expect(try await figures(server)["pages"][2]["title"].string == "Last")
            server.clock.advance(.minutes(5))
            try await server.script("DELETE FROM student_responses")
            #expect(numbers(try await figures(server)) == [0, 0, 0, 0, 0, 0])
            #expect(try await server.number("SELECT COUNT(*) FROM response_figures") == 0)
        }
    }

    @Test(arguments: TestEngine.allCases) func `nothing is counted again where nothing has changed`(
        engine: TestEngine
    ) async throws {
        try await responding(engine) { respondent in
            let server = respondent.server
            _ = try await respondent.answer("scale", Respondent.good["scale"] ?? "")
            // What comes late is looked for a minute longer; from then on nothing is.
            for _ in 0..<3 {
                _ = try await figures(server)
                server.clock.advance(.minutes(2))
            }
            let (first, seen) = (
                try await figures(server)["as_of"].string,
                try await server.number("SELECT COUNT(*) FROM response_figures_seen")
            )
            server.clock.advance(.minutes(2))
            #expect(try await figures(server)["as_of"].string == first && seen == 1)
        }
    }

    @Test(arguments: TestEngine.allCases) func `many responses are looked at in steps, each once`(
        engine: TestEngine
    ) async throws {
        try await responding(engine) { respondent in
            let server = respondent.server
            let now = server.clock.source.now
            let rows = (0..<1_100).map { [Value.text("many-\($0)"), .instant(now)] }
            try await server.database.write { connection in
                for row in rows {
                    try connection.execute(
                        """
                        INSERT INTO student_responses (
                            session_id, email, full_name, age_group, country, origin_country, last_activity,
                            questionnaire_id
                        )
                        VALUES ($1, '', '', '', '', '', $2, (SELECT id FROM questionnaires WHERE slug = 'small'))
                        """, row)
                }
            }
            #expect(try await figures(server)["started"].int == 1_101)
            server.clock.advance(.minutes(5))
            #expect(try await figures(server)["active"].int == 1_101)
        }
    }
}
