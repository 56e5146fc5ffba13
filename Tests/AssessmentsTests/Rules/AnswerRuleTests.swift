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
}
