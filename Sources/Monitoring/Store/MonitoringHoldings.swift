import Changes
import Core
import SQL

/// What monitoring holds of a user.
enum MonitoringHoldings {
    static let all: [Holding] = [
        jobs.holding(people: HeldTable.users(of: "jobs")), days.holding(), runs.holding(), log.holding(),
        seen.holding(), posts.holding(), summaries.holding(people: HeldTable.users(of: "summaries")),
    ]

    private static let ofTheirJobs = "job_id IN (SELECT id FROM jobs WHERE user_id = $1)"

    private static let jobs = HeldTable(
        "job", in: "jobs",
        [
            .init(.integer, "id"), .init(.id, "user_id"), .init(.text, "source"),
            .init(.text, "x_username", as: "account"), .init(.text, "frequency"), .init(.text, "time_zone"),
            .init(.text, "topics"), .init(.text, "language"), .init(.bool, "is_active"), .init(.text, "notify"),
            .init(.instant, "created_at"), .init(.instant, "last_run"), .init(.instant, "next_due_at"),
            .init(.instant, "covered_until"), .init(.text, "source_memory"),
        ])

    private static let days = HeldTable(
        "job-day", in: "job_days", key: 2,
        [
            .init(.integer, "job_id"), .init(.text, "day"), .init(.integer, "completed"), .init(.integer, "failed"),
            .init(.integer, "skipped"), .init(.integer, "posts"), .init(.integer, "run_milliseconds"),
        ], where: ofTheirJobs)

    private static let runs = HeldTable(
        "job-execution", in: "job_executions",
        [
            .init(.integer, "id"), .init(.integer, "job_id"), .init(.text, "status"), .init(.text, "kind", as: "run"),
            .init(.instant, "started_at"), .init(.instant, "completed_at"),
            .init(.integer, "tweets_fetched", as: "posts_fetched"), .init(.text, "error_message"),
            .init(.text, "outcome"), .init(.instant, "window_from"), .init(.instant, "window_to"),
        ], where: ofTheirJobs)

    private static let log = HeldTable(
        "execution-log", in: "execution_log", key: 2,
        [
            .init(.integer, "execution_id"), .init(.integer, "number"), .init(.instant, "at"), .init(.text, "message"),
        ], where: "execution_id IN (SELECT id FROM job_executions WHERE \(ofTheirJobs))")

    private static let seen = HeldTable(
        "seen-post", in: "job_post_keys", key: 2,
        [.init(.integer, "job_id"), .init(.text, "post_key"), .init(.instant, "seen_at")], where: ofTheirJobs)

    private static let posts = HeldTable(
        "job-post", in: "job_posts",
        [
            .init(.integer, "id"), .init(.integer, "job_id"), .init(.text, "author"), .init(.text, "content"),
            .init(.text, "url"), .init(.instant, "posted_at"), .init(.instant, "counted_at"),
        ], where: ofTheirJobs)

    private static let summaries = HeldTable(
        "summary", in: "summaries",
        [
            .init(.integer, "id"), .init(.integer, "job_id"), .init(.integer, "execution_id"),
            .init(.bool, "is_playground"), .init(.text, "source"), .init(.text, "x_username", as: "account"),
            .init(.text, "topics"), .init(.text, "content"), .init(.text, "status"), .init(.text, "error_message"),
            .init(.instant, "created_at"),
        ], where: "id IN (\(ofTheirPlayground) UNION ALL \(ofTheirOwnJobs))")

    /// Apart, since neither engine finds both by an index in one.
    private static let ofTheirPlayground = "SELECT id FROM summaries WHERE is_playground AND user_id = $1"
    private static let ofTheirOwnJobs = "SELECT id FROM summaries WHERE \(ofTheirJobs)"
}
