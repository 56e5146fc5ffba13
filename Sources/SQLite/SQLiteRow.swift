import Core
import GRDBSQLite
import SQL

/// The row that a statement stands on.
final class SQLiteRow: Row {
    private let handle: OpaquePointer
    private let sql: String
    var column: Int32 = 0

    init(handle: OpaquePointer, sql: String) {
        self.handle = handle
        self.sql = sql
    }

    func integer() throws -> Int {
        let index = try next(SQLITE_INTEGER)
        return Int(sqlite3_column_int64(handle, index))
    }

    func real() throws -> Double {
        let index = column
        guard sqlite3_column_type(handle, index) != SQLITE_NULL else { throw unreadable(index, "a number") }
        column += 1
        return sqlite3_column_double(handle, index)
    }

    func text() throws -> String {
        try withText { String(decoding: $0, as: UTF8.self) }
    }

    func blob() throws -> [UInt8] {
        let index = column
        guard sqlite3_column_type(handle, index) != SQLITE_NULL else { throw unreadable(index, "bytes") }
        column += 1
        let count = Int(sqlite3_column_bytes(handle, index))
        guard count > 0, let bytes = sqlite3_column_blob(handle, index) else { return [] }
        return Array(UnsafeRawBufferPointer(start: bytes, count: count))
    }

    func bool() throws -> Bool {
        try integer() != 0
    }

    func id() throws -> ID {
        let index = column
        guard let id = try withText({ ID(ascii: $0) }) else { throw unreadable(index, "an id") }
        return id
    }

    func instant() throws -> Instant {
        let index = column
        guard let instant = try withText({ Instant(ascii: $0) }) else { throw unreadable(index, "a moment") }
        return instant
    }

    func skipNull() throws -> Bool {
        guard sqlite3_column_type(handle, column) == SQLITE_NULL else { return false }
        guard column < sqlite3_column_count(handle) else { throw unreadable(column, "a column") }
        column += 1
        return true
    }

    private func withText<Result>(_ read: (UnsafeBufferPointer<UInt8>) throws -> Result) throws -> Result {
        let index = try next(SQLITE_TEXT)
        let count = Int(sqlite3_column_bytes(handle, index))
        return try read(UnsafeBufferPointer(start: sqlite3_column_text(handle, index), count: count))
    }

    private func next(_ type: Int32) throws -> Int32 {
        let index = column
        guard sqlite3_column_type(handle, index) == type else {
            throw unreadable(index, type == SQLITE_INTEGER ? "a whole number" : "text")
        }
        column += 1
        return index
    }

    private func unreadable(_ index: Int32, _ wanted: String) -> SQLError {
        .failed("column \(index + 1) does not hold \(wanted)", sql: sql)
    }
}
