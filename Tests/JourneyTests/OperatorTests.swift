import Core
import Foundation
import HTTPTypes
import SQL
import TestSupport
import Testing

/// What the API has for whoever runs the server: figures, dependencies, settings, keys and backups.
@Suite struct OperatorTests {
    @Test func `figures are those of metrics, as they changed between two looks`() async throws {
        try await TestServer.run(on: .sqlite) { server in
            server.lookAtFigures()
            #expect(try await server.send(.get, "/api/v1/admin/figures")["as_of"].string == nil)
            server.clock.advance(.seconds(10))
            for _ in 0..<19 { _ = try await server.send(.get, "/api/v1/users/\(ID.random())/history") }
            server.lookAtFigures()
            let seen = try await server.send(.get, "/api/v1/admin/figures")
            func figure(_ name: String) -> Node? { seen["figures"].elements.first { $0["name"].string == name } }
            // The look before and the nineteen.
            #expect(figure("requests")?["now"].double == 2 && figure("errors")?["now"].double == 0)
            #expect(figure("memory").map { ($0["now"].double ?? 0) > 1_000_000 } == true)
            let metrics = try await server.send(.get, "/metrics").text
            // What this server's database does is counted nowhere.
            let uncounted = ["writes", "commit_time"]
            for figure in seen["figures"].elements where !uncounted.contains(figure["name"].string ?? "") {
                #expect(figure["values"].elements.count == 1)
                #expect(metrics.contains("\n\(figure["metric"].string ?? "none")"), "\(figure["name"].string ?? "")")
            }
            let route = seen["routes"].elements.first
            #expect(route?["route"].string == "/api/v1/users/{user_id}/history" && route?["requests"].int == 19)
            #expect((route?["p50_ms"].double ?? 0) > 0)
        }
    }

    @Test func `no more than an hour of looks is kept`() async throws {
        try await TestServer.run(on: .sqlite) { server in
            for _ in 0..<250 {
                server.lookAtFigures()
                server.clock.advance(.seconds(15))
            }
            let values = try await server.send(.get, "/api/v1/admin/figures")["figures"][0]["values"].elements
            #expect(values.count == 240)
        }
    }

    @Test(arguments: TestEngine.allCases) func `dependencies are told with since when they are so`(
        engine: TestEngine
    ) async throws {
        try await TestServer.run(on: engine) { server in
            let first = try await server.send(.get, "/api/v1/admin/dependencies")["items"].elements
            #expect(first.compactMap { $0["name"].string } == [engine == .sqlite ? "sqlite" : "postgres", "mail"])
            #expect(first.allSatisfy { $0["status"].string == "up" })
            server.clock.advance(.minutes(5))
            let later = try await server.send(.get, "/api/v1/admin/dependencies")["items"].elements
            #expect(later.map { $0["since"].string } == first.map { $0["since"].string })
        }
    }

    @Test func `a setting is told with where it came from, and a secret is not told`() async throws {
        let settings = ["RESUME_MINIMUM_SECONDS": "45", "REDIS_URL": "redis://ann:hunter2@127.0.0.1:1/0"]
        try await TestServer.run(on: .sqlite, settings: settings) { server in
            let reply = try await server.send(.get, "/api/v1/admin/settings")
            func setting(_ name: String) -> Node? { reply["items"].elements.first { $0["name"].string == name } }
            let given = setting("RESUME_MINIMUM_SECONDS")
            #expect(given?["value"].string == "45" && given?["origin"].string == "flag")
            #expect(given?["default"].string == "30" && given?["unit"].string == "seconds")
            #expect(setting("PORT")?["origin"].string == "default")
            #expect(setting("REDIS_URL")?["is_set"].bool == true && setting("REDIS_URL")?["value"].string == nil)
            #expect(!reply.text.contains("hunter2") && !reply.text.contains(String(repeating: "s", count: 32)))
        }
    }

    @Test(arguments: [
        #"{}"#, #"{"name":""}"#, #"{"name":"a\nb"}"#, #"{"name":"x","scopes":[]}"#, #"{"name":"x","scopes":["root"]}"#,
        #"{"name":"x","scopes":"admin"}"#,
    ]) func `a key that cannot be made says why`(body: String) async throws {
        try await TestServer.run(on: .sqlite) { server in
            let refused = try await server.send(.post, "/api/v1/admin/keys", body)
            let keys = try await server.send(.get, "/api/v1/admin/keys")["items"].elements
            #expect(refused.status == 422 && keys.isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases) func `keys are made, listed with their last use, and revoked`(
        engine: TestEngine
    ) async throws {
        try await TestServer.run(on: engine) { server in
            let made = try await server.send(.post, "/api/v1/admin/keys", #"{"name":"app"}"#)
            let (id, token) = (made["id"].string ?? "", made["token"].string ?? "")
            #expect(made.status == 201 && made["scopes"].elements.count == 8)
            let listed = try await server.send(.get, "/api/v1/admin/keys")
            #expect(!listed.text.contains(token) && listed["items"][0]["last_used_at"].string == nil)
            let headers = ["Authorization": "Bearer \(token)"]
            #expect(try await server.send(.get, "/api/v1/users/\(ID.random())/history", headers: headers).status == 200)
            let used = try await server.send(.get, "/api/v1/admin/keys")["items"][0]["last_used_at"].string
            #expect(used?.hasSuffix(":00.000Z") == true)
            for _ in 0..<2 { #expect(try await server.send(.delete, "/api/v1/admin/keys/\(id)").status == 204) }
            #expect(try await server.send(.delete, "/api/v1/admin/keys/\(ID.random())").status == 404)
            #expect(try await server.send(.get, "/api/v1/admin/keys")["items"][0]["revoked_at"].string != nil)
        }
    }

    @Test(arguments: TestEngine.allCases) func `somebody is found by every name that they are known by`(
        engine: TestEngine
    ) async throws {
        try await PeopleTests.serving(engine) { calls in
            let person = try await calls.person()
            for (who, found) in [
                (person.id.description, ["user"]), ("ann@x.org", ["user"]),
                (person.session, ["user"]),
            ] {
                let reply = try await calls.send("POST", "/api/v1/admin/people/search", #"{"who":"\#(who)"}"#)
                let people = reply["people"].elements
                #expect(Set(people.compactMap { $0["person"].string }).isSuperset(of: found), "\(who)")
                #expect(people.allSatisfy { $0["held"].elements.count > 0 })
            }
            let nobody = try await calls.send("POST", "/api/v1/admin/people/search", #"{"who":"\#(ID.random())"}"#)
            #expect(nobody.status == 200 && nobody["people"].elements.isEmpty)
            for body in [#"{}"#, #"{"who":""}"#, #"{"who":"a b"}"#, #"{"who":7}"#] {
                #expect(try await calls.send("POST", "/api/v1/admin/people/search", body).status == 422)
            }
        }
    }

    @Test func `Postgres without a folder for backups has none, and says where they are made`() async throws {
        try await TestServer.run(on: .sqlite, settings: ["DATABASE_URL": "postgres://localhost/x"]) { server in
            let told = try await server.send(.get, "/api/v1/admin/backups")
            #expect(told["folder"].string == nil && told["next_nightly_at"].string == nil)
            let refused = try await server.send(.post, "/api/v1/admin/backups")
            #expect(refused.status == 409 && refused["code"].string == "no-backup-folder")
        }
    }
}

/// Backups that a running server makes.
@Suite(.inTurns) struct OwnBackupTests {
    @Test(arguments: TestEngine.allCases) func `one is made when somebody asks, and can be put back`(
        engine: TestEngine
    ) async throws {
        let folder = try temporaryFolder("backups")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let address = try engine.address(in: folder)
        let server = try DogearProcess(
            ["--database", address], environment: ["BACKUPS_FOLDER": folder + "/copies"], in: folder)
        #expect(try await server.send("GET", "/api/v1/admin/backups")["items"].elements.isEmpty)
        #expect(try await server.send("POST", "/api/v1/admin/backups").status == 202)
        var file = ""
        try await eventually("the backup is there") {
            let told = try await server.send("GET", "/api/v1/admin/backups")
            #expect(told["last_failure"]["reason"].string == nil)
            file = told["items"][0]["file"].string ?? ""
            return !file.isEmpty && told["running_since"].string == nil
        }
        #expect(server.stop() == 0)
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let restored = try runApart(["migrate", "restore", file, "--database", address], in: folder)
        #expect(restored.status == 0, "\(restored)")
    }

    @Test func `of nightly ones the newest are kept, and what a killed process left goes`() async throws {
        let folder = try temporaryFolder("nightly")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/dogear.sqlite"
        let address = "sqlite:\(path)"
        #expect(try runApart(["migrate", "run", "--database", address], in: folder).status == 0)
        let database = try TestEngine.sqlite.open(address)
        let settings = ["DATABASE_URL": address, "BACKUPS_KEPT": "2"]
        try await TestServer.run(over: database, settings: settings) { server in
            try FileManager.default.createDirectory(atPath: path + "-backups", withIntermediateDirectories: true)
            let left = path + "-backups/20260101T000000000Z.sqlite.unfinished"
            let others = path + "-backups/mine.sqlite.unfinished"
            for file in [left, others] { #expect(FileManager.default.createFile(atPath: file, contents: nil)) }
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -7_200)], ofItemAtPath: left)
            for _ in 0..<3 {
                await server.makeNightlyBackup()
                server.clock.advance(.days(1))
            }
            let told = try await server.send(.get, "/api/v1/admin/backups")
            #expect(told["items"].elements.map { $0["occasion"].string } == ["nightly", "nightly"])
            #expect(told["nightly_kept"].int == 2 && told["next_nightly_at"].string != nil)
            #expect(!FileManager.default.fileExists(atPath: left))
            #expect(FileManager.default.fileExists(atPath: others), "somebody may be writing it")
            // What is no backup is none, and one that was cut off says so.
            let newest = try #require(told["items"][0]["file"].string)
            try Data("junk".utf8).write(to: URL(fileURLWithPath: path + "-backups/mine.sqlite"))
            let cut = try FileHandle(forWritingTo: URL(fileURLWithPath: newest))
            try cut.truncate(atOffset: 4_096)
            let after = try await server.send(.get, "/api/v1/admin/backups")["items"].elements
            #expect(after.map { $0["check"].string } == ["failed", "passed"])
        }
        await database.close()
    }
}
