import Core
import HTTPTypes
import SQL
import TestSupport
import Testing

@testable import Assessments

/// Newer kinds, conditions, draws, shuffles and languages, over HTTP.
@Suite struct SecondEditionTests {
    static let file = """
        questionnaire: second
        title: {en: Second edition, de: Zweite Auflage}
        default: true
        pages:
          - title: {en: About you, de: Über dich}
            module: {en: You, de: Du}
            questions:
              - id: drinks
                type: mcq
                text: {en: What do you drink?, de: Was trinkst du?}
                required: true
                multiple: true
                shuffle: true
                choices:
                  - {value: tea, label: {en: Tea, de: Tee}}
                  - {value: coffee, label: {en: Coffee, de: Kaffee}}
                  - milk
                  - water
                  - {value: other, label: Something else}
                  - {value: none, label: None of these}
                other: [other]
                exclusive: [none]
              - {id: weight, type: number, text: Weight?, min: 30, max: 250, step: 0.5, unit: kg}
              - {id: born, type: date, text: Born?, max: 2026-01-01}
              - {id: mail, type: text, text: Mail?, format: email}
              - id: chores
                type: matrix
                text: Chores?
                required: true
                rows: [cook, {value: clean, label: Clean up}]
                columns: [never, often]
          - title: Tea
            visible_if: {question: drinks, is: tea}
            questions:
              - {id: sugar, type: number, text: How many lumps?, required: true, min: 0, max: 9, step: 1}
              - {id: sweet, type: essay, text: Why so many?, required: true, visible_if: {question: sugar, at_least: 4}}
              - {id: rank, type: ordering, text: Order?, items: [{en: Cup, de: Tasse}, {en: Pot, de: Kanne}]}
          - title: Drawn
            draw: 2
            questions:
              - {id: d1, type: text, text: One?}
              - {id: d2, type: text, text: Two?}
              - {id: d3, type: text, text: Three?}
              - {id: d4, type: text, text: Four?}
        """

    private static let good = [
        ("drinks", #"{"type":"mcq","selected_options":["coffee","other"],"other_text":"Mate"}"#),
        ("weight", #"{"type":"number","value":70.5}"#), ("born", #"{"type":"date","date":"1990-02-28"}"#),
        ("mail", #"{"type":"text","text":"ann@x.org"}"#),
        ("chores", #"{"type":"matrix","rows":{"cook":["often"],"clean":["never"]}}"#),
    ]

    @Test(arguments: TestEngine.allCases) func `the newer kinds are stored and given back as they were given`(
        engine: TestEngine
    ) async throws {
        try await responding(engine, to: Self.file) { respondent in
            for (question, answer) in Self.good {
                let reply = try await respondent.answer(question, answer)
                #expect(reply.status == 200, "\(question): \(reply.text)")
            }
            let stored = try await respondent.get("answers")["answers"].elements
            for (question, answer) in Self.good {
                let found = stored.first { $0["question_id"].int == respondent.questions[question] }
                let given = Node(text: answer)
                #expect(found?["answer"].names == given.names)
                #expect(found?["answer"]["other_text"].string == given["other_text"].string)
                #expect(found?["answer"]["value"].double == given["value"].double)
                #expect(found?["answer"]["date"].string == given["date"].string)
                #expect(found?["answer"]["rows"]["cook"][0].string == given["rows"]["cook"][0].string)
            }
            let bad: [(String, String, String)] = [
                ("drinks", #"{"type":"mcq","selected_options":["tea","coffee","none"]}"#, "answer.selected_options"),
                ("drinks", #"{"type":"mcq","selected_options":["other"],"other_text":""}"#, "answer.other_text"),
                ("weight", #"{"type":"number","value":70.25}"#, "answer.value"),
                ("weight", #"{"type":"number","value":"70"}"#, "answer.value"),
                ("born", #"{"type":"date","date":"2026-02-30"}"#, "answer.date"),
                ("mail", #"{"type":"text","text":"not-an-email"}"#, "answer.text"),
                ("chores", #"{"type":"matrix","rows":{"cook":["always"]}}"#, "answer.rows"),
                ("chores", #"{"type":"matrix","rows":[]}"#, "answer.rows"),
                ("chores", #"{"type":"matrix","rows":{}}"#, "answer.rows"),
            ]
            for (question, answer, field) in bad {
                let reply = try await respondent.answer(question, answer)
                #expect(reply.status == 422, "\(answer): \(reply.text)")
                #expect(reply["fields"].elements.map { $0["field"].string } == [field], "\(reply.text)")
                if question == "drinks", answer.contains("none") { #expect(reply.text.contains("none")) }
            }
            // A program that knows the seed's four kinds only sees the nearest.
            let older = try await respondent.server.database.read {
                try $0.all(
                    "SELECT DISTINCT CAST(question_type AS TEXT) FROM questions ORDER BY 1", []
                ) { try $0.text() }
            }
            #expect(older == ["essay", "mcq", "ordering", "slider"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `what a condition hides is not demanded, and its answer counts again when shown`(
        engine: TestEngine
    ) async throws {
        try await responding(engine, to: Self.file) { respondent in
            func total() async throws -> [Int?] {
                let node = try await respondent.validate()["progress"]
                return [node["questions_answered"].int, node["total_questions"].int]
            }
            func drink(_ what: String) async throws -> TestReply {
                try await respondent.answer("drinks", #"{"type":"mcq","selected_options":["\#(what)"]}"#)
            }
            #expect(try await total() == [0, 7])
            #expect(try await drink("tea")["progress"]["total_questions"].int == 9)
            let lumps = try await respondent.answer("sugar", #"{"type":"number","value":5}"#)
            #expect(lumps["progress"]["total_questions"].int == 10)
            _ = try await respondent.answer("sweet", #"{"type":"essay","text":"I like it."}"#)
            #expect(try await total() == [3, 10])
            let page = try await respondent.server.send(
                .get, "/api/v2/questions?page_id=\(respondent.pages[0])&session_id=\(respondent.session)")
            #expect(page["conditional"].bool == true && page["navigation"]["next_page_id"].int == respondent.pages[1])
            // Hidden: nothing of that page counts, and the page is passed over.
            #expect(try await drink("coffee")["progress"]["total_questions"].int == 7)
            #expect(try await total() == [1, 7])
            let over = try await respondent.server.send(
                .get, "/api/v2/questions?page_id=\(respondent.pages[0])&session_id=\(respondent.session)")
            #expect(over["navigation"]["next_page_id"].int == respondent.pages[2])
            #expect(over["navigation"]["total_pages"].int == 2)
            let hidden = try await respondent.server.send(
                .get, "/api/v2/questions?page_id=\(respondent.pages[1])&session_id=\(respondent.session)")
            #expect(hidden["questions"].count == 0)
            let modules = try await respondent.get("progress")["modules"].elements.compactMap { $0["total"].int }
            #expect(modules.reduce(0, +) == 7)
            #expect(try await respondent.get("answers")["answers"].count == 3, "kept all the same")
            #expect(try await drink("tea")["progress"]["questions_answered"].int == 3)
            // Taken back, what hangs on it is hidden, and nothing of it is demanded.
            let back = try await respondent.takeBack("drinks")
            #expect(back["progress"]["total_questions"].int == 7)
            _ = try await drink("coffee")
            let early = try await respondent.post("complete")
            #expect(early["unanswered_question_ids"].elements.map(\.int) == [respondent.questions["chores"]])
            _ = try await respondent.answer("chores", #"{"type":"matrix","rows":{"cook":["often"]}}"#)
            #expect(try await respondent.post("complete").status == 422, "one of two rows")
            _ = try await respondent.answer("chores", Self.good[4].1)
            #expect(try await respondent.post("complete").status == 200)
        }
    }

    @Test(arguments: TestEngine.allCases) func `shuffles and draws are the same wherever a session asks`(
        engine: TestEngine
    ) async throws {
        try await responding(engine, to: Self.file) { respondent in
            func read(_ page: Int, _ session: String) async throws -> [[String]] {
                let reply = try await respondent.server.send(
                    .get, "/api/v2/questions?page_id=\(respondent.pages[page])&session_id=\(session)")
                let questions = reply["questions"].elements
                return [questions.compactMap { $0["text"].string }]
                    + questions.map { $0["options"]["choices"].elements.compactMap { $0["value"].string } }
            }
            var (orders, draws): (Set<[[String]]>, Set<[[String]]>) = ([], [])
            for _ in 0..<12 {
                let started = try await respondent.server.send(.post, "/api/v2/session/start")
                let session = started["session_id"].string ?? ""
                let (first, drawn) = (try await read(0, session), try await read(2, session))
                #expect(first[1].suffix(2) == ["other", "none"] && first[1].count == 6 && drawn[0].count == 2)
                let again = [try await read(0, session.uppercased()), try await read(2, session)]
                #expect(again == [first, drawn])
                orders.insert(first)
                draws.insert(drawn)
            }
            #expect(orders.count > 1 && draws.count > 1)
            #expect(try await respondent.validate()["progress"]["total_questions"].int == 7)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a language is changed in the middle, and every answer stays`(
        engine: TestEngine
    ) async throws {
        try await responding(engine, to: Self.file) { respondent in
            let path = "/api/v2/questions?page_id=\(respondent.pages[0])&session_id=\(respondent.session)"
            func title(_ query: String = "", _ accepted: String? = nil) async throws -> String? {
                let headers = accepted.map { ["Accept-Language": $0] } ?? [:]
                return try await respondent.server.send(.get, path + query, headers: headers)["page"]["title"].string
            }
            _ = try await respondent.answer("drinks", #"{"type":"mcq","selected_options":["tea"]}"#)
            let order = #"{"type":"ordering","ordered_items":["Pot","Cup"]}"#
            #expect(try await respondent.answer("rank", order).status == 200)
            #expect(try await title() == "About you")
            #expect(try await title("", "fr, de-CH;q=0.9, en;q=0.1") == "Über dich")
            #expect(try await title("&language=de") == "Über dich")
            #expect(try await title("&language=xx") == "About you")
            let spoken = try await respondent.server.send(
                .put, "/api/v2/session/\(respondent.session)/language", #"{"language":"de"}"#)
            #expect(spoken.status == 200 && spoken["language"].string == "de", "\(spoken.text)")
            #expect(try await title() == "Über dich")
            #expect(try await title("", "en") == "Über dich")
            #expect(try await title("&language=en") == "About you")
            let german = try await respondent.server.send(.get, path)
            let labels = german["questions"][0]["options"]["choices"].elements.compactMap { $0["label"].string }
            #expect(labels.contains("Tee") && labels.contains("milk") && german["languages"].count == 2)
            #expect(german["page"]["module_name"].string == "Du" && german["language"].string == "de")
            let tea = try await respondent.server.send(
                .get, "/api/v2/questions?page_id=\(respondent.pages[1])&session_id=\(respondent.session)")
            let items = tea["questions"][1]["options"]["items"].elements.map {
                [$0["value"].string, $0["text"].string]
            }
            #expect(Set(items) == [["Cup", "Tasse"], ["Pot", "Kanne"]])
            let stored = try await respondent.get("answers")["answers"].elements.last
            #expect(stored?["answer"]["ordered_items"].elements.map(\.string) == ["Pot", "Cup"])
            #expect(try await respondent.validate()["progress"]["questions_answered"].int == 2)
            let unknown = try await respondent.server.send(
                .put, "/api/v2/session/\(respondent.session)/language", #"{"language":"fr"}"#)
            #expect(unknown.status == 422 && unknown["fields"][0]["field"].string == "language")
            let started = try await respondent.server.send(.post, "/api/v2/session/start", #"{"language":"de-AT"}"#)
            let own = started["session_id"].string ?? ""
            let seen = try await respondent.server.send(.get, "/api/v2/modules?session_id=\(own)")
            #expect(seen.json[0]["name"].string == "Du")
        }
    }
}
