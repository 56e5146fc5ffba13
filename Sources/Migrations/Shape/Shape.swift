import SQL

/// One object of a live schema, in words that two spellings of the same thing share.
struct SchemaObject: Sendable, Hashable {
    /// In the order in which they are made, as far as they do not need one another.
    enum Kind: String, Sendable, Hashable, CaseIterable {
        case schema, `extension`, collation, type, sequence, function, aggregate, `operator`
        case operatorFamily = "operator family"
        case operatorClass = "operator class"
        case cast, dictionary
        case textSearch = "text search"
        case wrapper = "foreign data wrapper"
        case server, table, column, `default`, view, index, partition, constraint, statistics, rule, trigger, security,
            policy, setting, publication, comment, privilege
        case eventTrigger = "event trigger"
    }

    let kind: Kind
    /// `users`, `users.email`, `app.users.email`.
    let name: String
    /// What it is; of a column its type, whether it may be null, and its default.
    let definition: String
    /// The statement that makes it, where it is made by one of its own, or its part of the table's; with a second one that sets it.
    var statement: String?
    /// The table (Postgres' id) that the statement is a part of.
    var table: Int?
    /// The catalog and the id by which Postgres knows what needs what; nil for what is made when all else stands.
    var catalog: Int?
    var id: Int?

    var key: Key { Key(kind: kind, name: name) }

    struct Key: Sendable, Hashable, CustomStringConvertible {
        let kind: Kind
        let name: String
        var description: String { "\(kind.rawValue) \(name)" }
    }
}

/// All objects of a live schema but the ledger's and the engine's own; the order of columns does not count.
struct Shape: Sendable, Hashable {
    private(set) var objects: [SchemaObject.Key: SchemaObject] = [:]

    init(_ objects: [SchemaObject]) {
        // A default is told by its column; it may only have to be made later.
        for var object in objects where object.kind != .default {
            // The ids are another database's business.
            (object.table, object.catalog, object.id) = (nil, nil, nil)
            self.objects[object.key] = object
        }
    }

    /// Reads the schema that a connection sees.
    /// - Parameter isInTransaction: Whether the connection has a transaction open.
    init(of connection: any Connection, isInTransaction: Bool = false) throws {
        self.init(
            connection.dialect == .sqlite
                ? try SQLiteShape.objects(on: connection)
                : try PostgresShape.objects(on: connection, isInTransaction: isInTransaction))
    }

    subscript(key: SchemaObject.Key) -> SchemaObject? { objects[key] }

    /// One way in which a schema differs from another.
    struct Difference: Sendable, Hashable, CustomStringConvertible {
        let key: SchemaObject.Key
        /// What there should be; nil where nothing should be.
        let expected: String?
        /// What there is; nil where nothing is.
        let found: String?

        var description: String {
            switch (expected, found) {
            case (let expected?, nil): "\(key) is missing" + (expected.isEmpty ? "" : "; it should be: \(expected)")
            case (nil, let found?): "\(key) should not be there" + (found.isEmpty ? "" : "; it is: \(found)")
            case (let expected?, let found?):
                "\(key) should be: \(expected.isEmpty ? "plain" : expected); it is: \(found.isEmpty ? "plain" : found)"
            case (nil, nil): "\(key)"
            }
        }
    }

    /// How a schema differs from what it should be, sorted.
    func differences(from expected: Shape) -> [Difference] {
        Set(objects.keys).union(expected.objects.keys)
            .sorted { ($0.kind.rawValue, $0.name) < ($1.kind.rawValue, $1.name) }
            .compactMap { key in
                let (wanted, found) = (expected[key]?.definition, self[key]?.definition)
                return wanted == found ? nil : Difference(key: key, expected: wanted, found: found)
            }
    }

    func without(_ key: SchemaObject.Key) -> Shape { Shape(objects.values.filter { $0.key != key }) }

    func with(_ object: SchemaObject) -> Shape { Shape(Array(objects.values) + [object]) }
}
