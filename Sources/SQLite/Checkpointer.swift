import Dispatch
import GRDB
import GRDBSQLite
import Synchronization

/// Copies the write-ahead log back into the database file, beside the writer instead of within its commits.
///
/// SQLite does this in the commit that makes the log long, which then takes a hundred times as long as others. Here a
/// connection of its own copies most of it while the writer goes on, and the writer copies what came in meanwhile, which
/// is little: only when all is copied does the log begin anew and stay bounded.
final class Checkpointer: Sendable {
    /// Pages in the log at which copying begins: 32 MB.
    private static let threshold = 8_000
    /// How many more pages a log that a long read keeps from beginning anew takes until the next try.
    private static let pause = 2_000

    private enum Phase { case idle, copying, remainder }
    private struct State {
        var phase = Phase.idle
        var next = Checkpointer.threshold
    }

    private let path: String
    private let state = Mutex(State())
    private let logged = Atomic<Int>(0)
    private let isAlone = Atomic<Bool>(false)
    private let queue = DispatchQueue(label: "sqlite-checkpoint")

    init(path: String) {
        self.path = path
    }

    /// Counts the log's pages after each commit of the writer, in place of SQLite's own automatic checkpoint.
    func watch(_ db: GRDB.Database) {
        sqlite3_wal_hook(
            db.sqliteConnection,
            { context, connection, _, pages in
                guard let context else { return SQLITE_OK }
                let checkpointer = Unmanaged<Checkpointer>.fromOpaque(context).takeUnretainedValue()
                checkpointer.logged.store(Int(pages), ordering: .relaxed)
                if checkpointer.isAlone.load(ordering: .relaxed), pages >= Int32(Checkpointer.threshold) {
                    sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
                }
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Runs a closure that commits as often as it likes (a migration): the log is then copied back within its commits, as
    /// SQLite does of itself. The closure may have set another hook, by `PRAGMA wal_autocheckpoint`; this one is set again.
    func whileAlone<Result>(_ db: GRDB.Database, _ body: () throws -> Result) rethrows -> Result {
        isAlone.store(true, ordering: .relaxed)
        defer {
            isAlone.store(false, ordering: .relaxed)
            watch(db)
        }
        return try body()
    }

    /// Called by the writer between two transactions.
    func afterCommit(_ db: GRDB.Database) {
        let pages = logged.load(ordering: .relaxed)
        let phase = state.withLock { state in
            if pages < Self.threshold { state.next = Self.threshold }
            if state.phase == .idle, pages >= state.next {
                state.phase = .copying
                return Phase.copying
            }
            return state.phase == .remainder ? .remainder : .idle
        }
        switch phase {
        case .copying: queue.async { [self] in copy() }
        case .remainder:
            _ = try? db.checkpoint(.passive)
            state.withLock { $0 = State(phase: .idle, next: max(Self.threshold, pages + Self.pause)) }
        case .idle: break
        }
    }

    private func copy() {
        // A try that fails (a full disk, another process at it) loses nothing: the log stays, and the next one comes.
        try? DatabaseQueue(path: path).writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            _ = try db.checkpoint(.passive)
        }
        state.withLock { $0.phase = .remainder }
    }

    /// Waits for a copy that is under way.
    func close() {
        queue.sync {}
    }
}
