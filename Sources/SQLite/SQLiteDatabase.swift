import Core
import Dispatch
import Foundation
import GRDB
package import SQL
import Synchronization

/// The embedded engine: one file, one writer with group commit, a few readers (GRDB's WAL pool).
///
/// A write that has returned survives `kill -9` and power loss: `journal_mode=WAL`, `synchronous=FULL`.
package final class SQLiteDatabase: HouseDatabase {
    /// SQLite.
    package let dialect = Dialect.sqlite

    private let pool: DatabasePool
    private let writer: GroupCommit
    private let checkpointer: Checkpointer
    private let readers: Workers
    private let metrics: DatabaseMetrics?
    private let health = WriteHealth()
    private let path: String
    private let others = Mutex(Others())

    /// What was opened beside the pool.
    private struct Others {
        var background: SQLiteBackground?
        var streams: [AsyncStream<String>.Continuation] = []
        var isClosed = false
    }

    /// Opens a file, and makes it where there is none.
    /// - Parameters:
    ///   - path: The file; its folder must exist.
    ///   - readers: How many reads may run at once.
    ///   - metrics: Where latencies are counted.
    /// - Throws: `SQLError.unavailable` with the reason.
    package init(path: String, readers: Int = 4, metrics: DatabaseMetrics? = nil) throws {
        self.metrics = metrics
        self.path = path
        let checkpointer = Checkpointer(path: path)
        self.checkpointer = checkpointer
        pool = try Self.open(path: path, readers: readers)
        pool.writeWithoutTransaction { checkpointer.watch($0) }
        writer = GroupCommit(pool: pool, checkpointer: checkpointer, health: health, metrics: metrics)
        self.readers = Workers(name: "sqlite-read", count: readers, capacity: 4_096)
    }

    /// Two processes that make one file at the same instant meet in the switch to WAL, where SQLite answers BUSY without
    /// asking its busy handler: so it is tried again for five seconds.
    private static func open(path: String, readers: Int) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.maximumReaderCount = readers
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = true
        let deadline = DispatchTime.now() + .seconds(5)
        // With the file itself, SQLite makes its log and journal for its owner alone too.
        try PrivateFiles.make(path)
        while true {
            do {
                let pool = try DatabasePool(path: path, configuration: configuration)
                try pool.writeWithoutTransaction { db in
                    // The pool has set NORMAL on its writer by now, which loses acknowledged writes at power loss.
                    try db.execute(sql: "PRAGMA synchronous = FULL")
                    // Up to 128 MB of pages, used as far as the file is touched: with SQLite's own 2 MB a batch over many rows spills
                    // and reads back what it wrote, and over 5 million rows every report reads pages anew.
                    try db.execute(sql: "PRAGMA cache_size = -131072")
                    let level = try Int.fetchOne(db, sql: "PRAGMA synchronous")
                    guard level == 2 else {
                        throw SQLError.unavailable("SQLite did not take synchronous=FULL for \(path)")
                    }
                }
                return pool
            } catch let error as DatabaseError {
                let reason = "\(path): \(error.message ?? "cannot be opened")"
                if [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode) { throw SQLError.corrupt(reason) }
                guard error.resultCode == .SQLITE_BUSY, DispatchTime.now() < deadline else {
                    throw SQLError.unavailable(reason)
                }
                pauseThread(milliseconds: 20)
            }
        }
    }

    /// Runs a closure on a reader's snapshot.
    package func read<Result: Sendable>(
        _ body: @escaping @Sendable (any HouseConnection) throws -> Result
    ) async throws -> Result {
        try await readers.run(.read) { [pool, metrics] _ in
            let start = DispatchTime.now().uptimeNanoseconds
            defer { metrics?.reads.observe(Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9) }
            return try translatingErrors { try pool.read { try body(SQLiteConnection($0)) } }
        }
    }

    /// Runs a closure in the next group; returns when the group's commit is on disk.
    package func write<Result: Sendable>(
        _ body: @escaping @Sendable (any HouseConnection) throws -> Result
    ) async throws -> Result {
        try await writer.submit(body)
    }

    /// Runs a closure on the writer, between two groups.
    package func session<Result: Sendable>(
        _ body: @escaping @Sendable (any HouseConnection) throws -> Result
    ) async throws -> Result {
        try await writer.alone(body)
    }

    /// Ends the statements that run.
    package func interrupt() {
        pool.interrupt()
    }

    /// The same writer, and a reader of its own.
    package var background: any HouseDatabase {
        others.withLock { others in
            if let known = others.background { return known }
            let opened = SQLiteBackground(path: path, writer: writer)
            if others.isClosed { opened.stop() }
            others.background = opened
            return opened
        }
    }

    /// Says nothing, until the database closes: who writes a SQLite file tells nobody.
    package func notifications(on channel: String) -> AsyncStream<String> {
        let (stream, continuation) = AsyncStream<String>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let isClosed = others.withLock { others in
            others.streams.append(continuation)
            return others.isClosed
        }
        if isClosed { continuation.finish() }
        return stream
    }

    /// Reads; where the last write failed for want of disk, also writes a page as it is and waits until it is on disk.
    ///
    /// Sixteen times: a write that found no room leaves behind it what it did not fill, and one page may fit there.
    package func probe() async throws {
        try await read { _ = try $0.one("SELECT 1") { try $0.integer() } }
        guard health.isInDoubt else { return }
        for _ in 0..<16 {
            try await write { connection in
                let version = try connection.one("PRAGMA user_version") { try $0.integer() }
                try connection.script("PRAGMA user_version = \(version)")
            }
        }
    }

    /// Finishes what was taken and closes the file.
    package func close() async {
        let (background, streams) = others.withLock { others in
            others.isClosed = true
            return (others.background, others.streams)
        }
        for stream in streams { stream.finish() }
        background?.stop()
        readers.close()
        await writer.close()
        checkpointer.close()
        try? pool.close()
    }
}

/// GRDB's errors as ours.
func translatingErrors<Result>(_ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let error as DatabaseError {
        throw sqlError(
            extendedCode: error.extendedResultCode.rawValue, message: error.message ?? error.description,
            sql: error.sql ?? "")
    }
}
