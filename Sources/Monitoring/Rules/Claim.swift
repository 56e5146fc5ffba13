package import Core

/// The right to carry out one run, and all that is needed for it.
package struct Claim: Sendable, Hashable {
    /// A run that is about to begin.
    package struct Draft: Sendable, Hashable {
        /// The job, with the token of this run.
        package let job: Job
        /// What started it.
        package let kind: ExecutionKind
        /// The slot that it is for.
        package let dueAt: Instant?
        /// Which try it is.
        package let attempt: Int
        /// The first try of the same run.
        package let firstID: Int?
        /// What it is to cover.
        package let window: Span
        /// What has to be fetched; nil where all is there.
        package let fetches: Span?
        /// Whether it takes what has been summarised before.
        package let again: Bool

        /// The first try of a run.
        package static func first(
            _ job: Job, _ kind: ExecutionKind, dueAt: Instant? = nil, window: (window: Span, fetches: Span?),
            again: Bool = false
        ) -> Draft {
            Draft(
                job: job, kind: kind, dueAt: dueAt, attempt: 1, firstID: nil, window: window.window,
                fetches: window.fetches, again: again)
        }

        /// The next try of a run.
        package static func next(
            after execution: Execution, attempt: Int, _ job: Job, window: (window: Span, fetches: Span?), again: Bool
        ) -> Draft {
            Draft(
                job: job, kind: execution.kind, dueAt: execution.dueAt, attempt: attempt,
                firstID: execution.firstID ?? execution.id, window: window.window, fetches: window.fetches,
                again: again)
        }
    }

    /// The run's number.
    package let id: Int
    /// What it is.
    package let draft: Draft
    /// When it began.
    package let startedAt: Instant

    /// The job, as it was when the run began.
    package var job: Job { draft.job }
    /// What a late end of it is told by from the run of who took over.
    package var token: Int { draft.job.fencingToken }

    /// What the source is asked for; nil where nothing has to be fetched.
    package var request: PostRequest? {
        draft.fetches.map {
            // What a backfill asks for has nothing to do with what was new the last time.
            PostRequest(
                account: job.plan.account, from: $0.from, until: $0.to,
                memory: draft.kind == .backfill ? SourceMemory() : job.memory)
        }
    }
}

/// How a run that went wrong is written down.
package struct Failure: Sendable, Hashable {
    /// What it was.
    package let outcome: Outcome
    /// For the job's owner: what happened and what to do.
    package let message: String
    /// When whoever refused is worth asking again.
    package let until: Instant?
    /// Whether another try may help.
    package let mayRetry: Bool

    /// A failure from its parts.
    package init(_ outcome: Outcome, _ message: String, until: Instant? = nil, mayRetry: Bool = true) {
        self.outcome = outcome
        self.message = message
        self.until = until
        self.mayRetry = mayRetry
    }
}

extension Failure {
    /// What a source's failure means for the run.
    package init(_ failure: SourceFailure) {
        switch failure {
        case .rateLimited(let until, let why): self.init(.rateLimited, why, until: until)
        case .capExceeded(let why): self.init(.rateLimited, why, mayRetry: false)
        case .gone(let why): self.init(.sourceGone, why, mayRetry: false)
        case .refused(let why): self.init(.sourceFailed, why, mayRetry: false)
        case .failed(let why): self.init(.sourceFailed, why)
        }
    }

    /// What a summariser's failure means for the run.
    package init(_ failure: SummaryFailure) {
        switch failure {
        case .rateLimited(let until, let why): self.init(.rateLimited, why, until: until)
        case .capExceeded(let why): self.init(.rateLimited, why, mayRetry: false)
        case .failed(let why): self.init(.summaryFailed, why)
        }
    }
}
