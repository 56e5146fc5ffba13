import Core
import HTTPTypes
import SQL
import TestSupport
import Testing

@testable import Assessments

@Suite struct AnswerRoutesTests {
    @Test(arguments: TestEngine.allCases) func `each kind of answer is stored, counted and given back as it was given`(
        engine: TestEngine
    ) async throws {
        try await responding(engine) { respondent in
            for (index, question) in ["scale", "one", "many", "order", "words"].enumerated() {
                let reply = try await respondent.answer(question, Respondent.good[question] ?? "")
                #expect(reply.status == 200, "\(reply.text)")
                #expect(
                    reply.json.names == ["success", "xp_gained", "total_xp", "badges_unlocked", "progress", "revision"])
                #expect(reply["success"].bool == true && reply["xp_gained"].int == 10)
                #expect(reply["total_xp"].int == 10 * (index + 1) && reply["revision"].int == index + 1)
                #expect(reply["badges_unlocked"].elements.map(\.string) == (index == 0 ? ["first_answer"] : []))
                #expect(reply["progress"]["questions_answered"].int == index + 1)
                #expect(reply["progress"]["percentage"].double == Double(20 * (index + 1)))
            }
            let stored = try await respondent.get("answers")
            #expect(stored["session_id"].string == respondent.session)
            for element in stored["answers"].elements {
                let name = respondent.questions.first { $0.value == element["question_id"].int }?.key ?? ""
                let given = Node(text: Respondent.good[name] ?? "")
                #expect(
                    element["answer"].names == given.names && element["answer"]["type"].string == given["type"].string)
                #expect(element["answer"]["value"].double == given["value"].double)
                #expect(element["answer"]["text"].string == given["text"].string)
                for list in ["selected_options", "ordered_items"] {
                    #expect(element["answer"][list].elements.map(\.string) == given[list].elements.map(\.string))
                }
            }
            #expect(stored["answers"].count == 5)
            let page = try await respondent.get("answered-questions?page_id=\(respondent.pages[0])")
            #expect(
                page["answered_question_ids"].elements.map(\.int) == ["scale", "one"].map { respondent.questions[$0] })
            #expect(page["page_id"].int == respondent.pages[0] && page["session_id"].string == respondent.session)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `one question answered five times is one answer, counted and awarded once`(
        engine: TestEngine
    ) async throws {
        try await responding(engine) { respondent in
            var gained = 0
            for value in [1, 2, 3, 3, 5] {
                let reply = try await respondent.answer("scale", #"{"type":"slider","value":\#(value)}"#)
                gained += reply["xp_gained"].int ?? 100
                respondent.server.clock.advance(.minutes(1))
                #expect(reply["total_xp"].int == 10 && reply["progress"]["questions_answered"].int == 1)
            }
            #expect(gained == 10)
            #expect(try await respondent.validate()["session"]["revision"].int == 5)
            let stored = try await respondent.get("answers")
            #expect(stored["answers"].count == 1 && stored["answers"][0]["answer"]["value"].double == 5)
            #expect(try await respondent.number("SELECT COUNT(*) FROM question_answers") == 1)
            // Each answer that another took the place of is kept; the same one again is no change.
            let kept = try await respondent.server.database.read {
                try $0.all("SELECT answer_value FROM answer_history ORDER BY id", []) { try $0.real() }
            }
            #expect(kept == [1, 2, 3])
        }
    }

    @Test(arguments: TestEngine.allCases) func `of an answer's history the last twenty stay, and typing is one change`(
        engine: TestEngine
    ) async throws {
        try await responding(engine) { respondent in
            func kept() async throws -> [Double] {
                try await respondent.server.database.read {
                    try $0.all("SELECT answer_value FROM answer_history ORDER BY id", []) { try $0.real() }
                }
            }
            for value in [1.0, 1.5, 2] {
                _ = try await respondent.answer("scale", #"{"type":"slider","value":\#(value)}"#)
                respondent.server.clock.advance(.seconds(20))
            }
            #expect(try await kept() == [1], "what came in between is part of one change")
            for number in 0..<25 {
                respondent.server.clock.advance(.seconds(60))
                _ = try await respondent.answer("scale", #"{"type":"slider","value":\#(3 + Double(number) / 100)}"#)
            }
            let values = try await kept()
            #expect(values.count == 20 && values.last == 3.23 && values.first == 3.04)
        }
    }

    @Test(arguments: TestEngine.allCases) func `fifty submits at once from two tabs keep the ledger right`(
        engine: TestEngine
    ) async throws {
        try await responding(engine) { respondent in
            let replies = try await withThrowingTaskGroup(of: TestReply.self) { group in
                for index in 0..<50 {
                    group.addTask {
                        try await respondent.answer("scale", #"{"type":"slider","value":\#(1 + index % 5)}"#)
                    }
                }
                return try await group.reduce(into: [TestReply]()) { $0.append($1) }
            }
            #expect(replies.allSatisfy { $0.status == 200 && $0["total_xp"].int == 10 })
            #expect(replies.count { $0["xp_gained"].int == 10 } == 1)
            #expect(Set(replies.compactMap { $0["revision"].int }) == Set(1...50))
            #expect(try await respondent.number("SELECT COUNT(*) FROM question_answers") == 1)
            #expect(try await respondent.validate()["progress"]["total_xp"].int == 10)
            #expect(try await respondent.validate()["session"]["revision"].int == 50)
            // One winner of those who all saw the same revision.
            let stale = try await withThrowingTaskGroup(of: TestReply.self) { group in
                for index in 0..<20 {
                    group.addTask {
                        try await respondent.answer(
                            "scale", #"{"type":"slider","value":\#(1 + index % 5)}"#, revision: 50)
                    }
                }
                return try await group.reduce(into: [TestReply]()) { $0.append($1) }
            }
            #expect(stale.count { $0.status == 200 } == 1 && stale.count { $0.status == 409 } == 19)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a submit that is behind gets what is current, and stores nothing`(
        engine: TestEngine
    ) async throws {
        try await responding(engine) { respondent in
            #expect(try await respondent.answer("one", Respondent.good["one"] ?? "", revision: 0).status == 200)
            let behind = try await respondent.answer(
                "one", #"{"type":"mcq","selected_options":["coffee"]}"#, revision: 0)
            #expect(behind.status == 409 && behind["code"].string == "stale-revision")
            #expect(behind["current"]["revision"].int == 1)
            #expect(behind["current"]["answer"]["selected_options"].elements.map(\.string) == ["tea"])
            let elsewhere = try await respondent.answer("scale", Respondent.good["scale"] ?? "", revision: 0)
            #expect(elsewhere.status == 409 && elsewhere["current"]["answer"].isNull)
            #expect(try await respondent.answer("scale", Respondent.good["scale"] ?? "", revision: 9).status == 409)
            #expect(try await respondent.number("SELECT COUNT(*) FROM question_answers") == 1)
            #expect(try await respondent.answer("scale", Respondent.good["scale"] ?? "", revision: 1).status == 200)
            // Without a revision the last write wins, and the loser is kept.
            #expect(try await respondent.answer("one", #"{"type":"mcq","selected_options":["coffee"]}"#).status == 200)
            #expect(try await respondent.number("SELECT COUNT(*) FROM answer_history") == 1)
        }
    }

    @Test(arguments: TestEngine.allCases) func `nothing is stored of what is refused`(engine: TestEngine) async throws {
        try await responding(engine) { respondent in
            let bad: [(String, String, String)] = [
                ("scale", #"{"type":"slider","value":0}"#, "answer.value"),
                ("scale", #"{"type":"slider","value":6}"#, "answer.value"),
                ("scale", #"{"type":"slider","value":"3"}"#, "answer.value"),
                ("scale", #"{"type":"slider","value":1e400}"#, "answer.value"),
                ("scale", #"{"type":"slider"}"#, "answer.value"),
                ("scale", #"{"type":"stars","value":3}"#, "answer.type"),
                ("scale", #"{"value":3}"#, "answer.type"), ("scale", #"{"type":"essay","text":"3"}"#, "answer.type"),
                ("scale", "7", "answer"), ("scale", "null", "answer"), ("scale", "[]", "answer"),
                ("one", #"{"type":"mcq","selected_options":["milk"]}"#, "answer.selected_options"),
                ("one", #"{"type":"mcq","selected_options":["tea","coffee"]}"#, "answer.selected_options"),
                ("one", #"{"type":"mcq","selected_options":"tea"}"#, "answer.selected_options"),
                ("one", #"{"type":"mcq","selected_options":[]}"#, "answer.selected_options"),
                ("one", #"{"type":"mcq","selected_options":[1]}"#, "answer.selected_options"),
                ("many", #"{"type":"mcq","selected_options":["red","red"]}"#, "answer.selected_options"),
                ("order", #"{"type":"ordering","ordered_items":["x","y"]}"#, "answer.ordered_items"),
                ("order", #"{"type":"ordering","ordered_items":["x","y","y"]}"#, "answer.ordered_items"),
                ("words", #"{"type":"essay","text":"  "}"#, "answer.text"),
                ("words", #"{"type":"essay","text":"123456789012345678901"}"#, "answer.text"),
                ("words", #"{"type":"essay","text":"a\u0000"}"#, "answer.text"),
            ]
            for (question, answer, field) in bad {
                let reply = try await respondent.answer(question, answer)
                #expect(reply.status == 422, "\(answer): \(reply.text)")
                #expect(reply["fields"].elements.map { $0["field"].string } == [field], "\(answer): \(reply.text)")
            }
            for (body, status) in [
                ("{}", 422), ("[]", 422), ("{", 400), ("", 400),
                (#"{"session_id":"unknown","question_id":1,"answer":{"type":"essay","text":"x"}}"#, 404),
                (
                    #"{"session_id":"\#(respondent.session)","question_id":999999,"answer":{"type":"essay","text":"x"}}"#,
                    404
                ),
                (
                    #"{"session_id":"\#(respondent.session)","question_id":-1,"answer":{"type":"essay","text":"x"}}"#,
                    422
                ),
                (
                    #"{"session_id":"\#(respondent.session)","question_id":1,"answer":{"type":"essay","text":"x"},"revision":-1}"#,
                    422
                ),
                (#"{"session_id":7,"question_id":"1","answer":7}"#, 422),
            ] {
                let reply = try await respondent.server.send(.post, "/api/v2/answers/submit", body)
                #expect(reply.status == status, "\(body): \(reply.text)")
            }
            for table in ["question_answers", "xp_awards", "answer_history"] {
                #expect(try await respondent.number("SELECT COUNT(*) FROM \(table)") == 0)
            }
            let seen = try await respondent.validate()
            #expect(seen["session"]["revision"].int == 0 && seen["session"]["current_page_id"].isNull)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a question of another questionnaire is not to be answered here`(
        engine: TestEngine
    ) async throws {
        try await responding(engine) { respondent in
            try await Respondent.library(respondent.server).importFile(
                "{questionnaire: other, title: Other, pages: [{title: O, questions: [{id: o, type: essay, text: '?'}]}]}",
                .yaml)
            let other = try await respondent.number("SELECT id FROM questions WHERE item_id = 'o'")
            let answer = #"{"type":"essay","text":"x"}"#
            #expect(try await Respondent.answer(respondent.server, respondent.session, other, answer).status == 404)
            let started = try await respondent.server.send(
                .post, "/api/v2/session/start", #"{"questionnaire":"other"}"#)
            let own = started["session_id"].string ?? ""
            #expect(try await Respondent.answer(respondent.server, own, other, answer).status == 200)
            let all = try await respondent.server.send(.get, "/api/v2/session/\(own)/validate")
            #expect(all["progress"]["percentage"].double == 100)
            // Nobody sees another's answers.
            #expect(try await respondent.get("answers")["answers"].count == 0)
        }
    }

    @Test(arguments: TestEngine.allCases) func `milestones come at every tenth new answer, once`(engine: TestEngine)
        async throws
    {
        try await responding(engine) { respondent in
            let questions = (1...21).map { "{id: m\($0), type: essay, text: '?'}" }.joined(separator: ", ")
            try await Respondent.library(respondent.server).importFile(
                "{questionnaire: many, title: Many, pages: [{title: O, questions: [\(questions)]}]}", .yaml)
            let started = try await respondent.server.send(.post, "/api/v2/session/start", #"{"questionnaire":"many"}"#)
            let id = started["session_id"].string ?? ""
            let numbers = try await respondent.server.database.read {
                try $0.all("SELECT id FROM questions WHERE item_id LIKE 'm%' AND item_id <> 'many' ORDER BY id", []) {
                    try $0.integer()
                }
            }
            var badges: [Int: [String]] = [:]
            for (index, question) in numbers.enumerated() {
                for text in ["first", "second"] {
                    let reply = try await Respondent.answer(
                        respondent.server, id, question, #"{"type":"essay","text":"\#(text)"}"#)
                    badges[index + 1, default: []] += reply["badges_unlocked"].elements.compactMap(\.string)
                }
            }
            #expect(
                badges.filter { !$0.value.isEmpty } == [
                    1: ["first_answer"], 10: ["milestone_10"], 20: ["milestone_20"],
                ])
            let progress = try await respondent.server.send(.get, "/api/v2/session/\(id)/progress")
            #expect(progress["badges"].elements.map(\.string) == ["first_answer", "milestone_10", "milestone_20"])
            #expect(progress["total_xp"].int == 210 && progress["percentage_complete"].double == 100)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a repeated submit under its key is answered from what was kept`(
        engine: TestEngine
    ) async throws {
        try await responding(engine) { respondent in
            let key = ["Idempotency-Key": "one-tap"]
            let first = try await respondent.answer("one", Respondent.good["one"] ?? "", revision: 0, headers: key)
            let again = try await respondent.answer("one", Respondent.good["one"] ?? "", revision: 0, headers: key)
            #expect(first.status == 200 && again.text == first.text && again.headers["idempotency-replayed"] == "true")
            let other = try await respondent.answer("scale", Respondent.good["scale"] ?? "", headers: key)
            #expect(other.status == 409 && other["code"].string == "idempotency-key-reused")
            // Another respondent's key is another key, though it reads the same.
            let neighbour = try await respondent.server.send(.post, "/api/v2/session/start")["session_id"].string ?? ""
            let theirs = try await Respondent.answer(
                respondent.server, neighbour, respondent.questions["one"] ?? 0, Respondent.good["one"] ?? "",
                headers: key)
            #expect(theirs.status == 200 && theirs.headers["idempotency-replayed"] == nil)
            #expect(try await respondent.validate()["session"]["revision"].int == 1)
            let started = try await respondent.server.send(.post, "/api/v2/session/start", headers: key)
            let same = try await respondent.server.send(.post, "/api/v2/session/start", headers: key)
            #expect(started.status == 200 && started.text == same.text)
        }
    }

    @Test(arguments: TestEngine.allCases) func `with the database gone nothing is acknowledged`(engine: TestEngine)
        async throws
    {
        try await responding(engine) { respondent in
            await respondent.server.database.close()
            for reply in [
                try await respondent.answer("one", Respondent.good["one"] ?? ""), try await respondent.validate(),
                try await respondent.post("abandon"), try await respondent.turn(to: respondent.pages[0]),
                try await respondent.server.send(.post, "/api/v2/session/start"),
                try await respondent.server.send(.get, "/api/v2/modules"),
            ] {
                #expect(reply.status == 503 && reply.headers["retry-after"] != nil, "\(reply.text)")
            }
        }
    }
}
