/// The text of a statement, once for each engine.
///
/// Where both engines take the same text it is written once. What differs is a word in braces:
/// - `{for_update}`: locks the rows on Postgres; SQLite has one writer and needs no lock.
/// - `{rows}` (in a `BulkText`): the rows of a batch.
package struct SQLText: Sendable, ExpressibleByStringLiteral {
    private let sqlite: String
    private let postgres: String

    /// One text for both engines.
    package init(_ text: String) {
        guard text.utf8.contains(UInt8(ascii: "{")) else {
            sqlite = text
            postgres = text
            return
        }
        sqlite = text.replacing("{for_update}", with: "")
        postgres = text.replacing("{for_update}", with: "FOR UPDATE")
    }

    /// One text for both engines.
    package init(stringLiteral value: String) {
        self.init(value)
    }

    /// A text of its own for each engine.
    package init(sqlite: String, postgres: String) {
        self.sqlite = sqlite
        self.postgres = postgres
    }

    /// The text that an engine runs.
    package subscript(dialect: Dialect) -> String {
        switch dialect {
        case .sqlite: sqlite
        case .postgres: postgres
        }
    }
}

/// Which engine a connection speaks to.
package enum Dialect: String, Sendable, CaseIterable {
    /// The embedded default.
    case sqlite
    /// A Postgres server.
    case postgres
}

/// A Postgres type that a column of a batch is sent as.
package enum ColumnType: String, Sendable {
    /// An id.
    case uuid
    /// A 32-bit whole number.
    case integer
    /// A 64-bit whole number.
    case bigint
    /// A number with a fraction.
    case real = "double precision"
    /// Text.
    case text
    /// True or false.
    case boolean
    /// A moment of UTC.
    case timestamptz
}

/// A statement that takes many rows at once: set-based on Postgres (`unnest`), one prepared statement in a loop on SQLite.
///
/// `{rows}` stands where the rows go: `INSERT INTO t (a, b) {rows} ON CONFLICT …`, or `… WHERE (a, b) IN ({rows})`.
package struct BulkText: Sendable {
    /// The text for each engine.
    package let text: SQLText
    /// The columns' types, from left to right.
    package let types: [ColumnType]

    /// A statement over rows of these types.
    /// - Parameters:
    ///   - template: The text, with `{rows}` where the rows go.
    ///   - sqlite: What SQLite runs for each row, `$1` being its first column, where `{rows}` would cost it dearly: a
    ///     `VALUES` list in an UPDATE or an IN makes a temporary table for every row.
    ///   - types: The columns' types.
    package init(_ template: String, sqlite: String? = nil, _ types: [ColumnType]) {
        self.types = types
        let places = types.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        let arrays = types.enumerated().map { "$\($0.offset + 1)::\($0.element.rawValue)[]" }.joined(separator: ", ")
        text = SQLText(
            sqlite: sqlite
                ?? template.replacing("{for_update}", with: "").replacing("{rows}", with: "VALUES (\(places))"),
            postgres: template.replacing("{for_update}", with: "FOR UPDATE")
                .replacing("{rows}", with: "SELECT * FROM unnest(\(arrays))"))
    }
}
