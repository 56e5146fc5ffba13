import Core
import Foundation
import SQL
import TestSupport
import Testing

/// `dogear migrate` where addresses, signals and other tools' files are not of the usual kind.
@Suite(.inTurns) struct MigrateEdgeTests {

    private func withFolder(_ files: [String: String], _ body: (String) async throws -> Void) async throws {
        let folder = try temporaryFolder("edge")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, text) in files {
            let path = "\(folder)/\(name)"
            let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            try text.write(toFile: path, atomically: false, encoding: .utf8)
        }
        try await body(folder)
    }

    private func start(_ arguments: [String], at address: String, in folder: String) throws -> ChildProcess {
        try ChildProcess(
            DogearProcess.binary, ["migrate"] + arguments + ["--source", "steps", "--database", address], in: folder,
            output: folder + "/said")
    }

    private func said(in folder: String) -> String {
        (try? String(contentsOfFile: folder + "/said", encoding: .utf8)) ?? ""
    }

    private func migrate(_ arguments: String..., at address: String, in folder: String) async throws -> (Int32, String)
    {
        // Never on a thread that other tests wait for: a shadow's drop waits for every server process, also for one that a test has stopped.
        let status = try await start(arguments, at: address, in: folder).ended()
        return (status, said(in: folder))
    }

    @Test func `a path in a URL is percent-decoded, as sqlx does`() async throws {
        try await withFolder(["steps/1_a.sql": "CREATE TABLE a (id INT);", "my dir/keep": ""]) {
            (folder: String) async throws in
            for scheme in ["sqlite://", "sqlite:"] {
                let (status, text) = try await migrate(
                    "run", at: "\(scheme)\(folder)/my%20dir/a.db?mode=rwc", in: folder)
                #expect(status == 0, "\(text)")
            }
            #expect(FileManager.default.fileExists(atPath: folder + "/my dir/a.db"))
            let (status, text) = try await migrate("run", at: "sqlite:a%zz.db", in: folder)
            #expect(status == 78 && text.contains("%25"), "\(text)")
        }
    }

    @Test(arguments: TestEngine.allCases) func `a revert that fails at the 32nd of 124 steps tells of the 31 before it`(
        engine: TestEngine
    ) async throws {
        var files: [String: String] = [:]
        for step in 1...124 {
            files["steps/\(step)_t.up.sql"] = "CREATE TABLE t\(step) (id INT);"
            files["steps/\(step)_t.down.sql"] = step == 93 ? "DROP TABLE none_such;" : "DROP TABLE t\(step);"
        }
        try await withFolder(files) { (folder: String) async throws in
            for asJSON in [false, true] {
                let own = "\(folder)/\(asJSON)"
                try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
                let address = try engine.address(in: own)
                let (applied, said) = try await migrate("run", at: address, in: folder)
                #expect(applied == 0, "\(said)")
                let (status, text) =
                    asJSON
                    ? try await migrate("revert", "--to", "0", "--json", at: address, in: folder)
                    : try await migrate("revert", "--to", "0", at: address, in: folder)
                #expect(status == 1)
                let listed = (94...124).reversed()
                if asJSON {
                    let node = Node(
                        text: String(text.split(whereSeparator: { $0.isNewline }).first { $0.hasPrefix("{") } ?? ""))
                    #expect(node["reverted"].elements.compactMap(\.int) == Array(listed), "\(text)")
                    #expect(node["error"].string?.contains("none_such") == true)
                } else {
                    let lines = text.split(whereSeparator: { $0.isNewline }).map(String.init)
                    #expect(lines.filter { $0.hasPrefix("Reverted ") } == listed.map { "Reverted \($0)" }, "\(text)")
                    #expect(text.contains("none_such") && text.contains("93_t.down.sql"), "\(text)")
                }
            }
        }
    }

    @Test(arguments: [SIGINT, SIGTERM]) func `a wait for a lock ends with the signal, and what was done is told`(
        _ signal: Int32
    ) async throws {
        let steps = [
            "steps/1_a.sql": "CREATE TABLE a (id INT);",
            "steps/2_b.sql": "CREATE TABLE b (id INT);\nALTER TABLE held ADD x INT;",
            "steps/3_c.sql": "CREATE TABLE c (id INT);",
        ]
        try await withFolder(steps) { (folder: String) async throws in
            let address = try TestEngine.postgres.address(in: folder)
            let database = try TestEngine.postgres.open(address)
            try await database.session { try $0.script("CREATE TABLE held (id INT)") }
            let child = try await database.write { [self] connection -> ChildProcess in
                try connection.execute("LOCK TABLE held")
                let child = try start(["run", "--no-backup"], at: address, in: folder)
                let waiting: SQLText = """
                    SELECT COUNT(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'ALTER TABLE held%'
                    """
                func waits() throws -> Bool {
                    _ = try connection.all("SELECT pg_stat_clear_snapshot()::text", []) { _ in 0 }
                    return try connection.one(waiting) { try $0.integer() } > 0
                }
                while try !waits() {}
                kill(child.pid, signal)
                while try waits() {}
                return child
            }
            let status = await child.ended()
            #expect(status == 1)
            let text = said(in: folder)
            #expect(text.contains("Applied 1\n") && text.contains("2_b.sql:2"), "\(text)")
            #expect(
                text.contains("canceling statement due to user request")
                    && text.contains("Nothing of 2_b.sql was kept"), "\(text)")
            let tables = try await database.read {
                try $0.all("SELECT relname::text FROM pg_class WHERE relname IN ('a', 'b', 'c')", []) { try $0.text() }
            }
            #expect(tables == ["a"])
            await database.close()
        }
    }

    @Test(arguments: ["verify", "adopt"]) func `a signal ends what a shadow is doing, and drops it`(
        _ command: String
    ) async throws {
        let mark = "\(UInt32.random(in: 0...(.max)))"
        let steps = [
            "steps/1_a.sql": "CREATE TABLE a (id INT);", "steps/2_b.sql": "SELECT pg_sleep(3600) AS s\(mark);",
        ]
        try await withFolder(steps) { (folder: String) async throws in
            let address = try TestEngine.postgres.address(in: folder)
            let database = try TestEngine.postgres.open(address)
            try await database.session { try $0.script("CREATE TABLE a (id INT)") }
            let child = try start([command], at: address, in: folder)
            let busy: SQLText =
                "SELECT datname::text FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND position($1 IN query) > 0 AND state = 'active'"
            var shadows: [String] = []
            while shadows.isEmpty {
                shadows = try await database.read { try $0.all(busy, [.text("s" + mark)]) { try $0.text() } }
            }
            kill(child.pid, SIGTERM)
            let status = await child.ended()
            #expect(status == 1 && shadows[0].hasPrefix("dogear_shadow_"), "\(shadows)")
            let words = command == "verify" ? "Interrupted after 1 of 2 steps" : "Nothing was recorded"
            #expect(said(in: folder).contains(words), "\(said(in: folder))")
            let left = try await database.read { [name = shadows[0]] in
                try $0.all("SELECT datname::text FROM pg_database WHERE datname = $1", [.text(name)]) { try $0.text() }
            }
            #expect(left == [])
            await database.close()
        }
    }

    @Test func `a signal ends a backup, and nothing of it is kept`() async throws {
        try await withFolder([:]) { (folder: String) async throws in
            let address = try TestEngine.postgres.address(in: folder)
            let database = try TestEngine.postgres.open(address)
            try await database.session { try $0.script("CREATE TABLE held (id INT)") }
            let child = try await database.write { connection -> ChildProcess in
                // pg_dump waits for it.
                try connection.execute("LOCK TABLE held")
                try connection.settle()
                let child = try ChildProcess(
                    DogearProcess.binary, ["migrate", "backup", "--to", "copy.dump", "--database", address], in: folder,
                    output: folder + "/said")
                let waiting: SQLText =
                    "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                func waits() throws -> Bool {
                    _ = try connection.all("SELECT pg_stat_clear_snapshot()::text", []) { _ in 0 }
                    return try connection.one(waiting) { try $0.integer() } > 0
                }
                while try !waits() {}
                kill(child.pid, SIGTERM)
                return child
            }
            let status = await child.ended()
            #expect(status == 1 && said(in: folder).contains("Interrupted"), "\(said(in: folder))")
            let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("copy") }
            #expect(files == [])
            await database.close()
        }
    }

    @Test func `a shadow has the schemas of the search path`() async throws {
        let steps = [
            "steps/1_a.up.sql": "CREATE TABLE myapp.a (id INT); CREATE TABLE b (id INT);",
            "steps/1_a.down.sql": "DROP TABLE a; DROP TABLE myapp.b;",
        ]
        try await withFolder(steps) { (folder: String) async throws in
            let address = try TestEngine.postgres.address(in: folder)
            let database = try TestEngine.postgres.open(address)
            try await database.session {
                try $0.script("CREATE SCHEMA myapp; CREATE TABLE myapp.a (id INT); CREATE TABLE myapp.b (id INT)")
            }
            let named = address + (address.contains("?") ? "&" : "?") + "options=-csearch_path%3Dmyapp"
            let verified = try await migrate("verify", at: named, in: folder)
            #expect(verified.0 == 0, "\(verified.1)")
            let adopted = try await migrate("adopt", at: named, in: folder)
            #expect(adopted.0 == 0 && adopted.1.contains("Recognised 1"), "\(adopted.1)")
            await database.close()
        }
    }

    @Test func `an extension that the database has is no finding of the step that makes it`() async throws {
        let steps = [
            "steps/1_a.up.sql": "CREATE EXTENSION IF NOT EXISTS pg_trgm;",
            "steps/1_a.down.sql": "DROP EXTENSION pg_trgm;",
        ]
        try await withFolder(steps) { (folder: String) async throws in
            let address = try TestEngine.postgres.address(in: folder)
            let database = try TestEngine.postgres.open(address)
            let fresh = try await migrate("verify", at: address, in: folder)
            #expect(fresh.0 == 0, "\(fresh.1)")
            try await database.session { try $0.script("CREATE EXTENSION pg_trgm") }
            let having = try await migrate("verify", at: address, in: folder)
            #expect(having.0 == 0, "\(having.1)")
            let with = try await migrate("verify", "--with-extensions", at: address, in: folder)
            #expect(with.0 == 1 && with.1.contains("extension pg_trgm is missing"), "\(with.1)")
            await database.close()
        }
    }

    @Test func `odd files of a folder are warned of by name, and the rest goes on`() async throws {
        let steps = [
            "steps/30_add_x.up.sql": "CREATE TABLE x (id INT);", "steps/30_drop_x.down.sql": "DROP TABLE x;",
            "steps/31_gone.down.sql": "DROP TABLE y;", "steps/32_z.sql": "-- No Transaction\nCREATE TABLE z (id INT);",
        ]
        try await withFolder(steps) { (folder: String) async throws in
            let (status, text) = try await migrate("run", at: "sqlite:a.db", in: folder)
            #expect(status == 0 && text.contains("Applied 30") && text.contains("Applied 32"), "\(text)")
            for name in ["30_drop_x.down.sql", "31_gone.down.sql", "32_z.sql"] {
                #expect(text.contains("dogear: warning: \(name): "), "\(text)")
            }
            let linted = try await migrate("lint", at: "sqlite:a.db", in: folder)
            #expect(linted.0 == 1 && linted.1.components(separatedBy: "[odd-file]").count == 4, "\(linted.1)")
        }
    }

    @Test func `the docs take goose's files over with their NO TRANSACTION, wherever it stands`() async throws {
        let docs = try String(contentsOfFile: repository + "/docs/migrations.md", encoding: .utf8)
        let part = try #require(docs.components(separatedBy: "**goose.**").dropFirst().first)
        let script = try #require(
            part.components(separatedBy: "```sh\n").dropFirst().first?.components(separatedBy: "```").first)
        let files = [
            "db/migrations/1_first.sql":
                "-- +goose Up\n-- +goose NO TRANSACTION\nCREATE INDEX CONCURRENTLY i ON t (a);\n-- +goose Down\nDROP INDEX i;\n",
            "db/migrations/2_second.sql": "-- +goose NO TRANSACTION\n-- +goose Up\nVACUUM;\n",
            "db/migrations/3_third.sql":
                "-- +goose Up\n-- +goose StatementBegin\nCREATE TABLE t (a INT);\n-- +goose StatementEnd\n-- +goose Down\nDROP TABLE t;\n",
            "migrations/keep": "",
        ]
        try await withFolder(files) { (folder: String) async throws in
            let child = try ChildProcess("sh", ["-euc", script], in: folder, output: folder + "/said")
            #expect(child.wait() == 0, "\(said(in: folder))")
            func text(_ name: String) -> String {
                (try? String(contentsOfFile: "\(folder)/migrations/\(name)", encoding: .utf8)) ?? ""
            }
            #expect(text("1_first.up.sql") == "-- no-transaction\nCREATE INDEX CONCURRENTLY i ON t (a);\n")
            #expect(text("1_first.down.sql") == "-- no-transaction\nDROP INDEX i;\n")
            #expect(text("2_second.up.sql") == "-- no-transaction\nVACUUM;\n")
            #expect(
                text("3_third.up.sql") == "CREATE TABLE t (a INT);\n" && text("3_third.down.sql") == "DROP TABLE t;\n")
        }
    }
}
