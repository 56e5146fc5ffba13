import Core
import Foundation
import SQL

/// Keeps two starters from applying the same step.
///
/// Postgres: sqlx's own advisory lock, so that `sqlx migrate run` and Dogear exclude each other. It is polled, because a
/// blocking wait holds a snapshot that CREATE INDEX CONCURRENTLY then waits for, and both wait for ever (decision 0032). SQLite: nothing
/// here; each step begins with BEGIN IMMEDIATE and reads the ledger again inside.
package enum MigrationLock {
    /// The advisory lock that sqlx takes for a database: `0x3d32ad9e * crc32(name)`.
    package static func id(database name: String) -> Int64 {
        0x3d32_ad9e &* Int64(crc32(Array(name.utf8)))
    }

    /// How often a starter asks before it gives up: two minutes in all.
    fileprivate static let attempts = 1_200

    static func holding<Result>(
        on connection: any Connection, _ interruption: Interruption, _ body: (HeldLock) throws -> Result
    ) throws -> Result {
        guard connection.dialect == .postgres else { return try body(.none) }
        guard connection.keepsSession else { return try holdingBeside(connection, interruption, body) }
        let name = try connection.one("SELECT current_database()") { try $0.text() }
        let lock = id(database: name)
        try poll(interruption, name, lock) {
            try connection.one("SELECT pg_try_advisory_lock($1::bigint)", [.integer(lock)]) { try $0.bool() }
        }
        defer { _ = try? connection.one("SELECT pg_advisory_unlock($1::bigint)", [.integer(lock)]) { try $0.bool() } }
        return try body(.none)
    }

    /// Through a pooler a session's lock would stay with whoever is given the session next. The same lock is held by a transaction
    /// of a connection beside, which stays open for as long as the work takes: it reads nothing, so that nothing waits for it.
    private static func holdingBeside<Result>(
        _ connection: any Connection, _ interruption: Interruption, _ body: (HeldLock) throws -> Result
    ) throws -> Result {
        let holder = try connection.companion()
        let name = try holder.one("SELECT current_database()") { try $0.text() }
        let lock = id(database: name)
        try poll(interruption, name, lock) {
            try holder.script("BEGIN")
            try holder.script("SET LOCAL idle_in_transaction_session_timeout = 0")
            let text: SQLText = "SELECT pg_try_advisory_xact_lock($1::bigint)"
            let isHeld = try holder.one(text, [.integer(lock)]) { try $0.bool() }
            if !isHeld { try holder.script("ROLLBACK") }
            return isHeld
        }
        defer { try? holder.script("ROLLBACK") }
        return try body(HeldLock(holder: holder))
    }

    private static func poll(
        _ interruption: Interruption, _ name: String, _ lock: Int64, _ isHeld: () throws -> Bool
    ) throws {
        for _ in 0..<attempts {
            try interruption.check()
            if try isHeld() { return }
            pauseThread(milliseconds: 100)
        }
        throw MigrationError(
            "Another process has been migrating \(name) for two minutes (advisory lock \(lock)). Nothing was changed here."
        )
    }
}

/// A lock that is held, to be asked before something is kept that rests on it.
struct HeldLock {
    /// The connection whose open transaction holds it; nil where the lock is the session's own, or SQLite's.
    fileprivate let holder: (any Connection)?

    /// One that cannot be lost without the connection at work.
    static var none: HeldLock { HeldLock(holder: nil) }

    /// - Throws: `MigrationError` where the lock was lost.
    func check() throws {
        guard let holder else { return }
        do {
            try holder.script("SELECT 1")
        } catch {
            throw MigrationError(
                """
                The connection that held the lock of this migration was lost, so others may have begun one. The step that was under \
                way is taken back, or stops at the edge of a statement where it has no transaction. Run this again.
                """)
        }
    }
}

extension MigrationLock {
    /// On SQLite, keeps others from a step outside a transaction: no lock of SQLite's own lasts over many of its statements.
    ///
    /// The lock is that of an empty file beside the database, which the system lets go of when the process ends.
    static func holdingFile<Result>(
        on connection: any Connection, _ interruption: Interruption, _ body: () throws -> Result
    ) throws -> Result {
        guard connection.dialect == .sqlite,
            let path = try connection.first(
                "SELECT file FROM pragma_database_list WHERE name = 'main'", [], { try $0.text() }), !path.isEmpty
        else { return try body() }
        let file = open(path + "-migrating", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw MigrationError("\(path)-migrating cannot be made beside the database. Nothing was changed.")
        }
        defer { close(file) }
        var held = false
        for _ in 0..<attempts where !held {
            try interruption.check()
            held = flock(file, LOCK_EX | LOCK_NB) == 0
            if !held { pauseThread(milliseconds: 100) }
        }
        guard held else {
            throw MigrationError(
                "Another process has been migrating \(path) for two minutes. Nothing was changed here.")
        }
        return try body()
    }
}

/// CRC-32 as zlib computes it (polynomial 0xEDB88320).
private func crc32(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
}
