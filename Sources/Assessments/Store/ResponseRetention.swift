import Changes
import Core
import SQL
import Upkeep

/// Drops sessions that nobody has touched for long enough, with everything that was answered in them. Those that rows of an app in the
/// same database hold on to stay.
enum ResponseRetention {
    /// How many sessions one step looks at.
    private static let limit = 500

    /// Goes through the sessions by their numbers, a step at a time.
    static func sweep(
        after from: String?, untouchedFor retention: Duration, _ figures: AssessmentFigures, _ change: Change
    ) throws -> Chore.Step {
        let cutoff = change.now - retention
        let looked = try change.connection.all(
            lookText, [.integer(from.flatMap { Int($0) } ?? 0), .integer(limit)], Touched.init)
        let untouched = looked.filter { $0.isBefore(cutoff) }.map(\.id)
        let held = try Strangers.held(untouched, on: change.connection)
        let old = try lock(untouched.filter { !held.contains($0) }, change).filter { $0.isBefore(cutoff) }
        try drop(old.map(\.id), change)
        change.afterCommit { [count = old.count] in figures.dropped.add(count) }
        return looked.count < limit ? .done : .more(from: looked.last.map { "\($0.id)" })
    }

    /// When a session was touched last, by whatever says so; an older app's times may not be readable.
    private struct Touched: Sendable {
        let id: Int
        let moments: [Instant]

        init(_ row: any Row) throws {
            id = try row.integer()
            moments = try [row.anyMoment(), row.anyMoment(), row.anyMoment()].compactMap { $0 }
        }

        func isBefore(_ cutoff: Instant) -> Bool { moments.max().map { $0 < cutoff } ?? false }
    }

    private static let columns = """
        id, \(OldRows.text("created_at")), \(OldRows.text("last_activity")), \(OldRows.text("completed_at"))
        """
    private static let lookText = SQLText(
        "SELECT \(columns) FROM student_responses WHERE id > $1 ORDER BY id LIMIT $2")

    /// Locked and looked at once more: somebody may have come back meanwhile.
    private static func lock(_ ids: [Int], _ change: Change) throws -> [Touched] {
        ids.isEmpty ? [] : try change.connection.all(lockText, ids.map { [.integer($0)] }, Touched.init)
    }

    private static let lockText = BulkText(
        "SELECT \(columns) FROM student_responses WHERE id IN (SELECT id FROM ({rows}) AS old (id)) ORDER BY id {for_update}",
        sqlite: "SELECT \(columns) FROM student_responses WHERE id = $1", [.integer])

    /// Drops sessions with everything that was answered in them. Their rows must be locked.
    static func drop(_ ids: [Int], _ change: Change) throws {
        guard !ids.isEmpty else { return }
        let values: [[Value]] = ids.map { [.integer($0)] }
        // The awards last but one: a trigger keeps those of answers that are deleted.
        for (table, column) in [
            ("question_answers", "response_id"), ("answer_history", "response_id"), ("xp_awards", "response_id"),
            ("student_responses", "id"),
        ] {
            try change.connection.execute(
                BulkText(
                    "DELETE FROM \(table) WHERE \(column) IN (SELECT id FROM ({rows}) AS old (id))",
                    sqlite: "DELETE FROM \(table) WHERE \(column) = $1", [.integer]), values)
        }
    }
}
