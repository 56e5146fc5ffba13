import Core
import Foundation
import SQL
import TestSupport
import Testing

/// `dogear migrate` through a real PgBouncer in transaction mode, which gives every transaction another session.
@Suite(.inTurns) struct MigratePoolerTests {
    private static let steps = [
        "1_a.up.sql":
            "SET statement_timeout = '1h'; SET search_path = public; CREATE TABLE a (id INT PRIMARY KEY, note TEXT);",
        "1_a.down.sql": "DROP TABLE a;",
        "2_index.up.sql": "-- no-transaction\nCREATE INDEX CONCURRENTLY a_note ON a (note);",
        "2_index.down.sql": "-- no-transaction\nDROP INDEX CONCURRENTLY a_note;",
        "3_rows.up.sql":
            "-- lint:allow missing-lock-timeout nobody uses it\nALTER TABLE a ADD n INT;\nINSERT INTO a (id, n) VALUES (7, 8);",
        "3_rows.down.sql": "DELETE FROM a WHERE id = 7; ALTER TABLE a DROP COLUMN n;",
    ]

    /// A folder with steps, a pooler, and an empty database behind it.
    private struct Place {
        let folder: String
        let direct: String
        let pooled: String
        let database: any Database

        func start(_ arguments: [String], at address: String? = nil, saying name: String = "said") throws
            -> ChildProcess
        {
            let source = arguments[0] == "backup" || arguments[0] == "schema" ? [] : ["--source", "steps"]
            return try ChildProcess(
                DogearProcess.binary, ["migrate"] + arguments + source + ["--database", address ?? pooled], in: folder,
                output: "\(folder)/\(name)")
        }

        /// What a command said, but for the line that names the database: it has another port behind the pooler.
        func said(_ name: String = "said") -> String {
            let text = (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)) ?? ""
            return text.replacing(/^Database: [^\n]*\n/, with: "")
        }

        func migrate(_ arguments: String..., at address: String? = nil) async throws -> String {
            let status = try await start(arguments, at: address).ended()
            #expect(status == 0, "\(arguments): \(said())")
            return said()
        }

        func refused(_ arguments: String...) async throws -> String {
            let status = try await start(arguments).ended()
            #expect(status == 1, "\(arguments): \(said())")
            return said()
        }

        func texts(_ query: SQLText) async throws -> [String] {
            try await database.read { try $0.all(query, []) { try $0.text() } }
        }
    }

    private func withPlace(
        _ files: [String: String] = steps, mode: String = "transaction", _ body: (Place) async throws -> Void
    ) async throws {
        let folder = try temporaryFolder("pooled")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/steps", withIntermediateDirectories: true)
        for (name, text) in files {
            try text.write(toFile: "\(folder)/steps/\(name)", atomically: false, encoding: .utf8)
        }
        let pooler = try PgBouncer(before: try PostgresServer.shared.get(), mode: mode)
        defer { pooler.stop() }
        let direct = try TestEngine.postgres.address(in: folder)
        let database = try TestEngine.postgres.open(direct)
        try await body(Place(folder: folder, direct: direct, pooled: pooler.address(of: direct), database: database))
        await database.close()
    }

    @Test func `every command works through it, and leaves nothing in its sessions`() async throws {
        try await withPlace { (place: Place) async throws in
            #expect(try await place.migrate("plan").contains("CREATE INDEX CONCURRENTLY"))
            #expect(try await place.migrate("run", "--dry-run").contains("Would apply 3"))
            #expect(try await place.migrate("verify").contains("3 steps."))
            #expect(try await place.migrate("lint").contains("3 steps."))
            #expect(try await place.migrate("run").contains("Applied 1 a\nApplied 2 index\nApplied 3 rows\n"))
            #expect(try await place.migrate("info", "--no-prepare").contains("applied\t3"))
            let schema = try await place.migrate("schema")
            #expect(schema.contains("CREATE INDEX a_note"))
            #expect(try await place.migrate("schema", at: place.direct) == schema)
            #expect(try await place.migrate("backup", "--to", "copy.dump").contains("Wrote copy.dump"))
            #expect(try await place.migrate("revert", "--to", "1").contains("Reverted 3\nReverted 2\n"))
            try "-- said\n\(Self.steps["1_a.up.sql"] ?? "")".write(
                toFile: place.folder + "/steps/1_a.up.sql", atomically: false, encoding: .utf8)
            #expect(try await place.refused("run").contains("1_a.up.sql"))
            #expect(try await place.migrate("rebless", "1", "--because", "a comment").contains("Accepted 1"))
            #expect(try await place.migrate("run").contains("Applied 2"))
            // What the sessions behind the pooler have now, whoever is given them next.
            let left = try await place.texts(
                """
                SELECT query FROM pg_stat_activity JOIN pg_locks USING (pid)
                WHERE datname = current_database() AND locktype = 'advisory'
                """)
            #expect(left == [])
            let psql = try run(
                "psql",
                [
                    place.pooled, "-Atc", "SELECT count(*) FROM pg_prepared_statements", "-c", "SHOW statement_timeout",
                    "-c", "SHOW search_path",
                ])
            #expect(psql == "0\n0\n\"$user\", public\n")
        }
    }

    @Test func `a database is adopted, backed up and put back through it`() async throws {
        try await withPlace { (place: Place) async throws in
            try await place.database.session { try $0.script("CREATE TABLE a (id INT PRIMARY KEY, note TEXT)") }
            let adopted = try await place.migrate("adopt")
            #expect(adopted.contains("Recognised 1 a\nApplied 2 index\nApplied 3 rows"), "\(adopted)")
            _ = try await place.migrate("backup", "--to", "copy.dump")
            try await place.database.session { try $0.script("DELETE FROM a") }
            let child = try ChildProcess(
                DogearProcess.binary, ["migrate", "restore", "copy.dump", "--database", place.pooled],
                in: place.folder, output: place.folder + "/said")
            let status = await child.ended()
            #expect(status == 0, "\(place.said())")
            #expect(try await place.texts("SELECT id::text FROM a") == ["7"])
            #expect(try await place.texts("SHOW search_path") == ["\"$user\", public"])
        }
    }

    @Test func `of two that start at once each does what the other has not`() async throws {
        try await withPlace { (place: Place) async throws in
            // One of them has a session of its own: the lock is the same.
            let addresses = [place.pooled, place.pooled, place.direct]
            let children = try addresses.enumerated().map { number, address in
                try place.start(["run"], at: address, saying: "said-\(number)")
            }
            var statuses: [Int32] = []
            for child in children { statuses.append(await child.ended()) }
            #expect(statuses == [0, 0, 0], "\((0..<3).map { place.said("said-\($0)") })")
            let applied = (0..<3).flatMap {
                place.said("said-\($0)").split(separator: "\n").filter { $0.hasPrefix("Applied") }
            }
            #expect(applied.sorted() == ["Applied 1 a", "Applied 2 index", "Applied 3 rows"])
            #expect(try await place.texts("SELECT id::text FROM a") == ["7"])
        }
    }

    @Test func `a lock that is lost takes the step that was under way back`() async throws {
        let files = [
            "1_a.sql": "CREATE TABLE a (id INT);", "2_b.sql": "CREATE TABLE b (id INT);\nALTER TABLE held ADD x INT;",
        ]
        try await withPlace(files) { (place: Place) async throws in
            try await place.database.session { try $0.script("CREATE TABLE held (id INT)") }
            let child = try await place.database.write { connection -> ChildProcess in
                try connection.execute("LOCK TABLE held")
                let child = try place.start(["run", "--no-backup"])
                func count(_ query: SQLText) throws -> Int {
                    _ = try connection.all("SELECT pg_stat_clear_snapshot()::text", []) { _ in 0 }
                    return try connection.one(query) { try $0.integer() }
                }
                while try count(
                    "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                ) == 0 {}
                let ended = try count(
                    """
                    SELECT COUNT(pg_terminate_backend(pid)) FROM pg_locks
                    WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                    """)
                #expect(ended == 1)
                return child
            }
            let status = await child.ended()
            #expect(status == 1)
            #expect(place.said().contains("Applied 1\n") && place.said().contains("was lost"), "\(place.said())")
            #expect(try await place.texts("SELECT version::text FROM _sqlx_migrations") == ["1"])
            #expect(try await place.texts("SELECT relname::text FROM pg_class WHERE relname IN ('a', 'b')") == ["a"])
        }
    }

    @Test func `outside a transaction nothing can be set for the session, and that is said`() async throws {
        let files = [
            "1_a.sql": "CREATE TABLE a (id INT);",
            "2_b.sql": "-- no-transaction\nSET lock_timeout = '5s';\nCREATE INDEX CONCURRENTLY i ON a (id);",
        ]
        try await withPlace(files) { (place: Place) async throws in
            let said = try await place.refused("run")
            #expect(said.contains("2_b.sql:2 sets something for its session") && said.contains("PgBouncer"), "\(said)")
            #expect(try await place.migrate("run", at: place.direct).contains("Applied 2"))
        }
    }

    @Test func `serve says that it needs sessions, and is content with a pool that keeps them`() async throws {
        for mode in ["transaction", "session"] {
            try await withPlace([:], mode: mode) { (place: Place) async throws in
                let port = try freePort()
                let arguments = ["serve", "--port", "\(port)", "--database", place.pooled]
                let secret = ["DOGEAR_SECRET": String(repeating: "s", count: 40)]
                if mode == "session" {
                    let server = try TalkingProcess(
                        DogearProcess.binary, arguments, in: place.folder, environment: secret,
                        saying: "Dogear listens on")
                    server.signal(SIGTERM)
                    server.wait()
                } else {
                    let child = try ChildProcess(
                        DogearProcess.binary, arguments, in: place.folder, environment: secret,
                        output: place.folder + "/said")
                    let status = await child.ended()
                    #expect(status != 0)
                    #expect(place.said().contains("a pooler such as PgBouncer in transaction mode"), "\(place.said())")
                }
            }
        }
    }
}
