import Core
import Testing

@testable import Assessments

/// Every kind of answer: good, at the boundary, and bad.
@Suite struct AnswerRuleTests {
    private static func question(_ kind: Question.Kind) -> Question {
        Question(id: 7, pageID: 1, text: "?", isRequired: false, kind: kind)
    }

    private static func slider(_ labels: [String] = []) -> Question {
        question(.slider(Question.Slider(minimumLabel: nil, maximumLabel: nil, labels: labels)))
    }

    private static let labels = ["never", "rarely", "sometimes", "often", "always"]
    private static let choices = ["a", "b", "c"].map { Question.Choice(value: $0, label: $0.uppercased()) }
    private static let accented = question(
        .mcq(choices: [Question.Choice(value: "\u{E9}", label: "é")], allowsMultiple: false))
    private static let single = question(.mcq(choices: choices, allowsMultiple: false))
    private static let multiple = question(.mcq(choices: choices, allowsMultiple: true))
    private static let ordering = question(.ordering(items: ["one", "two", "two", "three"], isRandomized: true))
    private static let essay = question(.essay(characterLimit: 5))

    @Test(arguments: [
        (slider(), GivenAnswer.slider(1)), (slider(), .slider(10)), (slider(), .slider(5.5)),
        (slider(labels), .slider(1)), (slider(labels), .slider(5)), (single, .mcq(["a"])), (single, .mcq(["c"])),
        (multiple, .mcq(["b"])), (multiple, .mcq(["c", "a"])), (multiple, .mcq(["a", "b", "c"])),
        (ordering, .ordering(["one", "two", "two", "three"])), (ordering, .ordering(["three", "two", "one", "two"])),
        (essay, .essay("x")), (essay, .essay("12345")), (essay, .essay(" a ")), (essay, .essay("ééééé")),
        (essay, .essay("🙂🙂🙂🙂🙂")),
    ]) func `an answer that fits is taken`(question: Question, answer: GivenAnswer) {
        #expect(AnswerRule(question: question).problems(with: answer) == [])
    }

    @Test(arguments: [
        (slider(), GivenAnswer.slider(0.999), "answer.value"), (slider(), .slider(10.001), "answer.value"),
        (slider(), .slider(-1), "answer.value"), (slider(), .slider(.nan), "answer.value"),
        (slider(), .slider(.infinity), "answer.value"), (slider(labels), .slider(6), "answer.value"),
        (slider(labels), .mcq(["often"]), "answer.type"), (single, .slider(1), "answer.type"),
        (essay, .ordering(["x"]), "answer.type"), (ordering, .essay("one"), "answer.type"),
        (single, .mcq(["d"]), "answer.selected_options"),
        (accented, .mcq(["e\u{301}"]), "answer.selected_options"), (single, .mcq(["A"]), "answer.selected_options"),
        (single, .mcq([]), "answer.selected_options"), (single, .mcq(["a", "b"]), "answer.selected_options"),
        (multiple, .mcq([]), "answer.selected_options"), (multiple, .mcq(["a", "a"]), "answer.selected_options"),
        (multiple, .mcq(["a", "d"]), "answer.selected_options"),
        (ordering, .ordering(["one", "two", "three"]), "answer.ordered_items"),
        (ordering, .ordering(["one", "one", "two", "three"]), "answer.ordered_items"),
        (ordering, .ordering(["one", "two", "two", "three", "four"]), "answer.ordered_items"),
        (ordering, .ordering([]), "answer.ordered_items"), (essay, .essay(""), "answer.text"),
        (essay, .essay("   "), "answer.text"), (essay, .essay("\n\u{3000}"), "answer.text"),
        (essay, .essay("123456"), "answer.text"), (essay, .essay("e\u{301}e\u{301}e\u{301}"), "answer.text"),
    ]) func `an answer that does not fit is refused by the field that is wrong`(
        question: Question, answer: GivenAnswer, field: String
    ) {
        #expect(AnswerRule(question: question).problems(with: answer).map(\.field) == [field])
    }

    // MARK: The kinds of the second edition

    private static let picky = question(
        .mcq(
            choices: choices + [
                .init(value: "none", label: "None", isExclusive: true),
                .init(value: "other", label: "Other", isOther: true),
            ], allowsMultiple: true))
    private static let number = question(.number(.init(minimum: 0.5, maximum: 250, step: 0.1, unit: "kg")))
    private static let anyNumber = question(.number(.init()))
    private static let date = question(.date(.init(earliest: "2026-01-31", latest: "2026-12-31")))
    private static let email = question(.text(.init(characterLimit: 20, isEmail: true)))
    private static let code = question(.text(.init(characterLimit: 20, pattern: Pattern("[A-Z]{2}[0-9]+"))))
    private static let axis = ["x", "y"].map { Question.Choice(value: $0, label: $0) }
    private static let grid = question(.matrix(.init(rows: choices, columns: axis)))
    private static let wideGrid = question(.matrix(.init(rows: choices, columns: axis, allowsMultiple: true)))

    @Test(arguments: [
        (picky, GivenAnswer.mcq(["none"])), (picky, .mcq(["a", "b"])), (picky, .mcq(["a", "other"], other: "x")),
        (number, .number(0.5)), (number, .number(250)), (number, .number(70.3)), (anyNumber, .number(-1e300)),
        (date, .date("2026-01-31")), (date, .date("2026-12-31")), (email, .text("ann@x.org")), (code, .text("AB1")),
        (grid, .matrix(["a": ["x"]])), (grid, .matrix(["a": ["x"], "b": ["x"], "c": ["y"]])),
        (wideGrid, .matrix(["a": ["x", "y"]])),
    ]) func `an answer of a newer kind that fits is taken`(question: Question, answer: GivenAnswer) {
        #expect(AnswerRule(question: question).problems(with: answer) == [])
    }

    @Test(arguments: [
        (picky, GivenAnswer.mcq(["a", "none"]), "answer.selected_options"),
        (picky, .mcq(["other"]), "answer.other_text"),
        (picky, .mcq(["other"], other: ""), "answer.other_text"),
        (picky, .mcq(["other"], other: " \n"), "answer.other_text"),
        (picky, .mcq(["a"], other: "x"), "answer.other_text"), (number, .number(0.4), "answer.value"),
        (number, .number(250.1), "answer.value"), (number, .number(70.35), "answer.value"),
        (anyNumber, .number(.nan), "answer.value"), (anyNumber, .number(.infinity), "answer.value"),
        (date, .date("2026-01-30"), "answer.date"), (date, .date("2027-01-01"), "answer.date"),
        (date, .date("2026-02-29"), "answer.date"), (date, .date("2026-2-01"), "answer.date"),
        (date, .date("2026-06-31"), "answer.date"), (date, .date("today"), "answer.date"),
        (email, .text("not-an-email"), "answer.text"), (email, .text("x\r\nBcc: y"), "answer.text"),
        (email, .text("long-enough@example.org"), "answer.text"), (code, .text("ab1"), "answer.text"),
        (code, .text("AB1\n"), "answer.text"), (code, .text(" "), "answer.text"), (grid, .matrix([:]), "answer.rows"),
        (grid, .matrix(["d": ["x"]]), "answer.rows"), (grid, .matrix(["a": ["z"]]), "answer.rows"),
        (grid, .matrix(["a": ["x", "y"]]), "answer.rows"), (grid, .matrix(["a": []]), "answer.rows"),
        (wideGrid, .matrix(["a": ["x", "x"]]), "answer.rows"), (number, .slider(1), "answer.type"),
        (email, .essay("ann@x.org"), "answer.type"),
    ]) func `an answer of a newer kind that does not fit is refused by the field that is wrong`(
        question: Question, answer: GivenAnswer, field: String
    ) {
        #expect(AnswerRule(question: question).problems(with: answer).map(\.field) == [field])
    }

    @Test func `what must stand alone is named`() {
        let problems = AnswerRule(question: Self.picky).problems(with: .mcq(["a", "b", "none"]))
        #expect(problems.map(\.message).contains { $0.contains("none") })
    }
}
