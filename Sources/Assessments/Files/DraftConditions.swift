/// Whether the conditions of a draft can be decided: questions that are there, answers that can be so, no circles.
struct DraftConditions {
    let problems: [FileProblem]

    init(_ draft: QuestionnaireDraft) {
        let questions = draft.pages.flatMap(\.questions)
        let kinds = Dictionary(questions.map { ($0.itemID, $0.kind) }) { first, _ in first }
        var problems: [FileProblem] = []
        for page in draft.pages {
            problems += Self.problems(page.condition, "The page \(page.title)", page.line, kinds)
            if let draw = page.draw, draw > page.questions.count {
                problems.append(
                    FileProblem(
                        line: page.line,
                        message: "The page \(page.title) draws \(draw) of \(page.questions.count) questions."))
            }
        }
        for question in questions {
            problems += Self.problems(question.condition, "The question \(question.itemID)", question.line, kinds)
        }
        self.problems = problems + Self.circle(draft)
    }

    private static func problems(
        _ condition: Condition?, _ what: String, _ line: Int, _ kinds: [String: Question.Kind]
    ) -> [FileProblem] {
        (condition?.checks ?? []).compactMap { item, check in
            func refused(_ words: String) -> FileProblem { FileProblem(line: line, message: "\(what) \(words)") }
            guard let kind = kinds[item] else {
                return refused("has a condition on \(item), and there is no such question.")
            }
            guard check.suits(kind.name) else {
                let said = check.values.joined(separator: ", ")
                return refused(
                    "asks whether \(item) \(check.name) \(said), which a question of the type \(kind.name.rawValue) cannot say."
                )
            }
            if case .mcq(let choices, _) = kind,
                let stranger = check.values.first(where: { value in !choices.contains { $0.value == value } })
            {
                return refused("asks whether \(item) is \(stranger), which is none of its choices.")
            }
            return nil
        }
    }

    /// The numbers that pages and questions will have are not known yet; their places stand for them.
    private static func circle(_ draft: QuestionnaireDraft) -> [FileProblem] {
        var (pages, questions): ([Page], [Question]) = ([], [])
        for (index, draft) in draft.pages.enumerated() {
            var page = Page(
                id: index, title: draft.title, description: nil, orderIndex: index, isActive: true, moduleName: nil,
                moduleEmoji: nil, chapterNumber: nil, estimatedMinutes: nil, completionMessage: nil)
            page.condition = draft.condition
            pages.append(page)
            for one in draft.questions {
                var question = Question(
                    id: questions.count, pageID: index, text: "", isRequired: false, kind: one.kind)
                question.itemID = one.itemID
                question.condition = one.condition
                questions.append(question)
            }
        }
        let circle = ConditionOrder(pages: pages, questions: questions).circle
        guard !circle.isEmpty else { return [] }
        let lines = Dictionary(draft.pages.flatMap(\.questions).map { ($0.itemID, $0.line) }) { first, _ in first }
        let line = circle.compactMap { lines[$0] }.min() ?? draft.pages.first { circle.contains($0.title) }?.line ?? 0
        return [
            FileProblem(
                line: line,
                message:
                    "The conditions of \(circle.joined(separator: ", ")) wait for one another. One of them has to do without."
            )
        ]
    }
}
