import Core
import Foundation
import Migrations
import SQL
import Schema
import TestSupport
import Testing

@Suite struct MigrationSetTests {
    private func set(_ names: String...) throws -> MigrationSet {
        try MigrationSet(files: names.map { ($0, Array("SELECT 1;".utf8)) })
    }

    @Test func `files are read in the order of their versions`() throws {
        let set = try set("10_b.up.sql", "10_b.down.sql", "9_a_first_one.sql", "README.md", "notes.sql")
        #expect(set.migrations.map(\.version) == [9, 10])
        #expect(set.migrations.map(\.description) == ["a first one", "b"])
        #expect(set.migrations.map { $0.down != nil } == [false, true])
    }

    @Test func `two files of one version are refused, every pair by name`() {
        #expect(throws: MigrationError.self) { try set("1_a.up.sql", "1_a.sql") }
        let refused = #expect(throws: MigrationError.self) {
            try set("1_a.up.sql", "1_b.up.sql", "2_c.down.sql", "2_d.down.sql")
        }
        let words = refused?.description ?? ""
        #expect(words.contains("1_a.up.sql and 1_b.up.sql") && words.contains("2_c.down.sql and 2_d.down.sql"))
    }

    @Test func `a down alone and halves of two names are odd, and the rest goes on`() async throws {
        let folder = try set("30_add_x.up.sql", "30_drop_x.down.sql", "31_gone.down.sql", "32_c.sql")
        #expect(folder.migrations.map(\.version) == [30, 32] && folder.migrations[0].down != nil)
        #expect(folder.oddities.map(\.file) == ["30_drop_x.down.sql", "31_gone.down.sql"])
        let reports = Linter(folder, dialect: .sqlite).reports()
        #expect(reports.map(\.version) == [30, 31, 32])
        #expect(reports.map { $0.findings.compactMap(\.rule).filter { $0 == "odd-file" }.count } == [1, 1, 0])
        try await TestEngine.sqlite.withDatabase(migrated: false) { database in
            let run = try await Migrator(database: database, set: folder).run()
            #expect(run.map(\.version) == [30, 32])
        }
    }

    @Test(arguments: ["-- No Transaction", "--no-transaction", "-- NO-TRANSACTION", "-- no transaction"])
    func `what nearly asks to run outside a transaction is named`(_ line: String) throws {
        let odd = try MigrationSet(files: [("1_a.sql", Array("\(line)\nSELECT 1;".utf8))])
        #expect(odd.oddities.map(\.file) == ["1_a.sql"])
        #expect(!odd.migrations[0].up.isOutsideTransaction)
        let exact = try MigrationSet(files: [("1_a.sql", Array("-- no-transaction\nSELECT 1;".utf8))])
        #expect(exact.oddities == [])
    }

    @Test(arguments: [("\n", "ae7683959a9e582b"), ("\r\n", "a0c93ab32f4cff18")])
    func `the checksum is SHA-384 of the raw bytes, as sqlx has it`(end: String, prefix: String) {
        let script = Script(bytes: Array(("CREATE TABLE t(id INT);" + end).utf8))
        #expect(script.checksum.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == prefix)
    }

    @Test func `checkouts with LF and CRLF are the same migration`() {
        let unix = Script(bytes: Array("A;\nB;\n".utf8))
        let windows = Script(bytes: Array("A;\r\nB;\r\n".utf8))
        #expect(unix.matches(checksum: windows.checksum) && windows.matches(checksum: unix.checksum))
        #expect(!unix.matches(checksum: Script(bytes: Array("A;\nC;\n".utf8)).checksum))
    }

    @Test func `the advisory lock is the one that sqlx takes`() {
        #expect(MigrationLock.id(database: "postgres") == 368_907_709_894_077_238)
    }
}

@Suite struct MigratorTests {
    private func steps(_ ups: [String], downs: [String?]? = nil) throws -> MigrationSet {
        var files: [(String, [UInt8])] = []
        for (index, up) in ups.enumerated() {
            files.append(("\(index + 1)_step.up.sql", Array(up.utf8)))
            if let down = downs?[index] { files.append(("\(index + 1)_step.down.sql", Array(down.utf8))) }
        }
        return try MigrationSet(files: files)
    }

    private func tables(_ database: any Database) async throws -> [String] {
        try await database.read { connection in
            try connection.all(
                SQLText(
                    sqlite:
                        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
                    postgres: "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"),
                []
            ) { try $0.text() }.filter { !$0.hasPrefix("_") }
        }
    }

    @Test(arguments: TestEngine.allCases) func `steps are applied once, in order, and written down`(engine: TestEngine)
        async throws
    {
        try await engine.withDatabase(migrated: false) { database in
            let set = try steps(["CREATE TABLE a (id INT);", "CREATE TABLE b (id INT); CREATE TABLE c (id INT);"])
            let migrator = Migrator(database: database, set: set)
            #expect(try await migrator.info().map(\.state) == [.pending, .pending])
            #expect(try await tables(database) == [])
            #expect(try await migrator.run(to: 1).map(\.version) == [1])
            #expect(try await migrator.info().map(\.state) == [.applied, .pending])
            #expect(try await migrator.run().map(\.version) == [2])
            #expect(try await migrator.run().isEmpty)
            #expect(try await tables(database) == ["a", "b", "c"])
            let ledger = try await database.read { connection in
                try connection.all(
                    "SELECT version, description, success, checksum, execution_time FROM _sqlx_migrations ORDER BY version",
                    []
                ) { (try $0.integer(), try $0.text(), try $0.bool(), try $0.blob(), try $0.integer()) }
            }
            #expect(ledger.map(\.0) == [1, 2])
            #expect(ledger.allSatisfy { $0.1 == "step" && $0.2 && $0.4 > 0 })
            #expect(ledger.map(\.3) == set.migrations.map(\.up.checksum))
        }
    }

    @Test(arguments: TestEngine.allCases) func `a step that fails leaves nothing, and the steps before it stand`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase(migrated: false) { database in
            let set = try steps([
                "CREATE TABLE a (id INT);", "CREATE TABLE b (id INT); INSERT INTO nowhere VALUES (1);",
            ])
            await #expect { try await Migrator(database: database, set: set).run() } throws: { error in
                "\(error)".contains("2_step.up.sql:1: this statement failed") && "\(error)".contains("nowhere")
            }
            #expect(try await tables(database) == ["a"])
            #expect(try await Migrator(database: database, set: set).info().map(\.state) == [.applied, .pending])
        }
    }

    @Test(arguments: TestEngine.allCases) func `steps are reverted newest first, also when their files are gone`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase(migrated: false) { database in
            let set = try steps(
                ["CREATE TABLE a (id INT);", "CREATE TABLE b (id INT);", "CREATE TABLE c (id INT);"],
                downs: ["DROP TABLE a;", "DROP TABLE b;", "DROP TABLE c;"])
            try await Migrator(database: database, set: set).run()
            #expect(try await Migrator(database: database, set: set).revert() == [3])
            #expect(try await tables(database) == ["a", "b"])
            let older = try MigrationSet(files: [("1_step.up.sql", Array("CREATE TABLE a (id INT);".utf8))])
            #expect(try await Migrator(database: database, set: older).info().map(\.state) == [.applied, .missing])
            #expect(try await Migrator(database: database, set: older).revert(to: 1) == [2])
            #expect(try await tables(database) == ["a"])
            #expect(try await Migrator(database: database, set: older).revert(to: 0) == [1])
            #expect(try await tables(database) == [])
            #expect(try await Migrator(database: database, set: older).revert().isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases) func `what cannot be gone on from is refused and changes nothing`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase(migrated: false) { database in
            try await Migrator(
                database: database, set: try steps(["CREATE TABLE a (id INT);", "CREATE TABLE b (id INT);"])
            ).run()
            let changed = try steps([
                "CREATE TABLE a (id BIGINT);", "CREATE TABLE b (id INT);", "CREATE TABLE c (id INT);",
            ])
            await #expect { try await Migrator(database: database, set: changed).run() } throws: {
                "\($0)".contains("was changed")
            }
            let shorter = try steps(["CREATE TABLE a (id INT);"])
            await #expect { try await Migrator(database: database, set: shorter).run() } throws: {
                "\($0)".contains("of which there is no file")
            }
            let late = try MigrationSet(files: [
                ("0_late.up.sql", Array("CREATE TABLE z (id INT);".utf8)),
                ("1_step.up.sql", Array("CREATE TABLE a (id INT);".utf8)),
                ("2_step.up.sql", Array("CREATE TABLE b (id INT);".utf8)),
            ])
            await #expect { try await Migrator(database: database, set: late).run() } throws: {
                "\($0)".contains("older than")
            }
            await #expect { try await Migrator(database: database, set: shorter).revert() } throws: {
                "\($0)".contains("no down SQL")
            }
            #expect(try await tables(database) == ["a", "b"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `two starters on one empty database both succeed and each step runs once`(engine: TestEngine) async throws {
        for _ in 0..<10 {
            let folder = try temporaryFolder("starters")
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let address = try engine.address(in: folder)
            let applied = try await withThrowingTaskGroup(of: [Int64].self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        let database = try engine.open(address)
                        let set = try Schema.migrations(for: database.dialect)
                        let applied = try await Migrator(database: database, set: set).run().map(\.version)
                        await database.close()
                        return applied
                    }
                }
                return try await group.reduce([], +)
            }
            let all = try Schema.migrations(for: engine == .sqlite ? .sqlite : .postgres).migrations
            #expect(applied.sorted() == all.map(\.version))
        }
    }

    @Test(arguments: TestEngine.allCases) func `our own schema goes up, down and up with rows in its tables`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase(migrated: false) { database in
            let set = try Schema.migrations(for: database.dialect)
            let migrator = Migrator(database: database, set: set)
            let first = try #require(set.migrations.first).version
            try await migrator.run(to: first)
            let ids = (ID.random(), ID.random())
            try await database.write { connection in
                for (content, position) in [(ids.0, 500), (ids.1, 3_500)] {
                    try connection.execute(
                        """
                        INSERT INTO watch_history (user_id, content_id, resume_position_seconds, duration_seconds, last_watched_at)
                        VALUES ($1, $2, $3, 3600, $4)
                        """,
                        [.id(ids.0), .id(content), .integer(position), .text("2025-11-28 21:11:45.5")])
                }
            }
            for _ in 0..<2 {
                try await migrator.run()
                let rows = try await database.read { connection in
                    try connection.all(
                        """
                        SELECT resume_position_seconds, play_count, pass_open, last_moved_at
                        FROM watch_history
                        ORDER BY resume_position_seconds
                        """, []
                    ) { (try $0.integer(), try $0.integer(), try $0.bool(), try $0.instant().description) }
                }
                #expect(rows.map(\.0) == [500, 3_500])
                #expect(rows.map(\.1) == [0, 1])
                #expect(rows.map(\.2) == [true, false])
                #expect(rows.map(\.3) == ["2025-11-28T21:11:45.500Z", "2025-11-28T21:11:45.500Z"])
                try await migrator.revert(to: first)
                #expect(try await tables(database) == ["watch_history"])
            }
            try await migrator.revert(to: 0)
            #expect(try await tables(database) == [])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `plays that were only counted become plays, and their counts survive the way back`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase(migrated: false) { database in
            let migrator = Migrator(database: database, set: try Schema.migrations(for: database.dialect))
            let before: Int64 = 20_261_127_000_060
            try await migrator.run(to: before)
            let moment = Instant(milliseconds: 1_800_000_000_000)
            try await database.write { connection in
                for count in 0..<3 {
                    try connection.execute(
                        """
                        INSERT INTO watch_history
                            (user_id, content_id, resume_position_seconds, duration_seconds, last_watched_at, last_moved_at, play_count)
                        VALUES ($1, $2, 10, 3600, $3, $5, $4)
                        """, [.id(.random()), .id(.random()), .instant(moment), .integer(count), .instant(moment)])
                }
            }
            try await migrator.run()
            let plays = try await database.read { connection in
                try connection.all("SELECT finished_at FROM plays", []) { try $0.instant() }
            }
            #expect(plays == [moment, moment, moment], "one of the second title, two of the third")
            try await migrator.revert(to: before)
            let counts = try await database.read { connection in
                try connection.all("SELECT play_count FROM watch_history ORDER BY play_count", []) { try $0.integer() }
            }
            #expect(counts == [0, 1, 2])
        }
    }

    @Test func `both engines have the same steps, each with its way back`() throws {
        let sqlite = try Schema.migrations(for: .sqlite).migrations
        let postgres = try Schema.migrations(for: .postgres).migrations
        // What Postgres adds to a table that is in use, SQLite makes with the table.
        let onlyPostgres: Set<Int64> = [20_261_127_000_023, 20_261_127_000_024, 20_261_127_000_025]
        let both = postgres.filter { !onlyPostgres.contains($0.version) }
        #expect(sqlite.map(\.version) == both.map(\.version))
        #expect(sqlite.map(\.description) == both.map(\.description))
        #expect((sqlite + postgres).allSatisfy { $0.down != nil })
        #expect(!sqlite.isEmpty)
    }
}
