import Core
import HTTPTypes
import Migrations
import SQL
import Schema
import TestSupport
import Testing

@testable import Assessments

/// The tables of seed 001 with people's rows in them: up, down, up, and taken over from the app that made them.
@Suite struct SchemaTests {
    /// The last step before ours, and each of ours.
    private enum Step {
        static let base: Int64 = 20_261_121_000_005
        static let phaseOne: Int64 = 20_261_121_000_007
    }

    /// Respondents with sixty answers each; every thousandth answer is there twice, as the older app let happen.
    private static func fill(_ respondents: Int, _ dialect: Dialect) -> String {
        let numbers = { (count: Int) in
            dialect == .sqlite
                ? "(WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < \(count)) SELECT n FROM counted)"
                : "(SELECT n FROM generate_series(1, \(count)) AS n)"
        }
        let moment = { (text: String) in dialect == .sqlite ? text : "CAST(\(text) AS TIMESTAMP)" }
        return """
            INSERT INTO pages (title, order_index) SELECT 'Page ' || n, n FROM \(numbers(12)) AS numbers;
            INSERT INTO questions (page_id, question_text, question_type, item_id)
            SELECT 1 + n % 12, 'Question ' || n, 'slider', 'item-' || n FROM \(numbers(60)) AS numbers;
            INSERT INTO student_responses (session_id, email, full_name, age_group, country, origin_country, created_at, completed_at)
            SELECT 'session-' || n, n || '@example.com', 'Name ' || n, '', '', '',
                \(moment("CASE n % 4 WHEN 0 THEN '2025-11-28 21:11:45' WHEN 1 THEN '2025-11-28 21:11:45.123456' WHEN 2 THEN '2025-11-28T21:11:45Z' ELSE '2026-11-20 10:00:00' END")),
                \(moment("CASE WHEN n % 5 = 0 THEN '2025-11-29 08:00:00.5' END"))
            FROM \(numbers(respondents)) AS numbers;
            INSERT INTO question_answers (response_id, question_id, answer_value)
            SELECT r.n, q.n, (r.n + q.n) % 5 + 1 FROM \(numbers(respondents)) AS r CROSS JOIN \(numbers(60)) AS q;
            INSERT INTO question_answers (response_id, question_id, answer_value)
            SELECT response_id, question_id, answer_value + 100 FROM question_answers WHERE id % 1000 = 0;
            """
    }

    /// A fingerprint of the rows of the base tables.
    private static func rows(_ database: any Database) async throws -> [String] {
        try await database.read { connection in
            try [
                "SELECT COUNT(*) || ' ' || SUM(id * 31 + response_id * 7 + question_id) || ' ' || CAST(SUM(answer_value) AS INTEGER) FROM question_answers",
                "SELECT COUNT(*) || ' ' || SUM(length(session_id || email || full_name)) || ' ' || COUNT(completed_at) || ' ' || MIN(CAST(created_at AS TEXT)) || ' ' || MAX(CAST(created_at AS TEXT)) FROM student_responses",
                "SELECT COUNT(*) || ' ' || SUM(page_id) || ' ' || MAX(question_text) FROM questions",
                "SELECT COUNT(*) || ' ' || MAX(title) FROM pages",
            ].map { query in try connection.one(SQLText(query)) { try $0.text() } }
        }
    }

    private static func number(_ query: String, _ database: any Database) async throws -> Int {
        try await database.read { try $0.one(SQLText(query)) { try $0.integer() } }
    }

    @Test(arguments: TestEngine.allCases)
    func `5,000 respondents and 300,000 answers go up, down and up, every row intact`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase(migrated: false) { (database: any Database) async throws in
            let migrator = Migrator(database: database, set: try Schema.migrations(for: database.dialect))
            try await migrator.run(to: Step.base)
            try await database.session { try $0.script(Self.fill(5_000, database.dialect)) }
            let base = try await Self.rows(database)
            #expect(base[0].hasPrefix("300300 "))

            try await migrator.run(to: Step.phaseOne)
            #expect(try await Self.rows(database) == base)
            #expect(
                try await Self.number("SELECT COUNT(*) FROM student_responses WHERE status = 'completed'", database)
                    == 1_000)
            #expect(
                try await Self.number("SELECT COUNT(*) FROM student_responses WHERE status = 'active'", database)
                    == 4_000)
            #expect(
                try await Self.number(
                    "SELECT COUNT(*) FROM student_responses WHERE last_activity = created_at AND current_page_id IS NULL",
                    database)
                    == 5_000)
            // The older app goes on writing rows, and says nothing of the new columns.
            try await database.write {
                try $0.script(
                    "INSERT INTO student_responses (session_id, email, full_name, age_group, country, origin_country) VALUES ('late', '', '', '', '', '')"
                )
            }
            #expect(
                try await Self.number(
                    "SELECT COUNT(*) FROM student_responses WHERE session_id = 'late' AND status = 'active' AND last_activity IS NOT NULL",
                    database) == 1)
            try await database.write { try $0.script("DELETE FROM student_responses WHERE session_id = 'late'") }

            try await migrator.run()
            #expect(try await Self.number("SELECT COUNT(*) FROM question_answers", database) == 300_000)
            #expect(try await Self.number("SELECT COUNT(*) FROM answer_history", database) == 300)
            #expect(
                try await Self.number("SELECT COUNT(*) FROM question_answers WHERE answer_value > 100", database) == 300
            )
            // An answer changed since: on the way down it returns below all others, so that the newest still has the highest id.
            try await database.write { connection in
                try AnswerRows.keep(
                    [(AnswerPlace(responseID: 1, questionID: 1), StoredAnswer(.slider(77)))],
                    at: Instant(milliseconds: 0), on: connection)
            }
            for _ in 0..<2 {
                try await migrator.revert(to: Step.base)
                #expect(
                    try await Self.number(
                        "SELECT COUNT(*) FROM question_answers WHERE id < 0 AND answer_value = 77", database) == 1)
                let changed = try await Self.rows(database)
                #expect(changed[0].hasPrefix("300301 ") && changed.dropFirst() == base.dropFirst())
                try await migrator.run()
                #expect(try await Self.number("SELECT COUNT(*) FROM question_answers", database) == 300_000)
                #expect(try await Self.number("SELECT COUNT(*) FROM answer_history", database) == 301)
                #expect(
                    try await Self.number("SELECT COUNT(*) FROM question_answers WHERE answer_value > 100", database)
                        == 300)
            }
            try await database.write { try $0.script("DELETE FROM answer_history WHERE answer_value = 77") }
            try await migrator.revert(to: Step.base)
            #expect(try await Self.rows(database) == base)
        }
    }

    /// The questionnaire app's own database as SQLAlchemy makes it, with what is none of ours in it.
    private static func theirs(_ dialect: Dialect, phaseOne: Bool) -> String {
        let (key, moment) = dialect == .sqlite ? ("INTEGER NOT NULL", "DATETIME") : ("SERIAL NOT NULL", "TIMESTAMP")
        let phase =
            phaseOne
            ? "status VARCHAR(28) NOT NULL DEFAULT 'active', last_activity \(moment) DEFAULT CURRENT_TIMESTAMP, current_page_id INTEGER REFERENCES pages (id),"
            : ""
        return """
            CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
            CREATE TABLE pages (
                id \(key), title VARCHAR(200) NOT NULL, description TEXT, order_index INTEGER, is_active BOOLEAN,
                created_at \(moment), module_name VARCHAR(100), module_emoji VARCHAR(10), chapter_number INTEGER,
                estimated_minutes INTEGER, completion_message TEXT, colour VARCHAR(20), PRIMARY KEY (id)
            );
            CREATE TABLE questions (
                id \(key), page_id INTEGER NOT NULL, question_text TEXT NOT NULL, question_type VARCHAR(8) NOT NULL,
                image_path VARCHAR(500), order_index INTEGER, is_required BOOLEAN, item_id VARCHAR(50), domain VARCHAR(100),
                tags JSON, reverse_scored BOOLEAN, scale_type VARCHAR(50), scale_labels JSON, essay_char_limit INTEGER,
                slider_min_label VARCHAR(100), slider_max_label VARCHAR(100), mcq_options JSON, mcq_correct_answer JSON,
                allow_multiple_selection BOOLEAN, ordering_options JSON, randomize_order BOOLEAN, scene_title VARCHAR(200),
                scene_narrative TEXT, scene_image_url VARCHAR(500), scene_theme VARCHAR(50), created_at \(moment),
                PRIMARY KEY (id), FOREIGN KEY (page_id) REFERENCES pages (id)
            );
            CREATE UNIQUE INDEX ix_questions_item_id ON questions (item_id);
            CREATE TABLE student_responses (
                id \(key), session_id VARCHAR(36) NOT NULL, email VARCHAR(255) NOT NULL, full_name VARCHAR(255) NOT NULL,
                age_group VARCHAR(50) NOT NULL, country VARCHAR(100) NOT NULL, origin_country VARCHAR(100) NOT NULL,
                completed_at \(moment), created_at \(moment), \(phase) PRIMARY KEY (id)
            );
            CREATE UNIQUE INDEX ix_student_responses_session_id ON student_responses (session_id);
            CREATE TABLE question_answers (
                id \(key), response_id INTEGER NOT NULL, question_id INTEGER NOT NULL, answer_text TEXT, answer_value FLOAT,
                answer_json JSON, PRIMARY KEY (id), FOREIGN KEY (response_id) REFERENCES student_responses (id),
                FOREIGN KEY (question_id) REFERENCES questions (id)
            );
            """
    }

    @Test(arguments: TestEngine.allCases, [false, true])
    func `the app's own database is taken over as it is, and the server serves it`(
        engine: TestEngine, phaseOne: Bool
    ) async throws {
        try await engine.withDatabase(migrated: false) { (database: any Database) async throws in
            try await database.session { connection in
                try connection.script(Self.theirs(database.dialect, phaseOne: phaseOne))
                try connection.script(Self.fill(phaseOne ? 200 : 5_000, database.dialect))
                try connection.script("UPDATE pages SET colour = 'red', is_active = NULL")
                guard phaseOne else { return }
                try connection.script(
                    """
                    UPDATE student_responses SET status = 'abandoned' WHERE id = 1;
                    UPDATE student_responses SET status = 'user_abandoned_not_completed' WHERE id = 2;
                    UPDATE student_responses SET status = 'completed' WHERE id = 5;
                    UPDATE student_responses SET last_activity = '2026-11-20 11:00:00' WHERE id <> 7;
                    UPDATE student_responses SET last_activity = NULL WHERE id = 7;
                    """)
            }
            let base = try await Self.rows(database)
            let set = try Schema.migrations(for: database.dialect)
            let adopter = Adopter(Migrator(database: database, set: set), makeShadow: engine.shadow)
            let outcome = try await adopter.adopt()
            let known = phaseOne ? [Step.base, Step.base + 1] : [Step.base]
            #expect(outcome.recognised.map(\.version) == known)
            #expect(outcome.recognised.count + outcome.applied.count == set.migrations.count)
            let after = try await Self.rows(database)
            #expect(after.dropFirst() == base.dropFirst())
            let respondents = phaseOne ? 200 : 5_000
            #expect(try await Self.number("SELECT COUNT(*) FROM question_answers", database) == 60 * respondents)
            #expect(try await Self.number("SELECT COUNT(*) FROM answer_history", database) == 60 * respondents / 1_000)
            #expect(try await Self.number("SELECT COUNT(*) FROM pages WHERE colour = 'red'", database) == 12)
            #expect(try await adopter.adopt().wasUnderMigrations)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a database that was taken over is served`(engine: TestEngine)
        async throws
    {
        try await engine.withDatabase(migrated: false) { (database: any Database) async throws in
            try await database.session { connection in
                try connection.script(Self.theirs(database.dialect, phaseOne: true))
                try connection.script(Self.fill(20, database.dialect))
                try connection.script(
                    """
                    UPDATE student_responses SET last_activity = '2026-11-20 11:00:00.25', status = 'abandoned' WHERE id = 1;
                    UPDATE student_responses SET last_activity = '2026-11-20 11:00:00.25' WHERE id = 3;
                    UPDATE student_responses SET last_activity = '2026-10-01 00:00:00' WHERE id = 2;
                    """)
            }
            let set = try Schema.migrations(for: database.dialect)
            _ = try await Adopter(Migrator(database: database, set: set), makeShadow: engine.shadow).adopt()
            try await TestServer.run(over: database) { server in
                let aside = try await server.send(.get, "/api/v2/session/session-1/validate")
                #expect(aside["session"]["status"].string == "user_abandoned_not_completed")
                #expect(aside["progress"]["percentage"].double == 100 && aside["progress"]["total_xp"].int == 600)
                let active = try await server.send(.get, "/api/v2/session/session-3/validate")
                #expect(active["session"]["last_activity"].string == "2026-11-20T11:00:00.250Z", "\(active.text)")
                let reply = try await Respondent.answer(server, "session-3", 5, #"{"type":"slider","value":2}"#)
                #expect(reply.status == 200 && reply["xp_gained"].int == 0 && reply["total_xp"].int == 600)
                let started = try await server.send(.post, "/api/v2/session/start")
                let fresh = try await Respondent.answer(
                    server, started["session_id"].string ?? "", 5, #"{"type":"slider","value":10}"#)
                #expect(fresh.status == 200 && fresh["xp_gained"].int == 10)
                let gone = try await server.send(.get, "/api/v2/session/session-2/validate")
                #expect(gone["code"].string == "expired" && gone["expired_at"].string == "2026-10-31T00:00:00.000Z")
            }
        }
    }

    /// What an older file may hold in SQLite, where any cell holds anything.
    @Test func `odd cells of an older file keep nobody from being served`() async throws {
        try await TestEngine.sqlite.withDatabase(migrated: false) { (database: any Database) async throws in
            try await database.session { connection in
                try connection.script(Self.theirs(.sqlite, phaseOne: false))
                try connection.script(Self.fill(12, .sqlite))
                try connection.script(
                    """
                    PRAGMA foreign_keys = OFF;
                    UPDATE pages SET estimated_minutes = 'about 5', chapter_number = 1.5, is_active = 'true' WHERE id = 1;
                    UPDATE pages SET estimated_minutes = 9223372036854775807 WHERE id IN (2, 3);
                    UPDATE questions SET essay_char_limit = '', is_required = 'no', order_index = 'x' WHERE id < 5;
                    UPDATE questions SET question_type = 'essay', essay_char_limit = 50000 WHERE id = 6;
                    INSERT INTO question_answers (response_id, question_id, answer_text)
                    VALUES (3, '123456789012345678901234567890', 'x'), (3, -5, 'x'), (3, 'seven', 'x');
                    UPDATE student_responses SET created_at = 'some day', completed_at = '' WHERE id = 1;
                    UPDATE student_responses SET created_at = NULL, completed_at = NULL WHERE id = 2;
                    UPDATE student_responses SET created_at = '2026-11-20 10:00:00', completed_at = NULL WHERE id = 3;
                    UPDATE student_responses SET created_at = '2026-11-20 10:00:00', completed_at = NULL,
                        session_id = '44444444-4444-4444-8444-44444444444A' WHERE id = 4;
                    PRAGMA foreign_keys = ON;
                    """)
            }
            let set = try Schema.migrations(for: .sqlite)
            _ = try await Adopter(Migrator(database: database, set: set), makeShadow: TestEngine.sqlite.shadow).adopt()
            // The older app goes on beside us, and ends a session without a word about its status.
            try await database.write {
                try $0.script("UPDATE student_responses SET completed_at = '2026-11-21 09:00:00' WHERE id = 4")
            }
            try await TestServer.run(over: database) { server in
                #expect(try await server.send(.get, "/api/v2/modules").status == 200)
                for page in 1...12 {
                    let reply = try await server.send(.get, "/api/v2/questions?page_id=\(page)")
                    #expect(reply.status == 200, "\(page): \(reply.text)")
                    let limits = reply["questions"].elements.compactMap { $0["options"]["char_limit"].int }
                    #expect(limits.allSatisfy { $0 <= 20_000 })
                }
                for (session, code) in [("session-1", "expired"), ("session-2", nil), ("session-3", nil)] {
                    let reply = try await server.send(.get, "/api/v2/session/\(session)/validate")
                    #expect(reply.status == 200 && reply["code"].string == code, "\(reply.text)")
                    #expect(code != nil || reply["session"]["status"].string == "active")
                    #expect(code != nil || reply["progress"]["percentage"].double == 100)
                }
                let shouted = try await server.send(
                    .get, "/api/v2/session/44444444-4444-4444-8444-44444444444A/validate")
                #expect(shouted["session"]["status"].string == "completed", "\(shouted.text)")
            }
        }
    }

    /// SQLAlchemy before 1.4 checks its enums in SQLite too.
    @Test func `a file that checks for the older app's words is taken over`() async throws {
        try await TestEngine.sqlite.withDatabase(migrated: false) { (database: any Database) async throws in
            try await database.session { connection in
                try connection.script(
                    Self.theirs(.sqlite, phaseOne: true).replacing(
                        "status VARCHAR(28) NOT NULL",
                        with: "status VARCHAR(9) NOT NULL CHECK (status IN ('active', 'completed', 'abandoned'))"))
                try connection.script(Self.fill(8, .sqlite))
                try connection.script(
                    """
                    UPDATE student_responses SET last_activity = '2026-11-21 11:00:00', completed_at = NULL;
                    UPDATE student_responses SET status = 'abandoned' WHERE id = 1;
                    """)
            }
            let set = try Schema.migrations(for: .sqlite)
            _ = try await Adopter(Migrator(database: database, set: set), makeShadow: TestEngine.sqlite.shadow).adopt()
            try await TestServer.run(over: database) { (server: TestServer) async throws in
                for session in [1, 3] {
                    let path = "/api/v2/session/session-\(session)"
                    #expect(try await server.send(.post, path + "/abandon").status == 200)
                    let seen = try await server.send(.get, path + "/validate")
                    #expect(seen["session"]["status"].string == "user_abandoned_not_completed")
                }
                #expect(try await server.send(.post, "/api/v2/session/session-3/resume").status == 200)
            }
        }
    }

    /// SQLAlchemy names the values of a Postgres enum by the names of its cases.
    @Test func `an enum of the older app's words is taken over`() async throws {
        try await TestEngine.postgres.withDatabase(migrated: false) { (database: any Database) async throws in
            try await database.session { connection in
                try connection.script("CREATE TYPE sessionstatus AS ENUM ('active', 'completed', 'abandoned')")
                try connection.script(
                    Self.theirs(.postgres, phaseOne: true).replacing(
                        "status VARCHAR(28) NOT NULL", with: "status sessionstatus NOT NULL"))
                try connection.script(Self.fill(8, .postgres))
                try connection.script(
                    """
                    UPDATE student_responses SET last_activity = '2026-11-21 11:00:00', completed_at = NULL;
                    UPDATE student_responses SET status = 'abandoned' WHERE id = 1;
                    UPDATE student_responses SET completed_at = '2026-11-21 11:00:00', last_activity = NULL WHERE id = 2;
                    """)
            }
            let set = try Schema.migrations(for: .postgres)
            let migrator = Migrator(database: database, set: set)
            _ = try await Adopter(migrator, makeShadow: TestEngine.postgres.shadow).adopt()
            try await TestServer.run(over: database) { (server: TestServer) async throws in
                func status(_ session: Int) async throws -> String? {
                    try await server.send(.get, "/api/v2/session/session-\(session)/validate")["session"]["status"]
                        .string
                }
                #expect(try await status(1) == "user_abandoned_not_completed")
                #expect(try await server.send(.post, "/api/v2/session/session-3/abandon").status == 200)
                #expect(try await status(3) == "user_abandoned_not_completed")
                #expect(
                    try await server.number(
                        "SELECT COUNT(*) FROM student_responses WHERE status = 'completed' AND id = 2") == 1)
            }
            // Its JSON columns are of JSON: what was replaced returns to them.
            try await database.write { connection in
                try AnswerRows.keep(
                    [(AnswerPlace(responseID: 1, questionID: 1), StoredAnswer(.mcq(["a"])))],
                    at: Instant(milliseconds: 0), on: connection)
            }
            let before = try await Self.number("SELECT COUNT(*) FROM question_answers", database)
            try await migrator.revert(to: Step.phaseOne)
            #expect(try await Self.number("SELECT COUNT(*) FROM question_answers", database) == before + 1)
            #expect(
                try await Self.number(
                    "SELECT COUNT(*) FROM question_answers WHERE answer_json::text = '[\"a\"]'", database) == 1)
        }
    }
}
