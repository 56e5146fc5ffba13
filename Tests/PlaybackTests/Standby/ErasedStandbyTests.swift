import Core
import Foundation
import HTTPTypes
import SQL
import TestSupport
import Testing

/// Erasures with a Redis beside the database: what it is owed, and what it holds.
@Suite(.inTurns, .timeLimit(.minutes(30))) struct ErasedStandbyTests {
    private static func withHouse(
        _ body: @escaping @Sendable (TestServer, PostgresServer, RedisServer) async throws -> Void
    ) async throws {
        let (postgres, redis) = (try PostgresServer(), try RedisServer())
        defer {
            postgres.stop()
            redis.stop()
        }
        let database = try TestEngine.postgres.open(try await TestEngine.migrate(try postgres.makeDatabase()))
        try await TestServer.run(over: database, settings: ["REDIS_URL": redis.address]) { server in
            try await settle(server)
            try await body(server, postgres, redis)
        }
        await database.close()
    }

    private static func settle(_ server: TestServer) async throws {
        try await eventually("Redis is trusted") {
            try? await server.tendRedis()
            return server.registry.exposition().contains("dogear_redis_trusted 1")
        }
    }

    private static func open(_ user: ID, _ server: TestServer) async throws -> TestReply {
        try await server.send(
            .post, "/api/v1/sessions",
            #"{"user_id":"\#(user)","content_id":"\#(ID.random())","device_id":"tv","duration_seconds":3600}"#)
    }

    private static func state(_ erasure: String, _ server: TestServer) async throws -> String? {
        try await server.send(.get, "/api/v1/erasures/\(erasure)")["state"].string
    }

    @Test func `what Redis was owed of somebody who is erased before it is told reaches no table`() async throws {
        try await Self.withHouse { server, postgres, redis in
            let ann = ID.random()
            try postgres.kill()
            let opened = try await Self.open(ann, server)
            let session = opened["id"].string ?? ""
            #expect(opened.status == 202, "\(opened.text)")
            let reported = try await server.send(
                .patch, "/api/v1/sessions/\(session)/position", #"{"position_seconds":400}"#)
            #expect(reported.status == 202)
            #expect(try await redis.ask("XLEN", "dogear:owed") == "2")
            try postgres.start()
            // Erased by whoever answers first once the database is back, before anything owed is told.
            try await eventually("the erasure begins") {
                (try? await server.send(.delete, "/api/v1/people/\(ann)").status) == 202
            }
            #expect(try await redis.ask("XLEN", "dogear:owed") == "2")
            try await eventually("what was owed is told") {
                try? await server.tendRedis()
                return try await redis.ask("XLEN", "dogear:owed") == "0"
            }
            try await eventually("the erasure is done") {
                (try? await server.finishErasures()) != nil
            }
            for words in ["\(ann)", session] {
                #expect(try await DatabaseScan.columns(holding: words, in: server.database) == [], "\(words)")
            }
            let late = try await server.send(.patch, "/api/v1/sessions/\(session)/position", #"{"position_seconds":9}"#)
            #expect(late.status == 404 || late.status == 410, "\(late.text)")
            #expect(try await Self.open(ann, server).status == 410)
            try await eventually("Redis has let go of it") {
                try? await server.tendRedis()
                return try await !redis.ask("KEYS", "*").contains("\(ann)")
            }
        }
    }

    @Test func `an erasure waits for a Redis that is away, and is done when it is back`() async throws {
        try await Self.withHouse { server, _, redis in
            let ann = ID.random()
            let session = try await Self.open(ann, server)["id"].string ?? ""
            try await Self.settle(server)
            redis.kill()
            let begun = try await server.send(.delete, "/api/v1/people/\(ann)")
            #expect(begun.status == 202, "\(begun.text)")
            let erasure = begun["erasure_id"].string ?? ""
            await #expect(throws: (any Error).self) { try await server.finishErasures() }
            #expect(try await Self.state(erasure, server) == "running")
            #expect(try await Self.open(ann, server).status == 410, "nothing is taken meanwhile")
            try redis.start()
            try await eventually("the erasure is done") {
                try? await server.tendRedis()
                try? await server.finishErasures()
                return try await Self.state(erasure, server) == "done"
            }
            #expect(try await DatabaseScan.columns(holding: session, in: server.database) == [])
            let late = try await server.send(.patch, "/api/v1/sessions/\(session)/position", #"{"position_seconds":9}"#)
            #expect(late.status == 410, "\(late.text)")
        }
    }
}
