import Changes
import Core
import SQL

/// Jobs, and what is on record of them.
struct JobStore: Sendable {
    /// Somebody has so many jobs at most.
    static let limit = 200
    /// Success rates are of so many days.
    static let figureDays = 30
    /// A strip shows so many runs.
    static let stripLength = 30

    /// A job as it is shown: with its newest runs and what it has done.
    struct View: Sendable {
        let job: Job
        let strip: [StripRun]
        let figures: JobFigures
    }

    func create(_ user: ID, _ plan: JobPlan, _ change: Change) throws -> View {
        try change.requireNotErased(user)
        guard try JobRows.count(of: user, on: change.connection) < Self.limit else {
            throw MonitoringRefusal.full(Self.limit)
        }
        var job = try JobRows.insert(user, plan, at: change.now, on: change.connection)
        job.reschedule(at: change.now, lastSlot: nil)
        try JobRows.update(job, on: change.connection)
        return View(job: job, strip: [], figures: JobFigures())
    }

    /// Takes what the owner wants now.
    func edit(
        _ id: Int, _ reach: Reach, _ change: Change, _ edit: (JobPlan) throws -> JobPlan
    ) throws -> View {
        var job = try JobRows.lock(id, reach, on: change.connection)
        let old = job.plan
        job.edit(
            try edit(old), at: change.now, lastSlot: try ExecutionRows.lastSlot(of: id, on: change.connection))
        if old.source != job.plan.source || old.account != job.plan.account {
            try PostRows.dropPending(of: id, on: change.connection)
            try stop(id, change)
        }
        try JobRows.update(job, on: change.connection)
        return try views([job], at: change.now, on: change.connection)[0]
    }

    /// Ends a run of the account that is watched no more; its runner is refused from now on.
    private func stop(_ id: Int, _ change: Change) throws {
        guard let running = try ExecutionRows.running(id, on: change.connection) else { return }
        try ExecutionRows.stop(
            running, "The job was changed to watch something else in the middle of this run.", at: change.now,
            on: change.connection)
        try LogRows.add(
            "The job was changed to watch something else, so this run was ended.", to: running, at: change.now,
            on: change.connection)
    }

    func delete(_ id: Int, _ reach: Reach, _ change: Change) throws {
        _ = try JobRows.lock(id, reach, on: change.connection)
        try JobRows.delete(id, on: change.connection)
    }

    /// Nobody is told by mail any more; done twice, it stays so.
    func unsubscribe(_ id: Int, _ change: Change) throws {
        guard var job = try? JobRows.lock(id, .anybody, on: change.connection) else { return }
        job.plan.notify = .none
        try JobRows.update(job, on: change.connection)
    }

    func find(_ id: Int, _ reach: Reach, at now: Instant, on connection: any Connection) throws -> View {
        try views([JobRows.find(id, reach, on: connection)], at: now, on: connection)[0]
    }

    func list(
        of user: ID, before: Int?, limit: Int, at now: Instant, on connection: any Connection
    ) throws -> [View] {
        try views(JobRows.all(of: user, before: before, limit: limit, on: connection), at: now, on: connection)
    }

    private func views(_ jobs: [Job], at now: Instant, on connection: any Connection) throws -> [View] {
        let ids = jobs.map(\.id)
        let strips = try ExecutionRows.strips(of: ids, count: Self.stripLength, on: connection)
        let figures = try DayRows.sums(of: ids, since: now - .days(Self.figureDays), on: connection)
        return jobs.map {
            View(job: $0, strip: strips[$0.id] ?? [], figures: figures[$0.id] ?? JobFigures())
        }
    }

    /// A job's record, newest first.
    func executions(
        of id: Int, _ reach: Reach, before: Int?, limit: Int, on connection: any Connection
    ) throws -> [Execution] {
        _ = try JobRows.find(id, reach, on: connection)
        return try ExecutionRows.newest(of: id, before: before, limit: limit, on: connection)
    }

    func summaries(
        of id: Int, _ reach: Reach, before: Int?, limit: Int, on connection: any Connection
    ) throws -> [Summary] {
        _ = try JobRows.find(id, reach, on: connection)
        return try SummaryRows.newest(of: id, before: before, limit: limit, on: connection)
    }

    /// A run with its log and its summary.
    struct RunView: Sendable {
        let execution: Execution
        let log: [(at: Instant, message: String)]
        let summary: Summary?
    }

    func run(_ id: Int, _ reach: Reach, on connection: any Connection) throws -> RunView {
        guard let execution = try ExecutionRows.find(id, on: connection) else {
            throw MonitoringRefusal.none("execution")
        }
        do {
            _ = try JobRows.find(execution.jobID, reach, on: connection)
        } catch is MonitoringRefusal {
            throw MonitoringRefusal.none("execution")
        }
        return RunView(
            execution: execution, log: try LogRows.all(of: id, on: connection),
            summary: try SummaryRows.find(ofExecution: id, execution.jobID, on: connection))
    }

    /// A stretch of time that no completed run covers whole.
    struct Gap: Sendable, Equatable {
        let span: Span
        /// Why it is one, where a run has been there: what kept the rest away.
        let isIncomplete: Bool
    }

    /// What no completed run covers, from where the job's record begins until now: all of it, and nothing else.
    func gaps(_ id: Int, _ reach: Reach, at now: Instant, on connection: any Connection) throws -> [Gap] {
        let job = try JobRows.find(id, reach, on: connection)
        let windows = try ExecutionRows.windows(of: id, since: job.sinceToken, on: connection)
        let begins = job.firstFrom ?? job.createdAt - Intake.firstWindow
        guard begins < now else { return [] }
        let whole = Span(begins, now)
        let covered = windows.filter(\.isComplete).map(\.span)
        let touched = windows.map(\.span)
        let untouched = Set(Coverage.gaps(in: whole, coveredBy: touched))
        return Coverage.gaps(in: whole, coveredBy: covered).flatMap { gap -> [Gap] in
            Coverage.pieces(of: gap, apart: untouched).map { Gap(span: $0, isIncomplete: !untouched.contains($0)) }
        }
    }
}
