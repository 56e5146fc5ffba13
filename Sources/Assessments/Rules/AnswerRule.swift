import Core

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
        case (.mcq(let choices, let allowsMultiple), .mcq(let selected, let other)):
            problems(with: selected, among: choices, allowsMultiple) + problems(with: other, selected, choices)
        case (.ordering(let items, _), .ordering(let order)): problems(with: order, of: items)
        case (.essay(let limit), .essay(let text)): problems(with: text, limit)
        case (.number(let quantity), .number(let value)): problems(with: value, of: quantity)
        case (.date(let span), .date(let day)): problems(with: day, in: span)
        case (.text(let line), .text(let text)): problems(with: text, as: line)
        case (.matrix(let matrix), .matrix(let cells)): problems(with: cells, of: matrix)
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
        guard Self.areAll(selected, among: choices) else {
            return [FieldProblem(field, "must be among \(choices.map(\.value).joined(separator: ", "))")]
        }
        guard !selected.isEmpty, allowsMultiple || selected.count == 1 else {
            return [
                FieldProblem(field, allowsMultiple ? "must have at least one choice" : "must have exactly one choice")
            ]
        }
        guard Set(selected).count == selected.count else {
            return [FieldProblem(field, "must not name a choice twice")]
        }
        guard selected.count > 1, let alone = choices.first(where: { $0.isExclusive && selected.contains($0.value) })
        else { return [] }
        return [FieldProblem(field, "must have no other choice beside \(alone.value), which stands alone")]
    }

    /// Letter by letter: Swift holds two spellings of an accent for equal, and a page would find no choice to tick.
    private static func areAll(_ values: [String], among choices: [Question.Choice]) -> Bool {
        let known = Set(choices.map { Array($0.value.utf8) })
        return values.allSatisfy { known.contains(Array($0.utf8)) }
    }

    private func problems(
        with other: String?, _ selected: [String], _ choices: [Question.Choice]
    ) -> [FieldProblem] {
        let field = "answer.other_text"
        guard let asking = choices.first(where: { $0.isOther && selected.contains($0.value) }) else {
            return other == nil
                ? [] : [FieldProblem(field, "must be left out where no choice that asks for it is chosen")]
        }
        guard let other, !Self.isBlank(other) else {
            return [FieldProblem(field, "must not be empty: \(asking.value) asks for words")]
        }
        return []
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
        guard !Self.isBlank(text) else { return [FieldProblem("answer.text", "must not be blank")] }
        guard text.unicodeScalars.count > limit else { return [] }
        return [FieldProblem("answer.text", "must be text of 1 to \(limit) characters")]
    }

    private static func isBlank(_ text: String) -> Bool {
        !text.unicodeScalars.contains { !$0.properties.isWhitespace }
    }

    private func problems(with value: Double, of quantity: Question.Quantity) -> [FieldProblem] {
        func refused(_ words: String) -> [FieldProblem] { [FieldProblem("answer.value", words)] }
        guard value.isFinite else { return refused("must be a number") }
        if let least = quantity.minimum, value < least { return refused("must be at least \(least.plain)") }
        if let most = quantity.maximum, value > most { return refused("must be at most \(most.plain)") }
        guard let step = quantity.step else { return [] }
        // 0.3 is three steps of 0.1, although no binary number is.
        let steps = (value - (quantity.minimum ?? 0)) / step
        guard (steps - steps.rounded()).magnitude > 1e-9 * max(1, steps.magnitude) else { return [] }
        return refused("must be \((quantity.minimum ?? 0).plain) and whole steps of \(step.plain)")
    }

    private func problems(with day: String, in span: Question.DateSpan) -> [FieldProblem] {
        func refused(_ words: String) -> [FieldProblem] { [FieldProblem("answer.date", words)] }
        guard Day.isDay(day) else { return refused("must be a day, such as 2026-11-27") }
        if let earliest = span.earliest, day < earliest { return refused("must not be before \(earliest)") }
        if let latest = span.latest, day > latest { return refused("must not be after \(latest)") }
        return []
    }

    private func problems(with text: String, as line: Question.Line) -> [FieldProblem] {
        func refused(_ words: String) -> [FieldProblem] { [FieldProblem("answer.text", words)] }
        guard !Self.isBlank(text) else { return refused("must not be blank") }
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            return refused("must be one line, without control characters")
        }
        guard text.unicodeScalars.count <= line.characterLimit else {
            return refused("must be text of 1 to \(line.characterLimit) characters")
        }
        if line.isEmail, EmailAddress(text) == nil { return refused(EmailAddress.expected) }
        if let pattern = line.pattern, !pattern.matches(text) { return refused("must have the form \(pattern.text)") }
        return []
    }

    private func problems(with cells: [String: [String]], of matrix: Question.Matrix) -> [FieldProblem] {
        func refused(_ words: String) -> [FieldProblem] { [FieldProblem("answer.rows", words)] }
        guard !cells.isEmpty else { return refused("must have at least one row") }
        guard Self.areAll(Array(cells.keys), among: matrix.rows) else {
            return refused("must be among the rows \(matrix.rows.map(\.value).joined(separator: ", "))")
        }
        for (row, columns) in cells.sorted(by: { $0.key < $1.key }) {
            guard Self.areAll(columns, among: matrix.columns) else {
                let known = matrix.columns.map(\.value).joined(separator: ", ")
                return refused("must have columns among \(known) in the row \(row)")
            }
            guard Set(columns).count == columns.count, matrix.allowsMultiple ? !columns.isEmpty : columns.count == 1
            else {
                return refused(
                    "must have \(matrix.allowsMultiple ? "at least one column, none twice," : "exactly one column") in the row \(row)"
                )
            }
        }
        return []
    }
}

extension Double {
    /// As people write it: `3`, not `3.0`.
    var plain: String {
        self == rounded() && magnitude < 1e15 ? String(Int64(self)) : "\(self)"
    }
}
