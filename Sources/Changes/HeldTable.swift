package import Core
package import SQL

/// A table whose rows are somebody's: read out column by column, and deleted some at a time.
package struct HeldTable: Sendable {
    /// A column, and what it is called in an export.
    package struct Column: Sendable {
        /// What a column holds.
        package enum Kind: Sendable {
            /// An id.
            case id
            /// Words, or whatever the engine writes as words.
            case text
            /// A whole number.
            case integer
            /// A number with a fraction.
            case real
            /// True or false.
            case bool
            /// A moment as we write it.
            case instant
            /// A moment of an older program's, in any form.
            case moment
        }

        let name: String
        let exported: String
        let kind: Kind

        /// A column; in an export it has its own name unless another is given.
        package init(_ kind: Kind, _ name: String, as exported: String? = nil) {
            self.kind = kind
            self.name = name
            self.exported = exported ?? name
        }

        fileprivate var isMadeText: Bool { kind == .text || kind == .moment }

        /// Whatever a column of words is on the engine, words are read.
        fileprivate var selected: String { isMadeText ? "CAST(\(name) AS TEXT)" : name }

        fileprivate func read(_ row: any Row) throws -> (json: JSON, value: Value) {
            guard try !row.skipNull() else { return (.null, .null) }
            switch kind {
            case .id:
                let id = try row.id()
                return (.id(id), .id(id))
            case .text:
                let text = try row.text()
                return (.string(text), .text(text))
            case .integer:
                let number = try row.integer()
                return (.integer(number), .integer(number))
            case .real: return (.number(try row.real()), .null)
            case .bool: return (.bool(try row.bool()), .null)
            case .instant: return (.instant(try row.instant()), .null)
            case .moment:
                let text = try row.text()
                return (Instant(text).map { .instant($0) } ?? .string(text), .null)
            }
        }
    }

    /// Whom a row is of that a session, or whatever else, is known by: the user whom `user_id` names, where it names one.
    package static func owners(_ table: String, _ key: String, _ id: Value, on connection: any Connection) throws
        -> [Person]
    {
        let text = SQLText("SELECT user_id FROM \(table) WHERE \(key) = $1 AND user_id IS NOT NULL")
        return try connection.all(text, [id]) { .user(try $0.id()) }
    }

    private let kind: String
    private let table: String
    private let columns: [Column]
    private let key: Int
    private let condition: String
    private let owner: @Sendable (Person) -> Value?

    /// A table.
    /// - Parameters:
    ///   - kind: What a row is called in exports and counts.
    ///   - key: How many of the columns, from the first on, tell rows apart.
    ///   - condition: What makes a row somebody's, whose name is `$1`.
    ///   - owner: Under what name the table knows somebody; nil for somebody whom it knows nothing of.
    package init(
        _ kind: String, in table: String, key: Int = 1, _ columns: [Column], where condition: String = "user_id = $1",
        of owner: @escaping @Sendable (Person) -> Value? = { $0.user.map { .id($0) } }
    ) {
        self.kind = kind
        self.table = table
        self.columns = columns
        self.key = key
        self.condition = condition
        self.owner = owner
    }

    /// As a wing lists it.
    /// - Parameters:
    ///   - outside: What has to be done outside of the database before each step of an erasure.
    ///   - people: Whom the rows name.
    package func holding(
        outside: (@Sendable (Person) async throws -> Void)? = nil,
        people: (@Sendable (Holding.Place?, any Connection) throws -> (people: [Person], next: Holding.Place?))? = nil
    ) -> Holding {
        Holding(kind, read: read, outside: outside, people: people, erase: erase)
    }

    private var keys: [Column] { Array(columns.prefix(key)) }
    private var keyNames: String { keys.map(\.name).joined(separator: ", ") }

    private func read(_ person: Person, _ place: Holding.Place?, _ connection: any Connection) throws -> Holding.Page {
        guard let owner = owner(person) else { return Holding.Page([]) }
        let limit = Holding.stepSize
        let found = try connection.all(readText(place != nil), [owner] + (place ?? []) + [.integer(limit)]) { row in
            try columns.map { try $0.read(row) }
        }
        let lines = found.map { cells -> JSON in
            .object([.init("kind", .string(kind))] + zip(columns, cells).map { .init($0.exported, $1.json) })
        }
        let next = found.count == limit ? found.last.map { $0.prefix(key).map(\.value) } : nil
        return Holding.Page(lines, next: next)
    }

    private func readText(_ goesOn: Bool) -> SQLText {
        let places = (2..<(2 + key)).map { "$\($0)" }.joined(separator: ", ")
        return SQLText(
            """
            SELECT \(columns.map(\.selected).joined(separator: ", "))
            FROM \(table)
            WHERE \(condition) \(goesOn ? "AND (\(keyNames)) > (\(places))" : "")
            ORDER BY \(keyNames)
            LIMIT $\(goesOn ? key + 2 : 2)
            """)
    }

    private func erase(_ person: Person, _ place: Holding.Place?, _ change: Change) throws -> Holding.Erased {
        guard let owner = owner(person) else { return Holding.Erased(0) }
        change.connection.memory?.forgetAll()
        let count = try change.connection.changed(eraseText, [owner, .integer(Holding.stepSize)])
        return Holding.Erased(count, next: count == Holding.stepSize ? [] : nil)
    }

    /// What the rows of this transaction hang on is locked in the order of their keys, as everywhere.
    private var eraseText: SQLText {
        SQLText(
            """
            DELETE FROM \(table)
            WHERE (\(keyNames)) IN (
                SELECT \(keyNames) FROM \(table) WHERE \(condition) ORDER BY \(keyNames) LIMIT $2 {for_update}
            )
            """)
    }

    /// The users that a column names, some at a time, in their order.
    package static func users(
        in column: String = "user_id", of table: String
    ) -> @Sendable (Holding.Place?, any Connection) throws -> (people: [Person], next: Holding.Place?) {
        people(in: column, of: table, after: .id(ID(high: 0, low: 0))) { .user(try $0.id()) }
    }

    /// Whom a column names, some at a time, in their order.
    /// - Parameters:
    ///   - first: What comes before all of them.
    ///   - person: Makes somebody of a cell; nil of one that names nobody.
    package static func people(
        in column: String, of table: String, after first: Value,
        _ person: @escaping @Sendable (any Row) throws -> Person?
    ) -> @Sendable (Holding.Place?, any Connection) throws -> (people: [Person], next: Holding.Place?) {
        let text = SQLText(
            """
            SELECT DISTINCT \(column), CAST(\(column) AS TEXT) AS written
            FROM \(table)
            WHERE \(column) > $1
            ORDER BY \(column)
            LIMIT $2
            """)
        let limit = 2_000
        return { place, connection in
            let found = try connection.all(text, (place ?? [first]) + [.integer(limit)]) { row in
                (person: try person(row), text: try row.text())
            }
            let last = found.last.map { [value($0.text, like: first)] }
            return (found.compactMap(\.person), found.count == limit ? last : nil)
        }
    }

    private static func value(_ text: String, like first: Value) -> Value {
        switch first {
        case .id: ID(text).map { .id($0) } ?? .text(text)
        case .integer: .integer(Int(text) ?? .max)
        default: .text(text)
        }
    }
}
