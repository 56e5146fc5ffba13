import Core

/// An answer as a respondent gives it.
enum GivenAnswer: Sendable, Hashable {
    case slider(Double)
    case mcq([String])
    case ordering([String])
    case essay(String)

    var name: Question.Name {
        switch self {
        case .slider: .slider
        case .mcq: .mcq
        case .ordering: .ordering
        case .essay: .essay
        }
    }
}

/// Whether an answer fits its question.
struct AnswerRule {
    let question: Question

    /// Refuses an answer that does not fit.
    func requireFit(_ answer: GivenAnswer) throws(AssessmentRefusal) {
        let problems = problems(with: answer)
        guard problems.isEmpty else { throw .unfit(problems) }
    }

    /// What is not acceptable in an answer; empty where all is.
    func problems(with answer: GivenAnswer) -> [FieldProblem] {
        switch (question.kind, answer) {
        case (.slider(let slider), .slider(let value)): problems(with: value, on: slider)
        case (.mcq(let choices, let allowsMultiple), .mcq(let selected)):
            problems(with: selected, among: choices, allowsMultiple)
        case (.ordering(let items, _), .ordering(let order)): problems(with: order, of: items)
        case (.essay(let limit), .essay(let text)): problems(with: text, limit)
        default: [FieldProblem("answer.type", "must be \(question.kind.name.rawValue), as question \(question.id) is")]
        }
    }

    private func problems(with value: Double, on slider: Question.Slider) -> [FieldProblem] {
        guard !slider.range.contains(value) else { return [] }
        let (least, most) = (Int(slider.range.lowerBound), Int(slider.range.upperBound))
        return [FieldProblem("answer.value", "must be a number from \(least) to \(most)")]
    }

    private func problems(
        with selected: [String], among choices: [Question.Choice], _ allowsMultiple: Bool
    ) -> [FieldProblem] {
        let field = "answer.selected_options"
        // Letter by letter: Swift holds two spellings of an accent for equal, and a page would find no choice to tick.
        let known = Set(choices.map { Array($0.value.utf8) })
        guard selected.allSatisfy({ known.contains(Array($0.utf8)) }) else {
            return [FieldProblem(field, "must be among \(choices.map(\.value).joined(separator: ", "))")]
        }
        guard !selected.isEmpty, allowsMultiple || selected.count == 1 else {
            return [
                FieldProblem(field, allowsMultiple ? "must have at least one choice" : "must have exactly one choice")
            ]
        }
        return Set(selected).count == selected.count ? [] : [FieldProblem(field, "must not name a choice twice")]
    }

    private func problems(with order: [String], of items: [String]) -> [FieldProblem] {
        let spelled = { (texts: [String]) in texts.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) } }
        guard spelled(order) != spelled(items) else { return [] }
        return [
            FieldProblem(
                "answer.ordered_items", "must be these, each once, in any order: \(items.joined(separator: ", "))")
        ]
    }

    private func problems(with text: String, _ limit: Int) -> [FieldProblem] {
        guard text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
            return [FieldProblem("answer.text", "must not be blank")]
        }
        guard text.unicodeScalars.count > limit else { return [] }
        return [FieldProblem("answer.text", "must be text of 1 to \(limit) characters")]
    }
}
