import CPostgres
import Core
import Foundation
import SQL

/// Calls a closure with C strings, one for each text, NULL where there is none and NULL at the end.
func withCStrings<Result>(
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
func text(of value: Value) -> String? {
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
func arrays(_ rows: [[Value]], columns: Int) -> [String?] {
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
