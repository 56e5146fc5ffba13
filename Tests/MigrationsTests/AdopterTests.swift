import Core
import Foundation
import SQL
import TestSupport
import Testing

@testable import Migrations

/// Databases that other tools, or hands, have made.
@Suite struct AdopterTests {
    private func adopter(_ database: any Database, _ steps: Steps) -> Adopter {
        Adopter(Migrator(database: database, set: steps.set), makeShadow: steps.engine.shadow)
    }

    private func onEmpty(_ engine: TestEngine, _ body: (any Database) async throws -> Void) async throws {
        try await engine.withDatabase(migrated: false) { try await body($0) }
    }

    private func refusal(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return ""
        } catch {
            return "\(error)"
        }
    }

    private func rows(_ database: any Database, _ query: SQLText) async throws -> [String] {
        try await database.read { try $0.all(query, []) { try $0.text() } }
    }

    /// Seed 001 as SQLAlchemy makes its base tables, and phase 1 done right.
    private static func questionnaires() throws -> Steps {
        try Steps(
            .sqlite,
            """
            CREATE TABLE pages (id INTEGER PRIMARY KEY, title VARCHAR NOT NULL);
            CREATE TABLE student_responses (
                id INTEGER PRIMARY KEY, session_id VARCHAR NOT NULL UNIQUE, created_at DATETIME, email VARCHAR);
            """,
            (
                """
                -- adopt:accept column student_responses.last_activity: timestamp default current_timestamp
                ALTER TABLE student_responses ADD COLUMN status TEXT NOT NULL DEFAULT 'active';
                ALTER TABLE student_responses ADD COLUMN last_activity TIMESTAMP;
                UPDATE student_responses SET last_activity = strftime('%Y-%m-%dT%H:%M:%fZ', created_at);
                ALTER TABLE student_responses ADD COLUMN current_page_id INTEGER REFERENCES pages (id);
                CREATE INDEX idx_student_responses_status ON student_responses (status);
                """, nil
            ),
            (
                "CREATE TABLE question_responses (id INTEGER PRIMARY KEY, response_id INTEGER REFERENCES student_responses (id))",
                nil
            ))
    }

    private static let bySQLAlchemy = """
        CREATE TABLE pages (
            id INTEGER NOT NULL,
            title VARCHAR NOT NULL,
            PRIMARY KEY (id)
        );
        CREATE TABLE student_responses (
            id INTEGER NOT NULL,
            session_id VARCHAR NOT NULL,
            created_at DATETIME,
            email VARCHAR,
            "ours alone" TEXT,
            PRIMARY KEY (id),
            UNIQUE (session_id)
        );
        CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
        CREATE INDEX their_own ON student_responses (email);
        WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 1000)
        INSERT INTO student_responses (session_id, created_at, email, "ours alone")
        SELECT 's-' || n, CASE n % 4 WHEN 0 THEN '2025-11-28 21:11:45.123456' WHEN 1 THEN '2025-11-28T21:11:45Z'
            WHEN 2 THEN '2025-11-28 21:11:45' ELSE NULL END, 'a' || n || '@example.com', 'x' || n FROM counted;
        """

    @Test func `(a) base tables with a thousand rows, and tables and columns of others`() async throws {
        try await onEmpty(.sqlite) { (database: any Database) async throws in
            let steps = try Self.questionnaires()
            try await database.session { try $0.script(Self.bySQLAlchemy) }
            let everything: SQLText =
                "SELECT session_id || ' ' || COALESCE(created_at, '-') || ' ' || email || ' ' || \"ours alone\" FROM student_responses ORDER BY id"
            let before = try await rows(database, everything)
            let outcome = try await adopter(database, steps).adopt()
            #expect(outcome.recognised.map(\.version) == [1] && outcome.applied.map(\.version) == [2, 3])
            #expect(try await rows(database, everything) == before && before.count == 1_000)
            #expect(
                try await rows(
                    database, "SELECT DISTINCT COALESCE(last_activity, '-') FROM student_responses ORDER BY 1") == [
                        "-", "2025-11-28T21:11:45.000Z", "2025-11-28T21:11:45.123Z",
                    ])
            #expect(
                try await rows(
                    database, "SELECT name FROM sqlite_master WHERE name IN ('alembic_version', 'their_own') ORDER BY 1"
                ) == ["alembic_version", "their_own"])
            let second = try await adopter(database, steps).adopt()
            #expect(second.wasUnderMigrations && second.recognised.isEmpty && second.applied.isEmpty)
            let note = try await rows(
                database, "SELECT version || ' ' || COALESCE(note, '-') FROM _dogear_migrations ORDER BY version")
            #expect(note == ["1 adopted: found in the database", "2 -", "3 -"])
        }
    }

    @Test func `(b) phase 1 applied by hand is recognised where its form is accepted`() async throws {
        try await onEmpty(.sqlite) { (database: any Database) async throws in
            let steps = try Self.questionnaires()
            try await database.session { connection in
                try connection.script(Self.bySQLAlchemy.split(separator: "WITH RECURSIVE")[0] + "")
                try connection.script(
                    """
                    ALTER TABLE student_responses ADD COLUMN status TEXT DEFAULT 'active' NOT NULL;
                    ALTER TABLE student_responses ADD COLUMN last_activity TIMESTAMP DEFAULT CURRENT_TIMESTAMP;
                    ALTER TABLE student_responses ADD COLUMN current_page_id INTEGER REFERENCES pages(id);
                    CREATE INDEX idx_student_responses_status ON student_responses(status);
                    INSERT INTO student_responses (session_id, status) VALUES ('one', 'completed');
                    """)
            }
            let outcome = try await adopter(database, steps).adopt()
            #expect(outcome.recognised.map(\.version) == [1, 2] && outcome.applied.map(\.version) == [3])
            #expect(
                try await rows(database, "SELECT session_id || ' ' || status FROM student_responses") == [
                    "one completed"
                ])
        }
        // Another form, which no file accepts.
        try await onEmpty(.sqlite) { (database: any Database) async throws in
            let steps = try Self.questionnaires()
            try await database.session { connection in
                try connection.script(Self.bySQLAlchemy.split(separator: "WITH RECURSIVE")[0] + "")
                try connection.script("ALTER TABLE student_responses ADD COLUMN status TEXT DEFAULT 'open' NOT NULL")
            }
            let message = await refusal { _ = try await adopter(database, steps).adopt() }
            #expect(
                message.contains(
                    "column student_responses.status should not be there; it is: text default 'open' not null"),
                "\(message)")
            #expect(try await rows(database, "SELECT name FROM sqlite_master WHERE name LIKE '\\_%' ESCAPE '\\'") == [])
        }
    }

    @Test func `(c) Postgres with the base tables of seeds 000 and 002`() async throws {
        let steps = try Steps(
            .postgres,
            """
            CREATE TABLE events (id UUID PRIMARY KEY, status VARCHAR(50) NOT NULL);
            CREATE TABLE segments (id UUID PRIMARY KEY, event_id UUID NOT NULL REFERENCES events (id), status VARCHAR(50) NOT NULL);
            CREATE TABLE event_participants (id UUID PRIMARY KEY, event_id UUID NOT NULL REFERENCES events (id));
            """,
            (
                "ALTER TABLE segments ADD COLUMN previous_status VARCHAR(50), ADD COLUMN was_ended_at TIMESTAMP; COMMENT ON COLUMN segments.previous_status IS 'x'",
                nil
            ),
            ("ALTER TABLE event_participants ADD COLUMN device_id UUID", nil),
            ("-- no-transaction\nCREATE INDEX CONCURRENTLY device ON event_participants (device_id)", nil))
        try await onEmpty(.postgres) { (database: any Database) async throws in
            try await database.session { connection in
                try connection.script(
                    """
                    CREATE TABLE events (id UUID PRIMARY KEY, status VARCHAR(50) NOT NULL, extra TEXT);
                    CREATE TABLE segments (id UUID PRIMARY KEY, event_id UUID NOT NULL REFERENCES events (id), status VARCHAR(50) NOT NULL);
                    CREATE TABLE event_participants (id UUID PRIMARY KEY, event_id UUID NOT NULL REFERENCES events (id));
                    INSERT INTO events SELECT gen_random_uuid(), 'live', 'x' FROM generate_series(1, 500);
                    INSERT INTO event_participants SELECT gen_random_uuid(), id FROM events;
                    """)
            }
            let outcome = try await adopter(database, steps).adopt()
            #expect(outcome.recognised.map(\.version) == [1] && outcome.applied.map(\.version) == [2, 3, 4])
            let count = try await database.read {
                try $0.one(
                    "SELECT COUNT(*) FROM event_participants JOIN events ON events.id = event_id WHERE extra = 'x' AND device_id IS NULL"
                ) { try $0.integer() }
            }
            #expect(count == 500)
            #expect(try await adopter(database, steps).adopt().wasUnderMigrations)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a half-matching database is refused with the difference, and left as it is`(
        engine: TestEngine
    ) async throws {
        let steps = try Steps(
            engine,
            "CREATE TABLE a (id INTEGER PRIMARY KEY, x INTEGER NOT NULL); CREATE TABLE b (id INTEGER PRIMARY KEY)",
            ("ALTER TABLE a ADD COLUMN y TEXT; CREATE INDEX a_y ON a (y)", nil))
        let halves = [
            ("CREATE TABLE a (id INTEGER PRIMARY KEY, x INTEGER NOT NULL)", "table b is missing"),
            (
                "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT NOT NULL); CREATE TABLE b (id INTEGER PRIMARY KEY)",
                "column a.x should be: integer"
            ),
            (
                "CREATE TABLE a (id INTEGER PRIMARY KEY, x INTEGER NOT NULL, y TEXT); CREATE TABLE b (id INTEGER PRIMARY KEY)",
                "index a_y is missing"
            ),
        ]
        for (live, words) in halves {
            try await onEmpty(engine) { (database: any Database) async throws in
                try await database.session { try $0.script(live) }
                let before = try await SchemaText.read(database)
                let message = await refusal { _ = try await adopter(database, steps).adopt() }
                #expect(message.lowercased().contains(words), "\(message)")
                #expect(try await SchemaText.read(database) == before)
                let ledger = try await database.session { try Ledger().exists(on: $0) }
                #expect(!ledger)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `an empty database is simply brought up, and a finished one recorded whole`(
        engine: TestEngine
    ) async throws {
        let steps = try Steps(
            engine, "CREATE TABLE a (id INTEGER PRIMARY KEY)", ("INSERT INTO a VALUES (7)", nil),
            ("CREATE TABLE b (id INTEGER PRIMARY KEY)", nil))
        try await onEmpty(engine) { (database: any Database) async throws in
            let outcome = try await adopter(database, steps).adopt()
            #expect(outcome.recognised.isEmpty && outcome.applied.map(\.version) == [1, 2, 3])
        }
        try await onEmpty(engine) { (database: any Database) async throws in
            try await database.session {
                try $0.script("CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (id INTEGER PRIMARY KEY)")
            }
            let outcome = try await adopter(database, steps).adopt()
            #expect(outcome.recognised.map(\.version) == [1, 2, 3] && outcome.applied.isEmpty)
        }
        // What a step does to rows cannot be seen, so the last one is run.
        try await onEmpty(engine) { (database: any Database) async throws in
            try await database.session { try $0.script("CREATE TABLE a (id INTEGER PRIMARY KEY)") }
            let outcome = try await adopter(database, steps).adopt()
            #expect(outcome.recognised.map(\.version) == [1] && outcome.applied.map(\.version) == [2, 3])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a database at the end of one line and at the beginning of the others is taken where it is`(
        engine: TestEngine
    ) async throws {
        let steps = try Steps(
            engine, "CREATE TABLE first (id INTEGER PRIMARY KEY)",
            ("CREATE TABLE second (id INTEGER PRIMARY KEY)", nil),
            ("ALTER TABLE first ADD COLUMN name TEXT", nil), ("ALTER TABLE second ADD COLUMN name TEXT", nil),
            ("INSERT INTO second (id, name) VALUES (7, 'seven')", nil))
        try await onEmpty(engine) { (database: any Database) async throws in
            try await database.session {
                try $0.script(
                    "CREATE TABLE second (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO second VALUES (1, 'one')")
            }
            let outcome = try await adopter(database, steps).adopt()
            #expect(outcome.recognised.map(\.version) == [2, 4] && outcome.applied.map(\.version) == [1, 3, 5])
            #expect(try await rows(database, "SELECT name FROM second ORDER BY id") == ["one", "seven"])
            #expect(try await adopter(database, steps).adopt().wasUnderMigrations)
            let pending = try await Migrator(database: database, set: steps.set).run()
            #expect(pending.isEmpty)
        }
        // One line between two of its stages spoils the whole.
        try await onEmpty(engine) { (database: any Database) async throws in
            try await database.session { try $0.script("CREATE TABLE second (id INTEGER PRIMARY KEY, name INTEGER)") }
            let message = await refusal { _ = try await adopter(database, steps).adopt() }
            #expect(message.lowercased().contains("column second.name"), "\(message)")
            #expect(try await !database.session { try Ledger().exists(on: $0) })
        }
    }

    /// As a server does that is started on somebody's database before it was adopted.
    @Test(arguments: TestEngine.allCases)
    func `a run that stopped at somebody's tables is no obstacle`(engine: TestEngine) async throws {
        let steps = try Steps(
            engine, "CREATE TABLE first (id INTEGER PRIMARY KEY)",
            ("CREATE TABLE theirs (id INTEGER PRIMARY KEY)", nil),
            ("ALTER TABLE theirs ADD COLUMN name TEXT", nil))
        try await onEmpty(engine) { (database: any Database) async throws in
            try await database.session {
                try $0.script("CREATE TABLE theirs (id INTEGER PRIMARY KEY); INSERT INTO theirs VALUES (5)")
            }
            let message = await refusal { _ = try await Migrator(database: database, set: steps.set).run() }
            #expect(message.contains("dogear migrate adopt"), "\(message)")
            let outcome = try await adopter(database, steps).adopt()
            #expect(outcome.recognised.map(\.version) == [2] && outcome.applied.map(\.version) == [3])
            #expect(try await rows(database, "SELECT CAST(id AS TEXT) FROM theirs WHERE name IS NULL") == ["5"])
            #expect(try await adopter(database, steps).adopt().wasUnderMigrations)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `by name, tables of another program's making are taken as they are`(engine: TestEngine) async throws {
        let steps = try Steps(
            engine,
            """
            -- adopt:by-name
            CREATE TABLE pages (id INTEGER PRIMARY KEY, title VARCHAR(200) NOT NULL, slug TEXT UNIQUE);
            CREATE INDEX pages_title ON pages (title);
            """,
            ("-- adopt:by-name\nALTER TABLE pages ADD COLUMN state TEXT NOT NULL DEFAULT 'open'", nil),
            ("CREATE INDEX pages_state ON pages (state)", nil))
        try await onEmpty(engine) { (database: any Database) async throws in
            try await database.session {
                try $0.script(
                    "CREATE TABLE pages (id BIGINT NOT NULL PRIMARY KEY, title TEXT, slug VARCHAR(9), more TEXT)")
            }
            let outcome = try await adopter(database, steps).adopt()
            #expect(outcome.recognised.map(\.version) == [1] && outcome.applied.map(\.version) == [2, 3])
        }
        try await onEmpty(engine) { (database: any Database) async throws in
            try await database.session {
                try $0.script("CREATE TABLE pages (id INTEGER PRIMARY KEY, title TEXT, slug TEXT, state VARCHAR(28))")
            }
            let outcome = try await adopter(database, steps).adopt()
            #expect(outcome.recognised.map(\.version) == [1, 2] && outcome.applied.map(\.version) == [3])
        }
        try await onEmpty(engine) { (database: any Database) async throws in
            try await database.session { try $0.script("CREATE TABLE pages (id INTEGER PRIMARY KEY, title TEXT)") }
            let message = await refusal { _ = try await adopter(database, steps).adopt() }
            #expect(message.contains("column pages.slug is missing"), "\(message)")
        }
    }
}
