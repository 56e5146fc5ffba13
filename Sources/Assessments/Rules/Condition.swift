import Core

/// When a question or a page is shown: what earlier answers must be.
///
/// As long as a question has no answer that counts, nothing that asks about it holds, but `answered: false`: what hangs on an answer
/// waits for it.
indirect enum Condition: Sendable, Hashable {
    case all([Condition])
    case any([Condition])
    /// What the answer to the question of this item id must be.
    case question(String, Check)

    enum Check: Sendable, Hashable {
        /// This value, or this value among those chosen.
        case `is`(String)
        case isNot(String)
        case anyOf([String])
        /// A number, or a day.
        case atLeast(String)
        case atMost(String)
        case answered(Bool)

        /// Its word in files and on the wire.
        var name: String {
            switch self {
            case .is: "is"
            case .isNot: "not"
            case .anyOf: "any_of"
            case .atLeast: "at_least"
            case .atMost: "at_most"
            case .answered: "answered"
            }
        }
    }

    /// Whether it holds.
    /// - Parameter answer: The answer that counts to a question, by its item id.
    func holds(_ answer: (String) -> GivenAnswer?) -> Bool {
        switch self {
        case .all(let parts): parts.allSatisfy { $0.holds(answer) }
        case .any(let parts): parts.contains { $0.holds(answer) }
        case .question(let item, let check): check.holds(for: answer(item))
        }
    }

    /// The questions that it asks about.
    var questions: Set<String> {
        switch self {
        case .all(let parts), .any(let parts): parts.reduce(into: []) { $0.formUnion($1.questions) }
        case .question(let item, _): [item]
        }
    }

    /// Each of its parts that asks about one question.
    var checks: [(question: String, check: Check)] {
        switch self {
        case .all(let parts), .any(let parts): parts.flatMap(\.checks)
        case .question(let item, let check): [(item, check)]
        }
    }
}

extension Condition.Check {
    func holds(for answer: GivenAnswer?) -> Bool {
        if case .answered(let isAnswered) = self { return (answer != nil) == isAnswered }
        guard let answer else { return false }
        switch self {
        case .is(let value): return answer.says(value)
        case .isNot(let value): return !answer.says(value)
        case .anyOf(let values): return values.contains { answer.says($0) }
        case .atLeast(let bound):
            return answer.compares(bound) {
                $0 >= $1
            } days: {
                $0 >= $1
            }
        case .atMost(let bound):
            return answer.compares(bound) {
                $0 <= $1
            } days: {
                $0 <= $1
            }
        case .answered: return false
        }
    }

    /// Whether an answer of this kind can be asked about so.
    func suits(_ kind: Question.Name) -> Bool {
        switch (self, kind) {
        case (.answered, _): true
        case (.is, .slider), (.isNot, .slider), (.anyOf, .slider), (.is, .number), (.isNot, .number), (.anyOf, .number):
            values.allSatisfy { Double($0) != nil }
        case (.is, .mcq), (.isNot, .mcq), (.anyOf, .mcq), (.is, .text), (.isNot, .text), (.anyOf, .text): true
        case (.is, .date), (.isNot, .date), (.anyOf, .date), (.atLeast, .date), (.atMost, .date):
            values.allSatisfy(Day.isDay)
        case (.atLeast, .slider), (.atMost, .slider), (.atLeast, .number), (.atMost, .number):
            values.allSatisfy { Double($0)?.isFinite == true }
        default: false
        }
    }

    /// The values that it names.
    var values: [String] {
        switch self {
        case .is(let value), .isNot(let value), .atLeast(let value), .atMost(let value): [value]
        case .anyOf(let values): values
        case .answered: []
        }
    }
}

extension GivenAnswer {
    fileprivate func says(_ value: String) -> Bool {
        switch self {
        case .slider(let number), .number(let number): Double(value) == number
        case .mcq(let chosen, _): chosen.contains { $0.utf8.elementsEqual(value.utf8) }
        case .essay(let text), .text(let text), .date(let text): text.utf8.elementsEqual(value.utf8)
        case .ordering, .matrix: false
        }
    }

    fileprivate func compares(
        _ bound: String, _ numbers: (Double, Double) -> Bool, days: (String, String) -> Bool
    ) -> Bool {
        switch self {
        case .slider(let number), .number(let number): Double(bound).map { numbers(number, $0) } ?? false
        case .date(let day): days(day, bound)
        case .mcq, .ordering, .essay, .text, .matrix: false
        }
    }
}
