import Core
import Foundation
import SQL
import Server
import TestSupport
import Testing

/// `dogear migrate`, as an operator uses it on a folder of an app's own.
@Suite(.inTurns) struct MigrateCommandTests {
    /// A folder with an app's migrations and its database.
    private struct App {
        let folder: String
        let address: String

        func write(_ name: String, _ text: String) throws {
            try FileManager.default.createDirectory(atPath: folder + "/migrations", withIntermediateDirectories: true)
            try text.write(toFile: "\(folder)/migrations/\(name)", atomically: false, encoding: .utf8)
        }

        func migrate(_ arguments: String...) throws -> (status: Int32, text: String) {
            let output = folder + "/said"
            let child = try ChildProcess(
                DogearProcess.binary,
                ["migrate"] + arguments + ["--source", "migrations", "--database", address], in: folder, output: output)
            let status = child.wait()
            return (status, said(in: output))
        }

        /// What a command said and gave, but for the line that names the database.
        private func said(in output: String) -> String {
            let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
            return text.replacing(/^Database: [^\n]*\n/, with: "")
        }

        func json(_ arguments: String...) throws -> (status: Int32, node: Node) {
            let output = folder + "/said"
            let child = try ChildProcess(
                DogearProcess.binary,
                ["migrate"] + arguments + ["--json", "--source", "migrations", "--database", address], in: folder,
                output: output)
            let status = child.wait()
            return (status, Node(text: said(in: output)))
        }

        var backups: [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: folder + "/app.sqlite-backups")) ?? []).sorted()
        }
    }

    private func withApp(_ engine: TestEngine, _ body: (App) async throws -> Void) async throws {
        let folder = try temporaryFolder("app")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let address = engine == .sqlite ? "sqlite:app.sqlite" : try engine.address(in: folder)
        let app = App(folder: folder, address: address)
        try app.write("1_users.up.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);\n")
        try app.write("1_users.down.sql", "DROP TABLE users;\n")
        try app.write("2_rows.up.sql", "INSERT INTO users (id, email) VALUES (1, 'a@example.com');\n")
        try app.write("2_rows.down.sql", "DELETE FROM users WHERE id = 1;\n")
        try await body(app)
    }

    @Test(arguments: TestEngine.allCases) func `each command has words and an object, and its exit status`(
        engine: TestEngine
    ) async throws {
        try await withApp(engine) { (app: App) async throws in
            #expect(try app.migrate("info").text == "pending\t1\tusers\npending\t2\trows\n")
            #expect(try app.json("info").node["steps"][0]["state"].string == "pending")
            let plan = try app.json("plan").node["steps"]
            #expect(plan.count == 2 && plan[0]["transaction"].bool == true)
            #expect(plan[0]["statements"][0]["sql"].string == "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)")
            #expect(try app.migrate("run", "--dry-run").text == "Would apply 1 users\nWould apply 2 rows\n")
            #expect(try app.migrate("run", "--to", "1").text == "Applied 1 users\n")
            #expect(try app.json("run").node["applied"][0]["version"].int == 2)
            #expect(try app.migrate("run").text == "Nothing was pending.\n")
            #expect(try app.json("lint").node["steps"].count == 2)
            let verified = try app.json("verify")
            #expect(verified.status == 0 && verified.node["steps"][1]["ok"].bool == true)
            #expect(try app.migrate("schema").text.contains("CREATE TABLE"))
            let first = try app.migrate("schema").text
            #expect(try app.migrate("schema").text == first)
            #expect(try app.migrate("adopt").text.contains("under migrations already"))
            #expect(try app.migrate("revert").text == "Reverted 2\n")
            #expect(try app.json("revert", "--to", "0").node["reverted"][0].int == 1)
            try app.write("3_bad.up.sql", "DROP TABLE users;\n")
            let lint = try app.json("lint")
            #expect(lint.status == 1 && lint.node["steps"][2]["problems"][0]["phase"].string == "lint")
            try app.write("3_bad.up.sql", "nonsense;\n")
            let failed = try app.migrate("run")
            #expect(failed.status == 1 && failed.text.contains("3_bad.up.sql:1: this statement failed"))
            let verify = try app.json("verify")
            #expect(verify.status == 1 && verify.node["steps"][2]["problems"][0]["phase"].string == "up")
            #expect(verify.node["steps"].count == 3)
            #expect(try app.migrate("run", "--resolve", "maybe").status == 2)
            #expect(try app.migrate("rebless", "1").status == 2)
        }
    }

    @Test func `commands that only look make no file`() async throws {
        try await withApp(.sqlite) { (app: App) async throws in
            for command in ["info", "plan", "lint", "verify", "schema"] {
                #expect(try app.migrate(command).status == 0)
                #expect(!FileManager.default.fileExists(atPath: app.folder + "/app.sqlite"), "\(command)")
            }
            #expect(try app.migrate("run", "--dry-run").status == 0)
            #expect(!FileManager.default.fileExists(atPath: app.folder + "/app.sqlite"))
            let backup = try app.migrate("backup")
            #expect(backup.status == 1 && backup.text.contains("There is no file app.sqlite yet."))
        }
    }

    @Test func `a SQLite file is copied before what touches its rows, and five copies are kept`() async throws {
        try await withApp(.sqlite) { (app: App) async throws in
            #expect(try app.migrate("run").status == 0)
            #expect(app.backups.isEmpty, "there was nothing to lose yet")
            for version in 3...9 {
                try app.write("\(version)_step.sql", "UPDATE users SET email = '\(version)';\n")
                #expect(try app.migrate("run").status == 0)
            }
            #expect(
                app.backups.map { $0.split(separator: "-").last.map(String.init) ?? "" }
                    == (5...9).map { "\($0).sqlite" })
            let newest = app.folder + "/app.sqlite-backups/" + (app.backups.last ?? "")
            #expect(try run("sqlite3", [newest, "SELECT email FROM users; PRAGMA integrity_check"]) == "8\nok\n")
            // Tries that fail do not push out the copies of what went before.
            try app.write("10_step.sql", "nonsense;\n")
            for _ in 0..<6 { #expect(try app.migrate("run").status == 1) }
            #expect(
                app.backups.map { $0.split(separator: "-").last.map(String.init) ?? "" }
                    == (6...10).map { "\($0).sqlite" })
            try app.write("10_step.sql", "UPDATE users SET email = '10';\n")
            #expect(try app.migrate("run", "--no-backup").status == 0)
            #expect(app.backups.count == 5)
            let recorded = try run(
                "sqlite3", [app.folder + "/app.sqlite", "SELECT backup FROM _dogear_migrations WHERE version = 9"])
            #expect(recorded.contains("before-9.sqlite"))
        }
    }

    @Test func `a SQLite backup is put back, unless somebody has the file open or the backup is damaged`() async throws
    {
        try await withApp(.sqlite) { (app: App) async throws in
            #expect(try app.migrate("run").status == 0)
            #expect(try app.migrate("backup", "--to", "copy.sqlite").status == 0)
            #expect(try app.migrate("backup", "--to", "copy.sqlite").text.contains("is there already"))
            let file = app.folder + "/app.sqlite"
            try run("sqlite3", [file, "UPDATE users SET email = 'changed'"])
            let open = try TestEngine.sqlite.open("sqlite:\(file)")
            _ = try await open.read { try $0.one("SELECT COUNT(*) FROM users") { try $0.integer() } }
            let refused = try app.migrate("restore", "copy.sqlite")
            #expect(refused.status == 1 && refused.text.contains("is in use"), "\(refused.text)")
            await open.close()
            try "this is no database".write(toFile: app.folder + "/damaged.sqlite", atomically: false, encoding: .utf8)
            #expect(try app.migrate("restore", "damaged.sqlite").status == 1)
            #expect(try app.migrate("restore", "nowhere.sqlite").text.contains("There is no file"))
            #expect(try run("sqlite3", [file, "SELECT email FROM users"]) == "changed\n")
            let restored = try app.json("restore", "copy.sqlite")
            #expect(restored.status == 0)
            #expect(try run("sqlite3", [file, "SELECT email FROM users"]) == "a@example.com\n")
            let kept = app.folder + "/" + (restored.node["kept"].string ?? "")
            #expect(try run("sqlite3", [kept, "SELECT email FROM users"]) == "changed\n")
        }
    }

    @Test func `looking changes nothing of a file, and copies are as private as the original`() async throws {
        try await withApp(.sqlite) { (app: App) async throws in
            let file = app.folder + "/app.sqlite"
            try TestSupport.run("sqlite3", [file, "CREATE TABLE z (x)"])
            try TestSupport.run("chmod", ["600", file])
            let before = try Data(contentsOf: URL(fileURLWithPath: file))
            for command in ["info", "plan", "schema"] { #expect(try app.migrate(command).status == 0) }
            #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == before)
            #expect(try app.migrate("backup", "--to", "copy.sqlite").status == 0)
            #expect(try app.migrate("restore", "copy.sqlite").status == 0)
            #expect(try TestSupport.run("stat", ["-c", "%a", file, app.folder + "/copy.sqlite"]) == "600\n600\n")
            for command in [["revert"], ["rebless", "1", "--because", "x"]] {
                let child = try ChildProcess(
                    DogearProcess.binary,
                    ["migrate"] + command + ["--source", "migrations", "--database", "sqlite:typo.sqlite"],
                    in: app.folder, output: app.folder + "/said")
                #expect(child.wait() == 2)
            }
            #expect(!FileManager.default.fileExists(atPath: app.folder + "/typo.sqlite"))
        }
    }

    @Test func `sqlx's address is understood, an unknown option is not`() async throws {
        try await withApp(.sqlite) { (app: App) async throws in
            for (query, status) in [("?mode=rwc", 0), ("?mode=ro", 78), ("?cache=shared", 78)] as [(String, Int32)] {
                let child = try ChildProcess(
                    DogearProcess.binary,
                    ["migrate", "run", "--source", "migrations", "--database", "sqlite://app.sqlite" + query],
                    in: app.folder, output: app.folder + "/said")
                #expect(child.wait() == status)
            }
            #expect(try app.migrate("info").text == "applied\t1\tusers\napplied\t2\trows\n")
        }
    }

    @Test func `Postgres is dumped and restored with its own tools`() async throws {
        try await withApp(.postgres) { (app: App) async throws in
            #expect(try app.migrate("run").status == 0)
            let made = try app.migrate("backup", "--to", "copy.dump")
            #expect(made.status == 0, "\(made.text)")
            #expect(try app.migrate("backup", "--to", "copy.dump").text.contains("is there already"))
            let database = try TestEngine.postgres.open(app.address)
            try await database.write {
                try $0.script(
                    "DELETE FROM users; CREATE TABLE later (id INT, user_id INT REFERENCES users (id)); CREATE SCHEMA more"
                )
            }
            let restored = try app.migrate("restore", "copy.dump")
            #expect(restored.status == 0, "\(restored.text)")
            let email = try await database.read { try $0.one("SELECT email FROM users") { try $0.text() } }
            #expect(email == "a@example.com")
            let later = try await database.read {
                try $0.one("SELECT to_regclass('later') IS NULL AND to_regnamespace('more') IS NULL") { try $0.bool() }
            }
            #expect(later, "the state of the backup has no such table")
            #expect(try app.migrate("info").text == "applied\t1\tusers\napplied\t2\trows\n")
            await database.close()
        }
    }

    @Test(.timeLimit(.minutes(30)), arguments: TestEngine.allCases)
    func `verify leaves nothing behind, and the named database alone`(
        engine: TestEngine
    ) async throws {
        try await withApp(engine) { (app: App) async throws in
            #expect(try app.migrate("run").status == 0)
            let before = try app.migrate("schema").text
            #expect(try app.migrate("verify").text == "Every step goes up, down and up again: 2 steps.\n")
            #expect(try app.migrate("schema").text == before)
            #expect(try app.migrate("info").text == "applied\t1\tusers\napplied\t2\trows\n")
            if engine == .postgres {
                let database = try engine.open(app.address)
                // Other tests' shadows come and go on the same server; one left behind would stay.
                var shadows = 1
                while shadows > 0 {
                    shadows = try await database.read {
                        try $0.one("SELECT COUNT(*) FROM pg_database WHERE datname LIKE 'dogear\\_shadow\\_%'") {
                            try $0.integer()
                        }
                    }
                }
                await database.close()
            }
        }
    }

    @Test func `without Postgres' tools a backup says what is missing`() async throws {
        try await withApp(.postgres) { (app: App) async throws in
            let output = app.folder + "/said"
            let child = try ChildProcess(
                DogearProcess.binary, ["migrate", "backup", "--database", app.address], in: app.folder,
                environment: ["PATH": "/nowhere"], output: output)
            #expect(child.wait() == 1)
            #expect(try String(contentsOfFile: output, encoding: .utf8).contains("pg_dump is not installed here"))
        }
    }

    @Test func `a full disk leaves a step's edge, and the next run finishes`() async throws {
        try await withApp(.sqlite) { (app: App) async throws in
            try app.write(
                "3_big.sql",
                """
                CREATE TABLE big (data BLOB);
                WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 2000)
                INSERT INTO big SELECT randomblob(4000) FROM counted;
                """)
            // The system refuses to let any file grow past 1 MB.
            let child = try ChildProcess(
                "bash",
                [
                    "-c",
                    "trap '' XFSZ; ulimit -f 1024; exec \(DogearProcess.binary) migrate run --source migrations --database \(app.address)",
                ], in: app.folder, output: app.folder + "/said")
            #expect(child.wait() == 1)
            let said = try String(contentsOfFile: app.folder + "/said", encoding: .utf8)
            #expect(said.contains("3_big.sql"), "\(said)")
            #expect(
                try app.migrate("info").text == "applied\t1\tusers\napplied\t2\trows\npending\t3\tbig\t(no way back)\n")
            #expect(
                try run("sqlite3", [app.folder + "/app.sqlite", "PRAGMA integrity_check; SELECT COUNT(*) FROM users"])
                    == "ok\n1\n")
            #expect(try app.migrate("run").text == "Applied 3 big\n")
            #expect(try run("sqlite3", [app.folder + "/app.sqlite", "SELECT COUNT(*) FROM big"]) == "2000\n")
        }
    }

    @Test(arguments: [
        ("dogear_shadow_1700000000_0123456789abcdef0123456789abcdef", true),
        ("dogear_shadow_1999999999_0123456789abcdef0123456789abcdef", false), ("dogear_shadow_2026", false),
        ("dogear_shadow_1_archive", false), ("dogear_shadow_1700000000_ours", false),
        ("dogear_shadow_1700000000", false),
        ("dogear_shadow_1700000000_0123456789abcdef0123456789abcdeg", false),
        ("dogear_shadow_1700000000_0123456789abcdef0123456789abcdef_x", false),
        ("x_dogear_shadow_1700000000_0123456789abcdef0123456789abcdef", false), ("dogear", false), ("", false),
    ])
    func `only what can be nothing but an old shadow is cleared away`(name: String, isStale: Bool) {
        #expect(Engine.isStaleShadow(name, now: Instant(milliseconds: 1_800_000_000_000)) == isStale)
    }

    @Test func `new migrations get a timestamp, and nothing is written over`() async throws {
        let folder = try temporaryFolder("add")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let text = try run(DogearProcess.binary, ["migrate", "add", "-r", "Add users' table!"], in: folder)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/migrations").sorted()
        #expect(
            names.count == 2 && names[0].hasSuffix("_add_users_table.down.sql")
                && names[1].hasSuffix("_add_users_table.up.sql"))
        #expect(try names.at(0).prefix { $0.isNumber }.count == 14)
        #expect(text == names.reversed().map { "Wrote migrations/\($0)\n" }.joined())
        let single = try run(DogearProcess.binary, ["migrate", "add", "--source", "other", "one way"], in: folder)
        #expect(single.hasSuffix("_one_way.sql\n"))
    }
}
