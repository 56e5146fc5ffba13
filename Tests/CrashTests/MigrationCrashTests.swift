import Core
import Foundation
import SQL
import TestSupport
import Testing

/// `dogear migrate run` killed, and run by several at once.
@Suite(.serialized, .inTurns) struct MigrationCrashTests {
    private static let steps = 200

    /// Every step makes a table and writes its number down; on Postgres every twentieth builds an index outside a transaction.
    private func writeSteps(in folder: String, _ engine: TestEngine) throws {
        try FileManager.default.createDirectory(atPath: folder + "/steps", withIntermediateDirectories: true)
        for step in 1...Self.steps {
            var up = "CREATE TABLE t\(step) (id INTEGER PRIMARY KEY);\nINSERT INTO log (step) VALUES (\(step));\n"
            if step == 1 { up = "CREATE TABLE log (step INTEGER NOT NULL);\n" + up }
            if isIndex(step, engine) { up = "-- no-transaction\nCREATE INDEX CONCURRENTLY i\(step) ON log (step);\n" }
            let name = "\(folder)/steps/\(1_000 + step)_step\(step)"
            try up.write(toFile: name + ".up.sql", atomically: false, encoding: .utf8)
            try "DROP TABLE t\(step);\n".write(toFile: name + ".down.sql", atomically: false, encoding: .utf8)
        }
    }

    private func isIndex(_ step: Int, _ engine: TestEngine) -> Bool { engine == .postgres && step % 20 == 0 }

    private func migrate(_ address: String, in folder: String, _ output: String = "said") throws -> ChildProcess {
        try ChildProcess(
            DogearProcess.binary, ["migrate", "run", "--source", "steps", "--database", address], in: folder,
            output: "\(folder)/\(output)")
    }

    private func said(_ folder: String, _ output: String = "said") -> String {
        (try? String(contentsOfFile: "\(folder)/\(output)", encoding: .utf8)) ?? ""
    }

    private struct Seen: Sendable {
        let ledger: [Int]
        let tables: Set<Int>
        let log: Set<Int>
        var count: Int { ledger.count }
    }

    /// What is in the database; nothing where not even the ledger stands.
    private func look(_ database: any Database) async throws -> Seen {
        try await database.read { connection in
            let tables = try connection.all(
                SQLText(
                    sqlite: "SELECT name FROM sqlite_master WHERE type = 'table'",
                    postgres: "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"), []
            ) { try $0.text() }
            guard tables.contains("_sqlx_migrations") else { return Seen(ledger: [], tables: [], log: []) }
            let ledger = try connection.all("SELECT version FROM _sqlx_migrations ORDER BY version", []) {
                try $0.integer() - 1_000
            }
            let log = tables.contains("log") ? try connection.all("SELECT step FROM log", []) { try $0.integer() } : []
            return Seen(ledger: ledger, tables: Set(tables.compactMap { Int($0.dropFirst()) }), log: Set(log))
        }
    }

    @Test(arguments: TestEngine.allCases) func `killed fifty times, it always stands at a step's edge and goes on`(
        engine: TestEngine
    ) async throws {
        let folder = try temporaryFolder("killed")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try writeSteps(in: folder, engine)
        var kills = 0
        while kills < 50 {
            let round = "\(folder)/\(kills)"
            try FileManager.default.createDirectory(atPath: round, withIntermediateDirectories: true)
            let address = try engine.address(in: round)
            let database = try engine.open(address)
            var reached = 0
            while reached < Self.steps && kills < 50 {
                let child = try migrate(address, in: folder)
                let target = min(Self.steps, reached + Int.random(in: 1...12))
                while try await look(database).count < target, child.isRunning {}
                child.signal(SIGKILL)
                child.wait()
                kills += 1
                let seen = try await look(database)
                let expected = Set(seen.ledger.filter { !isIndex($0, engine) })
                #expect(seen.ledger == Array(1...Self.steps).prefix(seen.count).map { $0 })
                #expect(seen.tables == expected && seen.log == expected)
                #expect(seen.count >= reached, "what was applied stays applied")
                reached = seen.count
            }
            let last = try migrate(address, in: folder)
            #expect(last.wait() == 0, "\(said(folder))")
            let seen = try await look(database)
            #expect(seen.count == Self.steps)
            #expect(seen.log.count == (1...Self.steps).count { !isIndex($0, engine) })
            await database.close()
        }
    }

    @Test(arguments: TestEngine.allCases) func `fifty pairs of starters on empty databases run every step once`(
        engine: TestEngine
    ) async throws {
        let folder = try temporaryFolder("pairs")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/steps", withIntermediateDirectories: true)
        for step in 1...5 {
            let table = step == 1 ? "CREATE TABLE log (step INTEGER NOT NULL);" : ""
            try "\(table) INSERT INTO log (step) VALUES (\(step));".write(
                toFile: "\(folder)/steps/\(1_000 + step)_step.sql", atomically: false, encoding: .utf8)
        }
        for pair in 0..<50 {
            let round = "\(folder)/\(pair)"
            try FileManager.default.createDirectory(atPath: round, withIntermediateDirectories: true)
            let address = try engine.address(in: round)
            let children = try ["one", "two"].map { try migrate(address, in: folder, $0) }
            for (child, output) in zip(children, ["one", "two"]) {
                #expect(child.wait() == 0, "\(said(folder, output))")
            }
            let database = try engine.open(address)
            let seen = try await look(database)
            let log = try await database.read { try $0.one("SELECT COUNT(*) FROM log") { try $0.integer() } }
            #expect(seen.count == 5 && log == 5)
            await database.close()
        }
    }

    /// A blocking wait for the lock would hold a snapshot for which the index waits: a deadlock.
    @Test(.timeLimit(.minutes(30))) func `an index is built concurrently while a second starter waits`() async throws {
        let folder = try temporaryFolder("waiting")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/steps", withIntermediateDirectories: true)
        try "CREATE TABLE big AS SELECT n, md5(n::text) AS text FROM generate_series(1, 200000) AS n;".write(
            toFile: folder + "/steps/1_big.sql", atomically: false, encoding: .utf8)
        try "-- no-transaction\nCREATE INDEX CONCURRENTLY big_text ON big (text);".write(
            toFile: folder + "/steps/2_index.sql", atomically: false, encoding: .utf8)
        let address = try TestEngine.postgres.address(in: folder)
        let database = try TestEngine.postgres.open(address)
        // Holds the index up until both starters are there.
        let (inside, signal) = AsyncStream<Void>.makeStream()
        let gate = DispatchGate()
        async let reader: Void = database.read { connection in
            _ = try connection.one("SELECT 1") { try $0.integer() }
            signal.finish()
            gate.wait()
        }
        for await _ in inside {}
        let children = try ["one", "two"].map { try migrate(address, in: folder, $0) }
        var building = 0
        while building == 0 {
            building = try await database.read { connection in
                try connection.one(
                    "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'CREATE INDEX CONCURRENTLY%'"
                ) { try $0.integer() }
            }
        }
        var starters = 0
        while starters < 2 {
            starters = try await database.read { connection in
                try connection.one(
                    "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND (query LIKE 'CREATE INDEX%' OR query LIKE '%pg_try_advisory_lock%') AND pid <> pg_backend_pid()"
                ) { try $0.integer() }
            }
        }
        gate.open()
        try await reader
        for (child, output) in zip(children, ["one", "two"]) { #expect(child.wait() == 0, "\(said(folder, output))") }
        let valid = try await database.read {
            try $0.one("SELECT indisvalid FROM pg_index WHERE indexrelid = 'big_text'::regclass") { try $0.bool() }
        }
        #expect(valid)
        #expect(try await look(database).count == 2)
        await database.close()
    }
}
