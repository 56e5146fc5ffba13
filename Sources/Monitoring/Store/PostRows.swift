import Core
import SQL

/// Posts that were fetched, as rows of `job_posts` until they are summarised, and what is known of them afterwards.
enum PostRows {
    /// So many rows go into one statement.
    private static let chunk = 500

    /// Which of some keys a job knows.
    static func known(_ keys: [String], to job: Int, on connection: any Connection) throws -> Set<String> {
        var found: Set<String> = []
        for part in chunks(keys) {
            found.formUnion(
                try connection.all(knownText, part.map { [.integer(job), .text($0)] }) { try $0.text() })
        }
        return found
    }

    private static let knownText = BulkText(
        "SELECT post_key FROM job_post_keys WHERE (job_id, post_key) IN ({rows})",
        sqlite: "SELECT post_key FROM job_post_keys WHERE job_id = $1 AND post_key = $2", [.integer, .text])

    /// Notes that a job knows these, and, once a month, that its source still gives them.
    static func note(_ keys: Set<String>, _ job: Int, at now: Instant, on connection: any Connection) throws {
        for part in chunks(keys.sorted()) {
            try connection.execute(
                noteText, part.map { [.integer(job), .text($0), .instant(now), .instant(now - .days(30))] })
        }
    }

    private static let noteText = BulkText(
        """
        INSERT INTO job_post_keys (job_id, post_key, seen_at)
        SELECT job, post_key, now FROM ({rows}) AS seen (job, post_key, now, stale)
        ON CONFLICT (job_id, post_key) DO UPDATE SET seen_at = excluded.seen_at
        WHERE job_post_keys.seen_at < excluded.seen_at - INTERVAL '30 days'
        """,
        sqlite: """
            INSERT INTO job_post_keys (job_id, post_key, seen_at) VALUES ($1, $2, $3)
            ON CONFLICT (job_id, post_key) DO UPDATE SET seen_at = excluded.seen_at
            WHERE job_post_keys.seen_at < $4
            """, [.integer, .text, .timestamptz, .timestamptz])

    /// Keeps posts until they are summarised.
    /// - Parameter prefix: Goes before their keys, for posts that are taken again.
    static func insert(
        _ posts: [Post], prefix: String = "", _ claim: Claim, at now: Instant, on connection: any Connection
    ) throws {
        for part in chunks(posts) {
            try connection.execute(
                insertText,
                part.map { post in
                    [
                        .integer(claim.job.id), .integer(claim.id), .text(prefix + (post.keys.first ?? "")),
                        .text(post.author), .text(post.text.replacing("\0", with: " ")),
                        .optional(post.url) { .text($0) }, .optional(post.postedAt) { .instant($0) }, .instant(now),
                    ]
                })
        }
    }

    private static let insertText = BulkText(
        """
        INSERT INTO job_posts (job_id, execution_id, first_key, author, content, url, posted_at, counted_at)
        {rows}
        ON CONFLICT (job_id, first_key) DO NOTHING
        """,
        sqlite: """
            INSERT INTO job_posts (job_id, execution_id, first_key, author, content, url, posted_at, counted_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (job_id, first_key) DO NOTHING
            """,
        [.integer, .integer, .text, .text, .text, .text, .timestamptz, .timestamptz])

    /// A post that waits for its summary.
    struct Pending: Sendable {
        let id: Int
        let post: Post
    }

    /// What waits for a summary, oldest first: all of a job, or, for a backfill, what it has fetched itself.
    static func pending(_ claim: Claim, limit: Int, on connection: any Connection) throws -> [Pending] {
        let own = claim.draft.kind == .backfill ? claim.draft.firstID ?? claim.id : nil
        return try connection.all(
            pendingText, [.integer(claim.job.id), .integer(own ?? 0), .integer(claim.id), .integer(limit)]
        ) { row in
            let (id, key, author) = (try row.integer(), try row.text(), try row.text())
            return Pending(
                id: id,
                post: Post(
                    keys: [key], author: author, text: try row.text(), url: try row.optional(row.text),
                    postedAt: try row.optional(row.instant)))
        }
    }

    private static let pendingText: SQLText = """
        SELECT id, first_key, author, content, url, posted_at
        FROM job_posts
        WHERE job_id = $1 AND summary_id IS NULL AND ($2 = 0 OR execution_id BETWEEN $2 AND $3)
        ORDER BY COALESCE(posted_at, counted_at), id
        LIMIT $4
        """

    /// Notes which summary posts went into; their text is kept no longer.
    static func summarised(_ ids: [Int], in summary: Int, on connection: any Connection) throws {
        for part in chunks(ids) {
            try connection.execute(summarisedText, part.map { [.integer($0), .integer(summary)] })
        }
    }

    private static let summarisedText = BulkText(
        """
        UPDATE job_posts
        SET summary_id = done.summary, content = ''
        FROM ({rows}) AS done (id, summary)
        WHERE job_posts.id = done.id
        """,
        sqlite: "UPDATE job_posts SET summary_id = $2, content = '' WHERE id = $1", [.bigint, .integer])

    /// Drops what waits: another account is watched now.
    static func dropPending(of job: Int, on connection: any Connection) throws {
        try connection.execute("DELETE FROM job_posts WHERE job_id = $1 AND summary_id IS NULL", [.integer(job)])
    }

    private static func chunks<Element>(_ all: [Element]) -> [ArraySlice<Element>] {
        stride(from: 0, to: all.count, by: chunk).map { all[$0..<min($0 + chunk, all.count)] }
    }
}
