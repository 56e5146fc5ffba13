import Core
import Foundation
import GRDB
import SQL

extension SQLiteDatabase {
    /// Copies a file while others use it (SQLite's online backup), and checks the copy.
    /// - Parameter isUnwanted: Asked now and then; where it says so, the copy ends unfinished.
    /// - Throws: `SQLError` where either cannot be read or written, or the copy is not whole; `CancellationError`.
    package static func backUp(
        _ path: String, to copy: String, unless isUnwanted: @escaping @Sendable () -> Bool = { false }
    ) async throws {
        try await onOwnThread {
            try PrivateFiles.make(copy)
            let source = try DatabaseQueue(path: path, configuration: reading)
            let target = try DatabaseQueue(path: copy)
            // One read transaction: in parts, and yet of one moment, and not begun again when somebody writes meanwhile.
            try source.read { from in
                _ = try Int.fetchOne(from, sql: "SELECT COUNT(*) FROM sqlite_master")
                try target.writeWithoutTransaction { to in
                    try from.backup(to: to, pagesPerStep: 4_096) { _ in
                        if isUnwanted() { throw CancellationError() }
                    }
                }
            }
            // One file that stands for itself, without a log beside it.
            try target.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
            try target.close()
            try source.close()
        }
        try await checkIntegrity(of: copy)
    }

    /// Whether a file is as long as its own head says (the page's size at byte 16, how many there are at 28): a look that costs nothing, for
    /// copies that were checked when they were made.
    package static func hasItsSize(_ path: String, bytes: Int) -> Bool {
        guard let head = FileHandle(forReadingAtPath: path).flatMap({ try? $0.read(upToCount: 32) }), head.count == 32,
            head.starts(with: Array("SQLite format 3\0".utf8))
        else { return false }
        func number(_ range: Range<Int>) -> Int { head[range].reduce(0) { $0 << 8 | Int($1) } }
        let page = number(16..<18) == 1 ? 65_536 : number(16..<18)
        return page * number(28..<32) == bytes
    }

    /// Checks that a file is a whole SQLite database.
    /// - Throws: `SQLError.corrupt` with what is wrong.
    package static func checkIntegrity(of path: String) async throws {
        try await onOwnThread {
            let file = try DatabaseQueue(path: path, configuration: reading)
            let found = try file.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } ?? ""
            try file.close()
            guard found == "ok" else { throw SQLError.corrupt("\(path): \(found)") }
        }
    }

    /// Brings a file's log home and runs a closure while nobody else can read or write the file.
    /// - Throws: `SQLError.unavailable` where somebody is using it; what the closure throws.
    package static func holdingAlone(_ path: String, _ body: @escaping @Sendable () throws -> Void) async throws {
        try await onOwnThread {
            let file = try DatabaseQueue(path: path)
            try file.writeWithoutTransaction { db in
                do {
                    // Leaving WAL wants the file for oneself alone; the lock keeps others out of a file that was never in it.
                    try db.execute(sql: "PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE")
                } catch is DatabaseError {
                    throw SQLError.unavailable("\(path) is in use. Stop the server first; nothing was changed.")
                }
                defer { try? db.execute(sql: "ROLLBACK") }
                try body()
            }
            try file.close()
        }
    }

    private static func onOwnThread(_ body: @escaping @Sendable () throws -> Void) async throws {
        try await Core.onOwnThread { try translatingErrors(body) }
    }

    private static var reading: Configuration {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        return configuration
    }
}
