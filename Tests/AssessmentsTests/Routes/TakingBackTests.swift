import Core
import HTTPTypes
import SQL
import TestSupport
import Testing

@testable import Assessments

@Suite struct TakingBackTests {
    @Test(arguments: TestEngine.allCases) func `an answer that is taken back counts no more, and what it earned stays`(
        engine: TestEngine
    ) async throws {
        try await responding(engine) { respondent in
            for question in ["scale", "one"] {
                _ = try await respondent.answer(question, Respondent.good[question] ?? "")
            }
            for (index, question) in ["one", "scale"].enumerated() {
                let reply = try await respondent.takeBack(question)
                #expect(reply.status == 200 && reply.json.names == ["progress", "revision"], "\(reply.text)")
                #expect(reply["revision"].int == 3 + index && reply["progress"]["total_xp"].int == 20)
                #expect(reply["progress"]["questions_answered"].int == 1 - index)
            }
            #expect(try await respondent.get("answers")["answers"].count == 0)
            #expect(try await respondent.number("SELECT COUNT(*) FROM answer_history") == 2)
            #expect(try await respondent.number("SELECT COUNT(*) FROM xp_awards") == 2)
            // The required one is asked for again, and answered again it earns nothing.
            let complete = try await respondent.post("complete")
            #expect(complete["unanswered_question_ids"].elements.contains { $0.int == respondent.questions["scale"] })
            let again = try await respondent.answer("scale", Respondent.good["scale"] ?? "")
            #expect(again["xp_gained"].int == 0 && again["total_xp"].int == 20 && again["revision"].int == 5)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `taking back what is not there changes nothing, also when it is sent again`(
        engine: TestEngine
    ) async throws {
        try await responding(engine) { respondent in
            _ = try await respondent.answer("one", Respondent.good["one"] ?? "")
            for _ in 0..<2 {
                let reply = try await respondent.takeBack("one?revision=1")
                #expect(reply.status == 200 && reply["revision"].int == 2)
            }
            #expect(try await respondent.number("SELECT COUNT(*) FROM answer_history") == 1)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a tab that is behind does not take back what it has not seen`(
        engine: TestEngine
    ) async throws {
        try await responding(engine) { respondent in
            _ = try await respondent.answer("one", Respondent.good["one"] ?? "")
            _ = try await respondent.answer("one", #"{"type":"mcq","selected_options":["coffee"]}"#)
            let behind = try await respondent.takeBack("one?revision=1")
            #expect(behind.status == 409 && behind["code"].string == "stale-revision")
            #expect(behind["current"]["answer"]["selected_options"].elements.map(\.string) == ["coffee"])
            #expect(try await respondent.takeBack("one?revision=2").status == 200)
        }
    }

    @Test(arguments: TestEngine.allCases) func `what refuses an answer refuses that it is taken back`(
        engine: TestEngine
    ) async throws {
        try await responding(engine) { respondent in
            let one = respondent.questions["one"] ?? 0
            _ = try await respondent.answer("one", Respondent.good["one"] ?? "")
            for (path, status) in [
                ("\(respondent.session)/answers/999999", 404), ("unknown/answers/\(one)", 404),
                ("\(respondent.session)/answers/x", 422), ("\(respondent.session)/answers/\(one)?revision=-1", 422),
            ] {
                let reply = try await respondent.server.send(.delete, "/api/v2/session/\(path)")
                #expect(reply.status == status, "\(path): \(reply.text)")
            }
            _ = try await respondent.post("abandon")
            #expect(try await respondent.takeBack("one")["code"].string == "session-abandoned")
            _ = try await respondent.post("resume")
            for question in ["scale", "words"] {
                _ = try await respondent.answer(question, Respondent.good[question] ?? "")
            }
            #expect(try await respondent.post("complete").status == 200)
            #expect(try await respondent.takeBack("one")["code"].string == "session-completed")
            #expect(try await respondent.number("SELECT COUNT(*) FROM question_answers") == 3)
        }
    }

    @Test(arguments: TestEngine.allCases) func `an essay saved five hundred times leaves at most twenty behind`(
        engine: TestEngine
    ) async throws {
        try await responding(engine) { respondent in
            let text = String(repeating: "Word after word. ", count: 300).prefix(5_000)
            try await respondent.server.script(
                "UPDATE questions SET essay_char_limit = 5000 WHERE item_id = 'words'; UPDATE pages SET title = title")
            for save in 1...500 {
                respondent.server.clock.advance(.seconds(save % 7 * 20))
                let reply = try await respondent.answer(
                    "words", #"{"type":"essay","text":"\#(text.prefix(save * 10))"}"#)
                #expect(reply.status == 200)
            }
            let kept = try await respondent.number("SELECT COUNT(*) FROM answer_history")
            #expect((1...20).contains(kept), "\(kept)")
            #expect(try await respondent.get("answers")["answers"][0]["answer"]["text"].string == String(text))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `what a respondent says of themselves is one line, and an address is one`(
        engine: TestEngine
    ) async throws {
        try await responding(engine) { respondent in
            for question in ["scale", "words"] {
                _ = try await respondent.answer(question, Respondent.good[question] ?? "")
            }
            for (field, text) in [
                ("email", #"x\r\nBcc: y"#), ("email", "not-an-email"), ("email", #"a@x.org\r\nBcc: b@x.org"#),
                ("full_name", #"x\r\nBcc: y"#), ("age_group", #"a\u0007"#), ("country", #"a\n"#),
                ("origin_country", #"a\tb"#),
            ] {
                let reply = try await respondent.post("complete", #"{"\#(field)":"\#(text)"}"#)
                #expect(reply.status == 422, "\(field): \(reply.text)")
                #expect(reply["fields"].elements.map { $0["field"].string } == [field])
            }
            #expect(try await respondent.validate()["session"]["status"].string == "active")
            let reply = try await respondent.post("complete", #"{"email":"Ann@Example.org","full_name":""}"#)
            #expect(reply.status == 200, "\(reply.text)")
            let stored = try await respondent.server.database.read {
                try $0.one("SELECT email FROM student_responses WHERE completed_at IS NOT NULL", []) { try $0.text() }
            }
            #expect(stored == "ann@example.org")
        }
    }
}

extension Respondent {
    /// Takes an answer back; the question may bring a query with it.
    func takeBack(_ question: String) async throws -> TestReply {
        let parts = question.split(separator: "?", maxSplits: 1).map(String.init)
        let query = parts.count > 1 ? "?" + parts[1] : ""
        return try await server.send(
            .delete, "/api/v2/session/\(session)/answers/\(questions[parts[0]] ?? 0)\(query)")
    }
}
