import Core
import SQL
import Schema
import TestSupport
import Testing

@testable import Migrations

/// Steps taken up, down and up again over rows.
@Suite struct VerifierTests {
    /// What the five seeds propose, written anew with the same mistakes, and as it should be.
    @Suite struct Seeds {
        @Test func `seed 001 on SQLite: a default that is no constant fails as soon as there are rows`() async throws {
            let base = """
                CREATE TABLE pages (id INTEGER PRIMARY KEY, title TEXT NOT NULL);
                CREATE TABLE student_responses (id INTEGER PRIMARY KEY, session_id TEXT NOT NULL UNIQUE, created_at TIMESTAMP);
                """
            let up = """
                ALTER TABLE student_responses ADD COLUMN status TEXT DEFAULT 'active' NOT NULL;
                ALTER TABLE student_responses ADD COLUMN last_activity TIMESTAMP DEFAULT CURRENT_TIMESTAMP;
                ALTER TABLE student_responses ADD COLUMN current_page_id INTEGER REFERENCES pages(id);
                CREATE INDEX idx_student_responses_status ON student_responses(status);
                """
            let down = """
                ALTER TABLE student_responses DROP COLUMN current_page_id;
                ALTER TABLE student_responses DROP COLUMN last_activity;
                ALTER TABLE student_responses DROP COLUMN status;
                DROP INDEX idx_student_responses_status;
                """
            let proposed = try Steps(.sqlite, base, (up, down))
            #expect(proposed.lint(2) == ["add-column-default", "drop-column-in-use"])
            let findings = try await proposed.verify(2)
            #expect(
                findings.map(\.phase) == [.up, .down], "the way back is tried all the same, and drops an index twice")
            #expect(findings[0].message.contains("2_step.up.sql:2: this statement failed"), "\(findings)")
            #expect(findings[0].message.contains("made-up rows"))

            let mended = try Steps(
                .sqlite, base,
                (
                    up.replacing("TIMESTAMP DEFAULT CURRENT_TIMESTAMP", with: "TIMESTAMP")
                        + "UPDATE student_responses SET last_activity = COALESCE(created_at, CURRENT_TIMESTAMP);",
                    "DROP INDEX idx_student_responses_status;\n"
                        + down.replacing("DROP INDEX idx_student_responses_status;", with: "")
                ))
            #expect(mended.lint(2) == [])
            #expect(try await mended.verify(2) == [])
        }

        @Test func `seed 001 on Postgres: the way back drops an index twice`() async throws {
            let base = """
                CREATE TABLE pages (id SERIAL PRIMARY KEY);
                CREATE TABLE student_responses (id SERIAL PRIMARY KEY, session_id VARCHAR NOT NULL UNIQUE);
                """
            let up = """
                SET LOCAL lock_timeout = '5s';
                CREATE TYPE sessionstatus AS ENUM ('active', 'completed', 'user_abandoned_not_completed');
                ALTER TABLE student_responses ADD COLUMN status sessionstatus DEFAULT 'active' NOT NULL;
                ALTER TABLE student_responses ADD COLUMN last_activity TIMESTAMP DEFAULT CURRENT_TIMESTAMP;
                ALTER TABLE student_responses ADD COLUMN current_page_id INTEGER REFERENCES pages(id);
                """
            let index = "CREATE INDEX idx_student_responses_status ON student_responses(status);"
            let down = """
                ALTER TABLE student_responses DROP COLUMN current_page_id;
                ALTER TABLE student_responses DROP COLUMN last_activity;
                ALTER TABLE student_responses DROP COLUMN status;
                DROP INDEX idx_student_responses_status;
                DROP TYPE sessionstatus;
                """
            let proposed = try Steps(.postgres, base, (up + index, down))
            #expect(proposed.lint(2) == ["index-not-concurrently", "index-dropped-twice"])
            let findings = try await proposed.verify(2)
            #expect(findings.map(\.phase) == [.down])
            #expect(findings[0].message.contains("2_step.down.sql:4"), "\(findings)")

            let mended = try Steps(
                .postgres, base, (up, down.replacing("DROP INDEX idx_student_responses_status;\n", with: "")),
                (
                    "-- no-transaction\n" + index.replacing("INDEX idx", with: "INDEX CONCURRENTLY idx"),
                    "-- no-transaction\nDROP INDEX CONCURRENTLY idx_student_responses_status;"
                ))
            for step in [2, 3] {
                #expect(mended.lint(step) == [])
                #expect(try await mended.verify(step) == [])
            }
        }

        @Test func `seed 002: devices on Postgres`() async throws {
            let base = """
                CREATE TABLE events (id UUID PRIMARY KEY);
                CREATE TABLE event_participants (
                    id UUID PRIMARY KEY, event_id UUID NOT NULL REFERENCES events (id), name VARCHAR(100) NOT NULL);
                """
            let up = """
                ALTER TABLE event_participants
                ADD COLUMN device_id UUID NOT NULL DEFAULT gen_random_uuid(),
                ADD COLUMN session_token VARCHAR(255) UNIQUE,
                ADD COLUMN join_timestamp TIMESTAMP DEFAULT NOW(),
                ADD COLUMN last_heartbeat TIMESTAMP DEFAULT NOW();
                ALTER TABLE event_participants
                ADD CONSTRAINT unique_device_per_event UNIQUE(event_id, device_id);
                CREATE INDEX idx_event_participants_device_id ON event_participants(device_id);
                """
            let down = """
                DROP INDEX IF EXISTS idx_event_participants_device_id;
                ALTER TABLE event_participants
                DROP CONSTRAINT unique_device_per_event, DROP COLUMN last_heartbeat, DROP COLUMN join_timestamp,
                DROP COLUMN session_token, DROP COLUMN device_id;
                """
            let proposed = try Steps(.postgres, base, (up, down))
            #expect(
                proposed.lint(2) == [
                    "volatile-default", "unique-without-index", "missing-lock-timeout", "unique-without-index",
                    "index-not-concurrently",
                ])
            // It goes up and comes back; what is wrong with it is how long everybody waits meanwhile.
            #expect(try await proposed.verify(2) == [])
            let concurrently = "-- no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY"
            let mended = try Steps(
                .postgres, base,
                (
                    """
                    SET LOCAL lock_timeout = '5s';
                    ALTER TABLE event_participants ADD COLUMN device_id UUID, ADD COLUMN session_token VARCHAR(255),
                    ADD COLUMN join_timestamp TIMESTAMP DEFAULT NOW(), ADD COLUMN last_heartbeat TIMESTAMP DEFAULT NOW();
                    ALTER TABLE event_participants ALTER COLUMN device_id SET DEFAULT gen_random_uuid();
                    UPDATE event_participants SET device_id = gen_random_uuid() WHERE device_id IS NULL;
                    """,
                    "ALTER TABLE event_participants DROP COLUMN last_heartbeat, DROP COLUMN join_timestamp, DROP COLUMN session_token, DROP COLUMN device_id;"
                ),
                (
                    "\(concurrently) unique_device_per_event ON event_participants (event_id, device_id);",
                    "-- no-transaction\nDROP INDEX CONCURRENTLY IF EXISTS unique_device_per_event;"
                ),
                (
                    "\(concurrently) event_participants_session_token_key ON event_participants (session_token);",
                    "-- no-transaction\nDROP INDEX CONCURRENTLY IF EXISTS event_participants_session_token_key;"
                ))
            for step in 2...4 {
                #expect(mended.lint(step) == [], "\(step)")
                #expect(try await mended.verify(step) == [], "\(step)")
            }
        }

        @Test func `seed 000: how segments and events ended`() async throws {
            let base =
                "CREATE TABLE events (id UUID PRIMARY KEY, status VARCHAR(50)); CREATE TABLE segments (id UUID PRIMARY KEY, event_id UUID REFERENCES events (id), status VARCHAR(50));"
            let columns =
                "ADD COLUMN previous_status VARCHAR(50), ADD COLUMN was_ended_at TIMESTAMP, ADD COLUMN end_reason VARCHAR(100)"
            let drops = "DROP COLUMN end_reason, DROP COLUMN was_ended_at, DROP COLUMN previous_status"
            let up = """
                ALTER TABLE segments \(columns);
                ALTER TABLE events \(columns);
                CREATE INDEX idx_segments_was_ended_at ON segments(was_ended_at);
                CREATE INDEX idx_events_was_ended_at ON events(was_ended_at);
                COMMENT ON COLUMN segments.previous_status IS 'Status before segment was ended';
                """
            let down = """
                DROP INDEX IF EXISTS idx_events_was_ended_at;
                DROP INDEX IF EXISTS idx_segments_was_ended_at;
                ALTER TABLE events \(drops);
                ALTER TABLE segments \(drops);
                """
            let proposed = try Steps(.postgres, base, (up, down))
            #expect(proposed.lint(2) == ["missing-lock-timeout", "index-not-concurrently", "index-not-concurrently"])
            #expect(try await proposed.verify(2) == [])
            let forgetful = try Steps(.postgres, base, (up, down.replacing("ALTER TABLE events \(drops);\n", with: "")))
            let findings = try await forgetful.verify(2)
            #expect(Set(findings.map(\.phase)) == [.down, .again])
            #expect(
                findings.filter { $0.phase == .down }.map(\.object)
                    == ["end_reason", "previous_status", "was_ended_at"].map { "column events.\($0)" })
        }

        @Test(arguments: TestEngine.allCases) func `seed 003: watch history, with its checks`(engine: TestEngine)
            async throws
        {
            let reports = try await Verifier(try Schema.migrations(for: engine.dialect), makeShadow: engine.shadow)
                .reports()
            #expect(reports.count == (try Schema.migrations(for: engine.dialect).migrations.count))
            for report in reports { #expect(report.isOK, "\(report.findings.map { "\($0.object): \($0.message)" })") }
        }

        @Test func `seed 004: executions, and a column that may now be empty, rebuilt on SQLite`() async throws {
            let base = """
                CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE CHECK (email LIKE '%@%'));
                CREATE TABLE jobs (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE);
                CREATE TABLE summaries (
                    id INTEGER PRIMARY KEY, job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE, content TEXT NOT NULL);
                """
            let executions = """
                CREATE TABLE job_executions (
                    id INTEGER PRIMARY KEY, job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
                    status TEXT NOT NULL DEFAULT 'RUNNING' CHECK (status IN ('RUNNING', 'COMPLETED', 'FAILED')));
                """
            let rebuild = """
                CREATE TABLE summaries_new (
                    id INTEGER PRIMARY KEY, job_id INTEGER REFERENCES jobs (id) ON DELETE CASCADE, content TEXT NOT NULL,
                    is_playground BOOLEAN NOT NULL DEFAULT 0);
                INSERT INTO summaries_new (id, job_id, content) SELECT id, job_id, content FROM summaries;
                DROP TABLE summaries;
                ALTER TABLE summaries_new RENAME TO summaries;
                """
            let back = """
                CREATE TABLE summaries_new (
                    id INTEGER PRIMARY KEY, job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE, content TEXT NOT NULL);
                INSERT INTO summaries_new SELECT id, job_id, content FROM summaries WHERE job_id IS NOT NULL;
                DROP TABLE summaries;
                ALTER TABLE summaries_new RENAME TO summaries;
                """
            let good = try Steps(.sqlite, base, (executions + rebuild, back + "DROP TABLE job_executions;"))
            #expect(good.lint(2) == [])
            #expect(try await good.verify(2) == [])
            // As many rebuilds are written: the copy forgets a column.
            let lossy = try Steps(
                .sqlite, base,
                (
                    executions + rebuild.replacing("SELECT id, job_id, content", with: "SELECT id, NULL, content"),
                    back + "DROP TABLE job_executions;"
                ))
            let findings = try await lossy.verify(2)
            #expect(findings.contains { $0.phase == .rows && $0.object == "summaries.job_id" }, "\(findings)")
        }
    }

    @Test func `a bad step does not hide the next ones`() async throws {
        let steps = try Steps(
            .sqlite, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL)",
            ("ALTER TABLE t ADD COLUMN b INT NOT NULL", nil),
            ("ALTER TABLE t ADD COLUMN c INT", "ALTER TABLE t DROP COLUMN c"),
            ("CREATE TABLE broken (", nil), ("ALTER TABLE t ADD COLUMN d INT", "SELECT 1"))
        let reports = try await steps.reports()
        #expect(reports.map(\.version) == [1, 2, 3, 4, 5])
        #expect(reports.map { $0.findings.map(\.phase) } == [[], [.up], [], [.up], [.down, .again]])
        #expect(reports[3].findings[0].message.contains("4_step.up.sql:1"))
        #expect(reports[4].findings[1].message.contains("duplicate column name"))
    }

    @Test(arguments: TestEngine.allCases) func `what up destroys and down cannot bring back is told`(engine: TestEngine)
        async throws
    {
        let steps = try Steps(
            engine, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT)",
            ("ALTER TABLE t DROP COLUMN a", "ALTER TABLE t ADD COLUMN a TEXT"),
            (
                "-- lint:allow destructive nobody reads it\nALTER TABLE t DROP COLUMN b",
                "ALTER TABLE t ADD COLUMN b TEXT"
            ))
        let reports = try await steps.reports()
        #expect(reports[1].findings.map(\.object) == ["t.a"] && !reports[1].isOK)
        #expect(reports[2].isOK && reports[2].findings.map(\.allowed) == ["nobody reads it"])
    }

    /// Tables with checks, keys and types of many kinds are given rows all the same.
    @Test func `rows are made that honour what a table wants`() async throws {
        let postgres = """
            CREATE TYPE mood AS ENUM ('good', 'bad');
            CREATE DOMAIN percent AS INT CHECK (VALUE BETWEEN 0 AND 100);
            CREATE TABLE a (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, m mood NOT NULL, p percent NOT NULL, u UUID NOT NULL,
                j JSONB NOT NULL, t TEXT[] NOT NULL, n NUMERIC(6, 2) NOT NULL CHECK (n > 50), i INET NOT NULL, y BYTEA NOT NULL,
                d DATE NOT NULL, v INTERVAL NOT NULL, s VARCHAR(3) NOT NULL UNIQUE, c CHAR(2) NOT NULL CHECK (c = upper(c)), b BIT(4) NOT NULL,
                e TEXT NOT NULL CHECK (e LIKE '%@%.%'), g INT GENERATED ALWAYS AS (1) STORED, k TEXT NOT NULL CHECK (length(k) = 64));
            CREATE TABLE b (a_id BIGINT NOT NULL REFERENCES a (id), n INT NOT NULL, parent INT, PRIMARY KEY (a_id, n), w TIMETZ NOT NULL DEFAULT now());
            CREATE TABLE c (a_id BIGINT NOT NULL, n INT NOT NULL, FOREIGN KEY (a_id, n) REFERENCES b (a_id, n));
            CREATE SCHEMA app; CREATE TABLE app.d (id INT PRIMARY KEY, up INT REFERENCES app.d (id), x BOOLEAN NOT NULL CHECK (x));
            CREATE TABLE only_defaults (id SERIAL PRIMARY KEY);
            """
        try await TestEngine.postgres.withDatabase(migrated: false) { database in
            try await database.session { try $0.script(postgres) }
            #expect(try await database.session { try RowFiller($0, rowCount: 3).fill() } == [])
            let counts = try await database.session { connection in
                try TableRows.all(on: connection).values.map(\.count)
            }
            #expect(counts.count == 5 && counts.allSatisfy { $0 > 0 }, "\(counts)")
        }
        let sqlite = """
            CREATE TABLE a (id INTEGER PRIMARY KEY, s TEXT NOT NULL CHECK (s IN ('x', 'y')), n REAL NOT NULL CHECK (n BETWEEN 10 AND 11),
                b BLOB NOT NULL, w TEXT NOT NULL CHECK (length(w) = 1), g INT GENERATED ALWAYS AS (id + 1)) STRICT;
            CREATE TABLE b (a_id INTEGER NOT NULL REFERENCES a, "odd ""name" TEXT NOT NULL UNIQUE) WITHOUT ROWID;
            """
        try await TestEngine.sqlite.withDatabase(migrated: false) { database in
            let mended = sqlite.replacing("UNIQUE) WITHOUT", with: "PRIMARY KEY) WITHOUT").replacing(
                "g INT GENERATED", with: "g INTEGER GENERATED")
            try await database.session { try $0.script(mended) }
            #expect(try await database.session { try RowFiller($0, rowCount: 3).fill() } == [])
        }
    }

    @Test func `a table that cannot be given rows is named`() async throws {
        let steps = try Steps(
            .sqlite, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL CHECK (a = 'x' || 'y' || 'z' || 'q'))",
            ("ALTER TABLE t ADD COLUMN c INT", "ALTER TABLE t DROP COLUMN c"))
        let findings = try await steps.verify(2)
        #expect(findings.map(\.object) == ["t"] && findings[0].message.contains("No row could be made"))
        #expect(findings[0].allowed != nil, "it is nobody's mistake")
    }
}

/// A folder of steps made of pairs of up and down.
struct Steps {
    let engine: TestEngine
    let set: MigrationSet

    init(_ engine: TestEngine, _ base: String, _ steps: (up: String, down: String?)...) throws {
        self.engine = engine
        var files = [("1_step.up.sql", Array(base.utf8))]
        for (index, step) in steps.enumerated() {
            files.append(("\(index + 2)_step.up.sql", Array(step.up.utf8)))
            if let down = step.down { files.append(("\(index + 2)_step.down.sql", Array(down.utf8))) }
        }
        set = try MigrationSet(files: files)
    }

    func lint(_ step: Int) -> [String] {
        Linter(set, dialect: engine.dialect).reports()[step - 1].findings.filter { $0.allowed == nil }.compactMap(
            \.rule)
    }

    func reports() async throws -> [StepReport] {
        try await Verifier(set, makeShadow: engine.shadow).reports()
    }

    func verify(_ step: Int) async throws -> [Finding] {
        try await reports()[step - 1].findings
    }
}
