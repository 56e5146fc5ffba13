import Core
import SQL

/// Columns of the older app's tables, read so that no odd cell keeps a whole questionnaire from being served: SQLite keeps
/// text in a column of numbers if that is what it was given.
enum OldRows {
    /// A whole number; what is none is read as SQLite casts it.
    static func whole(_ column: String) -> String { "CAST(\(column) AS INTEGER)" }

    /// 1 or 0, or NULL where nothing is said.
    static func truth(_ column: String) -> String {
        """
        CASE WHEN \(column) IS NULL THEN NULL
            WHEN lower(CAST(\(column) AS TEXT)) IN ('0', '0.0', 'false', 'f', 'no', '') THEN 0 ELSE 1 END
        """
    }

    /// Whether a page is shown; one that says nothing is.
    static func isActive(_ table: String) -> String { "COALESCE(\(truth("\(table).is_active")), 1) = 1" }

    /// Words, or a moment, as text.
    static func text(_ column: String) -> String { "CAST(\(column) AS TEXT)" }
}

extension Row {
    /// The next column, 1 or 0, as true or false.
    func truth() throws -> Bool { try integer() != 0 }

    /// The next column as a moment; nil where it is NULL or no moment that we can read.
    func anyMoment() throws -> Instant? { try optional(text).flatMap { Instant($0) } }
}
