import Core
import Foundation
import SQL
import TestSupport
import Testing

/// Erasures of somebody with rows everywhere, cut off again and again: in the end nothing names them any more.
@Suite(.serialized, .inTurns, .timeLimit(.minutes(30))) struct ErasureCrashTests {
    private static let many = 6_000

    private struct House: Sendable {
        let engine: TestEngine
        let address: String
        let folder: String
        let redis: RedisServer

        func dogear(_ arguments: String...) throws -> String {
            let child = try ChildProcess(
                DogearProcess.binary, arguments + ["--database", address], in: folder, output: folder + "/said")
            let status = child.wait()
            let said = (try? String(contentsOfFile: folder + "/said", encoding: .utf8)) ?? ""
            #expect(status == 0, "\(arguments): \(said)")
            return said
        }

        func serve() throws -> DogearProcess {
            try DogearProcess(["--database", address], environment: ["REDIS_URL": redis.address], in: folder)
        }

        func withDatabase<Result>(_ body: (any Database) async throws -> Result) async throws -> Result {
            let database = try engine.open(address)
            do {
                let result = try await body(database)
                await database.close()
                return result
            } catch {
                await database.close()
                throw error
            }
        }
    }

    private func withHouse(_ engine: TestEngine, _ body: (House) async throws -> Void) async throws {
        let folder = try temporaryFolder("erasure")
        let redis = try RedisServer()
        defer {
            redis.stop()
            try? FileManager.default.removeItem(atPath: folder)
        }
        try await body(House(engine: engine, address: try engine.address(in: folder), folder: folder, redis: redis))
    }

    /// Places and plays by the thousand, so that an erasure takes many steps.
    private func putMany(of user: ID, in database: any Database) async throws {
        try await database.write { connection in
            for _ in 0..<Self.many {
                let (title, now) = (Value.id(.random()), Value.instant(Instant(milliseconds: 1_700_000_000_000)))
                try connection.execute(
                    """
                    INSERT INTO watch_history (user_id, content_id, resume_position_seconds, duration_seconds, last_moved_at)
                    VALUES ($1, $2, 60, 600, $3)
                    """, [.id(user), title, now])
                try connection.execute(
                    """
                    INSERT INTO plays (id, user_id, content_id, finished_at, source, created_at)
                    VALUES ($1, $2, $3, $4, 'watched', $5)
                    """, [.id(.random()), .id(user), title, now, now])
            }
        }
    }

    /// Begins an erasure, and kills the server each time that so many things more have gone.
    private func eraseKilling(_ house: House, _ path: String, _ headers: [String: String]) async throws -> (
        server: DogearProcess, done: TestReply, logs: String
    ) {
        var server = try house.serve()
        let begun = try await server.send("DELETE", path, headers: headers)
        #expect(begun.status == 202, "\(begun.text)")
        let shown = "/api/v1/erasures/\(begun["erasure_id"].string ?? "")"
        var logs = ""
        for least in [0, 1, 2_000, 6_000] {
            try await eventually("\(least) plays have gone", within: 120) {
                let reply = try await server.send("GET", shown, headers: headers)
                let count = (reply["counts"]["play"].int ?? 0) + (reply["counts"]["place"].int ?? 0)
                return count >= least || reply["state"].string == "done"
            }
            server.kill()
            logs += server.text
            server = try house.serve()
        }
        var done = begun
        try await eventually("the erasure is done", within: 180) {
            done = try await server.send("GET", shown, headers: headers)
            return done["state"].string == "done"
        }
        return (server, done, logs)
    }

    private static let holding = """
        local found = {}
        for _, key in ipairs(redis.call('KEYS', '*')) do
            local kind, text = redis.call('TYPE', key).ok, key
            if kind == 'hash' then text = text .. table.concat(redis.call('HGETALL', key), ' ') end
            if kind == 'zset' then text = text .. table.concat(redis.call('ZRANGE', key, 0, -1), ' ') end
            if kind == 'string' then text = text .. redis.call('GET', key) end
            if string.find(text, ARGV[1], 1, true) then table.insert(found, key) end
        end
        return found
        """

    @Test(arguments: TestEngine.allCases) func `an erasure that is killed again and again leaves nothing`(
        engine: TestEngine
    ) async throws {
        try await withHouse(engine) { house in
            let first = try house.serve()
            let token =
                try house.dogear(
                    "key", "create", "--scope", "people", "--scope", "playback:write", "--scope", "playback:read",
                    "--scope", "monitoring:write"
                ).split(separator: "\n").first { $0.hasPrefix("dogear_") } ?? ""
            // Whether keys are asked for is decided at start.
            first.stop()
            let headers = ["Authorization": "Bearer \(token)"]
            let server = try house.serve()
            let ann = try await house.withDatabase { database in
                let ann = try await PersonEverywhere.make(in: database) { method, path, body in
                    try await server.send(method, path, body, headers: headers)
                }
                try await putMany(of: ann.id, in: database)
                return ann
            }
            try await eventually("Redis has the session") {
                try await house.redis.ask("EVAL", Self.holding, "0", "\(ann.id)").contains("session:\(ann.session)")
            }
            server.kill()
            let (last, done, logs) = try await eraseKilling(house, "/api/v1/people/\(ann.id)", headers)
            #expect(done["counts"]["place"].int ?? 0 >= Self.many && done["counts"]["play"].int ?? 0 >= Self.many)
            let late = try await last.send(
                "POST", "/api/v1/sessions",
                #"{"user_id":"\#(ann.id)","content_id":"\#(ann.title)","device_id":"tv","duration_seconds":3600}"#,
                headers: headers)
            #expect(late.status == 410, "\(late.text)")
            last.kill()
            let columns = try await house.withDatabase {
                try await DatabaseScan.columns(holding: "\(ann.id)", in: $0)
                    + DatabaseScan.columns(holding: ann.email, in: $0)
            }
            #expect(columns == [])
            #expect(try await house.redis.ask("EVAL", Self.holding, "0", "\(ann.id)") == "")
            #expect(!(logs + last.text).contains("\(ann.id)") && !(logs + last.text).contains(ann.email))
        }
    }
}
