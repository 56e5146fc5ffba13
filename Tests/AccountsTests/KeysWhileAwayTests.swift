import Accounts
import Changes
import Core
import HTTPTypes
import SQL
import TestSupport
import Testing

/// Service keys are read from the database; where playback goes on without it, so do they.
@Suite(.inTurns, .timeLimit(.minutes(30))) struct KeysWhileAwayTests {
    @Test func `a key that was good within ten minutes goes on being good, and no longer`() async throws {
        let (postgres, redis) = (try PostgresServer(), try RedisServer())
        defer {
            postgres.stop()
            redis.stop()
        }
        let database = try TestEngine.postgres.open(try await TestEngine.migrate(try postgres.makeDatabase()))
        let keys = ServiceKeyStore(changes: Changes(database: database))
        let token = try await keys.create(
            name: "app", scopes: Set(["playback:write", "playback:read"].compactMap { Scope($0) })
        )
        .token
        try await TestServer.run(over: database, settings: ["REDIS_URL": redis.address]) { server in
            let open = {
                try await server.send(
                    .post, "/api/v1/sessions",
                    #"{"user_id":"\#(ID.random())","content_id":"\#(ID.random())","device_id":"tv","duration_seconds":60}"#,
                    headers: ["Authorization": "Bearer \(token)"]
                ).status
            }
            try await eventually("Redis is trusted") {
                try? await server.tendRedis()
                return server.registry.exposition().contains("dogear_redis_trusted 1")
            }
            #expect(try await open() == 201)
            try postgres.kill()
            #expect(try await open() == 202)
            server.clock.advance(.minutes(9))
            #expect(try await open() == 202)
            server.clock.advance(.minutes(2))
            #expect(try await open() == 503)
        }
        await database.close()
    }
}
