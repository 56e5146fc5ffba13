import Changes
import Core
import HTTPTypes
import SQL
import Synchronization
import TestSupport
import Testing

@testable import Assessments

/// What was answered, as whoever asks the questions reads it.
@Suite struct ResponseTests {
    private static let path = "/api/v2/questionnaires/second/responses"

    private static func fill(_ respondent: Respondent) async throws {
        for (question, answer) in [
            ("drinks", #"{"type":"mcq","selected_options":["other","tea"],"other_text":"=1+1"}"#),
            ("sugar", #"{"type":"number","value":2}"#), ("rank", #"{"type":"ordering","ordered_items":["Pot","Cup"]}"#),
            ("chores", #"{"type":"matrix","rows":{"cook":["often"],"clean":["never"]}}"#),
            ("born", #"{"type":"date","date":"1990-02-28"}"#),
        ] { #expect(try await respondent.answer(question, answer).status == 200) }
        respondent.server.clock.advance(.seconds(90))
        let details = #"{"email":"ann@x.org","full_name":"@SUM(A1)","country":"A \"B\", C"}"#
        #expect(try await respondent.post("complete", details).status == 200)
    }

    @Test(arguments: TestEngine.allCases) func `responses are listed with their answers, details and times`(
        engine: TestEngine
    ) async throws {
        try await responding(engine, to: SecondEditionTests.file) { respondent in
            try await Self.fill(respondent)
            let reply = try await respondent.server.send(.get, Self.path)
            #expect(
                reply.status == 200 && reply["responses"].count == 1 && reply["next_cursor"].isNull, "\(reply.text)")
            let response = reply["responses"][0]
            #expect(response["session_id"].string == respondent.session && response["status"].string == "completed")
            #expect(response["seconds"].int == 90 && response["respondent"]["email"].string == "ann@x.org")
            #expect(response["answers"].names == ["drinks", "sugar", "rank", "chores", "born"])
            #expect(response["answers"]["drinks"]["other_text"].string == "=1+1")
            #expect(try await respondent.server.send(.get, "/api/v2/questionnaires/nope/responses").status == 404)
            #expect(try await respondent.server.send(.get, Self.path + "?status=odd").status == 422)
            let stray = Cursor(instant: Instant(milliseconds: 0), id: ID(high: .max, low: .max)).text
            let beyond = try await respondent.server.send(.get, Self.path + "?cursor=\(stray)")
            #expect(beyond.status == 200 && beyond["responses"].count == 0, "a cursor of another list")
            #expect(try await respondent.server.send(.get, Self.path + "?since=yesterday").status == 422)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a table has a column for each question, and no cell is a formula`(
        engine: TestEngine
    ) async throws {
        try await responding(engine, to: SecondEditionTests.file) { respondent in
            try await Self.fill(respondent)
            let reply = try await respondent.server.send(.get, Self.path + ".csv")
            #expect(reply.status == 200)
            let rows = try CSVRows.rows(of: reply.text).map(\.fields)
            let (heads, row) = (try rows.at(0), try rows.at(1))
            #expect(rows.count == 2 && heads.count == row.count)
            let cells = Dictionary(zip(heads, row)) { first, _ in first }
            #expect(cells["drinks"] == "other|tea" && cells["drinks.other"] == "'=1+1" && cells["sugar"] == "2")
            #expect(cells["rank"] == "Pot|Cup" && cells["chores"] == "clean=never|cook=often")
            #expect(cells["full_name"] == "'@SUM(A1)" && cells["country"] == "A \"B\", C" && cells["seconds"] == "90")
            #expect(cells["weight"] == "" && cells["born"] == "1990-02-28")
            let order = ["drinks", "drinks.other", "weight", "born", "mail", "chores", "sugar", "sweet", "rank"]
            #expect(heads.filter(order.contains) == order)
            #expect(try await respondent.server.send(.get, "/api/v2/questionnaires/nope/responses.csv").status == 404)
            // The command line writes the same.
            let written = Mutex("")
            let library = Respondent.library(respondent.server)
            #expect(try await library.results(of: "second", .csv) { line in written.withLock { $0 += line } })
            #expect(written.withLock { $0 } == reply.text)
            #expect(try await !library.results(of: "nope", .ndjson) { _ in })
        }
    }

    @Test(arguments: TestEngine.allCases) func `a thousand responses come page by page, none twice and none left out`(
        engine: TestEngine
    ) async throws {
        try await responding(engine) { respondent in
            let moment = engine == .sqlite ? "'2026-01-02 03:04:05'" : "TIMESTAMP '2026-01-02 03:04:05'"
            let numbers =
                engine == .sqlite
                ? "(WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 1000) SELECT n FROM counted)"
                : "(SELECT n FROM generate_series(1, 1000) AS n)"
            try await respondent.server.script(
                """
                INSERT INTO student_responses (session_id, email, full_name, age_group, country, origin_country,
                    questionnaire_id, created_at, last_activity, completed_at)
                SELECT 'old-' || n, '', '', '', '', '', (SELECT id FROM questionnaires WHERE slug = 'small'), \(moment),
                    \(moment), CASE WHEN n % 2 = 0 THEN \(moment) END
                FROM \(numbers) AS numbers
                """)
            var (seen, cursor): ([String], String?) = ([], "")
            while let from = cursor {
                let query = from.isEmpty ? "" : "&cursor=\(from)"
                let reply = try await respondent.server.send(
                    .get, "/api/v2/questionnaires/small/responses?limit=100\(query)")
                #expect(reply.status == 200 && reply["responses"].count <= 100)
                seen += reply["responses"].elements.compactMap { $0["session_id"].string }
                cursor = reply["next_cursor"].string
            }
            #expect(seen.count == 1_001 && Set(seen).count == 1_001 && seen[0] == respondent.session)
            func count(_ query: String) async throws -> Int {
                let reply = try await respondent.server.send(
                    .get, "/api/v2/questionnaires/small/responses.csv?\(query)")
                return try CSVRows.rows(of: reply.text).count - 1
            }
            #expect(try await count("") == 1_001)
            #expect(try await count("status=completed") == 500)
            #expect(try await count("since=2026-01-02T03:04:05Z") == 1_001)
            #expect(try await count("since=2026-01-02T03:04:06Z") == 1)
        }
    }

    @Test(arguments: [
        ("=1", "'=1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("\t=1", "'\t=1"), (" =1", "' =1"), ("＝1", "'＝1"),
        ("a=1", "a=1"), ("", ""), ("1", "1"), ("\n=1", "'\n=1"),
    ]) func `a cell that begins like a formula is made harmless`(text: String, cell: String) {
        #expect(ResponseTable.harmless(text) == cell)
    }

    @Test(
        arguments: [
            (.ordering(["a|b", "c"]), #"a\|b|c"#), (.ordering(["a", "b|c"]), #"a|b\|c"#),
            (.ordering([#"a\"#, "b"]), #"a\\|b"#), (.mcq(["C++", "x=y"], other: nil), "C++|x=y"),
            (.matrix(["a=b": ["c+d", "e"], "f|g": ["h"]]), #"a\=b=c\+d+e|f\|g=h"#), (.text("a|b"), "a|b"),
        ] as [(GivenAnswer, String)])
    func `several values in one cell are told apart, whatever is in them`(answer: GivenAnswer, cell: String) {
        #expect(ResponseTable.cell(answer) == cell)
    }

    @Test(arguments: TestEngine.allCases) func `reading results needs the scope for it`(engine: TestEngine) async throws
    {
        try await TestServer.run(on: engine, settings: ["JWT_SECRET": String(repeating: "k", count: 32)]) { server in
            for path in [Self.path, Self.path + ".csv"] {
                let reply = try await server.send(.get, path)
                #expect(reply.status == 401)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `what nobody has touched for long enough is dropped with its answers, and counted`(
        engine: TestEngine
    ) async throws {
        try await responding(engine, settings: ["ASSESSMENT_RETENTION_DAYS": "10"]) { respondent in
            _ = try await respondent.answer("one", Respondent.good["one"] ?? "")
            respondent.server.clock.advance(.minutes(2))
            _ = try await respondent.answer("one", #"{"type":"mcq","selected_options":["coffee"]}"#)
            _ = try await respondent.answer("scale", Respondent.good["scale"] ?? "")
            _ = try await respondent.takeBack("scale")
            let kept = try await respondent.server.send(.post, "/api/v2/session/start")["session_id"].string ?? ""
            respondent.server.clock.advance(.days(10))
            let one = respondent.questions["one"] ?? 0
            _ = try await Respondent.answer(respondent.server, kept, one, Respondent.good["one"] ?? "")
            try await respondent.server.sweep()
            #expect(try await respondent.number("SELECT COUNT(*) FROM student_responses") == 2, "the last instant")
            respondent.server.clock.advance(.milliseconds(1))
            try await respondent.server.sweep()
            #expect(try await respondent.number("SELECT COUNT(*) FROM student_responses") == 1)
            for (table, count) in [("question_answers", 1), ("answer_history", 0), ("xp_awards", 0)] {
                #expect(try await respondent.number("SELECT COUNT(*) FROM \(table)") == count, "\(table)")
            }
            #expect(respondent.server.registry.exposition().contains("dogear_assessment_sessions_dropped_total 1"))
            #expect(try await respondent.validate()["code"].string == "not-found")
        }
    }

    @Test(arguments: TestEngine.allCases) func `what an app's own rows hold on to stays, and stops nothing else`(
        engine: TestEngine
    ) async throws {
        try await responding(engine, settings: ["ASSESSMENT_RETENTION_DAYS": "10"]) { respondent in
            let server = respondent.server
            _ = try await respondent.answer("one", Respondent.good["one"] ?? "")
            // Three more: one whose session a row refers to, one with an answer that a row refers to, one whose row goes with it.
            for _ in 0..<3 {
                let session = try await server.send(.post, "/api/v2/session/start")["session_id"].string ?? ""
                let reply = try await Respondent.answer(
                    server, session, respondent.questions["one"] ?? 0, Respondent.good["one"] ?? "")
                #expect(reply.status == 200)
            }
            let id = engine == .postgres ? "BIGINT" : "INTEGER"
            try await server.script(
                """
                CREATE TABLE "App's mails" ("Response" \(id) REFERENCES student_responses(id));
                CREATE TABLE marks (answer \(id) REFERENCES question_answers (id) ON DELETE RESTRICT);
                CREATE TABLE drafts (response \(id) REFERENCES student_responses (id) ON DELETE CASCADE);
                INSERT INTO "App's mails" SELECT id FROM student_responses ORDER BY id LIMIT 1 OFFSET 1;
                INSERT INTO marks SELECT id FROM question_answers ORDER BY response_id LIMIT 1 OFFSET 2;
                INSERT INTO drafts SELECT id FROM student_responses ORDER BY id LIMIT 1 OFFSET 3;
                """)
            server.clock.advance(.days(11))
            try await server.sweep()
            for (table, count) in [("student_responses", 2), ("question_answers", 2), ("drafts", 0), ("marks", 1)] {
                #expect(try await server.number("SELECT COUNT(*) FROM \(table)") == count, "\(table)")
            }
        }
    }
}
