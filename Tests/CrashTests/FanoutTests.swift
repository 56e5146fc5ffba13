import Core
import Foundation
import SQL
import TestSupport
import Testing

/// News between two nodes goes by Redis while it is up, else by Postgres, and always once.
@Suite(.serialized, .inTurns, .timeLimit(.minutes(30))) struct FanoutTests {
    private static let user = ID.random()

    /// What a Postgres was told by NOTIFY.
    private func heard(_ iterator: inout AsyncStream<String>.Iterator, until wanted: String) async -> [String] {
        var texts: [String] = []
        while let text = await iterator.next() {
            texts.append(text)
            if text.contains(wanted) { break }
        }
        return texts
    }

    private func isUp(_ node: DogearProcess, _ figure: Int) async throws {
        try await eventually("dogear_redis_up is \(figure)", within: 60) {
            try await node.send("GET", "/metrics").text.contains("dogear_redis_up \(figure)")
        }
    }

    private func open(_ node: DogearProcess, _ user: ID) async throws {
        let reply = try await node.send(
            "POST", "/api/v1/sessions",
            #"{"user_id":"\#(user)","content_id":"\#(ID.random())","device_id":"d","duration_seconds":60}"#)
        #expect(reply.status == 201)
    }

    @Test func `followers on another node see each change once, with Redis, without it, and with it again`()
        async throws
    {
        let address = try PostgresServer.shared.get().makeDatabase()
        let redis = try RedisServer()
        let folder = try temporaryFolder("fanout")
        let nodes = try (0..<2).map { _ in
            try DogearProcess(["--database", address], environment: ["REDIS_URL": redis.address], in: folder)
        }
        let database = try TestEngine.postgres.open(address)
        defer {
            for node in nodes { node.kill() }
            redis.stop()
            try? FileManager.default.removeItem(atPath: folder)
        }
        let subscribed = { try await redis.ask("PUBSUB", "NUMSUB", "dogear_streams").hasSuffix("2") }
        try await eventually("both nodes listen to Redis", subscribed)
        var notices = database.notifications(on: "dogear_streams").makeAsyncIterator()
        #expect(await notices.next() == "")
        try await isUp(nodes[0], 1)
        var stage = 0
        let events = try await nodes[1].follow("/api/v1/users/\(Self.user)/playback/stream") { events in
            switch (stage, events.count) {
            case (0, 1...):
                for _ in 0..<3 { try await open(nodes[0], Self.user) }
                #expect(try await redis.ask("INFO", "commandstats").contains("cmdstat_publish:calls="))
                stage = 1
            case (1, 4...):
                redis.kill()
                try await isUp(nodes[0], 0)
                try await open(nodes[0], Self.user)
                stage = 2
            case (2, 5...):
                // Nothing went by NOTIFY while Redis was there.
                #expect(await heard(&notices, until: "\(Self.user)").count == 1)
                try redis.start()
                try await eventually("both nodes listen to Redis again", within: 60, subscribed)
                try await isUp(nodes[0], 1)
                try await open(nodes[0], Self.user)
                stage = 3
            default: break
            }
            return events.count >= 6
        }
        #expect(events.map(\.name) == ["snapshot"] + Array(repeating: "session-created", count: 5))
        await database.close()
    }
}
