import Core
import Foundation
import HTTPTypes
import SQL
import TestSupport
import Testing

/// Sessions go on while the database is away, over a real Postgres and a real Redis of their own.
@Suite(.inTurns, .timeLimit(.minutes(30))) struct StandbyTests {
    /// A viewer, and the two servers behind the one that they call.
    fileprivate struct House: Sendable {
        let calls: Calls
        let postgres: PostgresServer
        let redis: RedisServer
        var server: TestServer { calls.server }

        /// Makes Redis one that is trusted: a debt is opened, paid, and seen to be paid.
        func settle() async throws {
            try await eventually("Redis is trusted") {
                try? await server.tendRedis()
                return server.registry.exposition().contains("dogear_redis_trusted 1")
            }
        }

        func comeBack() async throws {
            try postgres.start()
            try await eventually("the database is back") {
                do {
                    try await useAllConnections()
                    try await server.tendRedis()
                    return true
                } catch {
                    return false
                }
            }
        }

        /// Each connection finds out for itself that the database is back, and rests between two tries.
        private func useAllConnections() async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        try await server.database.read { _ = try $0.all("SELECT pg_sleep(0.1)", []) { _ in } }
                    }
                }
                try await group.waitForAll()
            }
        }

        func session(_ id: String) async throws -> TestReply { try await server.send(.get, "/api/v1/sessions/\(id)") }

        func open(headers: [String: String] = [:]) async throws -> TestReply {
            try await server.send(
                .post, "/api/v1/sessions",
                #"{"user_id":"\#(calls.user)","content_id":"\#(calls.content)","device_id":"tv","duration_seconds":3600}"#,
                headers: headers)
        }
    }

    private func withHouse(
        settings: [String: String] = [:], _ body: @escaping @Sendable (House) async throws -> Void
    ) async throws {
        let postgres = try PostgresServer()
        let redis = try RedisServer()
        defer {
            postgres.stop()
            redis.stop()
        }
        let database = try TestEngine.postgres.open(try await TestEngine.migrate(try postgres.makeDatabase()))
        try await TestServer.run(
            over: database, settings: ["REDIS_URL": redis.address].merging(settings) { own, _ in own }
        ) { server in
            let house = House(calls: Calls(server: server), postgres: postgres, redis: redis)
            try await house.settle()
            try await body(house)
        }
        await database.close()
    }

    @Test func `what is opened and reported while the database is away is in the history afterwards`() async throws {
        try await withHouse { house in
            try house.postgres.kill()
            let opened = try await house.open()
            #expect(opened.status == 202 && opened["resume_position_seconds"].isNull, "\(opened.text)")
            #expect(opened.headers["warning"]?.hasPrefix("199 ") == true)
            let id = opened["id"].string ?? ""
            let reported = try await house.calls.report(id, 400)
            #expect(reported.status == 202 && reported["owed"].bool == true && reported["applied"].isNull)
            #expect(reported["position_seconds"].int == 400 && reported["next_report_seconds"].int == 10)
            #expect(try await house.session(id)["position_seconds"].int == 400)
            let listed = try await house.server.send(.get, "/api/v1/users/\(house.calls.user)/sessions")
            #expect(listed.status == 200 && listed["sessions"][0]["id"].string == id)
            #expect(try await house.calls.history().status == 503)
            try await house.comeBack()
            let entry = try await house.calls.entry()
            #expect(entry["resume_position_seconds"].int == 400, "\(entry.text)")
            #expect(try await house.calls.report(id, 500).status == 200)
            #expect(try await house.redis.ask("XLEN", "dogear:owed") == "0")
        }
    }

    @Test
    func `a device that opens a title anew while the database is away closes what it had open, then and afterwards`()
        async throws
    {
        try await withHouse { house in
            let before = try await house.open()["id"].string ?? ""
            let first = try await house.calls.report(before, 200)
            #expect(first.status == 200)
            try await house.settle()
            try house.postgres.kill()
            let next = try await house.open()
            let id = next["id"].string ?? ""
            #expect(next.status == 202 && id != before)
            let late = try await house.calls.report(before, 210)
            #expect(late.status == 409 && late["code"].string == "session-superseded", "\(late.text)")
            #expect(late["superseded_by"].string == id)
            let onward = try await house.calls.report(id, 400)
            #expect(onward.status == 202)
            try await house.comeBack()
            let told = try await house.calls.report(before, 220)
            #expect(told.status == 409 && told["superseded_by"].string == id, "\(told.text)")
            let listed = try await house.server.send(.get, "/api/v1/users/\(house.calls.user)/sessions")
            #expect(listed["sessions"].elements.map { $0["id"].string } == [id])
            #expect(try await house.calls.entry()["resume_position_seconds"].int == 400)
        }
    }

    @Test func `while a session is only in Redis its reports go there, although the database is back`() async throws {
        try await withHouse { house in
            try house.postgres.kill()
            let id = try await house.open()["id"].string ?? ""
            try house.postgres.start()
            try await eventually("the database answers") {
                house.server.clock.advance(.seconds(5))
                return try await house.calls.history().status == 200
            }
            #expect(try await house.calls.report(id, 300).status == 202)
            let many = try await house.server.send(
                .post, "/api/v1/positions",
                #"{"sent_at":"2026-11-21T12:00:00Z","reports":[{"session_id":"\#(id)","position_seconds":301},{"position_seconds":-1}]}"#
            )
            #expect(many.status == 202 && many["results"][0]["owed"].bool == true, "\(many.text)")
            #expect(many["results"][1]["reason"].string == "invalid")
            #expect(try await house.session(id)["position_seconds"].int == 301)
            try await house.comeBackTended()
            #expect(try await house.calls.entry()["resume_position_seconds"].int == 301)
            #expect(try await house.calls.report(id, 302).status == 200)
        }
    }

    @Test func `a session of before goes on, is closed, and stays closed`() async throws {
        try await withHouse { house in
            let id = try await house.calls.open().id
            #expect(try await house.calls.report(id, 100).status == 200)
            try await house.server.tendRedis()
            try house.postgres.kill()
            #expect(try await house.session(id)["position_seconds"].int == 100)
            #expect(try await house.calls.report(id, 200).status == 202)
            let closed = try await house.server.send(.delete, "/api/v1/sessions/\(id)")
            #expect(closed.status == 202, "\(closed.text)")
            #expect(try await house.session(id).status == 404)
            #expect(try await house.calls.report(id, 201).status == 404)
            try await house.comeBack()
            #expect(try await house.session(id).status == 404)
            #expect(try await house.calls.entry()["resume_position_seconds"].int == 200)
        }
    }

    @Test func `what Redis does not know is 503, and so is everything where Redis was emptied`() async throws {
        try await withHouse { house in
            let id = try await house.calls.open().id
            try await house.server.tendRedis()
            try house.postgres.kill()
            #expect(try await house.session("\(ID.random())").status == 503)
            #expect(try await house.calls.report("\(ID.random())", 1).status == 503)
            #expect(try await house.session(id).status == 200)
            try await house.redis.ask("FLUSHALL")
            #expect(try await house.session(id).status == 503)
            #expect(try await house.calls.report(id, 10).status == 503)
            let refused = try await house.open()
            #expect(refused.status == 503 && refused.headers["retry-after"] != nil)
            try await house.comeBack()
            try await house.settle()
            try house.postgres.kill()
            #expect(try await house.session(id).status == 200)
        }
    }

    @Test func `a Redis that comes back with yesterday's data deceives nobody`() async throws {
        try await withHouse { house in
            let id = try await house.calls.open().id
            #expect(try await house.calls.report(id, 100).status == 200)
            try await house.server.tendRedis()
            try await house.redis.ask("SAVE")
            #expect(try await house.calls.report(id, 900).status == 200)
            try await house.server.tendRedis()
            house.redis.kill()
            try house.redis.start()
            try house.postgres.kill()
            house.server.clock.advance(.seconds(5))
            // Redis says 100 now.
            #expect(try await house.session(id).status == 503)
            try await house.comeBack()
            try await house.settle()
            try house.postgres.kill()
            #expect(try await house.session(id)["position_seconds"].int == 900)
        }
    }

    @Test func `what is told twice changes nothing`() async throws {
        try await withHouse { house in
            let id = try await house.calls.open().id
            try await house.server.tendRedis()
            try house.postgres.kill()
            for position in [100, 50, 300] { #expect(try await house.calls.report(id, Double(position)).status == 202) }
            #expect(try await house.open().status == 202)
            try await house.redis.ask("COPY", "dogear:owed", "copy")
            try await house.comeBack()
            let moves = { try await house.calls.history().text + house.calls.entry().text }
            let before = try await moves()
            #expect(try await house.redis.ask("XLEN", "dogear:owed") == "0")
            // As a node leaves it that dies between the commit and the deletion.
            try await house.redis.ask("COPY", "copy", "dogear:owed", "REPLACE")
            try await house.server.tendRedis()
            #expect(try await house.redis.ask("XLEN", "dogear:owed") == "0")
            #expect(try await moves() == before)
            #expect(before.contains(#""resume_position_seconds":300"#), "\(before)")
        }
    }

    @Test func `a newer report that came first is not overtaken by what was owed`() async throws {
        try await withHouse { house in
            let id = try await house.calls.open().id
            try await house.server.tendRedis()
            try house.postgres.kill()
            #expect(try await house.calls.report(id, 100).status == 202)
            try house.postgres.start()
            try await eventually("the database answers") {
                house.server.clock.advance(.seconds(5))
                return try await house.calls.report(id, 777).status == 200
            }
            try await house.comeBackTended()
            #expect(try await house.calls.entry()["resume_position_seconds"].int == 777)
        }
    }

    @Test func `the same Idempotency-Key opens one session, away and afterwards`() async throws {
        try await withHouse { house in
            try house.postgres.kill()
            let first = try await house.open(headers: ["Idempotency-Key": "once"])
            #expect(first.status == 202)
            let id = first["id"].string ?? ""
            #expect(try await house.calls.report(id, 60).status == 202)
            let again = try await house.open(headers: ["Idempotency-Key": "once"])
            #expect(again.status == 202 && again["id"].string == id)
            try await house.comeBack()
            let later = try await house.open(headers: ["Idempotency-Key": "once"])
            #expect(later.status == 201 && later["id"].string == id, "\(later.text)")
            #expect(try await house.calls.entry()["resume_position_seconds"].int == 60)
        }
    }

    @Test func `reports that name only a device are owed too`() async throws {
        try await withHouse { house in
            try house.postgres.kill()
            let sent = try await house.server.send(
                .post, "/api/v1/positions",
                #"{"sent_at":"2026-11-21T12:00:00Z","reports":[{"user_id":"\#(house.calls.user)","content_id":"\#(house.calls.content)","device_id":"phone","duration_seconds":3600,"position_seconds":222}]}"#
            )
            #expect(sent.status == 202 && sent["results"][0]["owed"].bool == true, "\(sent.text)")
            try await house.comeBack()
            #expect(try await house.calls.entry()["resume_position_seconds"].int == 222)
        }
    }

    @Test func `Redis gets what is newer, and keeps what is newer`() async throws {
        try await withHouse { house in
            let id = try await house.calls.open().id
            #expect(try await house.calls.report(id, 10).status == 200)
            try await house.server.tendRedis()
            #expect(try await house.redis.ask("HGET", "session:\(id)", "revision") == "2")
            #expect(try await house.redis.ask("HGET", "session:\(id)", "session").contains(#""position_seconds":10"#))
            #expect(try await house.redis.ask("ZRANGE", "user:\(house.calls.user):sessions", "0", "-1") == id)
            let seconds = Int(try await house.redis.ask("TTL", "session:\(id)")) ?? 0
            #expect((86_000...86_400).contains(seconds))
            try await house.redis.ask("HSET", "session:\(id)", "revision", "9", "session", "newer")
            #expect(try await house.calls.report(id, 20).status == 200)
            try await house.server.tendRedis()
            #expect(try await house.redis.ask("HGET", "session:\(id)", "session") == "newer")
        }
    }

    @Test func `what could not be written is owed, and written anew`() async throws {
        try await withHouse { house in
            let id = try await house.calls.open().id
            house.redis.freeze()
            #expect(try await house.calls.report(id, 40).status == 200)
            try? await house.server.tendRedis()
            house.redis.thaw()
            let generation = Int(try await house.redis.ask("GET", "dogear:generation")) ?? 0
            try await house.settle()
            #expect(Int(try await house.redis.ask("GET", "dogear:paid")) == generation + 1)
            #expect(try await house.redis.ask("HGET", "session:\(id)", "session").contains(#""position_seconds":40"#))
        }
    }

    @Test func `ready names Redis and does not need it`() async throws {
        try await withHouse { house in
            let up = try await house.server.send(.get, "/ready")
            #expect(up.status == 200 && up["dependencies"][1]["name"].string == "redis")
            #expect(up["dependencies"][1]["status"].string == "up")
            house.redis.kill()
            try await eventually("Redis is down") {
                try await house.server.send(.get, "/ready")["dependencies"][1]["status"].string == "down"
            }
            #expect(try await house.server.send(.get, "/ready").status == 200)
        }
    }
}

extension StandbyTests.House {
    /// Lets pass what passes each second, on a database that is back.
    fileprivate func comeBackTended() async throws {
        try await eventually("all that was owed is told") {
            try? await server.tendRedis()
            return try await redis.ask("XLEN", "dogear:owed") == "0"
        }
    }
}
