import Changes
import Core
import SQL
import TestSupport
import Testing

@testable import Monitoring

/// What comes too late, twice, or for something that is not there any more.
@Suite struct StaleTests {
    private static func edit(
        _ job: Int, _ watch: Watch, _ change: @escaping @Sendable (inout JobPlan) -> Void
    ) async throws {
        let jobs = watch.jobs
        _ = try await watch.changes.make {
            try jobs.edit(job, .anybody, $0) { plan in
                var plan = plan
                change(&plan)
                return plan
            }
        }
    }

    private static func gaps(_ job: Int, _ watch: Watch) async throws -> [JobStore.Gap] {
        let (jobs, now) = (watch.jobs, watch.clock.now)
        return try await watch.changes.read { try jobs.gaps(job, .anybody, at: now, on: $0) }
    }

    @Test(arguments: TestEngine.allCases) func `no slot comes twice, also where a clock is put back`(engine: TestEngine)
        async throws
    {
        try await Watch.run(engine) { watch in
            let job = try await watch.job()
            watch.clock.advance(.hours(1))
            try await watch.look()
            watch.clock.advance(.seconds(-2))
            try await Self.edit(job, watch) { $0.isActive = false }
            try await Self.edit(job, watch) { $0.isActive = true }
            watch.clock.advance(.seconds(5))
            try await watch.look()
            #expect(try await watch.record(job).count == 1)
            #expect(try await watch.find(job).nextDueAt == watch.clock.now - .seconds(3) + .hours(1))
        }
    }

    @Test(arguments: TestEngine.allCases) func `a slot that has a row already stops nobody`(engine: TestEngine)
        async throws
    {
        try await Watch.run(engine) { watch in
            let (bad, good) = (try await watch.job(), try await watch.job())
            watch.clock.advance(.hours(1))
            try await watch.look()
            let due = watch.clock.now
            try await watch.changes.make {
                try $0.connection.execute(
                    "UPDATE jobs SET next_due_at = $2, look_at = $2 WHERE id = $1", [.integer(bad), .instant(due)])
            }
            watch.clock.advance(.hours(1))
            try await watch.look()
            for job in [bad, good] {
                #expect(try await watch.record(job).map(\.status) == [.completed, .completed])
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a run of the account before is ended, and leaves nothing on the new one`(
        engine: TestEngine
    ) async throws {
        try await Watch.run(engine) { watch in
            let job = try await watch.job()
            let claim = try await watch.start(job)
            watch.source.gives(ScriptedSource.posts([(1, watch.clock.now - .hours(3))]))
            try await Self.edit(job, watch) { $0.account = "bob" }
            await watch.runner.perform(claim)
            let stopped = try #require(try await watch.record(job).first)
            #expect(stopped.status == .failed && stopped.outcome == .interrupted && stopped.retryAt == nil)
            #expect(try await watch.summaries(job).isEmpty)
            let second = try await watch.start(job)
            #expect(second.draft.window.from == watch.clock.now - .hours(24))
            await watch.runner.perform(second)
            #expect(try await watch.summaries(job).count == 1)
            #expect(try await Self.gaps(job, watch).isEmpty)
            watch.clock.advance(.minutes(1))
            try await Self.edit(job, watch) { $0.account = "carol" }
            let gaps = try await Self.gaps(job, watch)
            #expect(gaps.count == 1 && gaps[0].span.to == watch.clock.now, "bob's windows are not carol's")
        }
    }

    @Test(arguments: TestEngine.allCases) func `who has asked not to be asked is not, and the slots say why`(
        engine: TestEngine
    ) async throws {
        try await Watch.run(engine) { watch in
            let job = try await watch.job()
            watch.clock.advance(.hours(1))
            let reset = watch.clock.now + .hours(3) + .minutes(30)
            watch.source.gives { _ in throw SourceFailure.rateLimited(until: reset, "Later.") }
            try await watch.look()
            for _ in 0..<3 {
                watch.clock.advance(.hours(1))
                try await watch.look()
            }
            #expect(watch.source.requests.count == 1)
            watch.source.gives { FetchedPosts(posts: [], memory: $0.memory) }
            watch.clock.advance(.minutes(30))
            try await watch.look()
            let record = try await watch.record(job)
            #expect(record.map(\.outcome) == [.rateLimited, .rateLimited, .rateLimited, .rateLimited, .noPosts])
            #expect(record.map(\.status) == [.failed, .skipped, .skipped, .skipped, .completed])
            let last = try record.at(4)
            #expect(record[1...3].allSatisfy { $0.coveredBy == last.id })
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a backfill is tried again by itself, with what it has got, and once each`(
        engine: TestEngine
    ) async throws {
        try await Watch.run(engine) { watch in
            let job = try await watch.job(.cron("0 0 * * *", zone: "UTC"))
            let past = Span(watch.clock.now - .days(3), watch.clock.now - .days(2))
            watch.source.gives(ScriptedSource.posts([(1, past.from), (2, past.from + .hours(1))]))
            watch.source.writes { _ in throw SummaryFailure.failed("No words.") }
            let claims = watch.runner.claims
            let claim = try await watch.changes.make { try claims.backfill(job, past, again: true, .anybody, $0) }
            await watch.runner.perform(claim)
            watch.source.writes { ScriptedSource.plain($0) }
            let manual = try await watch.start(job)
            await watch.runner.perform(manual)
            watch.clock.advance(.seconds(11))
            try await watch.look()
            #expect(watch.source.requests.count == 2, "once for each, and not again")
            let record = try await watch.record(job)
            #expect(record.map(\.kind) == [.backfill, .manual, .backfill])
            #expect(record.last?.status == .completed && record.last?.window == past && record.last?.postsFetched == 2)
            let told = try await watch.summaries(job).map(\.content)
            #expect(told.last == "Post 1. [1]\nPost 2. [2]")
        }
    }

    @Test(arguments: TestEngine.allCases) func `a feed's backfill takes what lies in its window, and says what is gone`(
        engine: TestEngine
    ) async throws {
        try await Watch.run(engine) { watch in
            let job = try await watch.job(source: .feed)
            let now = watch.clock.now
            watch.source.gives { request in
                FetchedPosts(
                    posts: [
                        ScriptedSource.post(1, at: now - .hours(30)), ScriptedSource.post(2, at: now - .hours(1)),
                        ScriptedSource.post(3, at: nil),
                    ], memory: SourceMemory(["etag": "x"]))
            }
            let claims = watch.runner.claims
            for (from, to) in [(40, 20), (29, 20)] {
                let window = Span(now - .hours(from), now - .hours(to))
                let claim = try await watch.changes.make { try claims.backfill(job, window, again: true, .anybody, $0) }
                await watch.runner.perform(claim)
            }
            let record = try await watch.record(job)
            #expect(record.map(\.isComplete) == [false, true] && record[0].truncatedBy == "feed-begins-later")
            #expect(record.map(\.outcome) == [.ok, .noPosts])
            #expect(watch.source.requests.allSatisfy { $0.memory == SourceMemory() })
            #expect(try await watch.summaries(job).map(\.content) == ["Post 1. [1]"])
        }
    }

    @Test(arguments: TestEngine.allCases) func `what a person began is tried again also where the job is switched off`(
        engine: TestEngine
    ) async throws {
        try await Watch.run(engine) { watch in
            let job = try await watch.job()
            try await Self.edit(job, watch) { $0.isActive = false }
            watch.source.gives { _ in throw SourceFailure.failed("Not now.") }
            let claim = try await watch.start(job)
            await watch.runner.perform(claim)
            watch.source.gives { FetchedPosts(posts: [], memory: $0.memory) }
            watch.clock.advance(.seconds(11))
            try await watch.look()
            watch.clock.advance(.hours(5))
            try await watch.look()
            #expect(try await watch.record(job).map(\.status) == [.failed, .completed])
        }
    }

    @Test func `nobody has more than half of a node's room`() async throws {
        try await TestEngine.sqlite.withDatabase { database in
            let watch = Watch(database, room: 4)
            let other = ID(high: 11, low: 2)
            for _ in 0..<6 { _ = try await watch.job() }
            watch.clock.advance(.seconds(1))
            let late = try await watch.job(user: other)
            watch.clock.advance(.hours(1))
            try await watch.runner.takeDue()
            let running = try await watch.changes.read {
                try $0.all("SELECT job_id FROM job_executions WHERE status = 'RUNNING'", []) { try $0.integer() }
            }
            #expect(running.count == 2)
            try await watch.runner.takeDue()
            await watch.runner.finish()
            #expect(try await watch.record(late).map(\.status) == [.completed])
        }
    }
}
