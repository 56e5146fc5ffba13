import Changes
import Core
import SQL

/// What a runner writes down while it carries out a run. Each step shows the run's token: one that was taken over meanwhile is
/// refused.
struct RunStore: Sendable {
    /// The run has passed on to somebody else, or has ended.
    struct Fenced: Error {}

    /// A run takes so many posts at most.
    static let postLimit = 10_000

    let figures: MonitoringFigures
    let mail: MonitoringMail
    /// Draws from 0 to 1.
    let fraction: @Sendable () -> Double

    /// Keeps what was fetched, so that a summary that fails is tried again without fetching.
    func keep(_ fetched: FetchedPosts, _ claim: Claim, _ change: Change) throws {
        let connection = change.connection
        var job = try hold(claim, change)
        let fetched =
            claim.draft.kind == .backfill ? Intake.within(claim.draft.window, fetched, of: job.plan.source) : fetched
        let since = claim.draft.fetches?.from ?? claim.draft.window.from
        let known = try PostRows.known(
            Array(Set(fetched.posts.flatMap(\.keys))), to: job.id, on: connection)
        let verdicts = Intake.verdicts(
            fetched.posts, of: job.plan.source, known: known,
            isFirst: job.fetchedUntil == nil && claim.draft.kind != .backfill, since: since)
        let new = zip(fetched.posts, verdicts).filter { $0.1 == .new }.map(\.0)
        if claim.draft.again {
            try PostRows.insert(
                fetched.posts, prefix: "again-\(claim.draft.firstID ?? claim.id)/", claim, at: change.now,
                on: connection)
        } else {
            try PostRows.insert(new, claim, at: change.now, on: connection)
        }
        try PostRows.note(Set(fetched.posts.flatMap(\.keys)), job.id, at: change.now, on: connection)
        let taken = claim.draft.again ? fetched.posts.count : new.count
        try ExecutionRows.note(taken, fetched.truncatedBy, of: claim.id, on: connection)
        if claim.draft.kind != .backfill {
            job.fetchedUntil = claim.draft.fetches?.to
            job.pendingTruncatedBy = fetched.truncatedBy ?? job.pendingTruncatedBy
            job.memory = fetched.memory
            if let moved = fetched.movedTo { job.plan.account = moved }
            try JobRows.update(job, on: connection)
        }
        try LogRows.add(
            Self.line(fetched, taken: taken), to: claim.id, at: change.now, on: connection)
        let count = taken
        change.afterCommit { [figures] in figures.posts.add(count) }
    }

    private static func line(_ fetched: FetchedPosts, taken: Int) -> String {
        let given = fetched.posts.count == 1 ? "1 post" : "\(fetched.posts.count) posts"
        var line = "The source gave \(given), \(taken) of them new."
        if let why = fetched.truncatedBy { line += " It did not give all: \(why)." }
        if fetched.movedTo != nil { line += " It has moved for good, and is watched there from now on." }
        return line
    }

    /// Ends a run well, with a summary or with nothing to tell.
    func complete(
        _ claim: Claim, _ written: (summary: WrittenSummary, posts: [Int])?, _ change: Change
    ) throws -> Execution {
        let connection = change.connection
        var job = try hold(claim, change)
        let truncated =
            claim.draft.kind == .backfill
            ? try ExecutionRows.truncation(claim.id, on: connection) : job.pendingTruncatedBy
        try ExecutionRows.complete(
            claim, written == nil ? .noPosts : .ok, truncatedBy: truncated, at: change.now, on: connection)
        if let written {
            let id = try SummaryRows.insert(written.summary, claim, at: change.now, on: connection)
            try PostRows.summarised(written.posts, in: id, on: connection)
            mail.tell(written.summary, job, change)
        }
        if claim.draft.kind != .backfill {
            job.coveredUntil = claim.draft.window.to
            job.fetchedUntil = max(job.fetchedUntil ?? claim.draft.window.to, claim.draft.window.to)
            job.pendingTruncatedBy = nil
        }
        job.lastRun = change.now
        job.holdUntil = nil
        job.failuresInRow = 0
        try JobRows.update(job, on: connection)
        let taken = change.now - claim.startedAt
        try DayRows.add(
            completed: 1, posts: written?.summary.postsCount ?? 0, took: taken, to: job.id, at: change.now,
            on: connection)
        try LogRows.add(
            written == nil ? "Done: there was nothing new." : "Done: the summary is stored.", to: claim.id,
            at: change.now, on: connection)
        change.afterCommit { [figures] in figures.completions.add() }
        return try ExecutionRows.require(claim.id, on: connection)
    }

    /// Writes down that a run went wrong, and when it is tried again.
    func fail(_ claim: Claim, _ failure: Failure, _ change: Change) throws {
        let job = try hold(claim, change)
        try fail(
            claim.id, token: claim.token, attempt: claim.draft.attempt, isBackfill: claim.draft.kind == .backfill,
            startedAt: claim.startedAt, failure, job, change
        )
    }

    func fail(
        _ id: Int, token: Int, attempt: Int, isBackfill: Bool, startedAt: Instant, _ failure: Failure, _ job: Job,
        _ change: Change
    ) throws {
        var job = job
        let isOver = failure.outcome == .interrupted
        let retryAt =
            failure.mayRetry
            ? RetryRule.next(
                afterAttempt: attempt, failedAt: change.now, until: isOver ? change.now : failure.until,
                fraction: isOver ? 0 : fraction()) : nil
        try ExecutionRows.fail(id, token, failure, retryAt: retryAt, at: change.now, on: change.connection)
        if isBackfill {
            job.backfillAt = retryAt
            job.backfillOf = retryAt == nil ? nil : id
        } else {
            job.retryAt = retryAt
            job.retryOf = retryAt == nil ? nil : id
        }
        if failure.outcome == .rateLimited, let until = failure.until { job.holdUntil = until }
        if failure.outcome == .sourceGone {
            job.plan.isActive = false
            job.reschedule(at: change.now, lastSlot: nil)
        }
        if retryAt == nil {
            job.failuresInRow += 1
            if job.failuresInRow == 3 { mail.tell(failure, job, change) }
        }
        try JobRows.update(job, on: change.connection)
        try DayRows.add(failed: 1, took: change.now - startedAt, to: job.id, at: change.now, on: change.connection)
        let line = retryAt.map { "\(failure.message) It is tried again at \($0)." } ?? failure.message
        try LogRows.add(line, to: id, at: change.now, on: change.connection)
        change.afterCommit { [figures] in figures.failures.add() }
    }

    /// Writes a line into a run's log.
    func log(_ line: String, _ claim: Claim, _ change: Change) throws {
        _ = try hold(claim, change)
        try LogRows.add(line, to: claim.id, at: change.now, on: change.connection)
    }

    /// Locks the job, and shows the run's token.
    /// - Throws: `Fenced` where the run is somebody else's, or has ended.
    private func hold(_ claim: Claim, _ change: Change) throws -> Job {
        let job: Job
        do {
            job = try JobRows.lock(claim.job.id, .anybody, on: change.connection)
        } catch is MonitoringRefusal {
            throw Fenced()
        }
        guard try ExecutionRows.beat(claim.id, claim.token, at: change.now, on: change.connection) else {
            throw Fenced()
        }
        return job
    }
}

extension RunStore {
    /// Tells that these runs are still at work; those that are not any more.
    func beat(_ claims: [Claim], _ change: Change) throws -> Set<Int> {
        let alive = try ExecutionRows.beat(claims, at: change.now, on: change.connection)
        return Set(claims.map(\.id)).subtracting(alive)
    }

    /// Takes over runs whose runner has not been heard of: each is over, and is tried again at once.
    func takeOver(limit: Int, _ change: Change) throws -> Int {
        let silent = try ExecutionRows.silent(
            for: ClaimStore.silence, at: change.now, limit: limit, on: change.connection)
        var taken = 0
        for (id, jobID, token) in silent.sorted(by: { $0.job < $1.job }) {
            guard let job = try? JobRows.lock(jobID, .anybody, on: change.connection),
                let execution = try ExecutionRows.find(id, on: change.connection), execution.status == .running,
                try ExecutionRows.isSilent(id, token, for: ClaimStore.silence, at: change.now, on: change.connection)
            else { continue }
            let failure = Failure(
                .interrupted, "The server that ran this stopped in the middle. What was fetched is kept.")
            try fail(
                id, token: token, attempt: execution.attempt, isBackfill: execution.kind == .backfill,
                startedAt: execution.startedAt, failure, job, change)
            taken += 1
        }
        return taken
    }
}
