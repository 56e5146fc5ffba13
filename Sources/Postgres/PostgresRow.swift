import CPostgres
import Core
import SQL

/// A row of a libpq result, in text format.
final class PostgresRow: Row {
    private let result: OpaquePointer
    private let sql: String
    private var row: Int32 = 0
    private var column: Int32 = 0

    init(result: OpaquePointer, sql: String) {
        self.result = result
        self.sql = sql
    }

    func move(to row: Int32) {
        self.row = row
        column = 0
    }

    func integer() throws -> Int {
        let bytes = try next("a whole number")
        guard let value = Int(String(decoding: bytes, as: UTF8.self)) else { throw unreadable("a whole number") }
        return value
    }

    func real() throws -> Double {
        let bytes = try next("a number")
        guard let value = Double(String(decoding: bytes, as: UTF8.self)) else { throw unreadable("a number") }
        return value
    }

    func text() throws -> String {
        String(decoding: try next("text"), as: UTF8.self)
    }

    func blob() throws -> [UInt8] {
        let bytes = try next("bytes")
        guard bytes.count % 2 == 0, bytes.count >= 2 else { throw unreadable("bytes") }
        return try stride(from: 2, to: bytes.count, by: 2).map { index in
            guard let byte = UInt8(String(decoding: bytes[index...index + 1], as: UTF8.self), radix: 16) else {
                throw unreadable("bytes")
            }
            return byte
        }
    }

    func bool() throws -> Bool {
        try next("true or false").first == UInt8(ascii: "t")
    }

    func id() throws -> ID {
        guard let id = ID(ascii: try next("an id")) else { throw unreadable("an id") }
        return id
    }

    func instant() throws -> Instant {
        guard let instant = Instant(ascii: try next("a moment")) else { throw unreadable("a moment") }
        return instant
    }

    func skipNull() throws -> Bool {
        guard column < PQnfields(result) else { throw unreadable("a column") }
        guard PQgetisnull(result, row, column) == 1 else { return false }
        column += 1
        return true
    }

    private func next(_ wanted: String) throws -> UnsafeBufferPointer<UInt8> {
        guard column < PQnfields(result), PQgetisnull(result, row, column) == 0,
            let start = PQgetvalue(result, row, column)
        else { throw unreadable(wanted) }
        let count = Int(PQgetlength(result, row, column))
        column += 1
        return UnsafeBufferPointer(start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: count)
    }

    private func unreadable(_ wanted: String) -> SQLError {
        .failed("column \(column + 1) does not hold \(wanted)", sql: sql)
    }
}
