package import Core

/// A scheduled watch of somebody's posts.
package struct Job: Sendable, Hashable {
    /// Its number.
    package let id: Int
    /// Whose it is.
    package let userID: ID
    /// What its owner says of it.
    package var plan: JobPlan
    /// When it last completed a run.
    package var lastRun: Instant?
    /// When it was made.
    package let createdAt: Instant
    /// The first slot that has no row yet; nil while it has none.
    package var nextDueAt: Instant?
    /// When the run that failed last is tried again.
    package var retryAt: Instant?
    /// Which execution that one was.
    package var retryOf: Int?
    /// When the backfill that failed last is tried again.
    package var backfillAt: Instant?
    /// Which execution that one was.
    package var backfillOf: Int?
    /// Until when whoever gives or summarises posts has asked not to be asked.
    package var holdUntil: Instant?
    /// Runs with tokens up to this one were of another account: they cover nothing of this one's.
    package var sinceToken: Int
    /// From when its record begins: the beginning of its first window.
    package var firstFrom: Instant?
    /// Until when all is summarised.
    package var coveredUntil: Instant?
    /// Until when posts were fetched; past `coveredUntil` while some wait for their summary.
    package var fetchedUntil: Instant?
    /// What kept some of those away.
    package var pendingTruncatedBy: String?
    /// What its source wants kept.
    package var memory: SourceMemory
    /// Grows with each run, so that a runner that was frozen is told from the one that took over.
    package var fencingToken: Int
    /// So many runs in a row have failed, with all their attempts.
    package var failuresInRow: Int

    /// When the scheduler has to look at it; nil while it need not.
    package var lookAt: Instant? {
        [nextDueAt, retryAt, backfillAt].compactMap { $0 }.min()
    }

    /// When it is due, by its frequency.
    package var timetable: Timetable? { plan.frequency.timetable(job: id) }

    /// Has its schedule count from a moment: nothing that came before is due any more.
    /// - Parameter lastSlot: The latest slot on record; clocks differ, and no slot comes twice.
    package mutating func reschedule(at now: Instant, lastSlot: Instant?) {
        retryAt = nil
        retryOf = nil
        nextDueAt = plan.isActive ? timetable?.next(after: max(now, lastSlot ?? now)) : nil
    }

    /// Takes what its owner wants now.
    package mutating func edit(_ plan: JobPlan, at now: Instant, lastSlot: Instant?) {
        let old = self.plan
        self.plan = plan
        if old.frequency != plan.frequency || old.isActive != plan.isActive {
            reschedule(at: now, lastSlot: lastSlot)
        }
        if old.source != plan.source || old.account != plan.account { forget() }
    }

    /// Begins anew, as with another account's posts.
    private mutating func forget() {
        retryAt = nil
        retryOf = nil
        backfillAt = nil
        backfillOf = nil
        holdUntil = nil
        sinceToken = fencingToken
        firstFrom = nil
        coveredUntil = nil
        fetchedUntil = nil
        pendingTruncatedBy = nil
        memory = SourceMemory()
    }

    /// What a run that starts now covers, and what of it has to be fetched first.
    package func window(at now: Instant, isRetry: Bool) -> (window: Span, fetches: Span?) {
        let from = coveredUntil ?? firstFrom ?? now - Intake.firstWindow
        // Posts that wait for their summary are not fetched again.
        if isRetry, let fetchedUntil, fetchedUntil > from { return (Span(from, fetchedUntil), nil) }
        let to = max(now, from)
        guard let known = fetchedUntil ?? coveredUntil else { return (Span(from, to), Span(from, to)) }
        return (Span(from, to), Span(known - Intake.overlap, to))
    }
}

/// What the owner of a job says of it.
package struct JobPlan: Sendable, Hashable {
    /// Where the posts come from.
    package var source: SourceName
    /// Whose posts: the seed's `x_username`.
    package var account: String
    /// How often.
    package var frequency: Frequency
    /// What the reader wants to know about.
    package var topics: [String]
    /// The language of summaries; nil for the posts' own.
    package var language: String?
    /// Whether it runs by its schedule.
    package var isActive: Bool
    /// Whether its owner gets a mail.
    package var notify: Notify

    /// What its owner is told by mail.
    package enum Notify: String, Sendable, CaseIterable {
        /// Nothing.
        case none
        /// Each summary, and a job that keeps failing.
        case email
    }

    /// A plan from its parts.
    package init(
        source: SourceName, account: String, frequency: Frequency, topics: [String] = [], language: String? = nil,
        isActive: Bool = true, notify: Notify = .none
    ) {
        self.source = source
        self.account = account
        self.frequency = frequency
        self.topics = topics
        self.language = language
        self.isActive = isActive
        self.notify = notify
    }
}

/// What a job has done in a stretch of days.
package struct JobFigures: Sendable, Hashable {
    /// Runs that ended well.
    package var completed = 0
    /// Attempts that failed.
    package var failed = 0
    /// Slots that did not run.
    package var skipped = 0
    /// Posts that were summarised.
    package var posts = 0
    /// How long runs took, all together.
    package var runMilliseconds = 0

    /// Which part of the runs ended well, from 0 to 1; nil where none ended.
    package var successRate: Double? {
        completed + failed == 0 ? nil : Double(completed) / Double(completed + failed)
    }
}
