import Testing

@testable import Assessments

/// Answers as an older app may have kept them.
@Suite struct StoredAnswerTests {
    private static let known: [(StoredAnswer, Question.Name, GivenAnswer?)] = [
        (StoredAnswer(text: nil, value: 3, json: nil), .slider, .slider(3)),
        (StoredAnswer(text: "words", value: nil, json: nil), .essay, .essay("words")),
        (StoredAnswer(text: nil, value: nil, json: #"["a","b"]"#), .mcq, .mcq(["a", "b"])),
        (StoredAnswer(text: nil, value: nil, json: #"{"selected_options":["a"]}"#), .mcq, .mcq(["a"])),
        (StoredAnswer(text: nil, value: nil, json: #""a""#), .mcq, .mcq(["a"])),
        (StoredAnswer(text: nil, value: nil, json: "[1, 2]"), .mcq, .mcq(["1", "2"])),
        (StoredAnswer(text: "a", value: nil, json: nil), .mcq, .mcq(["a"])),
        (StoredAnswer(text: nil, value: nil, json: #"[{"text":"x"},{"text":"y"}]"#), .ordering, .ordering(["x", "y"])),
        (StoredAnswer(text: nil, value: nil, json: #"{"ordered_items":["x"]}"#), .ordering, .ordering(["x"])),
        (StoredAnswer(text: nil, value: nil, json: nil), .slider, nil),
        (StoredAnswer(text: nil, value: nil, json: nil), .mcq, nil),
        (StoredAnswer(text: nil, value: nil, json: "{"), .mcq, nil),
        (StoredAnswer(text: nil, value: nil, json: "[[1]]"), .mcq, nil),
        (StoredAnswer(text: "x", value: nil, json: nil), .slider, nil),
    ]

    @Test(arguments: known) func `what is known is read, and the rest is left alone`(
        stored: StoredAnswer, kind: Question.Name, answer: GivenAnswer?
    ) {
        #expect(stored.answer(to: kind) == answer)
    }

    @Test(arguments: [
        GivenAnswer.slider(2.5), .mcq(["a", "\"b\""]), .ordering(["x", "y"]), .essay("é\n"),
        .mcq(["other"], other: "mine"),
        .number(-0.1), .date("2026-11-27"), .text("one line"), .matrix(["a": ["x"], "\"b\"": ["x", "y"]]),
    ]) func `what we keep is what was given`(answer: GivenAnswer) {
        #expect(StoredAnswer(answer).answer(to: answer.name) == answer)
    }
}
