import Core
import Foundation
import SQL

/// Summaries as rows of `summaries`: of jobs, and of the playground.
enum SummaryRows {
    private static let columns = """
        id, job_id, execution_id, is_playground, x_username, topics, hours_back, content, tweets_count, raw_data,
        created_at, user_id, status, stage, error_message, source, language, writer, prompt_tokens, completion_tokens
        """

    private static func summary(_ row: any Row) throws -> Summary {
        let (id, job) = (try row.integer(), try row.optional(row.integer))
        let (execution, isPlayground) = (try row.optional(row.integer), try row.bool())
        let (account, topics) = (try row.optional(row.text), TextList.read(try row.optional(row.text)))
        let (hours, content, count) = (try row.optional(row.integer), try row.text(), try row.integer())
        let (raw, created) = (try row.optional(row.text), try row.instant())
        let (user, status) = (try row.optional(row.id), try row.optional(row.text))
        let (stage, message) = (try row.optional(row.text), try row.optional(row.text))
        let source = try row.optional(row.text).flatMap(SourceName.init)
        return Summary(
            id: id, jobID: job, executionID: execution, isPlayground: isPlayground, account: account, topics: topics,
            hoursBack: hours, content: content, postsCount: count, rawData: raw, createdAt: created, userID: user,
            status: status.flatMap(ExecutionStatus.init) ?? .completed, stage: stage, errorMessage: message,
            source: source, language: try row.optional(row.text), writer: try row.optional(row.text),
            promptTokens: try row.optional(row.integer), completionTokens: try row.optional(row.integer))
    }

    static func find(_ id: Int, on connection: any Connection) throws -> Summary? {
        try connection.first(findText, [.integer(id)], summary)
    }

    private static let findText = SQLText("SELECT \(columns) FROM summaries WHERE id = $1")

    static func find(ofExecution id: Int, _ job: Int, on connection: any Connection) throws -> Summary? {
        try connection.first(executionText, [.integer(job), .integer(id)], summary)
    }

    private static let executionText = SQLText(
        "SELECT \(columns) FROM summaries WHERE job_id = $1 AND execution_id = $2 ORDER BY id DESC LIMIT 1")

    static func newest(of job: Int, before: Int?, limit: Int, on connection: any Connection) throws -> [Summary] {
        try connection.all(jobText, [.integer(job), .integer(before ?? Int(Int32.max)), .integer(limit)], summary)
    }

    private static let jobText = SQLText(
        "SELECT \(columns) FROM summaries WHERE job_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3")

    static func played(by user: ID, before: Int?, limit: Int, on connection: any Connection) throws -> [Summary] {
        try connection.all(playText, [.id(user), .integer(before ?? Int(Int32.max)), .integer(limit)], summary)
    }

    private static let playText = SQLText(
        """
        SELECT \(columns) FROM summaries WHERE user_id = $1 AND is_playground AND id < $2 ORDER BY id DESC LIMIT $3
        """)

    /// The summary of a run; its number.
    static func insert(
        _ written: WrittenSummary, _ claim: Claim, at now: Instant, on connection: any Connection
    ) throws -> Int {
        try connection.one(
            """
            INSERT INTO summaries (
                job_id, execution_id, is_playground, x_username, topics, content, tweets_count, raw_data, created_at,
                source, language, writer, prompt_tokens, completion_tokens
            )
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            RETURNING id
            """,
            [
                .integer(claim.job.id), .integer(claim.id), .bool(false), .text(claim.job.plan.account),
                .text(TextList.write(claim.job.plan.topics)), .text(written.content), .integer(written.postsCount),
                .text(written.rawData), .instant(now), .text(claim.job.plan.source.rawValue),
                .optional(claim.job.plan.language) { .text($0) }, .text(written.text.writer),
                .optional(written.text.promptTokens) { .integer($0) },
                .optional(written.text.completionTokens) { .integer($0) },
            ]
        ) { try $0.integer() }
    }
}
