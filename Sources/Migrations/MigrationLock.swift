import Core
import Foundation
import SQL

/// Keeps two starters from applying the same step.
///
/// Postgres: sqlx's own advisory lock, so that `sqlx migrate run` and Dogear exclude each other. It is polled, because a
/// blocking wait holds a snapshot that CREATE INDEX CONCURRENTLY then waits for, and both wait for ever. SQLite: nothing
/// here; each step begins with BEGIN IMMEDIATE and reads the ledger again inside.
package enum MigrationLock {
    /// The advisory lock that sqlx takes for a database: `0x3d32ad9e * crc32(name)`.
    package static func id(database name: String) -> Int64 {
        0x3d32_ad9e &* Int64(crc32(Array(name.utf8)))
    }

    /// How often a starter asks before it gives up: two minutes in all.
    fileprivate static let attempts = 1_200

    static func holding<Result>(
        on connection: any Connection, _ interruption: Interruption, _ body: () throws -> Result
    ) throws -> Result {
        guard connection.dialect == .postgres else { return try body() }
        let name = try connection.one("SELECT current_database()") { try $0.text() }
        let lock = id(database: name)
        var held = false
        for _ in 0..<attempts where !held {
            try interruption.check()
            held = try connection.one("SELECT pg_try_advisory_lock($1::bigint)", [.integer(lock)]) { try $0.bool() }
            if !held { pauseThread(milliseconds: 100) }
        }
        guard held else {
            throw MigrationError(
                "Another process has been migrating \(name) for two minutes (advisory lock \(lock)). Nothing was changed here."
            )
        }
        defer { _ = try? connection.one("SELECT pg_advisory_unlock($1::bigint)", [.integer(lock)]) { try $0.bool() } }
        return try body()
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
