import Changes
import Core
import SQL

/// What jobs leave behind: a record of more than a year or of very many rows, and what was seen long ago. A day's figures stay.
enum MonitoringLeftovers {
    /// Rows are kept so long, so that no slot comes twice.
    static let age = Duration.days(366)
    /// And so many of a job.
    static let count = 10_000
    /// A post that no source has given for so long is not given again.
    static let seen = Duration.days(400)

    /// Drops rows that are too old; how many.
    static func sweepOld(limit: Int, _ change: Change) throws -> Int {
        try change.connection.changed(
            """
            DELETE FROM job_executions
            WHERE id IN (
                SELECT id FROM job_executions WHERE created_at < $1 AND status <> 'RUNNING' ORDER BY created_at LIMIT $2
            )
            """, [.instant(change.now - age), .integer(limit)])
    }

    /// Drops what a job has too many of; jobs are looked at in their order. The place to go on from, nil at the end.
    static func sweepMany(after place: String?, limit: Int, _ change: Change) throws -> String? {
        let connection = change.connection
        guard
            let job = try connection.first(
                "SELECT id FROM jobs WHERE id >= $1 ORDER BY id LIMIT 1", [.integer(place.flatMap { Int($0) } ?? 0)],
                { try $0.integer() })
        else { return nil }
        let last = try connection.first(
            "SELECT id FROM job_executions WHERE job_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2",
            [.integer(job), .integer(count)]
        ) { try $0.integer() }
        guard let last else { return String(job + 1) }
        let dropped = try connection.changed(
            """
            DELETE FROM job_executions
            WHERE id IN (
                SELECT id FROM job_executions
                WHERE job_id = $1 AND id <= $2 AND status <> 'RUNNING'
                ORDER BY id
                LIMIT $3
            )
            """, [.integer(job), .integer(last), .integer(limit)])
        return dropped == limit ? String(job) : String(job + 1)
    }

    /// Forgets posts that were summarised long ago; how many.
    static func sweepSeen(limit: Int, _ change: Change) throws -> Int {
        let oldest = Value.instant(change.now - seen)
        let keys = try change.connection.changed(
            """
            DELETE FROM job_post_keys
            WHERE (job_id, post_key) IN (
                SELECT job_id, post_key FROM job_post_keys WHERE seen_at < $1 ORDER BY seen_at LIMIT $2
            )
            """, [oldest, .integer(limit)])
        let posts = try change.connection.changed(
            """
            DELETE FROM job_posts
            WHERE id IN (
                SELECT id FROM job_posts WHERE counted_at < $1 AND summary_id IS NOT NULL ORDER BY id LIMIT $2
            )
            """, [oldest, .integer(limit)])
        return max(keys, posts)
    }

    /// Empties what a way back of the schema has put aside: the way up has taken everything from there. How many rows.
    static func sweepPutAside(limit: Int, _ change: Change) throws -> Int {
        let counts = try ["executions_put_aside", "summaries_put_aside"].map { table in
            try change.connection.changed(
                SQLText("DELETE FROM \(table) WHERE id IN (SELECT id FROM \(table) ORDER BY id LIMIT $1)"),
                [.integer(limit)])
        }
        return counts.max() ?? 0
    }
}
