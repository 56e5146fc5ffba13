import Core

/// What kinds of question have of their own, beside what the seed's columns hold.
extension FileFields {
    mutating func quantity() -> Question.Quantity {
        let quantity = Question.Quantity(
            minimum: number("min"), maximum: number("max"), step: number("step"), unit: optionalWords("unit", 1...40))
        if let least = quantity.minimum, let most = quantity.maximum, least > most {
            refuse("max", "must not be below min")
        }
        if let step = quantity.step, step <= 0 { refuse("step", "must be above 0") }
        return quantity
    }

    mutating func dateSpan() -> Question.DateSpan {
        let span = Question.DateSpan(earliest: day("min"), latest: day("max"))
        if let earliest = span.earliest, let latest = span.latest, earliest > latest {
            refuse("max", "must not be before min")
        }
        return span
    }

    mutating func line() -> Question.Line {
        let limit = integer("char_limit", 1...Question.longestLine) ?? Question.standardLine
        let format = word("format", LineFormat.self, isRequired: false)
        var pattern: Pattern?
        if let text = optionalText("pattern", 1...500) {
            pattern = Pattern(text)
            if pattern == nil {
                refuse(
                    "pattern",
                    "is none that is known here: letters, ., [a-z], \\d \\w \\s, groups, | and * + ? {2,4}; the whole line must have it"
                )
            }
        }
        return Question.Line(characterLimit: limit, isEmail: format == .email, pattern: pattern)
    }

    private enum LineFormat: String, CaseIterable { case email }

    mutating func matrix() -> Question.Matrix {
        Question.Matrix(
            rows: choices("rows", 1...50), columns: choices("columns", 2...50),
            allowsMultiple: flag("multiple") ?? false)
    }

    /// Marks the choices that stand alone, and the one that asks for words.
    mutating func marked(_ choices: [Question.Choice]) -> [Question.Choice] {
        let exclusive = optionalTexts("exclusive", 0...100, 1...500) ?? []
        let other = optionalTexts("other", 0...1, 1...500) ?? []
        for (name, values) in [("exclusive", exclusive), ("other", other)] {
            for value in values where !choices.contains(where: { $0.value == value }) {
                refuse(name, "names \(value), which is no choice's value")
            }
        }
        return choices.map { choice in
            var choice = choice
            choice.isExclusive = exclusive.contains(choice.value)
            choice.isOther = other.contains(choice.value)
            return choice
        }
    }

    mutating func number(_ name: String) -> Double? {
        read(name, "must be a number") { node in
            node.scalar.flatMap { Double($0) }.flatMap { $0.isFinite && $0.magnitude < 1e15 ? $0 : nil }
        }
    }

    private mutating func day(_ name: String) -> String? {
        read(name, "must be a day, such as 2026-11-27") { node in
            node.scalar.flatMap { Day.isDay($0) ? $0 : nil }
        }
    }

    mutating func instant(_ name: String) -> Instant? {
        read(name, "must be a moment with its offset, such as 2026-11-27T09:00:00Z") { node in
            node.scalar.flatMap { text in text.utf8.count >= 20 ? Instant(text) : nil }
        }
    }

    // MARK: Conditions

    mutating func condition(_ name: String = "visible_if") -> Condition? {
        guard has(name), let node = member(name) else {
            pass([name])
            return nil
        }
        pass([name])
        return condition(node, name, depth: 0)
    }

    private mutating func condition(_ node: FileNode, _ name: String, depth: Int) -> Condition? {
        guard case .map(let members) = node.value, depth < 10 else {
            refuse(name, "must be such as {question: q1, is: yes}, or all or any of these, at most 10 deep")
            return nil
        }
        if members.count == 1, let joined = members.first, ["all", "any"].contains(joined.name) {
            guard case .list(let nodes) = joined.node.value, (1...50).contains(nodes.count) else {
                refuse(name, "must have a list of 1 to 50 conditions in \(joined.name)")
                return nil
            }
            let parts = nodes.compactMap { condition($0, name, depth: depth + 1) }
            return joined.name == "all" ? .all(parts) : .any(parts)
        }
        guard let item = node["question"]?.scalar, members.count == 2,
            let said = members.first(where: { $0.name != "question" }), let check = Self.check(said)
        else {
            refuse(
                name,
                "must name a question and one of is, not, any_of, at_least, at_most and answered, such as {question: q1, is: yes}"
            )
            return nil
        }
        return .question(item, check)
    }

    private static func check(_ member: FileNode.Member) -> Condition.Check? {
        let value = member.node.scalar
        switch member.name {
        case "is": return value.map { .is($0) }
        case "not": return value.map { .isNot($0) }
        case "at_least": return value.map { .atLeast($0) }
        case "at_most": return value.map { .atMost($0) }
        case "answered":
            return ["true", "yes", "false", "no"].contains(value) ? .answered(value == "true" || value == "yes") : nil
        case "any_of":
            let values = member.node.nodes.compactMap(\.scalar)
            return values.isEmpty || values.count < member.node.nodes.count || values.count > 100 ? nil : .anyOf(values)
        default: return nil
        }
    }
}
