import Core
import Foundation
import SQL
import TestSupport
import Testing

@testable import Migrations

/// What happens to a step that fails, that runs outside a transaction, or that rebuilds a table.
@Suite struct StepTests {
    private func onEmpty(_ engine: TestEngine, _ body: (any Database) async throws -> Void) async throws {
        try await engine.withDatabase(migrated: false) { try await body($0) }
    }

    private func migrator(
        _ database: any Database, _ files: [(String, String)],
        _ change: (inout Migrator.Options) -> Void = { _ in }
    ) throws -> Migrator {
        var options = Migrator.Options()
        change(&options)
        return Migrator(
            database: database, set: try MigrationSet(files: files.map { ($0.0, Array($0.1.utf8)) }), options: options)
    }

    private func refusal(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return ""
        } catch {
            return "\(error)"
        }
    }

    private func count(_ table: String, in database: any Database) async throws -> Int {
        try await database.read { try $0.one(SQLText("SELECT COUNT(*) FROM \(table)")) { try $0.integer() } }
    }

    @Test(arguments: TestEngine.allCases) func `a failure names the file, the line, the statement and the state`(
        engine: TestEngine
    ) async throws {
        try await onEmpty(engine) { (database: any Database) async throws in
            let files = [
                ("1_a.up.sql", "CREATE TABLE a (id INT);"),
                (
                    "2_b.up.sql",
                    "CREATE TABLE b (id INT);\n\n-- why\nINSERT INTO\n  nowhere\nVALUES (1);\nCREATE TABLE c (id INT);"
                ),
            ]
            let message = await refusal { try await migrator(database, files).run() }
            #expect(message.contains("2_b.up.sql:4: this statement failed:\n    INSERT INTO\n      nowhere\n"))
            #expect(message.contains("The engine says: ") && message.contains("nowhere"))
            #expect(message.contains("Nothing of 2_b.up.sql was kept; the steps before it stand."))
            #expect(try await Tables.in(database) == ["a"])
        }
    }

    @Test(arguments: TestEngine.allCases) func `a file that would end its own transaction is refused`(
        engine: TestEngine
    ) async throws {
        try await onEmpty(engine) { (database: any Database) async throws in
            for word in ["BEGIN", "COMMIT", "ROLLBACK", "END"] {
                let files = [("1_a.up.sql", "CREATE TABLE a (id INT);\n\(word);\nCREATE TABLE b (id INT);")]
                let message = await refusal { try await migrator(database, files).run() }
                #expect(message.contains("1_a.up.sql:2 has \(word)"), "\(message)")
                #expect(try await Tables.in(database) == [])
            }
            let savepoint = "SAVEPOINT s; CREATE TABLE a (id INT); ROLLBACK TO s; RELEASE s; CREATE TABLE b (id INT);"
            try await migrator(database, [("1_a.up.sql", savepoint)]).run()
            #expect(try await Tables.in(database) == ["b"])
        }
    }

    // MARK: Ledger

    @Test(arguments: TestEngine.allCases) func `the ledger is the one that sqlx makes`(engine: TestEngine) async throws
    {
        try await onEmpty(engine) { (database: any Database) async throws in
            let file = ("20240102030405_add_users_table.up.sql", "CREATE TABLE t(id INT);\n")
            try await migrator(database, [file]).run()
            let columns = try await database.read { connection in
                try connection.all(
                    SQLText(
                        sqlite: """
                            SELECT name || ' ' || type || ' ' || "notnull" || ' ' || COALESCE(dflt_value, '') || ' ' || pk
                            FROM pragma_table_info('_sqlx_migrations') ORDER BY cid
                            """,
                        postgres: """
                            SELECT column_name || ' ' || data_type || ' ' || is_nullable || ' ' || COALESCE(column_default, '')
                            FROM information_schema.columns WHERE table_name = '_sqlx_migrations' ORDER BY ordinal_position
                            """), []
                ) { try $0.text() }
            }
            let sqlite = [
                "version BIGINT 0  1", "description TEXT 1  0", "installed_on TIMESTAMP 1 CURRENT_TIMESTAMP 0",
                "success BOOLEAN 1  0", "checksum BLOB 1  0", "execution_time BIGINT 1  0",
            ]
            let postgres = [
                "version bigint NO ", "description text NO ", "installed_on timestamp with time zone NO now()",
                "success boolean NO ", "checksum bytea NO ", "execution_time bigint NO ",
            ]
            #expect(columns == (engine == .sqlite ? sqlite : postgres))
            let row = try await database.read { connection in
                try connection.one(
                    "SELECT version, description, success, checksum, execution_time FROM _sqlx_migrations"
                ) { (try $0.integer(), try $0.text(), try $0.bool(), try $0.blob(), try $0.integer()) }
            }
            #expect(row.0 == 20_240_102_030_405 && row.1 == "add users table" && row.2)
            #expect(hexadecimal(row.3).hasPrefix("ae7683959a9e582b") && row.3.count == 48)
            #expect(row.4 > 10_000, "nanoseconds")
        }
    }

    @Test(arguments: TestEngine.allCases) func `a database that sqlx has migrated is gone on with`(
        engine: TestEngine
    ) async throws {
        try await onEmpty(engine) { (database: any Database) async throws in
            let files = [
                ("1_a.up.sql", "CREATE TABLE a (id INT);\n"), ("1_a.down.sql", "DROP TABLE a;"),
                ("2_b.up.sql", "CREATE TABLE b (id INT);\n"),
            ]
            let checksum = Script(bytes: Array(files[0].1.utf8)).checksum
            try await database.write { connection in
                try connection.script("CREATE TABLE a (id INT)")
                try connection.script(
                    """
                    CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL,
                    installed_on \(engine == .sqlite ? "TIMESTAMP" : "TIMESTAMPTZ") NOT NULL DEFAULT CURRENT_TIMESTAMP,
                    success BOOLEAN NOT NULL, checksum \(engine == .sqlite ? "BLOB" : "BYTEA") NOT NULL,
                    execution_time BIGINT NOT NULL)
                    """)
                try connection.execute(
                    "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES ($1, $2, $3, $4, $5)",
                    [.integer(1), .text("a"), .bool(true), .blob(checksum), .integer(1)])
            }
            #expect(try await migrator(database, files).info().map(\.state) == [.applied, .pending])
            #expect(try await migrator(database, files).run().map(\.version) == [2])
            #expect(try await migrator(database, files + [("2_b.down.sql", "DROP TABLE b;")]).revert(to: 0) == [2, 1])
            #expect(try await Tables.in(database) == [])
        }
    }

    @Test func `on Postgres the ledger may lie in a schema of its own`() async throws {
        try await onEmpty(.postgres) { (database: any Database) async throws in
            let migrator = try migrator(database, [("1_a.up.sql", "CREATE TABLE a (id INT);")]) {
                $0.ledgerSchema = "app \"x\""
            }
            #expect(try await migrator.run().count == 1)
            #expect(try await migrator.run().isEmpty)
            #expect(try await migrator.info().map(\.state) == [.applied])
            // Another app's ledger in the same database is none of its business.
            let other = try self.migrator(database, [("7_z.up.sql", "CREATE TABLE z (id INT);")])
            #expect(try await other.run().map(\.version) == [7])
            #expect(try await Tables.in(database) == ["a", "z"])
        }
        try await onEmpty(.sqlite) { (database: any Database) async throws in
            let migrator = try migrator(database, [("1_a.up.sql", "CREATE TABLE a (id INT);")]) {
                $0.ledgerSchema = "app"
            }
            #expect(await refusal { try await migrator.run() }.contains("SQLite has no schemas"))
        }
    }

    @Test(arguments: TestEngine.allCases) func `what a ledger refuses can be allowed by name`(engine: TestEngine)
        async throws
    {
        try await onEmpty(engine) { (database: any Database) async throws in
            try await migrator(
                database, [("2_b.up.sql", "CREATE TABLE b (id INT);"), ("3_c.up.sql", "CREATE TABLE c (id INT);")]
            ).run()
            let late = [("1_a.up.sql", "CREATE TABLE a (id INT);"), ("2_b.up.sql", "CREATE TABLE b (id INT);")]
            #expect(await refusal { try await migrator(database, late).run() }.contains("--ignore-missing"))
            #expect(
                await refusal { try await migrator(database, late) { $0.ignoresMissing = true }.run() }
                    .contains("--allow-out-of-order"))
            let both = try migrator(database, late) { ($0.ignoresMissing, $0.allowsOutOfOrder) = (true, true) }
            #expect(try await both.run().map(\.version) == [1])
            let edited = [("2_b.up.sql", "CREATE TABLE b (id INT); -- our second table\n")]
            let changed = try migrator(database, edited) { ($0.ignoresMissing, $0.appliedBy) = (true, "ada@host") }
            let message = await refusal { try await changed.run() }
            let hashes = [late[1].1, edited[0].1].map { hexadecimal(Script(bytes: Array($0.utf8)).checksum) }
            #expect(hashes.allSatisfy { message.contains($0) } && message.contains("dogear migrate rebless 2"))
            try await changed.rebless(2, because: "a comment")
            #expect(try await changed.run().isEmpty)
            let note = try await database.read {
                try $0.one("SELECT note FROM _dogear_migrations WHERE version = 2") { try $0.text() }
            }
            #expect(note == "reblessed by ada@host: a comment")
            #expect(await refusal { try await changed.rebless(2, because: "x") }.contains("nothing to accept"))
            #expect(await refusal { try await changed.rebless(9, because: "x") }.contains("nothing to accept"))
        }
    }

    @Test func `what a script of pg_dump sets does not outlast it`() async throws {
        try await onEmpty(.postgres) { (database: any Database) async throws in
            let files = [
                (
                    "1_a.up.sql",
                    "SELECT pg_catalog.set_config('search_path', '', false);\nCREATE TABLE public.a (id INT);"
                ),
                (
                    "2_b.up.sql",
                    "-- no-transaction\nSELECT pg_catalog.set_config('search_path', '', false);\nCREATE TABLE public.b (id INT);"
                ),
                ("3_c.up.sql", "CREATE TABLE c (id INT);"),
            ]
            #expect(try await migrator(database, files).run().count == 3)
            #expect(try await Tables.in(database) == ["a", "b", "c"])
        }
    }

    // MARK: Outside a transaction

    @Test func `on Postgres an index is built concurrently, and a broken one is built anew`() async throws {
        try await onEmpty(.postgres) { (database: any Database) async throws in
            let table = ("1_a.up.sql", "CREATE TABLE a (id INT); INSERT INTO a VALUES (1), (1), (2);")
            let index = ("2_i.up.sql", "-- no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY a_id ON a (id);")
            let migrator = try migrator(database, [table, index])
            let message = await refusal { try await migrator.run() }
            #expect(message.contains("2_i.up.sql:2: this statement failed"), "\(message)")
            #expect(try await migrator.info().map(\.state) == [.applied, .unfinished])
            let validity = SQLText("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_id'::regclass")
            #expect(try await database.read { try $0.one(validity) { try $0.bool() } } == false)
            try await database.write { try $0.script("DELETE FROM a WHERE ctid = (SELECT min(ctid) FROM a)") }
            #expect(try await migrator.run().map(\.version) == [2])
            #expect(try await database.read { try $0.one(validity) { try $0.bool() } })
            #expect(try await migrator.info().map(\.state) == [.applied, .applied])
        }
    }

    /// The journal as a crash leaves it: started, and nobody wrote that it is done.
    private func crash(_ database: any Database, at statement: Int, of version: Int64, _ text: String) async throws {
        try await database.write { connection in
            try Ledger().create(on: connection)
            try Ledger().write(
                Journal(.up, statement, .started, of: Statement.all(in: text, dialect: database.dialect)), of: version,
                down: nil, on: connection)
        }
    }

    @Test func `on Postgres an index that a crashed run had finished is not built again`() async throws {
        try await onEmpty(.postgres) { (database: any Database) async throws in
            let table = ("1_a.up.sql", "CREATE TABLE a (id INT);")
            let index = (
                "2_i.up.sql", "-- no-transaction\nCREATE INDEX CONCURRENTLY a_id ON a (id);\nCREATE TABLE b (id INT);"
            )
            try await migrator(database, [table]).run()
            try await database.write { try $0.script("CREATE INDEX a_id ON a (id)") }
            try await crash(database, at: 1, of: 2, index.1)
            #expect(try await migrator(database, [table, index]).run().map(\.version) == [2])
            #expect(try await Tables.in(database) == ["a", "b"])
        }
    }

    @Test(arguments: TestEngine.allCases) func `a statement of which nobody can tell is asked about`(
        engine: TestEngine
    ) async throws {
        for (answer, expected) in [("done", 2), ("again", 3)] {
            try await onEmpty(engine) { (database: any Database) async throws in
                let files = [
                    ("1_a.up.sql", "CREATE TABLE a (id INT);"),
                    (
                        "2_b.up.sql",
                        "-- no-transaction\nINSERT INTO a VALUES (1);\nINSERT INTO a VALUES (2);\nINSERT INTO a VALUES (3);"
                    ),
                ]
                try await migrator(database, Array(files.prefix(1))).run()
                try await database.write { try $0.script("INSERT INTO a VALUES (1)") }
                try await crash(database, at: 2, of: 2, files[1].1)
                let message = await refusal { try await migrator(database, files).run() }
                #expect(
                    message.contains("2_b.up.sql:3: this statement was under way") && message.contains("--resolve done")
                )
                #expect(try await count("a", in: database) == 1)
                #expect(try await migrator(database, files).info().map(\.state) == [.applied, .unfinished])
                #expect(try await migrator(database, files) { $0.resolution = answer }.run().map(\.version) == [2])
                #expect(try await count("a", in: database) == expected)
            }
        }
    }

    @Test(arguments: TestEngine.allCases) func `a statement that was refused as a whole is run again once it is mended`(
        engine: TestEngine
    ) async throws {
        try await onEmpty(engine) { (database: any Database) async throws in
            let text =
                "-- no-transaction\nCREATE TABLE a (id INT);\nINSERT INTO b VALUES (1);\nINSERT INTO a VALUES (1);"
            let migrator = try migrator(database, [("1_a.up.sql", text)])
            #expect(await refusal { try await migrator.run() }.contains("1_a.up.sql:3"))
            #expect(try await count("a", in: database) == 0)
            try await database.write { try $0.script("CREATE TABLE b (id INT)") }
            try await migrator.run()
            #expect(try await count("a", in: database) == 1)
            #expect(try await count("b", in: database) == 1)
        }
    }

    // MARK: Rebuilds on SQLite

    private static let family = (
        "1_family.up.sql",
        """
        CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL REFERENCES parent (id) ON DELETE CASCADE);
        INSERT INTO parent VALUES (1, 'a'), (2, 'b');
        INSERT INTO child VALUES (1, 1), (2, 1), (3, 2);
        """
    )

    @Test func `a rebuilt parent keeps every child`() async throws {
        try await onEmpty(.sqlite) { (database: any Database) async throws in
            let rebuild = (
                "2_rebuild.up.sql",
                """
                CREATE TABLE parent_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '');
                INSERT INTO parent_new SELECT id, name FROM parent;
                DROP TABLE parent;
                ALTER TABLE parent_new RENAME TO parent;
                """
            )
            try await migrator(database, [Self.family, rebuild]).run()
            #expect(try await count("parent", in: database) == 2)
            #expect(try await count("child", in: database) == 3)
            let state = try await database.session { connection in
                (
                    try connection.one("PRAGMA foreign_keys") { try $0.integer() },
                    try connection.all("SELECT \"table\" FROM pragma_foreign_key_list('child')", []) { try $0.text() }
                )
            }
            #expect(state.0 == 1 && state.1 == ["parent"])
        }
    }

    @Test func `a rebuild that loses rows, or leaves children without a parent, is rolled back`() async throws {
        for (copy, words) in [
            (
                "INSERT INTO parent_new SELECT id, name FROM parent WHERE id = 1;",
                "refer to rows which are no longer there"
            ),
            ("", "refer to rows which are no longer there"),
        ] {
            try await onEmpty(.sqlite) { (database: any Database) async throws in
                let rebuild = (
                    "2_rebuild.up.sql",
                    """
                    PRAGMA foreign_keys = OFF;
                    CREATE TABLE parent_new (id INTEGER PRIMARY KEY, name TEXT);
                    \(copy)
                    DROP TABLE parent;
                    ALTER TABLE parent_new RENAME TO parent;
                    """
                )
                let message = await refusal { try await migrator(database, [Self.family, rebuild]).run() }
                #expect(message.contains(words), "\(message)")
                #expect(try await count("parent", in: database) == 2)
                #expect(try await count("child", in: database) == 3)
            }
        }
        try await onEmpty(.sqlite) { (database: any Database) async throws in
            let rebuild = (
                "2_rebuild.up.sql",
                "PRAGMA foreign_keys = OFF; CREATE TABLE child_new (id INTEGER PRIMARY KEY, parent_id INTEGER);"
                    + "INSERT INTO child_new SELECT * FROM child LIMIT 1; DROP TABLE child; ALTER TABLE child_new RENAME TO child;"
            )
            let message = await refusal { try await migrator(database, [Self.family, rebuild]).run() }
            #expect(message.contains("child had 3 and would have 1"), "\(message)")
            #expect(try await count("child", in: database) == 3)
        }
    }

    @Test func `dropping a table that others refer to is refused before anything is changed`() async throws {
        try await onEmpty(.sqlite) { (database: any Database) async throws in
            let drop = ("2_drop.up.sql", "CREATE TABLE other (id INT);\nDROP TABLE parent;")
            let message = await refusal { try await migrator(database, [Self.family, drop]).run() }
            #expect(message.contains("child refers to it and holds 3 rows"), "\(message)")
            #expect(try await Tables.in(database) == ["child", "parent"])
            #expect(try await count("child", in: database) == 3)
            let both = ("2_drop.up.sql", "DROP TABLE child; DROP TABLE parent;")
            try await migrator(database, [Self.family, both]).run()
            #expect(try await Tables.in(database) == [])
        }
    }
}

extension Tables {
    /// The names of a database's tables.
    static func `in`(_ database: any Database) async throws -> [String] {
        try await database.read { try names(on: $0) }
    }
}
