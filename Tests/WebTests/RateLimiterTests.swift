import Core
import HTTPTypes
import TestSupport
import Testing
import Web

/// What a caller may ask for in a while.
@Suite struct RateLimiterTests {
    private func take(
        _ bucket: inout TokenBucket, _ count: Int, _ rate: TokenBucket.Rate, at now: Instant
    ) -> Int? {
        bucket.take(count, rate, at: now)
    }

    @Test func `a bucket gives what it holds, then as fast as it fills`() {
        let clock = ManualClock()
        let rate = TokenBucket.Rate(10, per: .seconds(5))
        var bucket = TokenBucket(rate, at: clock.now)
        for _ in 0..<10 { #expect(take(&bucket, 1, rate, at: clock.now) == nil) }
        #expect(take(&bucket, 1, rate, at: clock.now) == 1)
        #expect(take(&bucket, 5, rate, at: clock.now) == 3)
        clock.advance(.milliseconds(499))
        #expect(take(&bucket, 1, rate, at: clock.now) == 1)
        clock.advance(.milliseconds(1))
        #expect(take(&bucket, 1, rate, at: clock.now) == nil)
        #expect(take(&bucket, 1, rate, at: clock.now) == 1)
    }

    @Test func `a bucket never holds more than it holds, and more than that is given by a full one`() {
        let clock = ManualClock()
        let rate = TokenBucket.Rate(3, per: .seconds(3))
        var bucket = TokenBucket(rate, at: clock.now)
        clock.advance(.hours(1))
        #expect(take(&bucket, 100, rate, at: clock.now) == nil)
        #expect(take(&bucket, 1, rate, at: clock.now) == 1)
        #expect(take(&bucket, 100, rate, at: clock.now) == 3)
    }

    @Test func `a clock that is set back takes nothing away and gives nothing`() {
        let clock = ManualClock()
        let rate = TokenBucket.Rate(2, per: .seconds(2))
        var bucket = TokenBucket(rate, at: clock.now)
        #expect(take(&bucket, 1, rate, at: clock.now) == nil)
        clock.advance(.seconds(-100))
        #expect(take(&bucket, 1, rate, at: clock.now) == nil)
        #expect(take(&bucket, 1, rate, at: clock.now) == 1)
        clock.advance(.seconds(1))
        #expect(take(&bucket, 1, rate, at: clock.now) == nil)
    }

    @Test func `however many holders come, a bounded number is remembered, and who comes again stays`() {
        let clock = ManualClock()
        let limiter = RateLimiter(TokenBucket.Rate(1, per: .hours(1)), clock: clock.source, bound: 100)
        #expect(limiter.take(for: "flood") == nil)
        for number in 0..<1_000 {
            #expect(limiter.take(for: "address \(number)") == nil)
            #expect(limiter.take(for: "flood") != nil)
            #expect(limiter.count <= 100)
        }
        #expect(limiter.take(for: "address 0") == nil)
    }

    private static let guarded = [
        "JWT_SECRET": "a secret of at least thirty-two bytes", "ASSESSMENTS_PUBLIC": "true",
    ]

    @Test func `an address that asks too often is told when to come back`() async throws {
        let settings = Self.guarded.merging(["RATE_LIMIT_PER_SECOND": "1"]) { $1 }
        try await TestServer.run(on: .sqlite, settings: settings) { server in
            let path = "/api/v2/session/\(ID.random())/validate"
            for _ in 0..<10 { #expect(try await server.send(.get, path).status == 200) }
            let refused = try await server.send(.get, path)
            #expect(refused.status == 429 && refused["code"].string == "rate-limited")
            #expect(refused.headers["retry-after"] == "1" && refused["retry_after_seconds"].int == 1)
            #expect(try await server.send(.get, "/health").status == 200)
            server.clock.advance(.seconds(1))
            #expect(try await server.send(.get, path).status == 200)
            #expect(try await server.send(.get, path).status == 429)
        }
    }

    @Test func `guessing tokens counts for the address that guesses`() async throws {
        let settings = Self.guarded.merging(["RATE_LIMIT_PER_SECOND": "1"]) { $1 }
        try await TestServer.run(on: .sqlite, settings: settings) { server in
            let path = "/api/v1/users/\(ID.random())/history"
            var statuses: [Int] = []
            for guess in 0..<11 {
                statuses.append(
                    try await server.send(.get, path, headers: ["Authorization": "Bearer \(guess)"]).status)
            }
            #expect(statuses == Array(repeating: 401, count: 10) + [429])
        }
    }

    @Test func `strangers begin only so many questionnaires`() async throws {
        let settings = Self.guarded.merging(["START_LIMIT_PER_MINUTE": "2"]) { $1 }
        try await TestServer.run(on: .sqlite, settings: settings) { server in
            var statuses: [Int] = []
            for _ in 0..<3 { statuses.append(try await server.send(.post, "/api/v2/session/start").status) }
            #expect(statuses[2] == 429 && !statuses[..<2].contains(429))
            server.clock.advance(.seconds(30))
            #expect(try await server.send(.post, "/api/v2/session/start").status != 429)
        }
    }

    @Test func `keys that are kept and bytes that are sent have their limits`() async throws {
        let settings = Self.guarded.merging(["IDEMPOTENCY_KEYS_PER_HOUR": "2", "MEGABYTES_PER_MINUTE": "1"]) { $1 }
        try await TestServer.run(on: .sqlite, settings: settings) { server in
            let path = "/api/v2/session/\(ID.random())/abandon"
            var statuses: [Int] = []
            for key in 0..<3 {
                statuses.append(try await server.send(.post, path, headers: ["Idempotency-Key": "\(key)"]).status)
            }
            #expect(statuses == [404, 404, 429])
            let large = String(repeating: " ", count: 200_000)
            statuses = []
            for _ in 0..<6 { statuses.append(try await server.send(.post, path, large).status) }
            #expect(statuses == [404, 404, 404, 404, 404, 429])
        }
    }

    @Test func `open mode knows no limit`() async throws {
        let settings = ["RATE_LIMIT_PER_SECOND": "1", "MEGABYTES_PER_MINUTE": "1", "IDEMPOTENCY_KEYS_PER_HOUR": "1"]
        try await TestServer.run(on: .sqlite, settings: settings) { server in
            for key in 0..<30 {
                let reply = try await server.send(
                    .post, "/api/v1/sessions/\(ID.random())/handoff",
                    #"{"device_id":"d"}"# + String(repeating: " ", count: 100_000),
                    headers: ["Idempotency-Key": "\(key)"])
                #expect(reply.status == 404)
            }
        }
    }
}
