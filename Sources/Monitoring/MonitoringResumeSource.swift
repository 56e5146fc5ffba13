import Core
import SQL
import Web

/// Jobs whose last run failed, among what somebody can go on with: until a run succeeds.
struct MonitoringResumeSource: ResumeSource {
    var scope: Scope { .readMonitoring }

    func resumable(
        of user: ID, after cursor: Cursor?, limit: Int, at now: Instant, on connection: any Connection
    ) throws -> [Resumable] {
        try FailedRun.all(of: user, on: connection).filter { cursor.map($0.cursor.isBehind) ?? true }
            .prefix(limit).map(\.resumable)
    }
}

extension FailedRun {
    fileprivate var resumable: Resumable {
        Resumable(
            .failedRun, cursor.id, title: "Posts of \(account)", words: message ?? "The last run failed.", at: at,
            link: "/jobs/\(job)",
            details: [
                "job_id": .integer(job), "execution_id": .integer(execution), "source": .string(source),
                "account": .string(account), "retry_at": .optional(retryAt) { .instant($0) },
            ])
    }
}
