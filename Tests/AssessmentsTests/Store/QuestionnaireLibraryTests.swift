import Changes
import Core
import SQL
import TestSupport
import Testing

@testable import Assessments

/// Files into the database and back.
@Suite struct QuestionnaireLibraryTests {
    private static let file = """
        questionnaire: nasty
        title: "Nasty: 'quotes', \\"more\\" and # signs"
        description: "  spaces, |, =, \\\\ and\\nlines  "
        pages:
          - title: "yes"
            module: "1.5"
            questions:
              - {id: "007", type: slider, text: "null", scale_labels: ["true", "2", "~"]}
              - {id: b, type: mcq, text: "- a", multiple: true, choices: [{value: "a=b", label: "c|d"}, {value: "\\\\", label: "e"}], correct: ["a=b"]}
              - {id: c, type: ordering, text: "🌱", items: ["x, y", "\\"z\\"", "|"], randomize: true}
              - {id: d, type: essay, text: "t", required: true, char_limit: 3, tags: [one], domain: D, scene: {narrative: "two\\n\\nparagraphs"}}
          - title: "Second"
            active: false
            questions: [{id: e, type: essay, text: u}]
        """

    @Test(arguments: TestEngine.allCases) func `what is exported says the same when it is imported, in every form`(
        engine: TestEngine
    ) async throws {
        let original = try DraftReader.draft(Self.file, .yaml)
        func same(_ draft: QuestionnaireDraft) -> Bool {
            draft.title == original.title && draft.description == original.description
                && draft.pages.map(\.title) == original.pages.map(\.title)
                && draft.pages.map(\.isActive) == original.pages.map(\.isActive)
                && draft.pages.flatMap(\.questions).map(\.kind) == original.pages.flatMap(\.questions).map(\.kind)
                && draft.pages.flatMap(\.questions).map(\.text) == original.pages.flatMap(\.questions).map(\.text)
                && draft.pages.flatMap(\.questions).map(\.scene) == original.pages.flatMap(\.questions).map(\.scene)
                && draft.pages.flatMap(\.questions).map(\.itemID) == original.pages.flatMap(\.questions).map(\.itemID)
        }
        try await engine.withDatabase { (database: any Database) async throws in
            let library = QuestionnaireLibrary(changes: Changes(database: database))
            try await library.importFile(Self.file, .yaml)
            let exported = try #require(try await library.export("nasty", .yaml))
            for format in FileFormat.written {
                let text = try #require(try await library.export("nasty", format))
                #expect(same(try DraftReader.draft(text, format)), "\(text)")
                let again = try await library.importFile(text, format)
                #expect(again.added == 0 && again.removed == 0 && again.kept == 5)
                #expect(try await library.export("nasty", .yaml) == exported)
            }
            #expect(try await library.export("nobody", .yaml) == nil)
            let entry = try #require(try await library.list().first { $0.slug == "nasty" })
            #expect(entry.pages == 1 && entry.questions == 4 && entry.isDefault)
            #expect(try await library.list().map(\.slug) == ["default", "nasty"])
        }
    }

    @Test(arguments: TestEngine.allCases) func `what the second edition knows goes out and in again too, in every form`(
        engine: TestEngine
    ) async throws {
        let file =
            SecondEditionTests.file.replacing(
                "default: true",
                with: """
                    default: true
                    language: en
                    opens: 2026-01-01T00:00:00Z
                    closes: 2027-01-01T00:00:00+01:00
                    responses_at_most: 100
                    time_limit_minutes: 45
                    pausing: true
                    """
            ) + """

                      - {id: code, type: text, text: Code?, pattern: "[A-Z]{2}|x=y", char_limit: 10, scene: {title: {en: Here, de: Hier}}}
                      - {id: scale, type: slider, text: Scale?, scale_labels: [{en: a, de: A}, b, {en: c, de: C}], min_label: {en: lo, fr: bas}}
                      - id: nested
                        type: number
                        text: Nested?
                        visible_if: {all: [{any: [{question: drinks, any_of: [tea, milk]}, {question: weight, at_most: 80}]}, {question: mail, answered: true}, {question: drinks, not: none}]}
                      - {id: many, type: matrix, text: Many?, multiple: true, shuffle: true, rows: [{value: "=1", label: {en: One, de: Eins}}, r2], columns: [c1, c2]}
                """
        let original = try DraftReader.draft(file, .yaml)
        #expect(original.settings.languages == ["en", "de", "fr"] && original.settings.limits.allowsPausing)
        try await engine.withDatabase { (database: any Database) async throws in
            let library = QuestionnaireLibrary(changes: Changes(database: database))
            try await library.importFile(file, .yaml)
            let exported = try #require(try await library.export("second", .yaml))
            for format in FileFormat.written {
                let text = try #require(try await library.export("second", format))
                let draft = try DraftReader.draft(text, format)
                #expect(draft.settings == original.settings, "\(text)")
                for (page, before) in zip(draft.pages, original.pages) {
                    #expect(page.draw == before.draw && page.condition == before.condition)
                    #expect(page.translations == before.translations)
                    for (question, before) in zip(page.questions, before.questions) {
                        #expect(question.kind == before.kind && question.condition == before.condition, "\(text)")
                        #expect(question.translations == before.translations, "\(format) \(question.itemID)")
                        #expect(question.isShuffled == before.isShuffled && question.scene == before.scene)
                    }
                }
                try await library.importFile(text, format)
                #expect(try await library.export("second", .yaml) == exported)
            }
        }
    }

    @Test(arguments: TestEngine.allCases) func `an import is whole or not at all`(engine: TestEngine) async throws {
        try await engine.withDatabase { (database: any Database) async throws in
            let library = QuestionnaireLibrary(changes: Changes(database: database))
            try await library.importFile(Self.file, .yaml)
            let before = try await library.export("nasty", .json)
            // Another questionnaire that takes an id of this one, and this one with a question of another type.
            for (text, line) in [
                (
                    "questionnaire: other\ntitle: O\npages:\n- title: p\n  questions:\n  - {id: new, type: essay, text: t}\n  - {id: b, type: mcq, text: t, choices: [x, y]}\n",
                    7
                ), (Self.file.replacing("{id: e, type: essay", with: "{id: e, type: slider"), 14),
            ] {
                do {
                    _ = try await library.importFile(text, .yaml)
                    Issue.record("was imported")
                } catch let refusal as FileRefusal {
                    #expect(refusal.problems.map(\.line) == [line], "\(refusal)")
                }
            }
            #expect(try await library.export("nasty", .json) == before)
            #expect(try await library.list().map(\.slug) == ["default", "nasty"])
        }
    }

    @Test(arguments: TestEngine.allCases) func `the default is one, and moves when a file says so`(engine: TestEngine)
        async throws
    {
        try await engine.withDatabase { (database: any Database) async throws in
            let library = QuestionnaireLibrary(changes: Changes(database: database))
            func file(_ slug: String, _ more: String) -> String {
                "questionnaire: \(slug)\ntitle: T\n\(more)\npages: [{title: p, questions: [{id: \(slug), type: essay, text: t}]}]"
            }
            try await library.importFile(
                "{questionnaire: first, title: F, pages: [{title: p, questions: [{id: f, type: essay, text: t}]}]}",
                .yaml)
            #expect(try await library.list().filter(\.isDefault).map(\.slug) == ["first"])
            func defaults() async throws -> [String] { try await library.list().filter(\.isDefault).map(\.slug) }
            try await library.importFile(file("a", "default: true"), .yaml)
            #expect(try await defaults() == ["a"])
            try await library.importFile(file("b", ""), .yaml)
            try await library.importFile(file("a", ""), .yaml)
            #expect(try await defaults() == ["a"])
            try await library.importFile(file("b", "default: true"), .yaml)
            #expect(try await defaults() == ["b"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `pages are known again by their titles, or by a question that stood on them`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { (database: any Database) async throws in
            let library = QuestionnaireLibrary(changes: Changes(database: database))
            func pages() async throws -> [String] {
                try await database.read {
                    try $0.all("SELECT id || ' ' || title FROM pages WHERE is_active ORDER BY order_index", []) {
                        try $0.text()
                    }
                }
            }
            func file(_ pages: [(String, [String])]) -> String {
                let list = pages.map { title, questions in
                    "{title: \(title), questions: [\(questions.map { "{id: \($0), type: essay, text: t}" }.joined(separator: ", "))]}"
                }
                return "{questionnaire: q, title: T, pages: [\(list.joined(separator: ", "))]}"
            }
            try await library.importFile(file([("One", ["a", "b"]), ("Two", ["c"])]), .yaml)
            let before = try await pages()
            let ids = before.map { String($0.prefix { $0 != " " }) }
            // Turned round, and one renamed.
            try await library.importFile(file([("Two", ["c"]), ("First", ["a", "b"])]), .yaml)
            #expect(try await pages() == ["\(ids[1]) Two", "\(ids[0]) First"])
            // A question moves; a page goes, and comes back as the row that it was.
            try await library.importFile(file([("Two", ["c", "a"])]), .yaml)
            #expect(try await pages() == ["\(ids[1]) Two"])
            try await library.importFile(file([("Two", ["c"]), ("First", ["a", "b"])]), .yaml)
            #expect(try await pages() == ["\(ids[1]) Two", "\(ids[0]) First"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `questions of the older app, which have no id of their own, get one by an import`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { (database: any Database) async throws in
            try await database.write {
                try $0.script(
                    """
                    INSERT INTO pages (title) VALUES ('Old');
                    INSERT INTO questions (page_id, question_text, question_type, mcq_options, ordering_options)
                    SELECT id, 'Which?', 'mcq', '[{"label": "A", "value": 1}, {"label": "B", "value": true}, "C"]', NULL FROM pages;
                    """)
            }
            let library = QuestionnaireLibrary(changes: Changes(database: database))
            let text = try #require(try await library.export("default", .yaml))
            let outcome = try await library.importFile(text, .yaml)
            #expect(outcome.kept == 1 && outcome.added == 0 && outcome.removed == 0)
            #expect(try await library.export("default", .yaml) == text && text.contains("question-1"))
        }
    }
}
