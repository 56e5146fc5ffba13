/// How far a respondent is.
struct Progress: Sendable, Hashable {
    let answered: Int
    let total: Int
    let totalXP: Int

    /// The share answered in percent, to one decimal; 100 only where all is answered.
    var percentage: Double {
        guard total > 0 else { return 0 }
        guard answered < total else { return 100 }
        return min((1_000 * Double(answered) / Double(total)).rounded() / 10, 99.9)
    }
}

/// What answering earns.
enum XPRule {
    /// For each question that is answered for the first time.
    static let perQuestion = 10

    /// All badges of a respondent who has ever answered this many questions, in the order in which they were earned.
    static func badges(questionsEverAnswered count: Int) -> [String] {
        count == 0 ? [] : ["first_answer"] + (1..<(count / 10 + 1)).map { "milestone_\($0 * 10)" }
    }

    /// The badges that the newest of this many questions earned.
    static func badges(earnedBy count: Int) -> [String] {
        var earned: [String] = count == 1 ? ["first_answer"] : []
        if count > 0, count % 10 == 0 { earned.append("milestone_\(count)") }
        return earned
    }
}
