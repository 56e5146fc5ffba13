import CPostgres
import Core
import Foundation
import SQL

/// The transaction lost a deadlock or a serialisation conflict; run again, it succeeds.
struct RetryableConflict: Error, CustomStringConvertible {
    let message: String
    var description: String { message }
}

/// One libpq connection, used by one thread.
final class PostgresConnection: SQL.Connection, @unchecked Sendable {
    // @unchecked: a link hands its connection only to closures that run on the link's own thread, one after another.

    let dialect = Dialect.postgres
    private let handle: OpaquePointer
    private var prepared: [String: String] = [:]
    private var isStale = false

    /// Past this many, statements are forgotten and prepared again; Dogear's own are far fewer.
    private static let preparedLimit = 512

    /// Connects and sets what every session relies on.
    init(_ connectionString: String, database: String? = nil) throws {
        guard let opened = connect(connectionString, database: database) else {
            throw SQLError.unavailable("libpq has no memory for a connection")
        }
        handle = opened
        PQsetNoticeProcessor(opened, { _, _ in }, nil)
        try configure()
    }

    /// Sets what every session relies on, above all that a commit is on disk when it is acknowledged.
    private func configure() throws {
        guard PQstatus(handle) == CONNECTION_OK else { throw SQLError.unavailable(message(of: handle)) }
        try script(
            """
            SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET synchronous_commit = on;
            SET statement_timeout = '15s'; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s';
            SET standard_conforming_strings = on; SET client_min_messages = warning
            """)
    }

    deinit {
        PQfinish(handle)
    }

    var isAlive: Bool { !isStale && PQstatus(handle) == CONNECTION_OK }

    /// Runs a closure between BEGIN and COMMIT; whatever it throws rolls back.
    ///
    /// A pooled connection may have died since its last use. BEGIN finds out, and because nothing has run yet it is made
    /// anew here: the one failure that is safe to hide.
    func transaction<Result>(_ begin: String, _ body: (any SQL.Connection) throws -> Result) throws -> Result {
        do {
            try script(begin)
        } catch {
            try reconnect()
            try script(begin)
        }
        do {
            let result = try body(self)
            try commit()
            return result
        } catch {
            leaveTransaction()
            throw error
        }
    }

    private func reconnect() throws {
        PQreset(handle)
        prepared = [:]
        try configure()
        isStale = false
    }

    /// Postgres answers COMMIT of a transaction that had already failed with a cheerful ROLLBACK; taken for success, it
    /// would acknowledge a write that is gone.
    private func commit() throws {
        let result = try checked(PQexec(handle, "COMMIT"), "COMMIT")
        defer { PQclear(result) }
        guard String(cString: PQcmdStatus(result)) == "COMMIT" else {
            throw SQLError.failed("the transaction had failed before its COMMIT", sql: "COMMIT")
        }
    }

    func leaveTransaction() {
        guard PQtransactionStatus(handle) != PQTRANS_IDLE else { return }
        do { try script("ROLLBACK") } catch { isStale = true }
    }

    func all<Result>(_ sql: SQLText, _ values: [Value], _ read: (any Row) throws -> Result) throws -> [Result] {
        let result = try run(sql[.postgres], values.map(text(of:)))
        defer { PQclear(result) }
        return try rows(of: result, sql[.postgres], read)
    }

    func execute(_ sql: SQLText, _ values: [Value]) throws -> Int {
        let result = try run(sql[.postgres], values.map(text(of:)))
        defer { PQclear(result) }
        return Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    func all<Result>(_ bulk: BulkText, _ rows: [[Value]], _ read: (any Row) throws -> Result) throws -> [Result] {
        guard !rows.isEmpty else { return [] }
        let result = try run(bulk.text[.postgres], arrays(rows, columns: bulk.types.count))
        defer { PQclear(result) }
        return try self.rows(of: result, bulk.text[.postgres], read)
    }

    func execute(_ bulk: BulkText, _ rows: [[Value]]) throws {
        guard !rows.isEmpty else { return }
        PQclear(try run(bulk.text[.postgres], arrays(rows, columns: bulk.types.count)))
    }

    func script(_ sql: String) throws {
        PQclear(try checked(PQexec(handle, sql), sql))
    }

    private func rows<Result>(
        of result: OpaquePointer, _ sql: String, _ read: (any Row) throws -> Result
    ) throws -> [Result] {
        let row = PostgresRow(result: result, sql: sql)
        return try (0..<PQntuples(result)).map { index in
            row.move(to: index)
            return try read(row)
        }
    }

    /// Runs a prepared statement, prepared at its first use on this connection.
    private func run(_ sql: String, _ values: [String?]) throws -> OpaquePointer {
        do {
            return try runPrepared(sql, values)
        } catch SQLError.failed(let message, _) where message.contains("cached plan") && !isInTransaction {
            // The schema changed under the statement (0A000, "cached plan must not change result type").
            try script("DEALLOCATE ALL")
            prepared = [:]
            return try runPrepared(sql, values)
        }
    }

    private var isInTransaction: Bool { PQtransactionStatus(handle) != PQTRANS_IDLE }

    private func runPrepared(_ sql: String, _ values: [String?]) throws -> OpaquePointer {
        let name = try statementName(sql)
        return try withCStrings(values) { pointers in
            try checked(PQexecPrepared(handle, name, Int32(values.count), pointers, nil, nil, 0), sql)
        }
    }

    private func statementName(_ sql: String) throws -> String {
        if let name = prepared[sql] { return name }
        if prepared.count >= Self.preparedLimit {
            try script("DEALLOCATE ALL")
            prepared = [:]
        }
        let name = "s\(prepared.count)"
        PQclear(try checked(PQprepare(handle, name, sql, 0, nil), sql))
        prepared[sql] = name
        return name
    }

    private func checked(_ result: OpaquePointer?, _ sql: String) throws -> OpaquePointer {
        guard let result else {
            isStale = true
            throw SQLError.unavailable(message(of: handle))
        }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return result
        default:
            defer { PQclear(result) }
            let state = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) } ?? ""
            let message = String(cString: PQresultErrorMessage(result)).trimmingCharacters(in: .whitespacesAndNewlines)
            if PQstatus(handle) != CONNECTION_OK { isStale = true }
            throw error(state: state, message: message, sql: sql)
        }
    }

    /// SQLSTATE classes as ours (PostgreSQL 15 documentation, appendix A).
    private func error(state: String, message: String, sql: String) -> any Error {
        switch state {
        case "40001", "40P01", "55P03": return RetryableConflict(message: message)
        case "23505": return SQLError.constraint(.unique, message)
        case "23503": return SQLError.constraint(.foreignKey, message)
        case "22001": return SQLError.constraint(.length, message)
        case "23502", "23514", "22003": return SQLError.constraint(.check, message)
        case "25006", "57014": return SQLError.unavailable(message)
        default: break
        }
        switch state.prefix(2) {
        case "08", "53", "57", "58", "XX": return SQLError.unavailable(message)
        default: return isAlive ? SQLError.failed(message, sql: sql) : SQLError.unavailable(message)
        }
    }
}

private func message(of handle: OpaquePointer) -> String {
    String(cString: PQerrorMessage(handle)).trimmingCharacters(in: .whitespacesAndNewlines)
}

/// Connects with bounds that the connection string may override: 5 s to connect, 10 s until a silent server counts as lost.
///
/// Of two `dbname` the first is read as a connection string and the second is the database's name (libpq, PQconnectdbParams).
private func connect(_ connectionString: String, database: String?) -> OpaquePointer? {
    let options: [(String, String)] =
        [
            ("connect_timeout", "5"), ("tcp_user_timeout", "10000"), ("keepalives_idle", "10"),
            ("application_name", "dogear"), ("client_encoding", "UTF8"), ("dbname", connectionString),
        ] + (database.map { [("dbname", $0)] } ?? [])
    return withCStrings(options.map(\.0)) { names in
        withCStrings(options.map(\.1)) { values in PQconnectdbParams(names, values, 1) }
    }
}

/// Calls a closure with C strings, one for each text, NULL where there is none and NULL at the end.
private func withCStrings<Result>(
    _ texts: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>) throws -> Result
) rethrows -> Result {
    let copies = texts.map { $0.map { strdup($0) } ?? nil }
    defer { for copy in copies { free(copy) } }
    let pointers = copies.map { $0.map { UnsafePointer($0) } } + [nil]
    return try pointers.withUnsafeBufferPointer { buffer in
        guard let start = buffer.baseAddress else { preconditionFailure("the list ends in NULL, so it is not empty") }
        return try body(start)
    }
}

/// A value in Postgres' text format.
private func text(of value: Value) -> String? {
    switch value {
    case .null: nil
    case .integer(let value): String(value)
    case .real(let value): String(value)
    case .text(let value): value
    case .bool(let value): value ? "t" : "f"
    case .id(let value): value.description
    case .instant(let value): value.description
    case .blob(let value): "\\x" + value.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}

/// Rows turned into one array literal a column, as `unnest` takes them.
private func arrays(_ rows: [[Value]], columns: Int) -> [String?] {
    (0..<columns).map { column in
        var literal = "{"
        for (index, row) in rows.enumerated() {
            if index > 0 { literal += "," }
            switch row[column] {
            case .text(let text):
                literal += "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
            case let value: literal += text(of: value) ?? "NULL"
            }
        }
        return literal + "}"
    }
}
