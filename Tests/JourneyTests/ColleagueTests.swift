import Foundation
import TestSupport
import Testing

/// What commands say when something is in the way: what happened, and what to do next.
@Suite(.inTurns) struct ColleagueTests {
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = try temporaryFolder("colleague")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    @Test func `a port that is taken is named, with the flag that chooses another`() async throws {
        try await withFolder { folder in
            let server = try DogearProcess([], in: folder)
            let late = try runApart(
                ["serve", "--port", "\(server.port)", "--database", "sqlite:other.sqlite"], in: folder)
            #expect(late.status == 78 && late.out.isEmpty, "\(late)")
            #expect(late.said.contains("Port \(server.port) is taken") && late.said.contains("--port"), "\(late)")
            server.stop()
            let nowhere = try runApart(["serve", "--port", "0", "--host", "203.0.113.9"], in: folder)
            #expect(nowhere.status == 78)
        }
    }

    @Test func `a second server on one file is refused, and one after it is not`() async throws {
        try await withFolder { folder in
            let server = try DogearProcess([], in: folder)
            let second = try runApart(["serve", "--port", "0"], in: folder)
            #expect(second.status == 78 && second.said.contains("process \(server.pid), serves data/dogear.sqlite"))
            // Commands work beside it.
            #expect(try runApart(["key", "list"], in: folder).status == 0)
            server.kill()
            let next = try DogearProcess([], in: folder)
            next.stop()
        }
    }

    @Test(arguments: [
        ("DOGEAR_PORT", "Did you mean PORT?"), ("DOGEAR_SECRETT", "Did you mean DOGEAR_SECRET?"),
        ("DOGEAR_DATABASE_URI", "Did you mean DATABASE_URL?"), ("DOGEAR_XYZ", "docs/operations.md lists them all."),
    ]) func `a setting that nobody knows is refused with the nearest that there is`(name: String, hint: String)
        async throws
    {
        try await withFolder { folder in
            let refused = try runApart(["serve", "--port", "0"], in: folder, environment: [name: "1"])
            #expect(refused.status == 78 && refused.said.contains(name) && refused.said.contains(hint), "\(refused)")
            #expect(refused.said.split(whereSeparator: { $0.isNewline }).count == 1)
        }
    }

    @Test func `a word in dogear.yaml that is no setting is refused`() async throws {
        try await withFolder { folder in
            for (text, hint) in [
                ("prot: 8090", "Did you mean port?"), ("PORT: 8090", "Did you mean port?"),
                ("resume_minimum_second: 3", "Did you mean resume_minimum_seconds?"),
            ] {
                try text.write(toFile: folder + "/dogear.yaml", atomically: true, encoding: .utf8)
                let refused = try runApart(["serve", "--port", "0"], in: folder)
                #expect(refused.status == 78 && refused.said.contains(hint), "\(refused)")
            }
        }
    }

    @Test(arguments: [
        ["key", "create"], ["key", "list"], ["user", "list"], ["questionnaire", "list"], ["outbox", "list"],
        ["history", "export", "--user", "bob"],
    ]) func `a folder without a database is said to be one, and stays so`(command: [String]) async throws {
        try await withFolder { folder in
            let refused = try runApart(command, in: folder)
            #expect(refused.status == 78 && refused.out.isEmpty)
            #expect(refused.said.contains("There is no database at data/dogear.sqlite"), "\(refused)")
            #expect(refused.said.contains("dogear migrate run"))
            #expect(!FileManager.default.fileExists(atPath: folder + "/data"))
        }
    }

    @Test(arguments: TestEngine.allCases) func `commands name the database, apart from what they give`(
        engine: TestEngine
    ) async throws {
        try await withFolder { folder in
            let address = try engine.address(in: folder)
            let database = ["--database", address]
            #expect(try runApart(["migrate", "run"] + database, in: folder).status == 0)
            let keys = try runApart(["key", "list"] + database, in: folder)
            #expect(keys.status == 0 && keys.out.isEmpty && keys.said.contains("There are no keys."))
            let name = engine == .sqlite ? "dogear.sqlite" : "Postgres database "
            #expect(keys.said.contains("Database: ") && keys.said.contains(name), "\(keys)")
            let made = try runApart(["key", "create"] + database, in: folder)
            #expect(made.status == 0 && made.out.hasPrefix("dogear_") && !made.out.contains("Database"))
            // A failure never gets into a file that was meant for what is given.
            let missing = try runApart(["questionnaire", "export", "nobody-has-this"] + database, in: folder)
            #expect(missing.status == 1 && missing.out.isEmpty && missing.said.contains("There is no questionnaire"))
            let revoked = try runApart(
                ["key", "revoke", "2c1b8d3a-7f64-4e0b-8a52-5d9be0c1a202"] + database, in: folder)
            #expect(revoked.status == 1 && revoked.out.isEmpty && revoked.said.contains("dogear key list"))
        }
    }

    @Test(arguments: [
        (["key", "create", "--scope", "watching:all"], "dogear key create"),
        (["key", "create", "--name", ""], "dogear key create"), (["key", "revoke", "mine"], "dogear key revoke"),
        (["questionnaire", "results", "sea", "--format", "xlsx"], "dogear questionnaire results"),
        (["questionnaire", "results", "sea", "--since", "noon"], "dogear questionnaire results"),
    ]) func `what is wrong with a command's own words is told with its own usage`(
        words: [String], command: String
    ) async throws {
        try await withFolder { folder in
            #expect(try runApart(["migrate", "run"], in: folder).status == 0)
            let refused = try runApart(words, in: folder)
            #expect(refused.status == 2 && refused.out.isEmpty && refused.said.hasPrefix("Error: "), "\(refused)")
            #expect(refused.said.contains("Usage: \(command) "), "\(refused)")
        }
    }

    @Test func `what the database does not let Dogear's role do is said in words`() async throws {
        try await withFolder { folder in
            let address = try TestEngine.postgres.address(in: folder)
            #expect(try runApart(["migrate", "run", "--database", address], in: folder).status == 0)
            let role = "looks_but_not_at_keys"
            _ = try run(
                "psql",
                [
                    address, "-qc", "CREATE ROLE \(role) LOGIN", "-c",
                    "GRANT SELECT ON ALL TABLES IN SCHEMA public TO \(role)", "-c",
                    "REVOKE SELECT ON service_keys FROM \(role)",
                ])
            let name = address.split(separator: "@").last.map(String.init) ?? ""
            let refused = try runApart(
                ["key", "list", "--database", "postgres://\(role)@\(name)"], in: folder)
            #expect(refused.status == 1 && refused.out.isEmpty, "\(refused)")
            #expect(
                refused.said.contains("the database forbids this") && refused.said.contains("Grant it"), "\(refused)")
            #expect(!refused.said.contains("SELECT"), "\(refused)")
        }
    }

    @Test func `a key that could not be shown was not made`() async throws {
        try await withFolder { folder in
            #expect(try runApart(["migrate", "run"], in: folder).status == 0)
            let child = try ChildProcess(
                "/bin/sh", ["-c", "\"$0\" key create >/dev/full 2>said", DogearProcess.binary], in: folder,
                output: folder + "/shell")
            #expect(child.wait() == 1)
            #expect(try runApart(["key", "list"], in: folder).said.contains("There are no keys."))
        }
    }

    @Test func `a history is written for its owner's eyes, and over nothing`() async throws {
        try await withFolder { folder in
            #expect(try runApart(["migrate", "run"], in: folder).status == 0)
            let export = ["history", "export", "--user", "bob", "--output", "bob.ndjson"]
            #expect(try runApart(export, in: folder).status == 0)
            let mode = try FileManager.default.attributesOfItem(atPath: folder + "/bob.ndjson")[.posixPermissions]
            #expect(mode as? Int == 0o600)
            let again = try runApart(export, in: folder)
            #expect(again.status == 2 && again.said.contains("bob.ndjson is there already"), "\(again)")
        }
    }

    @Test(arguments: TestEngine.allCases) func `a command makes no tables in a database that is not Dogear's`(
        engine: TestEngine
    ) async throws {
        try await withFolder { folder in
            let address = try engine.address(in: folder)
            if engine == .sqlite {
                _ = try run("sqlite3", [folder + "/dogear.sqlite", "CREATE TABLE theirs (id INT)"])
            }
            let refused = try runApart(["key", "list", "--database", address], in: folder)
            #expect(refused.status == 78 && refused.said.contains("has no tables of Dogear's"), "\(refused)")
            let info = try runApart(["migrate", "info", "--database", address], in: folder)
            #expect(!info.out.contains("applied"), "\(info)")
        }
    }

    @Test func `serve says where, on which database and whom it asks for a key`() async throws {
        try await withFolder { folder in
            let open = try DogearProcess(["--demo"], in: folder)
            #expect(open.text.contains("data/dogear.sqlite") && open.text.contains("open: anybody on this machine"))
            open.stop()
            #expect(try runApart(["key", "create"], in: folder).status == 0)
            let guarded = try DogearProcess(["--demo"], in: folder)
            #expect(guarded.text.contains("guarded: a key"))
            guarded.stop()
        }
    }

    @Test(arguments: [false, true]) func `the calls that a demo prints work as they stand`(hasKey: Bool) async throws {
        try await withFolder { folder in
            #expect(try runApart(["migrate", "run"], in: folder).status == 0)
            let key = hasKey ? try runApart(["key", "create"], in: folder).out.split(separator: "\n").first : nil
            let server = try DogearProcess(["--demo"], in: folder)
            let lines = server.text.split(separator: "\n").map(String.init).filter { $0.hasPrefix("  curl ") }
            #expect(lines.count == 2 && lines.allSatisfy { $0.contains("Bearer $KEY") == hasKey })
            let answers = try lines.map { line in
                try run("sh", ["-c", line], in: folder, environment: ["KEY": key.map(String.init) ?? ""])
            }
            #expect(Node(text: answers[0])["progress_percentage"].double == 35, "\(answers)")
            let items = Node(text: answers[1])["items"]
            #expect(items.count == 1 && items[0]["title"].string == "Harbour", "\(answers)")
            server.stop()
        }
    }

    @Test(arguments: TestEngine.allCases) func `an empty database that may not be changed says what to run`(
        engine: TestEngine
    ) async throws {
        try await withFolder { folder in
            let address = try engine.address(in: folder)
            if engine == .sqlite { _ = try run("sqlite3", [folder + "/dogear.sqlite", "VACUUM"]) }
            let refused = try runApart(
                ["serve", "--no-migrate", "--port", "0", "--database", address], in: folder,
                environment: ["DOGEAR_SECRET": String(repeating: "s", count: 32)])
            #expect(refused.status == 78 && refused.said.contains("dogear migrate run"), "\(refused)")
        }
    }

    @Test func `a wrong password, a wrong host and a wrong database are told apart`() async throws {
        let postgres = try PostgresServer()
        defer { postgres.stop() }
        let address = try postgres.makeDatabase()
        let rules = postgres.folder + "/data/pg_hba.conf"
        let trusting = try String(contentsOfFile: rules, encoding: .utf8)
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: rules))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(("host all guarded 127.0.0.1/32 scram-sha-256\n" + trusting).utf8))
        try handle.close()
        _ = try run(
            "psql",
            [address, "-qc", "CREATE ROLE guarded LOGIN PASSWORD 'right' SUPERUSER", "-c", "SELECT pg_reload_conf()"])
        let name = address.split(separator: "/").last.map(String.init) ?? ""
        try await withFolder { folder in
            func list(_ login: String, _ port: Int, _ name: String) throws -> (status: Int32, out: String, said: String)
            {
                try runApart(
                    ["key", "list", "--database", "postgres://\(login)@127.0.0.1:\(port)/\(name)"], in: folder,
                    environment: ["DOGEAR_SECRET": String(repeating: "s", count: 32)])
            }
            // It gets in, and finds nothing of ours yet.
            let empty = try list("guarded:right", postgres.port, name)
            #expect(empty.status == 78 && empty.said.contains("has no tables of Dogear's"), "\(empty)")
            let nobody = try freePort()
            for (login, port, database, words) in [
                ("guarded:wr0ng", postgres.port, name, "password authentication failed for user \"guarded\""),
                ("guarded:right", nobody, name, "port \(nobody) failed: Connection refused"),
                ("guarded:right", postgres.port, "none_such", "database \"none_such\" does not exist"),
            ] {
                let refused = try list(login, port, database)
                #expect(refused.status == 1 && refused.out.isEmpty && refused.said.contains(words), "\(refused)")
                #expect(!refused.said.contains("wr0ng") && !refused.said.contains("right@"))
            }
        }
    }
}
