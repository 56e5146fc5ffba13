/// How often players report: the server's word, so that a crowd is slowed down instead of turned away.
enum CadenceRule {
    /// Seconds until the next report: 10 while there is room, growing to 60 as the queue of writes fills.
    static func nextReportSeconds(load: Double) -> Int {
        let share = (min(max(load, 0.1), 0.9) - 0.1) / 0.8
        return 10 + Int((50 * share).rounded())
    }
}
