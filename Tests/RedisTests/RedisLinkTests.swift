import Core
import Redis
import TestSupport
import Testing

/// Redis as it should be, and in every way in which it should not.
@Suite(.inTurns, .timeLimit(.minutes(30))) struct RedisLinkTests {
    private static let twice = RedisScript("twice", "return tonumber(redis.call('GET', KEYS[1])) * 2")

    private func link(_ address: String, patience: Duration = .seconds(1)) throws -> RedisLink {
        RedisLink(
            try RedisAddress(address), scripts: [Self.twice], patience: patience, metrics: MetricRegistry(),
            logger: quietLogger)
    }

    private func up(_ link: RedisLink) async throws { try await eventually("Redis is up") { link.isUp } }

    private func withRedis(
        _ options: [String] = [], _ body: (RedisServer, RedisLink) async throws -> Void
    ) async throws {
        let server = try RedisServer(options)
        let link = try link(server.address)
        defer {
            link.close()
            server.stop()
        }
        try await up(link)
        try await body(server, link)
    }

    /// What a command is refused with; nil where it is carried out.
    private func refusal(_ link: RedisLink, _ words: String...) async -> RedisError? {
        do {
            _ = try await link.send([RedisCommand(words)])
            return nil
        } catch {
            return error as? RedisError
        }
    }

    @Test func `commands are answered in order, whatever they hold`() async throws {
        try await withRedis { _, link in
            let odd = "a\r\n$5\r\n\u{0}é\u{1F4D6}"
            let answer = try await link.send([
                RedisCommand("SET", "key", odd), RedisCommand("GET", "key"), RedisCommand("GET", "none"),
                RedisCommand("RPUSH", "list", "1", "2"), RedisCommand("LRANGE", "list", "0", "-1"),
                RedisCommand("LPUSH", "key", "1"),
            ])
            #expect(
                answer.replies.prefix(5) == [
                    .text("OK"), .text(odd), .nothing, .integer(2), .list([.text("1"), .text("2")]),
                ])
            // A mistake in one command is that command's own.
            guard case .refusal(let reason) = try answer.replies.at(5) else {
                Issue.record("a list was pushed onto a text")
                return
            }
            #expect(reason.hasPrefix("WRONGTYPE") && link.isUp)
        }
    }

    @Test func `a thousand callers at once each get their own answer`() async throws {
        try await withRedis { _, link in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<1_000 {
                    group.addTask {
                        let answer = try await link.send([
                            RedisCommand("SET", "k\(number)", "\(number)"), RedisCommand("GET", "k\(number)"),
                        ])
                        #expect(answer.replies == [.text("OK"), .text("\(number)")])
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `a script is called by its name`() async throws {
        try await withRedis { _, link in
            let answer = try await link.send([
                RedisCommand("SET", "n", "21"), RedisCommand("EVALSHA", "twice", "1", "n"),
            ])
            #expect(answer.replies.last == .integer(42))
        }
    }

    @Test func `scripts that Redis has forgotten are taught anew`() async throws {
        try await withRedis { server, link in
            try await server.ask("SCRIPT", "FLUSH")
            #expect(await refusal(link, "EVALSHA", "twice", "1", "n") != nil)
            try await up(link)
            let answer = try await link.send([
                RedisCommand("SET", "n", "4"), RedisCommand("EVALSHA", "twice", "1", "n"),
            ])
            #expect(answer.replies.last == .integer(8))
        }
    }

    @Test func `a password and a database are part of the address`() async throws {
        let server = try RedisServer(["--requirepass", "p@ss/word"])
        defer { server.stop() }
        let right = try link("redis://:p%40ss%2Fword@127.0.0.1:\(server.port)/3")
        defer { right.close() }
        try await up(right)
        _ = try await right.send([RedisCommand("SET", "where", "three")])
        #expect(try await server.ask("-a", "p@ss/word", "--no-auth-warning", "-n", "3", "GET", "where") == "three")
        let wrong = try link("redis://:guess@127.0.0.1:\(server.port)")
        defer { wrong.close() }
        #expect(await refusal(wrong, "GET", "where") != nil)
        #expect(!wrong.isUp)
    }

    @Test func `killed and started again it is another run, and is reached by itself`() async throws {
        try await withRedis { server, link in
            let first = link.runID
            server.kill()
            #expect(await refusal(link, "PING") != nil)
            #expect(await refusal(link, "PING") != nil)
            try server.start()
            try await up(link)
            #expect(link.runID != first)
            #expect(try await link.send([RedisCommand("PING")]).replies == [.text("PONG")])
        }
    }

    @Test func `a Redis that hangs is away after a second, and nobody waits longer`() async throws {
        try await withRedis { server, link in
            server.freeze()
            let began = ContinuousClock.now
            #expect(await refusal(link, "PING") != nil)
            #expect(ContinuousClock.now - began < .seconds(60))
            #expect(!link.isUp)
            server.thaw()
            try await up(link)
        }
    }

    @Test func `a Redis that pauses is away`() async throws {
        try await withRedis { server, link in
            try await server.ask("CLIENT", "PAUSE", "3000", "ALL")
            #expect(await refusal(link, "PING") != nil)
            try await up(link)
        }
    }

    @Test func `a full Redis is away until it has room`() async throws {
        try await withRedis { server, link in
            try await server.ask("CONFIG", "SET", "maxmemory", "1")
            #expect(await refusal(link, "SET", "a", "b") != nil)
            #expect(!link.isUp)
            try await server.ask("CONFIG", "SET", "maxmemory", "0")
            try await up(link)
        }
    }

    @Test func `a Redis that becomes a replica is away`() async throws {
        try await withRedis { server, link in
            try await server.ask("REPLICAOF", "127.0.0.1", "1")
            #expect(await refusal(link, "SET", "a", "b") != nil)
            #expect(!link.isUp)
            try await server.ask("REPLICAOF", "NO", "ONE")
            try await up(link)
        }
    }

    @Test(arguments: [
        "", "HTTP/1.1 400 Bad Request\r\n\r\n", "+OK\r\n", "*3\r\n$-1\r\n", "$900000000\r\nx", "-ERR no\r\n",
    ])
    func `what speaks something else, or nothing, is away`(said: String) async throws {
        let server = try RawServer { _ in said }
        defer { server.close() }
        let link = try link("redis://127.0.0.1:\(server.port)", patience: .milliseconds(100))
        defer { link.close() }
        #expect(await refusal(link, "PING") != nil)
        #expect(!link.isUp)
    }

    @Test func `what breaks off within a reply, or drips, is away`() async throws {
        let server = try RawServer { said in
            if said.contains("INFO") { return "$17\r\nrun_id:abc\r\nx:y\r\n\r\n" }
            return said.contains("GET") ? "$100\r\nhalf" : "+OK\r\n"
        }
        defer { server.close() }
        let link = RedisLink(
            try RedisAddress("redis://127.0.0.1:\(server.port)"), patience: .milliseconds(200),
            metrics: MetricRegistry(), logger: quietLogger)
        defer { link.close() }
        try await up(link)
        #expect(await refusal(link, "GET", "a") != nil)
    }

    @Test func `who publishes is heard, and after a loss it is said that something may have been missed`() async throws
    {
        try await withRedis { server, link in
            let subscriber = RedisSubscriber(try RedisAddress(server.address), channel: "news", logger: quietLogger)
            defer { subscriber.stop() }
            var heard = subscriber.stream.makeAsyncIterator()
            #expect(await heard.next() == "")
            link.tell(RedisCommand("PUBLISH", "news", "first"))
            #expect(await heard.next() == "first")
            server.kill()
            try server.start()
            #expect(await heard.next() == "")
            // The link finds out that it was lost with what it sends next.
            try await eventually("Redis answers") { await refusal(link, "PING") == nil }
            link.tell(RedisCommand("PUBLISH", "news", "second"))
            #expect(await heard.next() == "second")
        }
    }

    @Test func `a closed link refuses, and a closed subscriber ends its stream`() async throws {
        try await withRedis { server, link in
            let subscriber = RedisSubscriber(try RedisAddress(server.address), channel: "news", logger: quietLogger)
            link.close()
            #expect(await refusal(link, "PING") != nil)
            subscriber.stop()
            for await _ in subscriber.stream {}
        }
    }
}
