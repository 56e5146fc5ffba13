import Core
import Foundation
import Migrations
import SQL
import Server
import TestSupport
import Testing

/// The `dogear` command, as an operator uses it.
@Suite(.inTurns) struct CommandLineTests {
    private func dogear(
        _ arguments: [String], in folder: String, environment: [String: String] = [:]
    ) throws -> (status: Int32, text: String) {
        let output = folder + "/said"
        let child = try ChildProcess(
            DogearProcess.binary, arguments, in: folder, environment: environment, output: output)
        let status = child.wait()
        let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
        return (status, text.replacing(/Database: [^\n]*\n/, with: ""))
    }

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = try temporaryFolder("command")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    @Test func `an operator suspends an account, opens it again, and gives a code to whom no mail reaches`()
        async throws
    {
        try await withFolder { folder in
            #expect(try dogear(["migrate", "run"], in: folder).status == 0)
            #expect(try dogear(["user", "list"], in: folder) == (0, "There are no accounts.\n"))
            let server = try DogearProcess(["--demo"], in: folder)
            func login(_ password: String = "keep-my-place") async throws -> TestReply {
                try await server.send(
                    "POST", "/api/v1/auth/login", #"{"email":"ann@example.org","password":"\#(password)"}"#)
            }
            let token = try await login()["token"].string ?? ""
            let bearer = ["Authorization": "Bearer \(token)"]
            #expect(try await server.send("GET", "/api/v1/me", headers: bearer).status == 200)
            #expect(try dogear(["user", "suspend", "Ann@example.org"], in: folder).status == 0)
            #expect(try await server.send("GET", "/api/v1/me", headers: bearer).status == 401)
            #expect(try await login()["code"].string == "account-suspended")
            #expect(try dogear(["user", "list"], in: folder).text.contains("SUSPENDED"))
            #expect(try dogear(["user", "activate", "ann@example.org"], in: folder).status == 0)
            #expect(try await login().status == 200)

            let code = String(try dogear(["user", "reset", "ann@example.org"], in: folder).text.prefix(8))
            #expect(try await login().status == 401)
            let reset = #"{"email":"ann@example.org","code":"\#(code)","password":"another place"}"#
            #expect(try await server.send("POST", "/api/v1/auth/reset", reset).status == 204)
            #expect(try await login("another place").status == 200)
            #expect(try dogear(["user", "suspend", "nobody@example.org"], in: folder).status == 1)
            #expect(try dogear(["user", "suspend", "nobody"], in: folder).status == 2)
            server.stop()
        }
    }

    @Test func `an address that others can reach is refused without keys, and served with one`() async throws {
        try await withFolder { folder in
            let refused = try dogear(["serve", "--host", "0.0.0.0", "--port", "0"], in: folder)
            #expect(refused.status == 78)
            #expect(refused.text.contains("dogear key create") && refused.text.split(separator: "\n").count == 1)
            #expect(try dogear(["migrate", "run"], in: folder).status == 0)
            let created = try dogear(["key", "create", "--name", "backend", "--scope", "playback:write"], in: folder)
            #expect(created.status == 0 && created.text.hasPrefix("dogear_"))
            let server = try DogearProcess(["--host", "0.0.0.0"], in: folder)
            #expect(try await server.send("GET", "/api/v1/users/\(ID.random())/history").status == 401)
            server.stop()
            let listed = try dogear(["key", "list"], in: folder)
            #expect(
                listed.text.contains("backend") && listed.text.contains("good")
                    && listed.text.contains("playback:write"))
            let id = String(listed.text.prefix(36))
            #expect(try dogear(["key", "revoke", id], in: folder).status == 0)
            #expect(try dogear(["key", "revoke", id], in: folder).status == 1)
            #expect(try dogear(["key", "list"], in: folder).text.contains("revoked"))
            // Whoever revokes the last key wants the door shut, not open to everybody.
            let closed = try DogearProcess([], in: folder)
            #expect(try await closed.send("GET", "/api/v1/users/\(ID.random())/history").status == 401)
            closed.stop()
        }
    }

    @Test func `a setting that cannot be used is one sentence and exit status 78`() async throws {
        try await withFolder { folder in
            for environment in [
                ["PORT": "many"], ["DATABASE_URL": "mysql://x"], ["RESUME_FINISHED_RATIO": "2"],
                ["JWT_JWKS": "/nowhere.json"],
            ] {
                let refused = try dogear(["serve"], in: folder, environment: environment)
                #expect(refused.status == 78, "\(refused.text)")
                #expect(refused.text.hasPrefix("dogear: ") && refused.text.split(separator: "\n").count == 1)
            }
        }
    }

    @Test func `what cannot be read is usage, exit status 2`() async throws {
        try await withFolder { folder in
            let unknown = try dogear(["serve", "--nonsense"], in: folder)
            #expect(unknown.status == 2)
            #expect(try dogear(["fly"], in: folder).status == 2)
            #expect(try dogear(["key", "revoke", "x"], in: folder).status == 2)
            #expect(try dogear(["--help"], in: folder).status == 0)
            #expect(try dogear(["--version"], in: folder).text == "0.1.0\n")
        }
    }

    @Test(arguments: TestEngine.allCases) func `the schema goes forth and back by command`(engine: TestEngine)
        async throws
    {
        try await withFolder { folder in
            let address = ["--database", try engine.address(in: folder)]
            #expect(
                try dogear(["migrate", "info"] + address, in: folder).text.contains(
                    "pending\t20261121000001\twatch history"))
            let steps = try Engine.migrations(for: engine == .sqlite ? .sqlite : .postgres).migrations
            let run = try dogear(["migrate", "run"] + address, in: folder).text
            #expect(run.contains("Applied 20261121000004 cleared places"))
            #expect(run.split(separator: "\n").count { $0.hasPrefix("Applied ") } == steps.count)
            #expect(try dogear(["migrate", "run"] + address, in: folder).text == "Nothing was pending.\n")
            let newest = try #require(steps.last).version
            #expect(try dogear(["migrate", "revert"] + address, in: folder).text == "Reverted \(newest)\n")
            #expect(
                try dogear(["migrate", "revert", "--to", "0"] + address, in: folder).text.contains(
                    "Reverted 20261121000001"))
            let bare = try dogear(["serve", "--no-migrate", "--port", "0"] + address, in: folder)
            #expect(bare.status == 78)
        }
    }

    @Test func `a second start keeps everything`() async throws {
        try await withFolder { folder in
            let user = ID.random()
            let first = try DogearProcess(["--demo"], in: folder)
            let opened = try await first.send(
                "POST", "/api/v1/sessions",
                #"{"user_id":"\#(user)","content_id":"\#(user)","device_id":"d","duration_seconds":100}"#)
            _ = try await first.send(
                "PATCH", "/api/v1/sessions/\(opened["id"].string ?? "")/position", #"{"position_seconds":50}"#)
            #expect(first.stop() == 0)
            #expect(FileManager.default.fileExists(atPath: folder + "/data/dogear.sqlite"))
            let second = try DogearProcess(["--demo"], in: folder)
            let list = try await second.send("GET", "/api/v1/playback/continue-watching?user_id=\(user)")
            #expect(list["items"][0]["progress_seconds"].int == 50)
            second.stop()
        }
    }

    @Test func `events are owed only when a relay is configured`() async throws {
        try await withFolder { folder in
            let user = ID.random()
            for (environment, count) in [([:], 0), (["KAFKA_BROKERS": "127.0.0.1:9"], 3)] {
                let server = try DogearProcess([], environment: environment, in: folder)
                let opened = try await server.send(
                    "POST", "/api/v1/sessions",
                    #"{"user_id":"\#(user)","content_id":"\#(user)","device_id":"d","duration_seconds":100}"#)
                let path = "/api/v1/sessions/\(opened["id"].string ?? "")"
                _ = try await server.send("PATCH", path + "/position", #"{"position_seconds":50}"#)
                _ = try await server.send("DELETE", path)
                server.stop()
                let rows = try run(
                    "sqlite3", [folder + "/data/dogear.sqlite", "SELECT name FROM outbox_messages ORDER BY number"])
                #expect(rows.split(separator: "\n").count == count)
                if count == 3 { #expect(rows == "session-created\nposition-updated\nsession-ended\n") }
            }
        }
    }
}
