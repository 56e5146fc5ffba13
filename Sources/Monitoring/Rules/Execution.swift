package import Core

/// How far a run is, in the seed's words.
package enum ExecutionStatus: String, Sendable, CaseIterable {
    /// Somebody is at work on it.
    case running = "RUNNING"
    /// Done; what it covers is covered.
    case completed = "COMPLETED"
    /// Not done; what was fetched is kept.
    case failed = "FAILED"
    /// A slot that did not run. It counts neither for nor against the job.
    case skipped = "SKIPPED"
}

/// How a run ended.
package enum Outcome: String, Sendable, CaseIterable {
    /// With a summary.
    case ok
    /// With nothing new to tell.
    case noPosts = "no-posts"
    /// The source, or the model, was asked too often.
    case rateLimited = "rate-limited"
    /// The source gave nothing.
    case sourceFailed = "source-failed"
    /// The posts are there, the summary is not.
    case summaryFailed = "summary-failed"
    /// Whoever ran it was gone.
    case interrupted
    /// Another run of the job was at work.
    case skippedOverlap = "skipped-overlap"
    /// Nobody was there to run it; a later one covered its time.
    case missed
    /// The source is gone for good, and the job is switched off.
    case sourceGone = "source-gone"
}

/// What a run was started by.
package enum ExecutionKind: String, Sendable, CaseIterable {
    /// Its schedule.
    case scheduled
    /// A person.
    case manual
    /// A person, for a window of the past.
    case backfill
}

/// A run as the strip of its job shows it.
struct StripRun: Sendable, Hashable {
    let id: Int
    let status: ExecutionStatus
    let outcome: Outcome?
    let dueAt: Instant?
    let startedAt: Instant
    let completedAt: Instant?
    let postsFetched: Int
    let count: Int
}

/// One row of a job's record.
package struct Execution: Sendable, Hashable {
    /// Its number.
    package let id: Int
    /// The job's.
    package let jobID: Int
    /// How far it is.
    package let status: ExecutionStatus
    /// How it ended; nil while it runs.
    package let outcome: Outcome?
    /// What started it.
    package let kind: ExecutionKind
    /// The slot that it is for; nil for what a person started.
    package let dueAt: Instant?
    /// Which try it is, from 1.
    package let attempt: Int
    /// The first try of the same run.
    package let firstID: Int?
    /// When work began.
    package let startedAt: Instant
    /// When it ended.
    package let completedAt: Instant?
    /// How many posts it took in.
    package let postsFetched: Int
    /// What went wrong, for the job's owner.
    package let errorMessage: String?
    /// What time it covers, once it has completed; before, what it means to.
    package let window: Span?
    /// Whether the source gave all there is in the window; nil before it is known.
    package let isComplete: Bool?
    /// What kept the rest away.
    package let truncatedBy: String?
    /// When it is tried again.
    package let retryAt: Instant?
    /// How many slots the row stands for.
    package let count: Int
    /// Which run covered the time of a slot that did not run.
    package let coveredBy: Int?
    /// When the row was made.
    package let createdAt: Instant
}
