import Core
import SQL

/// What happens to a run, as changes of its row. On Postgres a run's heartbeat is by the database's clock, so that nodes whose
/// clocks differ agree on who has fallen silent.
extension ExecutionRows {
    static func require(_ id: Int, on connection: any Connection) throws -> Execution {
        guard let found = try find(id, on: connection) else { throw MonitoringRefusal.none("execution") }
        return found
    }

    static func takesAll(_ id: Int, on connection: any Connection) throws -> Bool {
        try connection.one("SELECT again FROM job_executions WHERE id = $1", [.integer(id)]) { try $0.bool() }
    }

    static func truncation(_ id: Int, on connection: any Connection) throws -> String? {
        try connection.one("SELECT truncated_by FROM job_executions WHERE id = $1", [.integer(id)]) {
            try $0.optional($0.text)
        }
    }

    /// What a run has fetched.
    static func note(_ posts: Int, _ truncatedBy: String?, of id: Int, on connection: any Connection) throws {
        try connection.execute(
            "UPDATE job_executions SET tweets_fetched = $2, truncated_by = $3 WHERE id = $1",
            [.integer(id), .integer(posts), .optional(truncatedBy) { .text($0) }])
    }

    static func complete(
        _ claim: Claim, _ outcome: Outcome, truncatedBy: String?, at now: Instant, on connection: any Connection
    ) throws {
        let changed = try connection.changed(
            """
            UPDATE job_executions
            SET status = 'COMPLETED', outcome = $2, completed_at = $3, complete = $4, truncated_by = $5, window_from = $6,
                window_to = $7, error_message = NULL
            WHERE id = $1 AND fencing_token = $8 AND status = 'RUNNING'
            """,
            [
                .integer(claim.id), .text(outcome.rawValue), .instant(now), .bool(truncatedBy == nil),
                .optional(truncatedBy) { .text($0) }, .instant(claim.draft.window.from),
                .instant(claim.draft.window.to), .integer(claim.token),
            ])
        if changed == 0 { throw RunStore.Fenced() }
    }

    static func fail(
        _ id: Int, _ token: Int, _ failure: Failure, retryAt: Instant?, at now: Instant, on connection: any Connection
    ) throws {
        let changed = try connection.changed(
            """
            UPDATE job_executions
            SET status = 'FAILED', outcome = $2, completed_at = $3, error_message = $4, retry_at = $5
            WHERE id = $1 AND fencing_token = $6 AND status = 'RUNNING'
            """,
            [
                .integer(id), .text(failure.outcome.rawValue), .instant(now),
                .text(String(failure.message.prefix(1_000))), .optional(retryAt) { .instant($0) }, .integer(token),
            ])
        if changed == 0 { throw RunStore.Fenced() }
    }

    /// Ends a run whatever its token is.
    static func stop(_ id: Int, _ message: String, at now: Instant, on connection: any Connection) throws {
        try connection.execute(
            """
            UPDATE job_executions
            SET status = 'FAILED', outcome = 'interrupted', completed_at = $2, error_message = $3
            WHERE id = $1 AND status = 'RUNNING'
            """, [.integer(id), .instant(now), .text(message)])
    }

    /// Shows a run's token; false where it has none any more.
    static func beat(_ id: Int, _ token: Int, at now: Instant, on connection: any Connection) throws -> Bool {
        let values: [Value] = [.integer(id), .integer(token)]
        return try connection.changed(beatText, connection.dialect == .sqlite ? values + [.instant(now)] : values) == 1
    }

    private static let beatText = SQLText(sqlite: beatText(now: "$3"), postgres: beatText(now: "clock_timestamp()"))

    private static func beatText(now: String) -> String {
        """
        UPDATE job_executions
        SET heartbeat_at = \(now)
        WHERE id = $1 AND fencing_token = $2 AND status = 'RUNNING'
        """
    }

    /// Shows the tokens of many runs; those that were good.
    static func beat(_ claims: [Claim], at now: Instant, on connection: any Connection) throws -> Set<Int> {
        let rows = claims.sorted { $0.id < $1.id }.map { [Value.integer($0.id), .integer($0.token), .instant(now)] }
        return Set(try connection.all(beatAllText, rows) { try $0.integer() })
    }

    private static let beatAllText = BulkText(
        """
        WITH held AS (
            SELECT job_executions.id
            FROM job_executions
            JOIN ({rows}) AS shown (id, token, now) ON job_executions.id = shown.id AND fencing_token = shown.token
            WHERE status = 'RUNNING'
            ORDER BY job_executions.id
            FOR UPDATE OF job_executions
        )
        UPDATE job_executions
        SET heartbeat_at = clock_timestamp()
        WHERE id IN (SELECT id FROM held)
        RETURNING id
        """,
        sqlite: """
            UPDATE job_executions
            SET heartbeat_at = $3
            WHERE id = $1 AND fencing_token = $2 AND status = 'RUNNING'
            RETURNING id
            """, [.integer, .integer, .timestamptz])

    /// Runs whose runner has not been heard of.
    static func silent(
        for length: Duration, at now: Instant, limit: Int, on connection: any Connection
    ) throws -> [(id: Int, job: Int, token: Int)] {
        try connection.all(silentText, since(length, now, connection) + [.integer(limit)]) {
            (try $0.integer(), try $0.integer(), try $0.integer())
        }
    }

    private static let silentText = SQLText(
        sqlite: silentText(before: "$1"), postgres: silentText(before: silentBefore("$1")))

    private static func silentText(before: String) -> String {
        """
        SELECT id, job_id, fencing_token
        FROM job_executions
        WHERE status = 'RUNNING' AND COALESCE(heartbeat_at, started_at) < \(before)
        ORDER BY id
        LIMIT $2
        """
    }

    static func isSilent(
        _ id: Int, _ token: Int, for length: Duration, at now: Instant, on connection: any Connection
    ) throws -> Bool {
        try connection.first(
            isSilentText, since(length, now, connection) + [.integer(id), .integer(token)]
        ) { _ in true } ?? false
    }

    private static let isSilentText = SQLText(
        sqlite: isSilentText(before: "$1"), postgres: isSilentText(before: silentBefore("$1")))

    private static func isSilentText(before: String) -> String {
        """
        SELECT 1
        FROM job_executions
        WHERE COALESCE(heartbeat_at, started_at) < \(before) AND id = $2 AND fencing_token = $3 AND status = 'RUNNING'
        """
    }

    private static func silentBefore(_ place: String) -> String {
        "clock_timestamp() - \(place)::bigint * INTERVAL '1 millisecond'"
    }

    private static func since(_ length: Duration, _ now: Instant, _ connection: any Connection) -> [Value] {
        switch connection.dialect {
        case .sqlite: [.instant(now - length)]
        case .postgres: [.integer(length.milliseconds)]
        }
    }
}

/// A job's figures, day by day; they stay when its record is cleared away.
enum DayRows {
    static func add(
        completed: Int = 0, failed: Int = 0, skipped: Int = 0, posts: Int = 0, took: Duration = .zero, to job: Int,
        at now: Instant, on connection: any Connection
    ) throws {
        try connection.execute(
            """
            INSERT INTO job_days (job_id, day, completed, failed, skipped, posts, run_milliseconds)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (job_id, day) DO UPDATE SET
                completed = job_days.completed + excluded.completed, failed = job_days.failed + excluded.failed,
                skipped = job_days.skipped + excluded.skipped, posts = job_days.posts + excluded.posts,
                run_milliseconds = job_days.run_milliseconds + excluded.run_milliseconds
            """,
            [
                .integer(job), .text(String(now.description.prefix(10))), .integer(completed), .integer(failed),
                .integer(skipped), .integer(posts), .integer(max(took.milliseconds, 0)),
            ])
    }

    /// What some jobs have done since a day.
    static func sums(
        of jobs: [Int], since: Instant, on connection: any Connection
    ) throws -> [Int: JobFigures] {
        let rows = jobs.sorted().map { [Value.integer($0), .text(String(since.description.prefix(10)))] }
        return try connection.all(sumText, rows) { row in
            (
                try row.integer(),
                JobFigures(
                    completed: try row.integer(), failed: try row.integer(), skipped: try row.integer(),
                    posts: try row.integer(), runMilliseconds: try row.integer())
            )
        }.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }

    private static let sumText = BulkText(
        """
        SELECT job_days.job_id, CAST(SUM(completed) AS INTEGER), CAST(SUM(failed) AS INTEGER),
            CAST(SUM(skipped) AS INTEGER), CAST(SUM(posts) AS INTEGER), CAST(SUM(run_milliseconds) AS BIGINT)
        FROM job_days
        JOIN ({rows}) AS wanted (job, since) ON job_days.job_id = wanted.job AND job_days.day >= wanted.since::date
        GROUP BY job_days.job_id
        """,
        sqlite: """
            SELECT job_id, SUM(completed), SUM(failed), SUM(skipped), SUM(posts), SUM(run_milliseconds)
            FROM job_days
            WHERE job_id = $1 AND day >= $2
            GROUP BY job_id
            """, [.integer, .text])
}
