package import SQL

/// The live schema of a database as SQL, the same for the same schema, in an order in which an empty database can run it.
package enum SchemaText {
    /// Reads a schema; the ledger is left out.
    package static func read(_ database: any Database) async throws -> String {
        try await database.session { connection in
            let statements =
                connection.dialect == .sqlite
                ? try SQLiteShape.statements(on: connection) : try PostgresShape.statements(on: connection)
            return statements.map { $0 + ";\n" }.joined(separator: "\n")
        }
    }
}

extension PostgresShape {
    /// The statements that make the schema. Bodies of functions are not looked at when they are made: they may speak of what
    /// comes later.
    fileprivate static func statements(on connection: any Connection) throws -> [String] {
        let objects = try objects(on: connection)
        let order = SchemaOrder(objects, try dependencies(on: connection))
        var parts: [Int: [SchemaObject]] = [:]
        for object in objects { if let table = object.table { parts[table, default: []].append(object) } }
        let first = objects.contains { $0.kind == .function } ? ["SET check_function_bodies = false"] : []
        return first
            + order.sorted.compactMap { object in
                guard object.kind == .table, let id = object.id else { return object.statement }
                return object.statement.map { whole($0, parts[id] ?? []) }
            }
    }

    /// A table's statement with its columns, keys and checks in the place that is kept for them.
    private static func whole(_ statement: String, _ parts: [SchemaObject]) -> String {
        let lines = parts.sorted { ($0.kind == .column ? 0 : 1, $0.name) < ($1.kind == .column ? 0 : 1, $1.name) }
            .compactMap(\.statement)
        return statement.replacing("\u{1}", with: lines.isEmpty ? "" : "\n    \(lines.joined(separator: ",\n    "))\n")
    }
}

/// The order in which the objects of a schema can be made: of those that have all they need, the first by kind and name.
struct SchemaOrder {
    /// What Postgres calls an object: a row of one of its catalogs.
    struct Place: Hashable {
        let catalog: Int
        let id: Int
    }

    /// One line of `pg_depend`.
    struct Dependency {
        let object: Place
        let needs: Place
        /// `i` inside of, `e` of an extension, `a` goes with, `n` needs.
        let kind: String
    }

    /// Objects that have a statement of their own.
    let sorted: [SchemaObject]

    init(_ objects: [SchemaObject], _ dependencies: [Dependency]) {
        let own = objects.filter { $0.table == nil && $0.statement != nil }
            .sorted { (Self.rank[$0.kind] ?? 0, $0.name) < (Self.rank[$1.kind] ?? 0, $1.name) }
        let places = own.compactMap(\.place)
        let needs = Self.needs(of: Set(places), dependencies)
        var made: Set<Place> = []
        var waiting = own.filter { $0.place != nil }
        var order: [SchemaObject] = []
        while !waiting.isEmpty {
            // What needs itself in a circle is made all the same: nothing better can be said of it.
            let next = waiting.firstIndex { object in
                object.place.map { needs[$0, default: []].isSubset(of: made) } ?? true
            }
            let object = waiting.remove(at: next ?? 0)
            if let place = object.place { made.insert(place) }
            order.append(object)
        }
        sorted = order + own.filter { $0.place == nil }
    }

    private static let rank = Dictionary(
        uniqueKeysWithValues: SchemaObject.Kind.allCases.enumerated().map { ($0.element, $0.offset) })

    /// What each of some objects needs of the others. What is inside of one, such as a view's rule or a table's default, needs for it.
    private static func needs(of places: Set<Place>, _ dependencies: [Dependency]) -> [Place: Set<Place>] {
        let all = Dictionary(grouping: dependencies, by: \.object)
        func owner(of place: Place, _ depth: Int = 0) -> Place? {
            if places.contains(place) { return place }
            guard depth < 8, let lines = all[place] else { return nil }
            let inside =
                lines.first { $0.kind == "i" } ?? lines.first { $0.kind == "e" } ?? lines.first { $0.kind == "a" }
            return inside.flatMap { owner(of: $0.needs, depth + 1) }
        }
        var needs: [Place: Set<Place>] = [:]
        for line in dependencies {
            guard let object = owner(of: line.object), let needed = owner(of: line.needs), object != needed else {
                continue
            }
            needs[object, default: []].insert(needed)
        }
        return needs
    }
}

extension SchemaObject {
    fileprivate var place: SchemaOrder.Place? {
        catalog.flatMap { catalog in id.map { SchemaOrder.Place(catalog: catalog, id: $0) } }
    }
}

extension SQLiteShape {
    /// SQLite keeps the statements themselves.
    fileprivate static func statements(on connection: any Connection) throws -> [String] {
        try connection.all(
            """
            SELECT sql, tbl_name
            FROM sqlite_master
            WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow')
            ORDER BY CASE type WHEN 'table' THEN 1 WHEN 'index' THEN 2 WHEN 'view' THEN 3 ELSE 4 END, name
            """, []
        ) { (sql: try $0.text(), table: try $0.text()) }
        .filter { !Ledger.tables.contains($0.table) }.map(\.sql)
    }
}
