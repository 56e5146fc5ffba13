import Core
import SQL

/// A job's record as rows of `job_executions`.
enum ExecutionRows {
    private static let columns = """
        id, job_id, status, outcome, kind, due_at, attempt, first_id, started_at, completed_at, tweets_fetched,
        error_message, window_from, window_to, complete, truncated_by, retry_at, count, covered_by, created_at
        """

    private static func execution(_ row: any Row) throws -> Execution {
        let (id, job) = (try row.integer(), try row.integer())
        let status = try status(row)
        let outcome = try row.optional(row.text).flatMap(Outcome.init)
        let kind = ExecutionKind(rawValue: try row.text()) ?? .manual
        let (due, attempt, first) = (
            try row.optional(row.instant), try row.integer(), try row.optional(row.integer)
        )
        let (started, completed) = (try row.instant(), try row.optional(row.instant))
        let (posts, message) = (try row.optional(row.integer) ?? 0, try row.optional(row.text))
        let (from, to) = (try row.optional(row.instant), try row.optional(row.instant))
        return Execution(
            id: id, jobID: job, status: status, outcome: outcome, kind: kind, dueAt: due, attempt: attempt,
            firstID: first, startedAt: started, completedAt: completed, postsFetched: posts, errorMessage: message,
            window: from.flatMap { from in to.map { Span(from, $0) } }, isComplete: try row.optional(row.bool),
            truncatedBy: try row.optional(row.text), retryAt: try row.optional(row.instant), count: try row.integer(),
            coveredBy: try row.optional(row.integer), createdAt: try row.instant())
    }

    /// An older program may have written other cases of letters.
    private static func status(_ row: any Row) throws -> ExecutionStatus {
        let text = try row.text()
        return ExecutionStatus(rawValue: text) ?? ExecutionStatus(rawValue: text.uppercased()) ?? .failed
    }

    static func find(_ id: Int, on connection: any Connection) throws -> Execution? {
        try connection.first(findText, [.integer(id)], execution)
    }

    private static let findText = SQLText("SELECT \(columns) FROM job_executions WHERE id = $1")

    /// The run of a job that is at work.
    static func running(_ job: Int, on connection: any Connection) throws -> Int? {
        try connection.first("SELECT id FROM job_executions WHERE job_id = $1 AND status = 'RUNNING'", [.integer(job)])
        {
            try $0.integer()
        }
    }

    /// The newest of a job's record, before a row.
    static func newest(
        of job: Int, before: Int?, limit: Int, on connection: any Connection
    ) throws -> [Execution] {
        try connection.all(
            newestText, [.integer(job), .integer(before ?? Int(Int32.max)), .integer(limit)], execution)
    }

    private static let newestText = SQLText(
        "SELECT \(columns) FROM job_executions WHERE job_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3")

    /// The newest of each of some jobs, newest first: only what a strip shows, since a list has thousands of them.
    static func strips(of jobs: [Int], count: Int, on connection: any Connection) throws -> [Int: [StripRun]] {
        let rows = jobs.sorted().map { [Value.integer($0), .integer(count)] }
        return try connection.all(stripText, rows, stripRun).reduce(into: [:]) {
            $0[$1.job, default: []].append($1.run)
        }
        .mapValues { $0.sorted { $0.id > $1.id } }
    }

    private static func stripRun(_ row: any Row) throws -> (job: Int, run: StripRun) {
        let (id, job, status) = (try row.integer(), try row.integer(), try status(row))
        return (
            job,
            StripRun(
                id: id, status: status, outcome: try row.optional(row.text).flatMap(Outcome.init),
                dueAt: try row.optional(row.instant), startedAt: try row.instant(),
                completedAt: try row.optional(row.instant), postsFetched: try row.optional(row.integer) ?? 0,
                count: try row.integer())
        )
    }

    private static let stripColumns =
        "id, job_id, status, outcome, due_at, started_at, completed_at, tweets_fetched, count"

    private static let stripText = BulkText(
        """
        SELECT newest.*
        FROM ({rows}) AS wanted (job, size)
        CROSS JOIN LATERAL (
            SELECT \(stripColumns) FROM job_executions WHERE job_id = wanted.job ORDER BY id DESC LIMIT wanted.size
        ) AS newest
        """,
        sqlite: "SELECT \(stripColumns) FROM job_executions WHERE job_id = $1 ORDER BY id DESC LIMIT $2",
        [.integer, .integer])

    /// The highest attempt at what an execution was for.
    static func attempts(like execution: Execution, on connection: any Connection) throws -> Int {
        try connection.one(
            "SELECT COALESCE(MAX(attempt), 1) FROM job_executions WHERE id = $1 OR first_id = $1",
            [.integer(execution.firstID ?? execution.id)]
        ) { try $0.integer() }
    }

    /// A run that begins; its number.
    static func insert(_ claim: Claim.Draft, at now: Instant, on connection: any Connection) throws -> Int {
        try connection.one(
            insertText,
            [
                .integer(claim.job.id), .text(claim.kind.rawValue), .optional(claim.dueAt) { .instant($0) },
                .integer(claim.attempt), .optional(claim.firstID) { .integer($0) },
                .integer(claim.job.fencingToken), .instant(now), .instant(claim.window.from),
                .instant(claim.window.to), .bool(claim.again),
            ]
        ) { try $0.integer() }
    }

    private static let insertText = SQLText(
        sqlite: insertText(beat: "$7"), postgres: insertText(beat: "clock_timestamp()"))

    private static func insertText(beat: String) -> String {
        """
        INSERT INTO job_executions (
            job_id, status, kind, due_at, attempt, first_id, fencing_token, started_at, created_at, heartbeat_at,
            window_from, window_to, again
        )
        VALUES ($1, 'RUNNING', $2, $3, $4, $5, $6, $7, $7, \(beat), $8, $9, $10)
        RETURNING id
        """
    }

    /// Slots that do not run; oldest first, so that the record's order is theirs.
    static func insertSkipped(
        _ job: Int, _ slots: [(due: Instant, count: Int)], _ outcome: Outcome, at now: Instant,
        on connection: any Connection
    ) throws {
        let rows = slots.map { slot -> [Value] in
            [
                .integer(job), .text(outcome.rawValue), .instant(slot.due), .integer(slot.count), .instant(now),
                .text(ExecutionStatus.skipped.rawValue), .text(ExecutionKind.scheduled.rawValue),
            ]
        }
        try connection.execute(skippedText, rows)
    }

    private static let skippedText = BulkText(
        """
        INSERT INTO job_executions (
            job_id, outcome, due_at, count, started_at, completed_at, created_at, status, kind
        )
        SELECT job, outcome, due, count, at, at, at, status, kind
        FROM ({rows}) AS slots (job, outcome, due, count, at, status, kind)
        ORDER BY due
        """,
        sqlite: """
            INSERT INTO job_executions (
                job_id, outcome, due_at, count, started_at, completed_at, created_at, status, kind
            )
            VALUES ($1, $2, $3, $4, $5, $5, $5, $6, $7)
            """,
        [.integer, .text, .timestamptz, .integer, .timestamptz, .text, .text])

    /// Says which run covers the slots that were missed.
    static func point(_ job: Int, from: Instant, to: Instant, at execution: Int, on connection: any Connection) throws {
        try connection.execute(
            """
            UPDATE job_executions
            SET covered_by = $4
            WHERE job_id = $1 AND due_at >= $2 AND due_at < $3 AND status = 'SKIPPED' AND covered_by IS NULL
            """, [.integer(job), .instant(from), .instant(to), .integer(execution)])
    }

    /// The latest slot of a job that has a row.
    static func lastSlot(of job: Int, on connection: any Connection) throws -> Instant? {
        try connection.first(
            "SELECT due_at FROM job_executions WHERE job_id = $1 AND due_at IS NOT NULL ORDER BY due_at DESC LIMIT 1",
            [.integer(job)]
        ) { try $0.instant() }
    }

    /// The windows that runs have completed, of those with a greater token.
    static func windows(of job: Int, since token: Int, on connection: any Connection) throws -> [(
        span: Span, isComplete: Bool
    )] {
        try connection.all(
            """
            SELECT window_from, window_to, complete
            FROM job_executions
            WHERE job_id = $1 AND status = 'COMPLETED' AND window_from IS NOT NULL AND window_to IS NOT NULL
                AND fencing_token > $2
            ORDER BY window_from
            """, [.integer(job), .integer(token)]
        ) { row in
            (Span(try row.instant(), try row.instant()), try row.optional(row.bool) ?? true)
        }
    }
}

/// A run's log, line by line.
enum LogRows {
    static func add(_ line: String, to execution: Int, at now: Instant, on connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO execution_log (execution_id, number, at, message)
            SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3
            FROM execution_log
            WHERE execution_id = $1
            """, [.integer(execution), .instant(now), .text(String(line.prefix(1_000)))])
    }

    static func all(of execution: Int, on connection: any Connection) throws -> [(at: Instant, message: String)] {
        try connection.all(
            "SELECT at, message FROM execution_log WHERE execution_id = $1 ORDER BY number", [.integer(execution)]
        ) { (try $0.instant(), try $0.text()) }
    }
}
