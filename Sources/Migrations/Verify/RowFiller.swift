import Core
import SQL

/// Puts a few rows into every empty table, so that a step meets what it will meet at people's.
///
/// Values honour types, keys and references, and the checks on single columns, which the engine itself is asked about; for
/// checks on several columns it tries until a row is accepted. The last row leaves out whatever may be left out.
struct RowFiller {
    private let connection: any Connection
    private let rowCount: Int
    private static let attempts = 300

    /// - Parameter rowCount: How many rows each table gets.
    init(_ connection: any Connection, rowCount: Int) {
        self.connection = connection
        self.rowCount = rowCount
    }

    /// Fills all empty tables; those that could not be filled.
    func fill() throws -> [String] {
        guard rowCount > 0 else { return [] }
        let empty = try Tables.empty(among: Tables.names(on: connection), on: connection)
        guard !empty.isEmpty else { return [] }
        return try FillableTable.all(on: connection).filter { try empty.contains($0.name) && !isFilled($0) }.map(\.name)
    }

    /// Runs the INSERT statements of a file whose tables are there and empty; one that the engine does not take now is passed over,
    /// since its table may look otherwise at another step.
    func insert(_ rows: Script) throws {
        let empty = Set(try Tables.empty(among: Tables.names(on: connection), on: connection).map(RowEffects.plain))
        try connection.script("BEGIN")
        for statement in Statement.all(in: rows.text, dialect: connection.dialect) {
            guard case .insert(let table) = Change(statement), empty.contains(RowEffects.plain(table)) else { continue }
            _ = try isAccepted(statement.text)
        }
        do { try connection.script("COMMIT") } catch is SQLError { try? connection.script("ROLLBACK") }
    }

    /// Fills a table in a transaction of its own: a deferred constraint may refuse the rows only at its end.
    private func isFilled(_ table: FillableTable) throws -> Bool {
        try connection.script("BEGIN")
        do {
            let isFilled = try fill(table)
            try connection.script("COMMIT")
            return isFilled
        } catch let error as SQLError {
            try? connection.script("ROLLBACK")
            if case .unavailable = error { throw error }
            return false
        }
    }

    private func fill(_ table: FillableTable) throws -> Bool {
        var pools: [String: [String]] = [:]
        for column in table.columns where column.reference == nil {
            pools[column.name] = try pool(of: column, in: table)
        }
        return try (0..<rowCount).filter { try insert(row: $0, into: table, pools) }.count > 0
    }

    private func insert(row: Int, into table: FillableTable, _ pools: [String: [String]]) throws -> Bool {
        for attempt in 0..<Self.attempts {
            let values = try table.columns.filter { !$0.isGenerated }.compactMap { column -> (String, String)? in
                if row == rowCount - 1 || attempt > 20, column.isNullable || column.hasDefault,
                    attempt % 2 == 0
                {
                    return nil
                }
                return try value(of: column, row: row, attempt: attempt, pools[column.name] ?? [])
                    .map { (column.name, $0) }
            }
            let columns = values.map { quotedName($0.0) }.joined(separator: ", ")
            let name = connection.quoted(table.name)
            let text = values.map(\.1).joined(separator: ", ")
            if try isAccepted(
                values.isEmpty
                    ? "INSERT INTO \(name) DEFAULT VALUES" : "INSERT INTO \(name) (\(columns)) VALUES (\(text))")
            {
                return true
            }
        }
        return false
    }

    /// Whether the engine takes a statement; where it does not, nothing of it stays.
    private func isAccepted(_ sql: String) throws -> Bool {
        try connection.script("SAVEPOINT fill")
        do {
            try connection.script(sql)
            try connection.script("RELEASE SAVEPOINT fill")
            return true
        } catch let error as SQLError {
            if case .unavailable = error { throw error }
            try connection.script("ROLLBACK TO SAVEPOINT fill")
            try connection.script("RELEASE SAVEPOINT fill")
            return false
        }
    }

    private func value(
        of column: FillableColumn, row: Int, attempt: Int, _ pool: [String]
    ) throws -> String? {
        if let reference = column.reference {
            return try parent(reference, column.siblings, row: row + attempt) ?? (column.isNullable ? "NULL" : nil)
        }
        guard !pool.isEmpty else { return nil }
        return attempt == 0 ? pool[row % pool.count] : pool.randomElement()
    }

    /// Values that a column may have as far as its type and its own checks go, the usual ones first.
    private func pool(of column: FillableColumn, in table: FillableTable) throws -> [String] {
        guard column.labels.isEmpty else { return column.labels.map(quotedText) }
        let family = TypeFamily(column.type)
        let checks = table.checks(on: column)
        let named = literals(in: checks).flatMap(family.values(named:))
        let usual = (0..<rowCount).map { family.value(column.name, row: $0) }
        let candidates = (usual + named + (0..<rowCount).flatMap { family.others(row: $0) }).map {
            quoted($0, family)
        }
        guard !checks.isEmpty else { return candidates }
        return try candidates.filter { candidate in
            try checks.allSatisfy { try passes(candidate, column, $0) }
        }
    }

    /// Asks the engine whether a value passes a check.
    private func passes(_ value: String, _ column: FillableColumn, _ check: FillableTable.Check) throws -> Bool {
        let cast = connection.dialect == .sqlite ? value : "\(value)::\(column.type)"
        let question =
            "SELECT CASE WHEN (\(check.text)) IS NOT FALSE THEN 1 ELSE 1 / 0 END FROM (SELECT \(cast) AS \(quotedName(column.name))) AS row"
        guard connection.dialect == .sqlite else { return try isAccepted(question) }
        return try connection.one(
            SQLText("SELECT (\(check.text)) IS NOT FALSE FROM (SELECT \(cast) AS \(quotedName(column.name)))")
        ) {
            try $0.bool()
        }
    }

    /// A key of a row that is there; the columns of one foreign key get theirs from the same row.
    private func parent(_ reference: FillableColumn.Reference, _ siblings: [String], row: Int) throws -> String? {
        let (table, column) = (connection.quoted(reference.table), quotedName(reference.parentColumn))
        let order = siblings.map(quotedName).joined(separator: ", ")
        let keys = try connection.all(
            SQLText(
                sqlite: "SELECT quote(\(column)) FROM \(table) WHERE \(column) IS NOT NULL ORDER BY \(order) LIMIT 10",
                postgres:
                    "SELECT quote_literal(\(column)) FROM \(table) WHERE \(column) IS NOT NULL ORDER BY \(order) LIMIT 10"
            ), []
        ) { try $0.text() }
        return keys.isEmpty ? nil : keys[row % keys.count]
    }

    /// The strings and numbers that checks mention, and the numbers beside them.
    private func literals(in checks: [FillableTable.Check]) -> [String] {
        let found = checks.flatMap(\.tokens).compactMap { token -> [String]? in
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
        if connection.dialect == .sqlite, family == .bytes { return "x'\(text.dropFirst("\\x".count))'" }
        return quotedText(text)
    }

    private func quotedText(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
}

/// What kind of values a column's type takes.
enum TypeFamily: Equatable {
    case whole, fraction, truth, uuid, date, time, moment, interval, json, bytes, address, array, range, point, document
    case bits(Int)
    case text(Int?)

    init(_ type: String) {
        let type = type.lowercased()
        let length = type.split(separator: "(").dropFirst().first.flatMap { Int($0.prefix { $0.isNumber }) }
        switch type {
        case _ where type.hasSuffix("[]"): self = .array
        case _ where type.hasSuffix("range"): self = .range
        case "point": self = .point
        case "tsvector", "xml": self = .document
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
        // Far from the first numbers, which migrations give to rows of their own.
        case .whole: "\(30_001 + row)"
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
        case .range: "empty"
        case .point: "(\(row), \(row))"
        case .document: "<a/>"
        case .bits(let length): String(repeating: "1", count: length)
        case .text(let length): String("\(row + 1)-\(column) 'é'".prefix(length ?? 200))
        }
    }

    /// Other values to try.
    func others(row: Int) -> [String] {
        switch self {
        case .whole: ["0", "-1", "10", "100", "\(row + 1000)"]
        case .fraction: ["0", "0.5", "-1", "10", "99.5"]
        case .truth: ["0", "1"]
        case .array: ["{1}", "{a}", "{2026-01-01}", "{true}", "{\(ID.random())}"]
        case .text(let length):
            [
                "\(row)", ["a", "b", "c"][row % 3], ["A", "B", "C"][row % 3], ["AA", "BB", "CC"][row % 3], "row-\(row)",
                "a\(row)@example.com", "https://example.com/\(row)", ID.random().description,
                "2026-01-0\(row + 1)T12:00:00.000Z",
                "2026-01-0\(row + 1)", "{}", "[]", "#aabbc\(row)", "127.0.0.\(row + 1)",
            ].map { String($0.prefix(length ?? 1_000)) }
        default: []
        }
    }

    /// What a word or number of a check may stand for: the value itself, or a text of that length.
    func values(named literal: String) -> [String] {
        switch self {
        case .whole: return Int(literal).map { [String($0)] } ?? []
        case .fraction: return Double(literal) == nil ? [] : [literal, literal + (literal.contains(".") ? "1" : ".5")]
        case .text(let length):
            let asLength = Int(literal).flatMap { (1...10_000).contains($0) ? $0 : nil }
            let long = asLength.map { count in ["a", "b", "0", "1"].map { String(repeating: $0, count: count) } } ?? []
            // `LIKE 'a%_'`: what a pattern's signs stand for.
            let like = ["", "x", "7"].map {
                literal.replacing("%", with: $0).replacing("_", with: $0.isEmpty ? "x" : $0)
            }
            return ([literal] + like + long).filter { $0.count <= length ?? .max }
        case .bytes:
            guard let count = Int(literal), (1...10_000).contains(count) else { return [] }
            return (1...3).map { row in "\\x" + String(repeating: "0\(row)", count: count) }
        default: return [literal]
        }
    }
}
