import SQL

/// Reads Postgres' catalogs. What can be said in one statement comes from the server's own `pg_get_…def`.
///
/// Names are told from the schema `public`, whatever the search path is: so two databases are compared, and what is printed
/// can be run elsewhere.
enum PostgresShape {
    /// The objects of one kind: a query for name, definition, statement, the table that the statement is a part of, and the
    /// catalog and id by which `pg_depend` knows the object.
    struct Query {
        let kind: SchemaObject.Kind
        let text: String
        /// The first version of Postgres that has what it reads.
        var since = 14

        init(_ kind: SchemaObject.Kind, since: Int = 14, _ text: String) {
            (self.kind, self.since, self.text) = (kind, since, text)
        }
    }

    static func objects(on connection: any Connection, isInTransaction: Bool = false) throws -> [SchemaObject] {
        try reading(on: connection, isInTransaction: isInTransaction) {
            let version = try connection.one("SELECT current_setting('server_version_num')::int / 10000") {
                try $0.integer()
            }
            let parts = (ofTypes + ofTables + ofRights).filter { $0.since <= version }.map { query in
                """
                SELECT '\(query.kind.rawValue)', name, definition, statement, part_of::bigint, catalog::oid::bigint, id::bigint
                FROM (\(query.text)) AS objects (name, definition, statement, part_of, catalog, id)
                """
            }
            let text = SQLText(sqlite: "", postgres: parts.joined(separator: "\nUNION ALL\n"))
            return try connection.all(text, []) { row in
                var object = SchemaObject(
                    kind: SchemaObject.Kind(rawValue: try row.text()) ?? .table, name: try row.text(),
                    definition: try row.text(), statement: try row.optional(row.text))
                object.table = try row.optional(row.integer)
                object.catalog = try row.optional(row.integer)
                object.id = try row.optional(row.integer)
                return object
            }
        }.filter { object in
            !object.name.split { $0 == "." || $0 == " " }.contains { Ledger.tables.contains(String($0)) }
        }
    }

    /// What each object needs before it can be made, as `pg_depend` has it.
    static func dependencies(on connection: any Connection) throws -> [SchemaOrder.Dependency] {
        try connection.all(
            """
            SELECT classid::bigint, objid::bigint, refclassid::bigint, refobjid::bigint, deptype::text
            FROM pg_depend
            WHERE objid >= 16384 AND refobjid >= 16384 AND NOT (deptype = 'a' AND classid = 'pg_class'::regclass
                AND EXISTS (SELECT FROM pg_class WHERE oid = objid AND relkind = 'S'))
            """, []
        ) { row in
            SchemaOrder.Dependency(
                object: .init(catalog: try row.integer(), id: try row.integer()),
                needs: .init(catalog: try row.integer(), id: try row.integer()), kind: try row.text())
        }
    }

    /// Runs a closure at one moment of the data, and without Postgres' compiler: wide statements that run for a moment would be
    /// compiled for half a second.
    static func reading<Result>(
        on connection: any Connection, isInTransaction: Bool = false, _ body: () throws -> Result
    ) throws -> Result {
        guard connection.dialect == .postgres else { return try body() }
        let plain = "SET LOCAL search_path = public; SET LOCAL jit = off"
        try connection.script(
            (isInTransaction ? "SAVEPOINT shape; " : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ") + plain)
        do {
            let result = try body()
            try connection.script(isInTransaction ? "ROLLBACK TO SAVEPOINT shape; RELEASE SAVEPOINT shape" : "ROLLBACK")
            return result
        } catch {
            if !isInTransaction { try? connection.script("ROLLBACK") }
            throw error
        }
    }

    /// A name with quotes where they are needed and without `public.`.
    static func name(_ parts: String...) -> String {
        let quoted = parts.map { "quote_ident(\($0))" }.joined(separator: " || '.' || ")
        return "CASE WHEN space.nspname = 'public' THEN '' ELSE quote_ident(space.nspname) || '.' END || \(quoted)"
    }

    /// Leaves out the system's schemas and what extensions made.
    static func own(_ oid: String, _ catalog: String) -> String {
        "space.nspname !~ '^pg_' AND space.nspname <> 'information_schema' AND \(noExtensions(oid, catalog))"
    }

    /// Leaves out what extensions made, and what belongs to the inside of another object.
    static func noExtensions(_ oid: String, _ catalog: String, _ kinds: String = "'e'") -> String {
        """
        NOT EXISTS (
            SELECT FROM pg_depend WHERE classid = '\(catalog)'::regclass AND objid = \(oid) AND deptype IN (\(kinds)))
        """
    }

    /// ` OPTIONS (…)` of foreign things, or nothing.
    static func foreignOptions(_ column: String) -> String {
        """
        COALESCE(' OPTIONS (' || (SELECT string_agg(quote_ident(option_name) || ' ' || quote_literal(option_value), ', ')
            FROM pg_options_to_table(\(column))) || ')', '')
        """
    }
}
