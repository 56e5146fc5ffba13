/// How far along a title is, as `/playback/progress` and "continue watching" show it.
enum ProgressRule {
    /// The percentage with one decimal, 0 to 100; 0 where the duration is not known.
    static func percentage(position: Int, duration: Int) -> Double {
        guard duration > 0 else { return 0 }
        return (min(1, Double(position) / Double(duration)) * 1_000).rounded() / 10
    }
}
