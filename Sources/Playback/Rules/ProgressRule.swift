/// How far along a title is, as `/playback/progress` and "continue watching" show it.
enum ProgressRule {
    /// From this share of the duration on, a title counts as completed there.
    static let completedRatio = 0.95

    /// The percentage with one decimal, 0 to 100; 0 where the duration is not known.
    static func percentage(position: Int, duration: Int) -> Double {
        guard duration > 0 else { return 0 }
        return (min(1, Double(position) / Double(duration)) * 1_000).rounded() / 10
    }

    /// Whether a title counts as completed.
    static func isCompleted(position: Int, duration: Int) -> Bool {
        duration > 0 && Double(position) / Double(duration) >= completedRatio
    }
}
