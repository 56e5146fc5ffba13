import Changes
import Core
import SQL
import Upkeep

/// Begins runs: those that are due, and those that a person asks for. Whoever begins one holds the job's row meanwhile, and the
/// table lets one run of a job be at work.
struct ClaimStore: Sendable {
    /// A run whose runner has not been heard of for so long is taken over.
    static let silence = Duration.seconds(30)

    let figures: MonitoringFigures

    /// What is due, begun: as many runs as this node has room for. Slots that do not run are written down.
    /// - Parameters:
    ///   - busy: How many runs of each user are at work here.
    ///   - share: How many of them one user may have.
    /// - Returns: The runs, and how many jobs were looked at: where these are as many as may be, there may be more.
    func takeDue(
        limit: Int, busy: [ID: Int] = [:], share: Int = .max, _ change: Change
    ) throws -> (claims: [Claim], looked: Int) {
        var busy = busy
        let jobs = try JobRows.lockDue(
            at: change.now, limit: limit, without: busy.filter { $0.value >= share }.map(\.key), on: change.connection)
        let claims = try jobs.compactMap { job -> Claim? in
            guard busy[job.userID, default: 0] < share else { return nil }
            let claim = try take(job, change)
            if claim != nil { busy[job.userID, default: 0] += 1 }
            return claim
        }
        return (claims, jobs.count)
    }

    /// One job that is due, begun by itself.
    func takeDue(job id: Int, _ change: Change) throws -> Claim? {
        try JobRows.lockDue(id, at: change.now, on: change.connection).flatMap { try take($0, change) }
    }

    private func take(_ job: Job, _ change: Change) throws -> Claim? {
        var job = job
        let running = try ExecutionRows.running(job.id, on: change.connection)
        let last = try ExecutionRows.lastSlot(of: job.id, on: change.connection)
        if let due = job.nextDueAt, let last, due <= last { job.nextDueAt = job.timetable?.next(after: last) }
        // A job of an older program has no slot yet: its schedule counts from now.
        if job.plan.isActive, job.nextDueAt == nil, job.retryAt == nil {
            job.reschedule(at: change.now, lastSlot: last)
        }
        guard job.plan.isActive, let first = job.nextDueAt, let times = job.timetable,
            let slots = Slots.due(from: first, at: change.now, by: times)
        else {
            return try retry(job, running, change)
        }
        job.nextDueAt = slots.next
        try writeMissed(slots, of: job, change)
        let isHeld = job.holdUntil.map { $0 > change.now } ?? false
        if running != nil || isHeld {
            try skip(slots, running == nil ? .rateLimited : .skippedOverlap, running, of: job, from: first, change)
            return nil
        }
        let claim = try begin(job, change) {
            .first($0, .scheduled, dueAt: slots.latest, window: $0.window(at: change.now, isRetry: false))
        }
        try ExecutionRows.point(job.id, from: first, to: slots.latest, at: claim.id, on: change.connection)
        if slots.passed > 0 {
            try DayRows.add(skipped: slots.passed, to: job.id, at: change.now, on: change.connection)
        }
        let late = change.now - slots.latest
        change.afterCommit { [figures] in figures.lateness.observe(late.seconds) }
        return claim
    }

    /// Writes down that the latest slot does not run: another run is at work, or the source has asked not to be asked.
    private func skip(
        _ slots: Slots, _ outcome: Outcome, _ running: Int?, of job: Job, from first: Instant, _ change: Change
    ) throws {
        try ExecutionRows.insertSkipped(
            job.id, [(slots.latest, 1)], outcome, at: change.now, on: change.connection)
        if let running {
            try ExecutionRows.point(job.id, from: first, to: slots.latest, at: running, on: change.connection)
        }
        try DayRows.add(skipped: 1 + slots.passed, to: job.id, at: change.now, on: change.connection)
        try JobRows.update(job, on: change.connection)
    }

    private func writeMissed(_ slots: Slots, of job: Job, _ change: Change) throws {
        let rest = slots.rest.map { [(due: $0.last, count: $0.count)] } ?? []
        try ExecutionRows.insertSkipped(
            job.id, rest + slots.missed.map { ($0, 1) }, .missed, at: change.now, on: change.connection)
    }

    /// While a run is at work, what is to be tried again waits a little longer.
    private static let pause = Duration.seconds(10)

    private func retry(_ job: Job, _ running: Int?, _ change: Change) throws -> Claim? {
        var job = job
        let isDue = { (moment: Instant?) in moment.map { $0 <= change.now } ?? false }
        if running != nil {
            if isDue(job.retryAt) { job.retryAt = change.now + Self.pause }
            if isDue(job.backfillAt) { job.backfillAt = change.now + Self.pause }
        } else if isDue(job.retryAt) {
            let last = try job.retryOf.flatMap { try ExecutionRows.find($0, on: change.connection) }
            job.retryAt = nil
            job.retryOf = nil
            if let last { return try again(last, job, change) }
        } else if isDue(job.backfillAt) {
            let last = try job.backfillOf.flatMap { try ExecutionRows.find($0, on: change.connection) }
            job.backfillAt = nil
            job.backfillOf = nil
            if let last { return try again(last, job, change) }
        }
        try JobRows.update(job, on: change.connection)
        return nil
    }

    /// Begins the next try of a run.
    private func again(_ execution: Execution, _ job: Job, _ change: Change) throws -> Claim {
        let attempt = try ExecutionRows.attempts(like: execution, on: change.connection) + 1
        let takesAll = try ExecutionRows.takesAll(execution.id, on: change.connection)
        // A backfill that has got its posts is tried again with these.
        let hasPosts = execution.outcome == .summaryFailed || execution.postsFetched > 0
        let claim = try begin(job, change) { job in
            let window: (window: Span, fetches: Span?)
            if execution.kind == .backfill, let old = execution.window {
                window = (old, hasPosts ? nil : old)
            } else {
                window = job.window(at: change.now, isRetry: true)
            }
            return .next(after: execution, attempt: attempt, job, window: window, again: takesAll)
        }
        if execution.kind == .backfill, hasPosts {
            try ExecutionRows.note(
                execution.postsFetched, execution.truncatedBy, of: claim.id, on: change.connection)
        }
        if let due = execution.dueAt {
            try ExecutionRows.point(job.id, from: due, to: change.now, at: claim.id, on: change.connection)
        }
        return claim
    }

    /// Begins a run of a job that is locked and has none at work. What was to be tried again is part of it; a backfill is by itself.
    private func begin(_ job: Job, _ change: Change, _ draft: (Job) -> Claim.Draft) throws -> Claim {
        var job = job
        job.fencingToken += 1
        let draft = draft(job)
        if draft.kind != .backfill {
            job.retryAt = nil
            job.retryOf = nil
        }
        if draft.kind != .backfill { job.firstFrom = job.firstFrom ?? draft.window.from }
        try JobRows.update(job, on: change.connection)
        let id = try ExecutionRows.insert(draft, at: change.now, on: change.connection)
        let line =
            draft.attempt > 1
            ? "Attempt \(draft.attempt) began."
            : draft.kind == .scheduled ? "The run began, as scheduled." : "The run began."
        try LogRows.add(line, to: id, at: change.now, on: change.connection)
        change.afterCommit { [figures] in figures.runs.add() }
        return Claim(id: id, draft: draft, startedAt: change.now)
    }
}

extension ClaimStore {
    /// Begins a run that a person asks for.
    func start(_ id: Int, _ reach: Reach, _ change: Change) throws -> Claim {
        let job = try idle(id, reach, change)
        return try begin(job, change) {
            .first($0, .manual, window: $0.window(at: change.now, isRetry: false))
        }
    }

    /// Begins a run over a window of the past.
    func backfill(_ id: Int, _ window: Span, again: Bool, _ reach: Reach, _ change: Change) throws -> Claim {
        let job = try idle(id, reach, change)
        return try begin(job, change) { .first($0, .backfill, window: (window, window), again: again) }
    }

    /// Begins another try of a run that failed.
    func retry(_ id: Int, _ reach: Reach, _ change: Change) throws -> Claim {
        guard let found = try ExecutionRows.find(id, on: change.connection) else {
            throw MonitoringRefusal.none("execution")
        }
        let job = try JobRows.lock(found.jobID, reach, on: change.connection)
        guard let execution = try ExecutionRows.find(id, on: change.connection) else {
            throw MonitoringRefusal.none("execution")
        }
        guard execution.status == .failed else {
            throw MonitoringRefusal.nothingToRetry(execution.status.rawValue)
        }
        if let running = try ExecutionRows.running(job.id, on: change.connection) {
            throw MonitoringRefusal.running(execution: running)
        }
        return try again(execution, job, change)
    }

    private func idle(_ id: Int, _ reach: Reach, _ change: Change) throws -> Job {
        let job = try JobRows.lock(id, reach, on: change.connection)
        if let running = try ExecutionRows.running(id, on: change.connection) {
            throw MonitoringRefusal.running(execution: running)
        }
        return job
    }
}

extension Slots {
    /// How many slots passed before the latest.
    var passed: Int { missed.count + (rest?.count ?? 0) }
}
