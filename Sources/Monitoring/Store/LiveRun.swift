import Core
import SQL

/// A job's run at work, for whoever runs the server.
struct LiveRun: Sendable {
    /// What runs stand as in lists of ids; they are known by numbers.
    static let kind: UInt64 = 1

    let execution: Int
    let job: Int
    let user: ID
    let account: String
    let source: String
    let startedAt: Instant
    /// When its node showed its token last.
    let heardAt: Instant

    /// Those that are at work, by when they were heard of last, newest first.
    static func all(_ seek: Seek, on connection: any Connection) throws -> [LiveRun] {
        let values: [Value] = [.instant(seek.instant), .integer(seek.number(in: kind)), .integer(seek.limit)]
        let (text, sought): (SQLText, [Value]) =
            switch (seek.search?.id, seek.search) {
            case (let id?, _): (byUser, [.id(id)])
            case (nil, let search?): (byWords, [.text(search.lowercasePattern), .text(search.pattern)])
            case (nil, nil): (all, [])
            }
        return try connection.all(text, values + sought) { row in
            LiveRun(
                execution: try row.integer(), job: try row.integer(), user: try row.id(), account: try row.text(),
                source: try row.text(), startedAt: try row.instant(), heardAt: try row.instant())
        }
    }

    private static let all = text("")
    private static let byUser = text("AND jobs.user_id = $4")
    private static let byWords = text(
        "AND (LOWER(jobs.x_username) LIKE $4 ESCAPE '!' OR jobs.x_username LIKE $5 ESCAPE '!')")

    private static func text(_ condition: String) -> SQLText {
        func text(_ heard: String) -> String {
            """
            SELECT run.id, jobs.id, jobs.user_id, jobs.x_username, jobs.source, run.started_at, \(heard)
            FROM job_executions AS run
            JOIN jobs ON jobs.id = run.job_id
            WHERE run.status = 'RUNNING' AND (\(heard) < $1 OR \(heard) = $1 AND run.id < $2) \(condition)
            ORDER BY \(heard) DESC, run.id DESC
            LIMIT $3
            """
        }
        return SQLText(
            sqlite: text("COALESCE(run.heartbeat_at, run.started_at)"),
            postgres: text(
                "date_trunc('milliseconds', COALESCE(run.heartbeat_at, run.started_at AT TIME ZONE 'UTC'))"))
    }

    /// How many there are, up to a bound.
    static func count(atMost bound: Int, on connection: any Connection) throws -> Int {
        try connection.count("SELECT 1 FROM job_executions WHERE status = 'RUNNING'", atMost: bound)
    }
}
