import SQL

/// One object of a live schema, in words that two spellings of the same thing share.
struct SchemaObject: Sendable, Hashable {
    enum Kind: String, Sendable, Hashable, CaseIterable {
        case schema, `extension`, type, sequence, function, table, column, constraint, index, view, trigger, security,
            policy, comment
    }

    let kind: Kind
    /// `users`, `users.email`, `app.users.email`.
    let name: String
    /// What it is; of a column its type, whether it may be null, and its default.
    let definition: String
    /// The statement that makes it, where it is made by one of its own.
    var statement: String?

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
        for object in objects { self.objects[object.key] = object }
    }

    /// Reads the schema that a connection sees.
    init(of connection: any Connection) throws {
        self.init(
            connection.dialect == .sqlite
                ? try SQLiteShape.objects(on: connection) : try PostgresShape.objects(on: connection))
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
