import Foundation
import Testing

@testable import Assessments

/// Questionnaires as files.
@Suite struct DraftReaderTests {
    private func problems(_ text: String, _ format: FileFormat = .yaml) -> [String] {
        do {
            _ = try DraftReader.draft(text, format)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func `a file says everything that a question can have`() throws {
        let draft = try DraftReader.draft(
            """
            questionnaire: all-kinds
            title: "All kinds"
            description: What there is
            default: yes
            pages:
              - title: Only page
                module: M
                emoji: 🌱
                chapter: 2
                minutes: 4
                completion: Done.
                active: false
                questions:
                  - id: q1
                    type: slider
                    text: How much?
                    required: true
                    min_label: low
                    max_label: high
                    scale_labels: [1, two, "3"]
                    domain: taste
                    tags: [a, b]
                    reverse_scored: true
                    scale_type: likert
                    image: /x.png
                  - {id: q2, type: mcq, text: "Which?", multiple: true, choices: [plain, {value: 7, label: Seven}], correct: ["7"]}
                  - {id: q3, type: ordering, text: "Order?", items: [x, y], randomize: true}
                  - {id: q4, type: essay, text: "Words?", char_limit: 9, scene: {title: T, narrative: N, image: /s.png, theme: dusk}}
                  - {id: q5, type: essay, text: "More?"}
              - title: Empty
            """, .yaml)
        #expect(draft.slug == "all-kinds" && draft.isDefault == true && draft.pages.count == 2 && draft.line == 1)
        let page = draft.pages[0]
        #expect(page.module == "M" && page.chapter == 2 && page.minutes == 4 && !page.isActive && page.emoji == "🌱")
        let first = page.questions[0]
        #expect(first.isRequired && first.isReverseScored && first.tags == ["a", "b"] && first.domain == "taste")
        #expect(first.line == 14 && first.scaleType == "likert" && first.image == "/x.png")
        #expect(
            first.kind
                == .slider(.init(minimumLabel: "low", maximumLabel: "high", labels: ["1", "two", "3"])))
        #expect(
            page.questions[1].kind
                == .mcq(
                    choices: [.init(value: "plain", label: "plain"), .init(value: "7", label: "Seven")],
                    allowsMultiple: true))
        #expect(page.questions[1].correct == ["7"])
        #expect(page.questions[2].kind == .ordering(items: ["x", "y"], isRandomized: true))
        #expect(page.questions[3].kind == .essay(characterLimit: 9))
        #expect(page.questions[3].scene == .init(title: "T", narrative: "N", imageURL: "/s.png", theme: "dusk"))
        #expect(page.questions[4].kind == .essay(characterLimit: 5_000) && page.questions[4].scene == nil)
    }

    @Test func `the manual's example, the file and the table beside it say the same`() throws {
        let docs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("docs")
        func text(_ name: String) throws -> String {
            try String(contentsOf: docs.appendingPathComponent(name), encoding: .utf8)
        }
        let manual = try text("questionnaires.md").split(separator: "```yaml\n")[1].split(separator: "\n```")[0]
        let drafts = [
            try DraftReader.draft(String(manual), .yaml),
            try DraftReader.draft(try text("examples/reading.yaml"), .yaml),
            try DraftReader.draft(try text("examples/reading.csv"), .csv),
        ]
        for draft in drafts {
            #expect(draft.slug == "reading" && draft.isDefault == true && draft.description == drafts[0].description)
            #expect(draft.pages.map(\.completion) == drafts[0].pages.map(\.completion))
            let questions = draft.pages.flatMap(\.questions)
            let expected = drafts[0].pages.flatMap(\.questions)
            #expect(questions.count == 4 && questions.map(\.kind) == expected.map(\.kind))
            #expect(questions.map(\.scene) == expected.map(\.scene) && questions.map(\.tags) == expected.map(\.tags))
            #expect(
                questions.map(\.itemID) == expected.map(\.itemID) && questions.map(\.correct) == expected.map(\.correct)
            )
        }
    }

    @Test func `every bad row is named with its line`() {
        let found = problems(
            """
            questionnaire: Not A Slug
            pages:
              - title: A
                modul: typo
                questions:
                  - id: a
                    type: slidr
                    text: x
                  - id: a
                    type: mcq
                    text: y
                    choices: [one]
                    char_limit: 3
                  - id: b
                    type: slider
                    text:
                    chapter: 1
                    required: perhaps
                  - {id: c, type: ordering, text: z, items: [x, x]}
                  - {id: d, type: essay, text: z, char_limit: 0}
                  - {id: e, type: mcq, text: z, choices: [p, p], correct: [q]}
                  - seven
              - title: A
                minutes: soon
            """)
        #expect(
            found.map { String($0.prefix { $0 != ":" }) } == [
                "line 1", "line 1", "line 4", "line 7", "line 9", "line 12", "line 13", "line 16", "line 17", "line 18",
                "line 19",
                "line 20", "line 21", "line 21", "line 22", "line 23", "line 24",
            ], "\(found.joined(separator: "\n"))")
    }

    @Test(arguments: [
        ("", FileFormat.yaml), ("[]", .yaml), ("7", .json), ("{", .json), ("a: [", .yaml), ("\tx: 1", .yaml),
        ("questionnaire: a\nquestionnaire: b", .yaml), ("questionnaire: a\ntitle: t\npages: []", .yaml),
        ("questionnaire: a\ntitle: t\npages: 7", .yaml), ("", .csv), ("questionnaire,nonsense\n1,2", .csv),
        ("questionnaire,title,page,id,type,text\na,t,p,i,essay,\"never closed", .csv),
        ("questionnaire,title\na,b,c", .csv), ("questionnaire,questionnaire\na,b", .csv), ("title\n\"a\"b", .csv),
        ("\u{0}", .yaml), ("questionnaire: &slug a\ntitle: *slug", .yaml),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\ntitle: [*c, *c]", .yaml),
    ]) func `what cannot be read is refused with a reason`(text: String, format: FileFormat) {
        let found = problems(text, format)
        #expect(!found.isEmpty && found.allSatisfy { $0.count > 10 })
    }

    @Test func `JSON is read with its lines and its escapes`() throws {
        let text = """
            {"questionnaire": "a", "title": "Books \\ud83d\\udcda \\u00e9 \\/ \\\\ud83d",
             "pages": [{"title": "p", "questions": [
                {"id": "x", "type": "essay", "text": "say \\"so\\"\\n", "required": null, "char_limit": 12}]}]}
            """
        let draft = try DraftReader.draft(text, .json)
        #expect(draft.title == "Books 📚 é / \\ud83d")
        #expect(draft.pages[0].questions[0].text == "say \"so\"\n" && draft.pages[0].questions[0].line == 3)
    }

    @Test func `a table is read with quotes, lists and lines of its own`() throws {
        let text = [
            #"questionnaire,title,page,module,id,type,text,choices,items,scene_theme,required"#,
            #"q,"A ""table""",One,M,a,mcq,"Two"#,
            #"lines, one field", tea=A cup \| pot | x\=1=Is it? | plain ,,dusk,true"#,
            #",,,,b,ordering,Order?,,one | two,,"#, #",,Two,M,c,essay,Last,,,,no"#,
        ].joined(separator: "\r\n")
        let draft = try DraftReader.draft(text, .csv)
        #expect(draft.title == "A \"table\"" && draft.pages.map(\.title) == ["One", "Two"])
        let question = draft.pages[0].questions[0]
        #expect(question.text == "Two\nlines, one field" && question.line == 2 && question.isRequired)
        #expect(
            question.kind
                == .mcq(
                    choices: [
                        .init(value: "tea", label: "A cup | pot"), .init(value: "x=1", label: "Is it?"),
                        .init(value: "plain", label: "plain"),
                    ], allowsMultiple: false))
        #expect(question.scene?.theme == "dusk")
        #expect(draft.pages[0].questions[1].kind == .ordering(items: ["one", "two"], isRandomized: false))
        #expect(draft.pages[0].questions[1].line == 4 && draft.pages[1].questions[0].line == 5)
        #expect(problems(text.replacing("ordering,", with: "sorting,"), .csv).first?.hasPrefix("line 4:") == true)
    }
}
