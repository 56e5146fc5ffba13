import Core
import HTTPTypes
import SQL
import TestSupport
import Testing

@testable import Assessments

@Suite struct AssessmentSessionRoutesTests {
    /// Seed 001, "Testing": its three curl lines, on a server that nobody has given a questionnaire.
    @Test(arguments: TestEngine.allCases) func `the seed's three curl lines`(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let unknown = try await server.send(.get, "/api/v2/session/test-123/validate")
            #expect(unknown.status == 200 && unknown["valid"].bool == false && unknown["code"].string == "not-found")
            #expect(unknown["reason"].string == "Session not found or expired")
            let started = try await server.send(.post, "/api/v2/session/start")
            #expect(started.status == 200 && started.json.names == ["session_id", "created_at"])
            let id = try #require(started["session_id"].string.flatMap { ID($0) })
            #expect(id.high >> 12 & 0xF == 4, "a version 4 UUID")
            let abandoned = try await server.send(.post, "/api/v2/session/\(id)/abandon")
            #expect(abandoned.status == 200 && abandoned["success"].bool == true)
            #expect(abandoned["undo_until"].string == "2026-11-21T12:30:00.000Z")
        }
    }

    @Test(arguments: TestEngine.allCases) func `validate tells of an active session`(engine: TestEngine) async throws {
        try await responding(engine) { respondent in
            let fresh = try await respondent.validate()
            #expect(fresh.json.names == ["valid", "session", "progress", "resumable"])
            #expect(
                fresh["session"].names == ["session_id", "status", "current_page_id", "last_activity", "revision"])
            #expect(fresh["session"]["current_page_id"].isNull && fresh["session"]["revision"].int == 0)
            #expect(
                fresh["progress"].names == ["questions_answered", "total_questions", "percentage", "total_xp"])
            #expect(fresh["progress"]["total_questions"].int == 5 && fresh["progress"]["percentage"].double == 0)
            respondent.server.clock.advance(.minutes(3))
            #expect(try await respondent.answer("many", Respondent.good["many"] ?? "").status == 200)
            let later = try await respondent.validate()
            #expect(later["valid"].bool == true && later["resumable"].bool == true)
            #expect(later["session"]["current_page_id"].int == respondent.pages[1])
            #expect(later["session"]["last_activity"].string == "2026-11-21T12:03:00.000Z")
            #expect(later["progress"]["percentage"].double == 20 && later["progress"]["total_xp"].int == 10)
            let shouted = try await respondent.server.send(
                .get, "/api/v2/session/\(respondent.session.uppercased())/validate")
            #expect(shouted["valid"].bool == true)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a session expires after thirty days without activity, to the second`(
        engine: TestEngine
    ) async throws {
        try await responding(engine) { respondent in
            let clock = respondent.server.clock
            clock.advance(.days(30))
            #expect(try await respondent.validate()["valid"].bool == true)
            #expect(try await respondent.answer("one", Respondent.good["one"] ?? "").status == 200)
            // The answer slid it by another thirty days; looking does not.
            clock.advance(.days(30))
            #expect(try await respondent.validate()["valid"].bool == true)
            clock.advance(.milliseconds(1))
            let expired = try await respondent.validate()
            #expect(expired.status == 200 && expired["valid"].bool == false && expired["code"].string == "expired")
            #expect(expired["reason"].string == "Session not found or expired")
            #expect(expired["expired_at"].string == "2027-01-20T12:00:00.000Z")
            #expect(expired["last_activity"].string == "2026-12-21T12:00:00.000Z")
            for reply in [
                try await respondent.answer("scale", Respondent.good["scale"] ?? ""),
                try await respondent.turn(to: respondent.pages[0]), try await respondent.post("abandon"),
                try await respondent.post("resume"), try await respondent.post("complete"),
                try await respondent.get("progress"), try await respondent.get("answers"),
                try await respondent.get("answered-questions?page_id=\(respondent.pages[0])"),
            ] {
                #expect(reply.status == 410 && reply["code"].string == "session-expired", "\(reply.text)")
                #expect(reply["expired_at"].string == "2027-01-20T12:00:00.000Z")
            }
            // No rule destroys a place.
            #expect(try await respondent.number("SELECT COUNT(*) FROM question_answers") == 1)
        }
    }

    @Test(arguments: TestEngine.allCases) func `page turns and resuming slide the expiry, the setting moves it`(
        engine: TestEngine
    ) async throws {
        try await responding(engine, settings: ["ASSESSMENT_SESSION_DAYS": "2"]) { respondent in
            let clock = respondent.server.clock
            clock.advance(.days(2))
            let turned = try await respondent.turn(to: respondent.pages[2])
            #expect(turned.status == 200 && turned["current_page_id"].int == respondent.pages[2])
            #expect(turned["revision"].int == 0 && turned["last_activity"].string == "2026-11-23T12:00:00.000Z")
            clock.advance(.days(2))
            #expect(try await respondent.post("resume")["last_activity"].string == "2026-11-25T12:00:00.000Z")
            clock.advance(.days(2))
            #expect(try await respondent.validate()["valid"].bool == true)
            clock.advance(.seconds(1))
            #expect(try await respondent.validate()["code"].string == "expired")
        }
    }

    @Test(arguments: TestEngine.allCases) func `starting fresh can be undone for half an hour`(engine: TestEngine)
        async throws
    {
        try await responding(engine) { respondent in
            let clock = respondent.server.clock
            #expect(try await respondent.answer("one", Respondent.good["one"] ?? "").status == 200)
            let first = try await respondent.post("abandon")
            clock.advance(.minutes(10))
            let second = try await respondent.post("abandon")
            #expect(first.status == 200 && second.status == 200 && first.text == second.text)
            let seen = try await respondent.validate()
            #expect(seen["valid"].bool == true && seen["resumable"].bool == false)
            #expect(seen["session"]["status"].string == "user_abandoned_not_completed")
            #expect(seen["undo_until"].string == "2026-11-21T12:30:00.000Z" && seen["reason"].string != nil)
            let refused = try await respondent.answer("scale", Respondent.good["scale"] ?? "")
            #expect(refused.status == 410 && refused["code"].string == "session-abandoned")
            #expect(refused["undo_until"].string == "2026-11-21T12:30:00.000Z")
            #expect(try await respondent.turn(to: respondent.pages[0]).status == 410)
            #expect(try await respondent.post("complete").status == 410)
            clock.advance(.minutes(20))
            let back = try await respondent.post("resume")
            #expect(back.status == 200 && back["status"].string == "active")
            #expect(try await respondent.get("answers")["answers"].count == 1)
            #expect(try await respondent.answer("scale", Respondent.good["scale"] ?? "").status == 200)
            _ = try await respondent.post("abandon")
            clock.advance(.milliseconds(30 * 60_000 + 1))
            let late = try await respondent.post("resume")
            #expect(late.status == 410 && late["code"].string == "undo-expired")
            #expect(late["expired_at"].string == "2026-11-21T13:00:00.000Z")
            #expect(try await respondent.get("answers")["answers"].count == 2)
        }
    }

    @Test(arguments: TestEngine.allCases) func `completing asks for what is required, then ends the session`(
        engine: TestEngine
    ) async throws {
        try await responding(engine) { respondent in
            let early = try await respondent.post("complete")
            #expect(early.status == 422 && early["code"].string == "required-unanswered")
            let missing = ["scale", "words"].map { respondent.questions[$0] ?? 0 }
            #expect(early["unanswered_question_ids"].elements.map(\.int) == missing)
            #expect(early["fields"].elements.map { $0["field"].string } == missing.map { "question_\($0)" })
            #expect(try await respondent.validate()["session"]["status"].string == "active")
            for question in ["scale", "words"] {
                #expect(try await respondent.answer(question, Respondent.good[question] ?? "").status == 200)
            }
            let details = #"{"email":"a@example.com","full_name":"A. B.","country":"Portugal"}"#
            let done = try await respondent.post("complete", details)
            #expect(done.status == 200 && done["success"].bool == true)
            #expect(done["session"]["status"].string == "completed" && done["progress"]["percentage"].double == 40)
            #expect(done["completed_at"].string == "2026-11-21T12:00:00.000Z")
            respondent.server.clock.advance(.minutes(1))
            for again in [try await respondent.post("complete", details), try await respondent.post("complete")] {
                #expect(again.status == 200 && again.text == done.text)
            }
            for refused in [
                try await respondent.post("complete", #"{"email":"other@example.com"}"#),
                try await respondent.post("abandon"), try await respondent.post("resume"),
                try await respondent.answer("one", Respondent.good["one"] ?? ""),
                try await respondent.turn(to: respondent.pages[0]),
            ] {
                #expect(refused.status == 409 && refused["code"].string == "session-completed", "\(refused.text)")
                #expect(refused["current"]["status"].string == "completed")
            }
            let seen = try await respondent.validate()
            #expect(seen["valid"].bool == true && seen["resumable"].bool == false && seen["reason"].string != nil)
            #expect(
                try await respondent.number(
                    "SELECT COUNT(*) FROM student_responses WHERE email = 'a@example.com' AND full_name = 'A. B.' AND age_group = '' AND country = 'Portugal' AND completed_at IS NOT NULL"
                ) == 1)
        }
    }

    @Test(arguments: TestEngine.allCases) func `bad input is answered with what is wrong`(engine: TestEngine)
        async throws
    {
        try await responding(engine) { respondent in
            let server = respondent.server
            let cases: [(HTTPRequest.Method, String, String?, Int)] = [
                (.post, "session/start", #"{"questionnaire":"nobody-has-this"}"#, 404),
                (.post, "session/start", #"{"questionnaire":7}"#, 422), (.post, "session/start", "[]", 422),
                (.post, "session/start", "{", 400), (.post, "session/start", "{}", 200),
                (.post, "session/start", #"{"questionnaire":null}"#, 200),
                (.post, "session/start", #"{"questionnaire":"small"}"#, 200),
                (.post, "session/unknown/abandon", nil, 404), (.post, "session/unknown/resume", nil, 404),
                (.post, "session/unknown/complete", nil, 404), (.get, "session/unknown/progress", nil, 404),
                (.get, "session/unknown/answers", nil, 404), (.put, "session/unknown/page", #"{"page_id":1}"#, 404),
                (.get, "session/unknown/answered-questions?page_id=1", nil, 404),
                (.get, "session/\(respondent.session)/answered-questions", nil, 422),
                (.get, "session/\(respondent.session)/answered-questions?page_id=x", nil, 422),
                (.get, "session/\(respondent.session)/answered-questions?page_id=99999999999", nil, 422),
                (.get, "session/\(respondent.session)/answered-questions?page_id=999999", nil, 404),
                (.put, "session/\(respondent.session)/page", "{}", 422),
                (.put, "session/\(respondent.session)/page", #"{"page_id":"1"}"#, 422),
                (.put, "session/\(respondent.session)/page", #"{"page_id":0}"#, 422),
                (.put, "session/\(respondent.session)/page", #"{"page_id":1.5}"#, 422),
                (.put, "session/\(respondent.session)/page", #"{"page_id":2147483647}"#, 404),
                (.put, "session/\(respondent.session)/page", nil, 400),
                (.post, "session/\(respondent.session)/complete", #"{"email":7}"#, 422),
                (
                    .post, "session/\(respondent.session)/complete",
                    #"{"email":"\#(String(repeating: "x", count: 321))"}"#, 422
                ),
                (.post, "session/\(respondent.session)/complete", #"{"country":"a\u0000"}"#, 422),
                (.get, "session/%00/validate", nil, 200), (.get, "session/%F0%9F%99%82/progress", nil, 404),
                (.get, "session/\(String(repeating: "a", count: 500))/validate", nil, 200),
                (.delete, "session/\(respondent.session)/validate", nil, 405),
            ]
            for (method, path, body, status) in cases {
                let reply = try await server.send(method, "/api/v2/\(path)", body)
                #expect(reply.status == status, "\(method) \(path) \(body ?? ""): \(reply.status) \(reply.text)")
            }
            let text = try await server.send(
                .post, "/api/v2/session/start", "{}", headers: ["content-type": "text/plain"])
            #expect(text.status == 415)
            #expect(try await respondent.number("SELECT COUNT(*) FROM student_responses") == 4)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a page must be an active one of the session's questionnaire`(
        engine: TestEngine
    ) async throws {
        try await responding(engine) { respondent in
            try await Respondent.library(respondent.server).importFile(
                "{questionnaire: other, title: Other, pages: [{title: O, questions: [{id: o, type: essay, text: '?'}]}]}",
                .yaml)
            let other = try await respondent.number("SELECT MAX(id) FROM pages")
            #expect(try await respondent.turn(to: other).status == 404)
            #expect(try await respondent.turn(to: respondent.pages[1]).status == 200)
            try await respondent.server.script("UPDATE pages SET is_active = FALSE WHERE id = \(respondent.pages[1])")
            #expect(try await respondent.turn(to: respondent.pages[1]).status == 404)
            #expect(try await respondent.validate()["session"]["current_page_id"].int == respondent.pages[1])
        }
    }
}
