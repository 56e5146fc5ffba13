import Core
import SQL

/// Puts a few rows into every empty table, so that a step meets what it will meet at people's.
///
/// Values honour types, keys and references; of checks it takes the words and numbers that they name, and otherwise tries
/// until the engine accepts a row. The last row leaves out whatever may be left out.
struct RowFiller {
    private let connection: any Connection
    private static let rowCount = 3
    private static let attempts = 300

    init(_ connection: any Connection) {
        self.connection = connection
    }

    /// Fills all empty tables, in one transaction; those that could not be filled.
    func fill() throws -> [String] {
        try connection.script("BEGIN")
        do {
            let failed = try FillableTable.all(on: connection).filter { try !fill($0) }.map(\.name)
            try connection.script("COMMIT")
            return failed
        } catch {
            try? connection.script("ROLLBACK")
            throw error
        }
    }

    private func fill(_ table: FillableTable) throws -> Bool {
        let name = connection.quoted(table.name)
        guard try !connection.one(SQLText("SELECT EXISTS (SELECT 1 FROM \(name))"), [], { try $0.bool() }) else {
            return true
        }
        let literals = literals(in: table.checks)
        return try (0..<Self.rowCount).filter { try insert(row: $0, into: table, literals) }.count > 0
    }

    private func insert(row: Int, into table: FillableTable, _ literals: [String]) throws -> Bool {
        for attempt in 0..<Self.attempts {
            let values = try table.columns.filter { !$0.isGenerated }.compactMap { column -> (String, String)? in
                if row == Self.rowCount - 1 || attempt > 20, column.isNullable || column.hasDefault,
                    attempt % 2 == 0
                {
                    return nil
                }
                return try value(of: column, in: table, row: row, attempt: attempt, literals).map { (column.name, $0) }
            }
            let columns = values.map { quotedName($0.0) }.joined(separator: ", ")
            let text = values.map(\.1).joined(separator: ", ")
            let name = connection.quoted(table.name)
            try connection.script("SAVEPOINT fill")
            do {
                try connection.script(
                    values.isEmpty
                        ? "INSERT INTO \(name) DEFAULT VALUES" : "INSERT INTO \(name) (\(columns)) VALUES (\(text))")
                try connection.script("RELEASE SAVEPOINT fill")
                return true
            } catch let error as SQLError {
                if case .unavailable = error { throw error }
                try connection.script("ROLLBACK TO SAVEPOINT fill")
                try connection.script("RELEASE SAVEPOINT fill")
            }
        }
        return false
    }

    private func value(
        of column: FillableColumn, in table: FillableTable, row: Int, attempt: Int, _ literals: [String]
    ) throws -> String? {
        if let reference = column.reference {
            return try parent(reference, row: row + attempt) ?? (column.isNullable ? "NULL" : nil)
        }
        if !column.labels.isEmpty { return quotedText(column.labels[(row + attempt) % column.labels.count]) }
        let family = TypeFamily(column.type)
        let usual = family.value(column.name, row: row)
        guard attempt > 0 else { return quoted(usual, family) }
        let named = literals.filter(family.accepts)
        // Odd tries take what the checks name, even ones something else of the type.
        let pool =
            attempt % 2 == 1 && !named.isEmpty ? named : family.others(row: row, attempt: attempt) + named + [usual]
        return quoted(pool.randomElement() ?? usual, family)
    }

    private func parent(_ reference: FillableColumn.Reference, row: Int) throws -> String? {
        let (table, column) = (connection.quoted(reference.table), quotedName(reference.parentColumn))
        let keys = try connection.all(
            SQLText(
                sqlite: "SELECT quote(\(column)) FROM \(table) WHERE \(column) IS NOT NULL ORDER BY 1 LIMIT 10",
                postgres:
                    "SELECT quote_literal(\(column)) FROM \(table) WHERE \(column) IS NOT NULL ORDER BY 1 LIMIT 10"), []
        ) { try $0.text() }
        return keys.isEmpty ? nil : keys[row % keys.count]
    }

    /// The strings and numbers that checks mention.
    private func literals(in checks: [String]) -> [String] {
        let tokens = checks.flatMap { SQLLexer.tokens(of: Array($0.utf8), dialect: connection.dialect) }
        let found = tokens.compactMap { token -> [String]? in
            switch token.kind {
            case .string: return [token.plainName.replacing("''", with: "'")]
            case .number:
                guard let number = Int(token.text) else { return [token.text] }
                return [number, number + 1, number - 1].map(String.init)
            default: return nil
            }
        }
        return Array(Set(found.joined())).sorted()
    }

    private func quoted(_ text: String, _ family: TypeFamily) -> String {
        if text == "NULL" { return text }
        if connection.dialect == .sqlite, family.isNumeric, Double(text) != nil { return text }
        if connection.dialect == .sqlite, family == .bytes { return "x'00ff'" }
        return quotedText(text)
    }

    private func quotedText(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
}

extension Connection {
    /// A table's name in quotes; on Postgres it may have its schema before it.
    func quoted(_ table: String) -> String { dialect == .sqlite ? quotedName(table) : table.quotedParts }
}

/// What kind of values a column's type takes.
enum TypeFamily: Equatable {
    case whole, fraction, truth, uuid, date, time, moment, interval, json, bytes, address, array
    case bits(Int)
    case text(Int?)

    init(_ type: String) {
        let type = type.lowercased()
        let length = type.split(separator: "(").dropFirst().first.flatMap { Int($0.prefix { $0.isNumber }) }
        switch type {
        case _ where type.hasSuffix("[]"): self = .array
        case _ where type.hasPrefix("timestamp"), "datetime": self = .moment
        case _ where type.hasPrefix("time"): self = .time
        case _ where type.hasPrefix("interval"): self = .interval
        case _ where type.hasPrefix("bool"): self = .truth
        case _ where type.contains("int") && !type.contains("point"), "serial", "bigserial", "oid": self = .whole
        case _ where type.hasPrefix("numeric"), _ where type.hasPrefix("decimal"), "real", "double precision", "double",
            "float",
            "money":
            self = .fraction
        case "uuid": self = .uuid
        case "date": self = .date
        case "json", "jsonb": self = .json
        case "bytea", "blob": self = .bytes
        case "inet", "cidr": self = .address
        case _ where type.hasPrefix("bit"): self = .bits(length ?? 1)
        default: self = .text(length)
        }
    }

    var isNumeric: Bool { self == .whole || self == .fraction || self == .truth }

    /// The usual value of a row, different from those of the other rows.
    func value(_ column: String, row: Int) -> String {
        switch self {
        case .whole: "\(row + 1)"
        case .fraction: "\(row + 1).5"
        case .truth: row % 2 == 0 ? "1" : "0"
        case .uuid: ID.random().description
        case .date: "2026-01-0\(row + 1)"
        case .time: "12:00:0\(row)"
        case .moment: "2026-01-0\(row + 1) 12:00:00.5"
        case .interval: "\(row + 1) hours"
        case .json: "{\"row\": \(row)}"
        case .bytes: "\\x00ff0\(row)"
        case .address: "127.0.0.\(row + 1)"
        case .array: "{}"
        case .bits(let length): String(repeating: "1", count: length)
        case .text(let length): String("\(row + 1)-\(column) 'é'".prefix(length ?? 200))
        }
    }

    /// Other values to try.
    func others(row: Int, attempt: Int) -> [String] {
        switch self {
        case .whole: ["0", "1", "2", "-1", "10", "100", "\(attempt)", "\(row + 1000)"]
        case .fraction: ["0", "0.5", "1", "-1", "10", "99.5", "\(attempt)"]
        case .truth: ["0", "1"]
        case .text(let length):
            [
                "a", "A", "ab\(attempt)", "row-\(row)-\(attempt)", "\(attempt)", "a\(attempt)@example.com",
                "https://example.com/\(attempt)",
                ID.random().description, "2026-01-0\(row + 1)T12:00:00.000Z", "2026-01-0\(row + 1)", "{}", "en", "EUR",
                "#aabbcc",
                String(repeating: "a", count: min(length ?? 64, 64)),
            ].map { String($0.prefix(length ?? 1_000)) }
        default: []
        }
    }

    /// Whether a word or number of a check could be a value of this type.
    func accepts(_ literal: String) -> Bool {
        switch self {
        case .whole: Int(literal) != nil
        case .fraction: Double(literal) != nil
        case .text(let length): literal.count <= length ?? .max
        default: false
        }
    }
}
