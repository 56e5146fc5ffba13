package import Core

/// A value bound to a statement.
package enum Value: Sendable, Hashable {
    /// SQL NULL.
    case null
    /// A whole number.
    case integer(Int64)
    /// A number with a fraction.
    case real(Double)
    /// Text.
    case text(String)
    /// Bytes.
    case blob([UInt8])
    /// True or false: 1 or 0 on SQLite.
    case bool(Bool)
    /// An id: lower-case text on SQLite, `uuid` on Postgres.
    case id(ID)
    /// A moment: RFC 3339 text on SQLite, `timestamptz` or `timestamp` on Postgres.
    case instant(Instant)

    /// A whole number.
    package static func integer(_ value: Int) -> Value { .integer(Int64(value)) }

    /// The value, or NULL where there is none.
    package static func optional<Wrapped>(_ value: Wrapped?, _ wrap: (Wrapped) -> Value) -> Value {
        value.map(wrap) ?? .null
    }
}

/// One row of a result, read from left to right in the order of the SELECT.
///
/// Reading past the end, or a NULL where none can be, is a mistake in the statement and throws `SQLError.failed`.
package protocol Row: AnyObject {
    /// The next column as a whole number.
    func integer() throws -> Int
    /// The next column as a number with a fraction.
    func real() throws -> Double
    /// The next column as text.
    func text() throws -> String
    /// The next column as bytes.
    func blob() throws -> [UInt8]
    /// The next column as true or false.
    func bool() throws -> Bool
    /// The next column as an id.
    func id() throws -> ID
    /// The next column as a moment.
    func instant() throws -> Instant
    /// Whether the next column is NULL; if it is, it is passed over.
    func skipNull() throws -> Bool
}

extension Row {
    /// The next column, or nil where it is NULL.
    package func optional<Value>(_ read: () throws -> Value) throws -> Value? {
        try skipNull() ? nil : try read()
    }
}
