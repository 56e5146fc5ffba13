import Core
import DequeModule
import Dispatch
import GRDB
import GRDBSQLite
import SQL
import Synchronization

/// The one writer of a SQLite file.
///
/// A commit with `synchronous=FULL` waits for the disk, so every write that is waiting shares the next one: each closure
/// runs in a savepoint of its own, then all are committed at once. A closure that throws is rolled back alone. When the
/// connection has left its transaction (a full disk) or COMMIT fails, every write of the group fails.
final class GroupCommit: Sendable {
    private struct State: Sendable {
        var jobs: Deque<Job> = []
        var draining = false
        var closed = false
    }

    /// A write that waits: `run` keeps its result to itself, `finish` hands it to the caller.
    private struct Job: Sendable {
        let run: @Sendable (SQLiteConnection) throws -> Void
        let finish: @Sendable ((any Error)?) -> Void
        let taken: DispatchTime
    }

    /// Where a job keeps its result until its group is committed.
    private final class Box<Value: Sendable>: Sendable {
        private let stored = Mutex<Value?>(nil)
        func set(_ value: Value) { stored.withLock { $0 = value } }
        var value: Value? { stored.withLock { $0 } }
    }

    private static let groupLimit = 256
    private static let capacity = 8_192

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "sqlite-write")
    private let pool: DatabasePool
    private let checkpointer: Checkpointer
    private let metrics: DatabaseMetrics?
    private let health: WriteHealth
    private let memory = RowMemory()

    init(pool: DatabasePool, checkpointer: Checkpointer, health: WriteHealth, metrics: DatabaseMetrics?) {
        self.health = health
        self.pool = pool
        self.checkpointer = checkpointer
        self.metrics = metrics
    }

    func submit<Result: Sendable>(
        _ body: @escaping @Sendable (any HouseConnection) throws -> Result
    ) async throws -> Result {
        let box = Box<Result>()
        return try await withCheckedThrowingContinuation { continuation in
            let job = Job(
                run: { box.set(try body($0)) },
                finish: { error in
                    if let error {
                        continuation.resume(throwing: error)
                    } else if let value = box.value {
                        continuation.resume(returning: value)
                    } else {
                        continuation.resume(throwing: SQLError.unavailable("the write was not run"))
                    }
                },
                taken: .now())
            do {
                if try enqueue(job) { queue.async { [self] in drain() } }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    /// Runs a closure on the writer with no transaction open.
    func alone<Result: Sendable>(
        _ body: @escaping @Sendable (any HouseConnection) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [pool, checkpointer, memory] in
                memory.forgetAll()
                continuation.resume(
                    with: Swift.Result {
                        try translatingErrors {
                            try pool.writeWithoutTransaction { db in
                                defer { if db.isInsideTransaction { try? db.execute(sql: "ROLLBACK") } }
                                return try checkpointer.whileAlone(db) { try body(SQLiteConnection(db)) }
                            }
                        }
                    })
            }
        }
    }

    func close() async {
        state.withLock { $0.closed = true }
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume() }
        }
    }

    /// Whether the caller has to start draining.
    private func enqueue(_ job: Job) throws -> Bool {
        try state.withLock { state in
            guard !state.closed else { throw SQLError.unavailable("the server is stopping") }
            guard state.jobs.count < Self.capacity else { throw SQLError.overloaded }
            state.jobs.append(job)
            defer { state.draining = true }
            return !state.draining
        }
    }

    private func drain() {
        while let group = nextGroup() {
            metrics?.groups.observe(Double(group.count))
            let outcomes = commit(group)
            health.note(outcomes.contains { $0 == nil } ? nil : outcomes.first ?? nil)
            let now = DispatchTime.now().uptimeNanoseconds
            for (job, error) in zip(group, outcomes) {
                metrics?.writes.observe(Double(now - job.taken.uptimeNanoseconds) / 1e9)
                job.finish(error)
            }
            pool.writeWithoutTransaction { checkpointer.afterCommit($0) }
        }
    }

    private func nextGroup() -> [Job]? {
        state.withLock { state in
            let count = min(state.jobs.count, Self.groupLimit)
            guard count > 0 else {
                state.draining = false
                return nil
            }
            let group = Array(state.jobs.prefix(count))
            state.jobs.removeFirst(count)
            return group
        }
    }

    /// What each job of the group failed with; nil where it is durable.
    private func commit(_ group: [Job]) -> [(any Error)?] {
        do {
            return try translatingErrors {
                try pool.writeWithoutTransaction { db in try commit(group, on: db) }
            }
        } catch {
            return group.map { _ in error }
        }
    }

    private func commit(_ group: [Job], on db: GRDB.Database) throws -> [(any Error)?] {
        let connection = SQLiteConnection(db, memory: memory)
        do {
            try connection.control("BEGIN IMMEDIATE")
            memory.begin(foreignChanges: try connection.foreignChanges)
            let outcomes = try group.map { job in try run(job, alone: group.count == 1, on: connection) }
            try connection.control(outcomes.contains { $0 == nil } ? "COMMIT" : "ROLLBACK")
            return outcomes
        } catch {
            memory.forgetAll()
            if connection.isInTransaction { try? connection.control("ROLLBACK") }
            throw error
        }
    }

    /// Runs one job; what it threw, if anything. Throws only when the whole group is lost.
    private func run(_ job: Job, alone: Bool, on connection: SQLiteConnection) throws -> (any Error)? {
        if !alone { try connection.control("SAVEPOINT job") }
        do {
            try job.run(connection)
            if !alone { try connection.control("RELEASE job") }
            return nil
        } catch {
            memory.forgetAll()
            guard connection.isInTransaction else { throw error }
            if !alone {
                try connection.control("ROLLBACK TO job")
                try connection.control("RELEASE job")
            }
            return error
        }
    }
}
