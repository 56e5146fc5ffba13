import Core
import SQL

/// The last run of a job, where it failed.
struct FailedRun: Sendable {
    let job: Int
    let account: String
    let source: String
    let execution: Int
    let at: Instant
    let message: String?
    /// When it is tried again by itself; nil where only the next slot, or a person, does that.
    let retryAt: Instant?

    /// Where it stands in a list, newest first.
    var cursor: Cursor { Cursor(instant: at, id: ID(high: 0, low: UInt64(job))) }

    /// Those of somebody's jobs, newest first, at most 200.
    static func all(of user: ID, on connection: any Connection) throws -> [FailedRun] {
        try connection.all(text, [.id(user)]) { row in
            FailedRun(
                job: try row.integer(), account: try row.text(), source: try row.text(), execution: try row.integer(),
                at: try row.instant(), message: try row.optional(row.text), retryAt: try row.optional(row.instant))
        }
    }

    private static let text: SQLText = """
        SELECT jobs.id, jobs.x_username, jobs.source, last.id, COALESCE(last.completed_at, last.started_at),
            last.error_message, last.retry_at
        FROM jobs
        JOIN job_executions AS last ON last.id = (
            SELECT MAX(id) FROM job_executions WHERE job_id = jobs.id AND status IN ('COMPLETED', 'FAILED', 'RUNNING')
        )
        WHERE jobs.user_id = $1 AND last.status = 'FAILED'
        ORDER BY COALESCE(last.completed_at, last.started_at) DESC, jobs.id DESC
        LIMIT 200
        """
}
