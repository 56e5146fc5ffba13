import Core
import HTTPTypes
import SQL
import TestSupport
import Testing

@testable import Assessments

@Suite struct QuestionnaireRoutesTests {
    @Test(arguments: TestEngine.allCases) func `modules and questions are told as the contract has them`(
        engine: TestEngine
    ) async throws {
        try await responding(engine) { respondent in
            let modules = try await respondent.server.send(.get, "/api/v2/modules")
            #expect(modules.status == 200 && modules.json.count == 2)
            let first = modules.json[0]
            #expect(
                first.names == [
                    "id", "name", "emoji", "description", "total_pages", "total_questions", "estimated_minutes",
                    "chapter_number", "order_index",
                ])
            #expect(first["id"].int == respondent.pages[0] && first["name"].string == "Beginning")
            #expect(first["emoji"].string == "🌱" && first["description"].string == "How it begins")
            #expect(first["total_pages"].int == 2 && first["total_questions"].int == 4)
            #expect(first["estimated_minutes"].int == 5 && first["chapter_number"].int == 1)
            #expect(modules.json[1]["name"].string == "Third" && modules.json[1]["estimated_minutes"].isNull)

            let page = try await respondent.server.send(.get, "/api/v2/questions?page_id=\(respondent.pages[0])")
            #expect(page.json.names == ["page", "questions", "navigation"])
            #expect(page["page"]["title"].string == "First" && page["questions"].count == 2)
            let slider = page["questions"][0]
            #expect(slider.names == ["id", "type", "text", "required", "options"])
            #expect(slider["options"]["min"].int == 1 && slider["options"]["max"].int == 5)
            #expect(slider["options"]["scale_labels"].count == 5 && slider["required"].bool == true)
            #expect(page["questions"][1]["options"]["choices"][1]["label"].string == "Coffee")
            #expect(page["questions"][1]["options"]["multiple"].bool == false)
            #expect(
                page["navigation"].names == [
                    "current_page", "total_pages", "is_first", "is_last", "previous_page_id", "next_page_id",
                ])
            #expect(page["navigation"]["is_first"].bool == true && page["navigation"]["previous_page_id"].isNull)
            #expect(page["navigation"]["next_page_id"].int == respondent.pages[1])

            let second = try await respondent.server.send(.get, "/api/v2/questions?page_id=\(respondent.pages[1])")
            #expect(second["questions"][1]["options"]["items"].elements.map { $0["text"].string } == ["x", "y", "z"])
            #expect(second["questions"][1]["options"]["randomize"].bool == true)
            let last = try await respondent.server.send(.get, "/api/v2/questions?page_id=\(respondent.pages[2])")
            #expect(last["questions"][0]["options"]["char_limit"].int == 20)
            #expect(last["questions"][0]["scene"]["theme"].string == "dusk")
            #expect(last["navigation"]["is_last"].bool == true && last["navigation"]["current_page"].int == 3)
            for (path, status) in [
                ("questions", 422), ("questions?page_id=", 422), ("questions?page_id=abc", 422),
                ("questions?page_id=-1", 422), ("questions?page_id=999999", 404), ("modules?questionnaire=nope", 404),
                ("modules?questionnaire=small", 200), ("modules?questionnaire=default", 200),
                ("modules?questionnaire=%00", 404),
                ("questions?page_id=1&session_id=%00", 200),
            ] {
                #expect(try await respondent.server.send(.get, "/api/v2/\(path)").status == status, "\(path)")
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `pages made inactive, questions removed and added under a live session`(engine: TestEngine) async throws {
        try await responding(engine) { respondent in
            for question in ["scale", "one", "many", "order", "words"] {
                #expect(try await respondent.answer(question, Respondent.good[question] ?? "").status == 200)
            }
            func progress() async throws -> (answered: Int?, total: Int?, percentage: Double?, xp: Int?) {
                let node = try await respondent.validate()["progress"]
                return (
                    node["questions_answered"].int, node["total_questions"].int, node["percentage"].double,
                    node["total_xp"].int
                )
            }
            #expect(try await progress() == (5, 5, 100, 50))
            // By another program, without a word to us.
            try await respondent.server.script("UPDATE pages SET is_active = FALSE WHERE id = \(respondent.pages[1])")
            #expect(try await progress() == (3, 3, 100, 50))
            try await respondent.server.script(
                "DELETE FROM question_answers WHERE question_id = \(respondent.questions["one"] ?? 0)")
            #expect(try await progress() == (2, 3, 66.7, 50))
            try await respondent.server.script("UPDATE pages SET is_active = TRUE")
            #expect(try await progress() == (4, 5, 80, 50))
            // By an import that takes a question out and puts two in.
            let edited = Respondent.file.replacing(
                "- {id: words, type: essay, text: In your words?, required: true, char_limit: 20, scene: {title: The end, theme: dusk}}",
                with: "- {id: new1, type: slider, text: New?}\n      - {id: new2, type: slider, text: Newer?}")
            let outcome = try await Respondent.library(respondent.server).importFile(edited, .yaml)
            #expect(outcome.added == 2 && outcome.kept == 4 && outcome.removed == 1)
            #expect(try await progress() == (3, 6, 50, 50))
            #expect(try await respondent.number("SELECT COUNT(*) FROM question_answers") == 4)
            #expect(try await respondent.answer("words", Respondent.good["words"] ?? "").status == 404)
            // Put back, its answer counts again.
            try await Respondent.library(respondent.server).importFile(Respondent.file, .yaml)
            #expect(try await progress() == (4, 5, 80, 50))
            // An answer to a page that was closed meanwhile is not lost.
            try await respondent.server.script("UPDATE pages SET is_active = FALSE WHERE id = \(respondent.pages[0])")
            let late = try await respondent.answer("one", Respondent.good["one"] ?? "")
            #expect(late.status == 200 && late["xp_gained"].int == 0 && late["total_xp"].int == 50)
            #expect(try await progress() == (3, 3, 100, 50))
        }
    }

    @Test(arguments: TestEngine.allCases) func `with keys configured, starting and reading need one or a session`(
        engine: TestEngine
    ) async throws {
        let settings = ["JWT_SECRET": String(repeating: "k", count: 32)]
        for (isPublic, status) in [("false", 401), ("true", 200)] {
            try await TestServer.run(on: engine, settings: settings.merging(["ASSESSMENTS_PUBLIC": isPublic]) { $1 }) {
                server in
                try await Respondent.library(server).importFile(Respondent.file, .yaml)
                let page = try await server.number("SELECT MIN(id) FROM pages")
                #expect(try await server.send(.post, "/api/v2/session/start").status == status)
                #expect(try await server.send(.get, "/api/v2/modules").status == status)
                #expect(try await server.send(.get, "/api/v2/questions?page_id=\(page)").status == status)
                try await server.script(
                    """
                    INSERT INTO student_responses (session_id, email, full_name, age_group, country, origin_country, questionnaire_id)
                    SELECT 'held', '', '', '', '', '', id FROM questionnaires WHERE slug = 'small';
                    INSERT INTO student_responses (session_id, email, full_name, age_group, country, origin_country)
                    VALUES ('of another', '', '', '', '', '')
                    """)
                // Whoever holds a session's id is its respondent, whatever is configured.
                let valid = try await server.send(.get, "/api/v2/session/held/validate")
                #expect(valid.status == 200 && valid["valid"].bool == true)
                for (session, status) in [("held", 200), ("of%20another", status), ("unknown", status)] {
                    let reply = try await server.send(.get, "/api/v2/questions?page_id=\(page)&session_id=\(session)")
                    #expect(reply.status == status, "\(session)")
                }
                #expect(try await server.send(.get, "/api/v2/modules?session_id=held").json.count == 2)
                // Strangers share no idempotency keys: nobody is handed another's session.
                let key = ["Idempotency-Key": "same"]
                let first = try await server.send(.post, "/api/v2/session/start", headers: key)
                let second = try await server.send(.post, "/api/v2/session/start", headers: key)
                #expect(isPublic == "false" || first["session_id"].string != second["session_id"].string)
            }
        }
    }
}
