import Core
import Foundation
import GRDB
import GRDBSQLite
import SQL

/// One of the pool's connections, inside a closure.
///
/// Statements are GRDB's cached ones; values are bound and columns read through SQLite's own functions, because boxing
/// each into GRDB's `DatabaseValue` took longer than the statement did.
final class SQLiteConnection: HouseConnection {
    let dialect = Dialect.sqlite
    let memory: RowMemory?
    private let db: GRDB.Database

    init(_ db: GRDB.Database, memory: RowMemory? = nil) {
        self.db = db
        self.memory = memory
    }

    var isInTransaction: Bool { db.isInsideTransaction }

    func all<Result>(_ sql: SQLText, _ values: [Value], _ read: (any HouseRow) throws -> Result) throws -> [Result] {
        let statement = try prepare(sql[.sqlite])
        defer { statement.reset() }
        try statement.bind(values)
        return try statement.rows(read)
    }

    func execute(_ sql: SQLText, _ values: [Value]) throws {
        let statement = try prepare(sql[.sqlite])
        defer { statement.reset() }
        try statement.bind(values)
        try statement.run()
    }

    func changed(_ sql: SQLText, _ values: [Value]) throws -> Int {
        try execute(sql, values)
        return db.changesCount
    }

    var foreignChanges: Int {
        get throws { try one("PRAGMA data_version") { try $0.integer() } }
    }

    /// Every statement has been waited for.
    func settle() throws {}

    func all<Result>(_ bulk: BulkText, _ rows: [[Value]], _ read: (any HouseRow) throws -> Result) throws -> [Result] {
        guard !rows.isEmpty else { return [] }
        let statement = try prepare(bulk.text[.sqlite])
        defer { statement.reset() }
        var results: [Result] = []
        results.reserveCapacity(rows.count)
        let places = try statement.places(rows[0].count)
        for row in rows {
            statement.reset()
            try statement.bind(row, at: places)
            results += try statement.rows(read)
        }
        return results
    }

    func execute(_ bulk: BulkText, _ rows: [[Value]]) throws {
        guard !rows.isEmpty else { return }
        let statement = try prepare(bulk.text[.sqlite])
        defer { statement.reset() }
        let places = try statement.places(rows[0].count)
        for row in rows {
            statement.reset()
            try statement.bind(row, at: places)
            try statement.run()
        }
    }

    func script(_ sql: String) throws {
        try translatingErrors { try db.execute(sql: sql) }
    }

    /// BEGIN, COMMIT and their kin.
    func control(_ sql: String) throws {
        let statement = try prepare(sql)
        defer { statement.reset() }
        try statement.run()
    }

    private func prepare(_ sql: String) throws -> SQLiteStatementHandle {
        let statement = try translatingErrors { try db.cachedStatement(sql: sql) }
        return SQLiteStatementHandle(statement: statement, connection: db.sqliteConnection, sql: sql)
    }
}

/// A prepared statement being run.
struct SQLiteStatementHandle {
    private let statement: GRDB.Statement
    private let handle: OpaquePointer
    private let connection: OpaquePointer?
    private let sql: String

    init(statement: GRDB.Statement, connection: OpaquePointer?, sql: String) {
        self.statement = statement
        self.handle = statement.sqliteStatement
        self.connection = connection
        self.sql = sql
    }

    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    func bind(_ values: [Value]) throws {
        try bind(values, at: try places(values.count))
    }

    /// Where each of a number of values goes; 0 for one that the statement does not name.
    ///
    /// SQLite reads `$1` as a name and numbers names by their first appearance, so each is looked up. Statements that name
    /// their parameters in order, which is most, are found at the first try.
    func places(_ count: Int) throws -> [Int32] {
        guard count <= names.count else {
            throw SQLError.failed("a statement takes at most \(names.count) values", sql: sql)
        }
        return (0..<count).map { offset in
            let place = Int32(offset + 1)
            return names[offset].withUTF8Buffer { name in
                name.withMemoryRebound(to: CChar.self) { name in
                    guard let start = name.baseAddress else { return Int32(0) }
                    if let own = sqlite3_bind_parameter_name(handle, place), strcmp(own, start) == 0 { return place }
                    return sqlite3_bind_parameter_index(handle, start)
                }
            }
        }
    }

    func bind(_ values: [Value], at places: [Int32]) throws {
        for (value, place) in zip(values, places) where place > 0 {
            guard bind(value, at: place) == SQLITE_OK else { throw error() }
        }
    }

    private func bind(_ value: Value, at index: Int32) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(handle, index)
        case .integer(let value): return sqlite3_bind_int64(handle, index, value)
        case .real(let value): return sqlite3_bind_double(handle, index, value)
        case .bool(let value): return sqlite3_bind_int64(handle, index, value ? 1 : 0)
        case .text(var value):
            return value.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { text in
                    text.isEmpty
                        ? sqlite3_bind_text(handle, index, "", 0, transient)
                        : sqlite3_bind_text(handle, index, text.baseAddress, Int32(text.count), transient)
                }
            }
        case .blob(let value):
            return value.withUnsafeBytes { bytes in
                bytes.isEmpty
                    ? sqlite3_bind_zeroblob(handle, index, 0)
                    : sqlite3_bind_blob(handle, index, bytes.baseAddress, Int32(bytes.count), transient)
            }
        case .id(let value): return bindASCII(36, at: index) { value.write(to: $0) }
        case .instant(let value): return bindASCII(24, at: index) { value.write(to: $0) }
        }
    }

    private func bindASCII(_ count: Int, at index: Int32, _ write: (UnsafeMutableBufferPointer<UInt8>) -> Void) -> Int32
    {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { buffer in
            write(buffer)
            return buffer.withMemoryRebound(to: CChar.self) { text in
                sqlite3_bind_text(handle, index, text.baseAddress, Int32(count), transient)
            }
        }
    }

    func rows<Result>(_ read: (any HouseRow) throws -> Result) throws -> [Result] {
        var results: [Result] = []
        let row = SQLiteRow(handle: handle, sql: sql)
        while true {
            switch sqlite3_step(handle) {
            case SQLITE_ROW:
                row.column = 0
                results.append(try read(row))
            case SQLITE_DONE: return results
            default: throw error()
            }
        }
    }

    func run() throws {
        while true {
            switch sqlite3_step(handle) {
            case SQLITE_ROW: continue
            case SQLITE_DONE: return
            default: throw error()
            }
        }
    }

    private func error() -> SQLError {
        sqlError(
            extendedCode: sqlite3_extended_errcode(connection), message: String(cString: sqlite3_errmsg(connection)),
            sql: sql)
    }
}

/// The parameter names `$1` to `$32`, ending in NUL for C.
private let names: [StaticString] = [
    "$1\0", "$2\0", "$3\0", "$4\0", "$5\0", "$6\0", "$7\0", "$8\0", "$9\0", "$10\0", "$11\0", "$12\0", "$13\0", "$14\0",
    "$15\0", "$16\0", "$17\0", "$18\0", "$19\0", "$20\0", "$21\0", "$22\0", "$23\0", "$24\0", "$25\0", "$26\0", "$27\0",
    "$28\0", "$29\0", "$30\0", "$31\0", "$32\0",
]

/// Tells SQLite to copy what it is given (`SQLITE_TRANSIENT`, a macro that Swift does not import).
private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

/// SQLite's result codes as ours (https://sqlite.org/rescode.html).
func sqlError(extendedCode: Int32, message: String, sql: String) -> SQLError {
    switch extendedCode {
    case SQLITE_CONSTRAINT | (8 << 8), SQLITE_CONSTRAINT | (6 << 8), SQLITE_CONSTRAINT | (10 << 8):
        return .constraint(.unique, message)
    case SQLITE_CONSTRAINT | (3 << 8): return .constraint(.foreignKey, message)
    default: break
    }
    switch extendedCode & 0xFF {
    case SQLITE_CONSTRAINT: return .constraint(.check, message)
    case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL, SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_NOMEM,
        SQLITE_INTERRUPT:
        return .unavailable(message)
    case SQLITE_NOTADB, SQLITE_CORRUPT: return .corrupt(message)
    default: return .failed(message, sql: sql)
    }
}
