import Testing

@testable import Assessments

/// What is shown, by what was answered.
@Suite struct ConditionTests {
    @Test(arguments: [
        (Condition.Check.is("tea"), GivenAnswer.mcq(["tea"]), true), (.is("tea"), .mcq(["milk", "tea"]), true),
        (.is("tea"), .mcq(["milk"]), false), (.is("4"), .slider(4), true), (.is("4"), .number(4.0), true),
        (.is("4.0"), .number(4), true), (.is("e\u{301}"), .text("é"), false), (.isNot("tea"), .mcq(["milk"]), true),
        (.isNot("tea"), .mcq(["tea", "milk"]), false), (.anyOf(["a", "b"]), .mcq(["b", "c"]), true),
        (.anyOf(["a", "b"]), .mcq(["c"]), false), (.atLeast("3"), .slider(3), true),
        (.atLeast("3"), .slider(2.9), false),
        (.atMost("3"), .number(3), true), (.atMost("3"), .number(3.1), false),
        (.atLeast("2026-01-01"), .date("2026-01-01"), true), (.atMost("2026-01-01"), .date("2026-01-02"), false),
        (.answered(true), .ordering(["x"]), true), (.answered(false), .ordering(["x"]), false),
        (.is("x"), .ordering(["x"]), false), (.is("x"), .matrix(["x": ["x"]]), false),
    ]) func `a check says whether an answer is what it asks for`(
        check: Condition.Check, answer: GivenAnswer, holds: Bool
    ) {
        #expect(check.holds(for: answer) == holds)
    }

    @Test(arguments: [
        Condition.Check.is("a"), .isNot("a"), .anyOf(["a"]), .atLeast("1"), .atMost("1"), .answered(true),
    ]) func `as long as nothing is answered, nothing that asks about it holds`(check: Condition.Check) {
        #expect(!check.holds(for: nil))
        #expect(Condition.Check.answered(false).holds(for: nil))
    }

    private static func page(_ id: Int, _ condition: Condition? = nil, draw: Int? = nil) -> Page {
        var page = Page(
            id: id, title: "P\(id)", description: nil, orderIndex: id, isActive: true, moduleName: nil,
            moduleEmoji: nil,
            chapterNumber: nil, estimatedMinutes: nil, completionMessage: nil)
        page.condition = condition
        page.draw = draw
        return page
    }

    private static func question(_ id: Int, on page: Int, _ condition: Condition? = nil) -> Question {
        var question = Question(
            id: id, pageID: page, text: "?", isRequired: true,
            kind: .mcq(choices: ["yes", "no"].map { .init(value: $0, label: $0) }, allowsMultiple: false))
        question.itemID = "q\(id)"
        question.condition = condition
        return question
    }

    private static let yes = Condition.Check.is("yes")

    /// q2 hangs on q1, q3 on q2, page 2 on q3; they stand in another order than that.
    private static let chain = Outline(
        questionnaireID: 1, revision: 1,
        pages: [page(1), page(2, .question("q3", yes)), page(3)],
        questions: [
            question(3, on: 1, .question("q2", yes)), question(2, on: 1, .question("q1", yes)), question(1, on: 1),
            question(4, on: 2),
            question(5, on: 3, .any([.question("q1", .is("no")), .question("q4", .answered(true))])),
        ])

    @Test(
        arguments: [
            ([:], [1], [1, 3]), ([1: "yes"], [1, 2], [1, 3]), ([1: "yes", 2: "yes"], [1, 2, 3], [1, 3]),
            ([1: "yes", 2: "yes", 3: "yes"], [1, 2, 3, 4], [1, 2, 3]),
            ([1: "yes", 2: "yes", 3: "yes", 4: "no"], [1, 2, 3, 4, 5], [1, 2, 3]),
            // What hangs on a hidden answer is hidden too, however it was answered.
            ([1: "no", 2: "yes", 3: "yes", 4: "yes"], [1, 5], [1, 3]),
        ] as [([Int: String], [Int], [Int])]) func `what is hidden neither counts nor decides`(
            answers: [Int: String], questions: [Int], pages: [Int]
        ) throws
    {
        let shown = Self.chain.shown(to: "s", answers.mapValues { .mcq([$0]) })
        #expect(shown.counting == Set(questions) && shown.pages.map(\.id) == pages)
        #expect(shown.modules.flatMap(\.questions).count == questions.count)
        #expect(shown.progress(answered: Set(answers.keys), awards: 0).total == questions.count)
        let missing = questions.filter { answers[$0] == nil }
        if missing.isEmpty {
            try shown.requireComplete(answered: Set(answers.keys))
        } else {
            #expect(throws: AssessmentRefusal.self) { try shown.requireComplete(answered: Set(answers.keys)) }
        }
    }

    @Test func `around a page that is not shown stand those that are`() {
        let shown = Self.chain.shown(to: "s", [:])
        #expect(shown.navigation(at: 2) == .init(current: 1, total: 2, previous: 1, next: 3))
        #expect(shown.navigation(at: 1)?.next == 3 && shown.navigation(at: 3)?.previous == 1)
    }

    @Test func `circles that others have written into the rows hide nothing, and are found`() {
        let pages = [Self.page(1, .question("q1", Self.yes))]
        let questions = [Self.question(1, on: 1), Self.question(2, on: 1, .question("q2", Self.yes))]
        #expect(Set(ConditionOrder(pages: pages, questions: questions).circle) == ["P1", "q2"])
        let outline = Outline(questionnaireID: 1, revision: 1, pages: pages, questions: questions)
        #expect(outline.shown(to: "s", [:]).counting == [1, 2])
    }

    @Test func `a page draws for each session, always the same, and not the same for all`() {
        let questions = (1...20).map { Self.question($0, on: 1) }
        let outline = Outline(questionnaireID: 1, revision: 1, pages: [Self.page(1, draw: 5)], questions: questions)
        let drawn = (1...50).map { outline.shown(to: "session-\($0)", [:]).questions(on: 1).map(\.id) }
        #expect(drawn.allSatisfy { $0.count == 5 && $0 == $0.sorted() })
        #expect(Set(drawn).count > 40 && Set(drawn.joined()).count == 20)
        #expect(outline.shown(to: "session-7", [:]).questions(on: 1).map(\.id) == drawn[6])
        // A question more changes little of what was drawn.
        let more = Outline(
            questionnaireID: 1, revision: 2, pages: [Self.page(1, draw: 5)],
            questions: questions + [Self.question(21, on: 1)])
        let kept = Set(more.shown(to: "session-7", [:]).questions(on: 1).map(\.id)).intersection(drawn[6])
        #expect(kept.count >= 4)
    }

    @Test func `choices are shuffled for each session alike, and what stands alone stays last`() {
        let choices =
            (1...8).map { Question.Choice(value: "c\($0)", label: "C") }
            + [
                .init(value: "other", label: "Other", isOther: true),
                .init(value: "none", label: "None", isExclusive: true),
            ]
        var question = Question(
            id: 7, pageID: 1, text: "?", isRequired: false, kind: .mcq(choices: choices, allowsMultiple: true))
        func order(_ session: String) -> [String] {
            guard case .mcq(let choices, _) = question.arranged(for: session).kind else { return [] }
            return choices.map(\.value)
        }
        #expect(order("a") == choices.map(\.value))
        question.isShuffled = true
        #expect(order("a") == order("a") && order("a") != order("b"))
        #expect(order("a").suffix(2) == ["other", "none"] && Set(order("a")) == Set(choices.map(\.value)))
    }

    @Test func `a required matrix is answered when each of its rows is`() {
        let axis = ["r1", "r2"].map { Question.Choice(value: $0, label: $0) }
        let matrix = Question(
            id: 1, pageID: 1, text: "?", isRequired: true, kind: .matrix(.init(rows: axis, columns: axis)))
        let outline = Outline(questionnaireID: 1, revision: 1, pages: [Self.page(1)], questions: [matrix])
        for (cells, answered) in [(["r1": ["r2"]], 0), (["r1": ["r2"], "r2": ["r2"]], 1)] {
            let shown = outline.shown(to: "s", [1: .matrix(cells)])
            #expect(shown.progress(answered: [1], awards: 1).answered == answered)
            #expect((try? shown.requireComplete(answered: [1])) != nil || answered == 0)
        }
    }
}
