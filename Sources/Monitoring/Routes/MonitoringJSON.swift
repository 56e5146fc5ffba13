import Core
import Foundation

/// Jobs and what is on record of them, as the API shows them: the seed's members first, then ours.
enum MonitoringJSON {
    static func job(_ view: JobStore.View) -> JSON {
        let (job, figures) = (view.job, view.figures)
        return [
            "id": .integer(job.id), "user_id": .id(job.userID), "source": .string(job.plan.source.rawValue),
            "x_username": .string(job.plan.account), "frequency": frequency(job.plan.frequency),
            "topics": texts(job.plan.topics), "language": .optional(job.plan.language) { .string($0) },
            "is_active": .bool(job.plan.isActive), "notify": .string(job.plan.notify.rawValue),
            "last_run": moment(job.lastRun), "created_at": .instant(job.createdAt),
            "next_run": moment(job.plan.isActive ? job.nextDueAt : nil), "retry_at": moment(job.retryAt),
            "covered_until": moment(job.coveredUntil),
            "success_rate": .optional(figures.successRate) { .number($0) },
            "figures": [
                "days": .integer(JobStore.figureDays), "completed": .integer(figures.completed),
                "failed": .integer(figures.failed), "skipped": .integer(figures.skipped),
                "posts": .integer(figures.posts),
            ],
            "recent": .array(view.strip.map(strip)),
        ]
    }

    static func frequency(_ frequency: Frequency) -> JSON {
        switch frequency {
        case .named(let name): .string(name.rawValue)
        case .cron(let text, let zone): ["cron": .string(text), "time_zone": .string(zone)]
        }
    }

    private static func strip(_ run: StripRun) -> JSON {
        [
            "id": .integer(run.id), "status": .string(run.status.rawValue),
            "outcome": .optional(run.outcome) { .string($0.rawValue) },
            "started_at": .instant(run.startedAt), "completed_at": moment(run.completedAt),
            "due_at": moment(run.dueAt), "tweets_fetched": .integer(run.postsFetched), "count": .integer(run.count),
        ]
    }

    static func execution(_ execution: Execution) -> JSON {
        [
            "id": .integer(execution.id), "job_id": .integer(execution.jobID),
            "status": .string(execution.status.rawValue), "started_at": .instant(execution.startedAt),
            "completed_at": moment(execution.completedAt), "tweets_fetched": .integer(execution.postsFetched),
            "error_message": .optional(execution.errorMessage) { .string($0) },
            "created_at": .instant(execution.createdAt), "kind": .string(execution.kind.rawValue),
            "due_at": moment(execution.dueAt), "attempt": .integer(execution.attempt),
            "outcome": .optional(execution.outcome) { .string($0.rawValue) },
            "window_from": moment(execution.window?.from), "window_to": moment(execution.window?.to),
            "complete": .optional(execution.isComplete) { .bool($0) },
            "truncated_by": .optional(execution.truncatedBy) { .string($0) }, "retry_at": moment(execution.retryAt),
            "count": .integer(execution.count), "covered_by": .optional(execution.coveredBy) { .integer($0) },
        ]
    }

    static func run(_ view: JobStore.RunView) -> JSON {
        execution(view.execution).adding(
            .init(
                "log", .array(view.log.map { ["at": .instant($0.at), "message": .string($0.message)] })),
            .init("summary", .optional(view.summary, summary)))
    }

    static func summary(_ summary: Summary) -> JSON {
        [
            "id": .integer(summary.id), "job_id": .optional(summary.jobID) { .integer($0) },
            "execution_id": .optional(summary.executionID) { .integer($0) },
            "is_playground": .bool(summary.isPlayground), "x_username": .optional(summary.account) { .string($0) },
            "topics": texts(summary.topics), "hours_back": .optional(summary.hoursBack) { .integer($0) },
            "content": .string(summary.content), "tweets_count": .integer(summary.postsCount),
            "raw_data": .optional(summary.rawData.flatMap(json)) { $0 }, "created_at": .instant(summary.createdAt),
            "source": .optional(summary.source) { .string($0.rawValue) },
            "language": .optional(summary.language) { .string($0) },
            "status": .string(summary.status.rawValue), "stage": .optional(summary.stage) { .string($0) },
            "error_message": .optional(summary.errorMessage) { .string($0) },
            "writer": .optional(summary.writer) { .string($0) },
            "prompt_tokens": .optional(summary.promptTokens) { .integer($0) },
            "completion_tokens": .optional(summary.completionTokens) { .integer($0) },
        ]
    }

    static func gap(_ gap: JobStore.Gap) -> JSON {
        [
            "from": .instant(gap.span.from), "to": .instant(gap.span.to),
            "reason": .string(gap.isIncomplete ? "incomplete" : "not-run"),
        ]
    }

    private static func moment(_ value: Instant?) -> JSON { .optional(value) { .instant($0) } }
    private static func texts(_ values: [String]) -> JSON { .array(values.map { .string($0) }) }

    /// What stands in a column as JSON; nothing where an older program has written something else.
    private static func json(_ text: String) -> JSON? { JSONDocument(Data(text.utf8)) == nil ? nil : .raw(text) }
}
