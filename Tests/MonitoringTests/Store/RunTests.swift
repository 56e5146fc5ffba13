import Changes
import Core
import SQL
import TestSupport
import Testing

@testable import Monitoring

/// Runs on record: windows that abut, posts in one summary each, attempts, and runners that vanish.
@Suite struct RunTests {
    @Test(arguments: TestEngine.allCases) func `a slot runs once, with its window and its summary`(engine: TestEngine)
        async throws
    {
        try await Watch.run(engine) { watch in
            let job = try await watch.job()
            watch.source.gives(
                ScriptedSource.posts([(1, watch.clock.now + .minutes(5)), (2, watch.clock.now - .hours(2))]))
            try await watch.look()
            #expect(try await watch.record(job).isEmpty, "making a job runs nothing")
            watch.clock.advance(.hours(1))
            try await watch.look()
            try await watch.look()
            let record = try await watch.record(job)
            #expect(record.count == 1)
            let run = try #require(record.first)
            #expect(run.status == .completed && run.outcome == .ok && run.dueAt == watch.clock.now && run.attempt == 1)
            #expect(run.window == Span(watch.clock.now - .hours(24), watch.clock.now))
            #expect(run.postsFetched == 2 && run.isComplete == true)
            let summaries = try await watch.summaries(job)
            #expect(summaries.map(\.content) == ["Post 2. [1]\nPost 1. [2]"])
            #expect(summaries.first?.executionID == run.id)
            let found = try await watch.find(job)
            #expect(found.coveredUntil == watch.clock.now && found.lastRun == watch.clock.now)
        }
    }

    @Test(arguments: TestEngine.allCases) func `three days away cost one run, and 71 slots are on record as missed`(
        engine: TestEngine
    ) async throws {
        try await Watch.run(engine) { watch in
            let job = try await watch.job()
            watch.clock.advance(.hours(72) + .minutes(3))
            try await watch.look()
            let record = try await watch.record(job)
            #expect(record.count == 72)
            let run = try #require(record.last)
            #expect(run.status == .completed && run.outcome == .noPosts)
            let missed = record.dropLast()
            #expect(missed.allSatisfy { $0.status == .skipped && $0.outcome == .missed && $0.coveredBy == run.id })
            #expect(missed.map(\.dueAt) == (1...71).map { watch.clock.now - .hours(72 - $0) - .minutes(3) })
            let figures = try await watch.changes.read {
                try DayRows.sums(of: [job], since: Instant(milliseconds: 0), on: $0)
            }
            #expect(figures[job]?.skipped == 71 && figures[job]?.completed == 1)
        }
    }

    @Test(arguments: TestEngine.allCases) func `pausing, resuming and editing run nothing by themselves`(
        engine: TestEngine
    ) async throws {
        try await Watch.run(engine) { watch in
            let job = try await watch.job()
            watch.clock.advance(.hours(1))
            try await watch.look()
            let covered = watch.clock.now
            func edit(_ change: @escaping @Sendable (inout JobPlan) -> Void) async throws {
                let jobs = watch.jobs
                _ = try await watch.changes.make {
                    try jobs.edit(job, .anybody, $0) { plan in
                        var plan = plan
                        change(&plan)
                        return plan
                    }
                }
            }
            try await edit { $0.isActive = false }
            watch.clock.advance(.hours(30))
            try await watch.look()
            #expect(try await watch.record(job).count == 1, "what is switched off has no slots")
            try await edit { $0.isActive = true }
            try await edit { $0.frequency = .cron("30 * * * *", zone: "UTC") }
            try await edit { $0.topics = ["rain"] }
            try await watch.look()
            #expect(try await watch.record(job).count == 1)
            watch.clock.advance(.minutes(30))
            try await watch.look()
            let last = try #require(try await watch.record(job).last)
            #expect(last.window == Span(covered, watch.clock.now), "the window begins at the last success")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a summary that fails is tried again without fetching, four times in all`(
        engine: TestEngine
    ) async throws {
        try await Watch.run(engine) { watch in
            let job = try await watch.job()
            watch.source.gives(ScriptedSource.posts([(1, watch.clock.now + .minutes(5))]))
            watch.source.writes { _ in throw SummaryFailure.failed("The model said nothing.") }
            watch.clock.advance(.hours(1))
            let due = watch.clock.now
            for _ in 0..<6 {
                try await watch.look()
                watch.clock.advance(.seconds(41))
            }
            let record = try await watch.record(job)
            #expect(record.map(\.attempt) == [1, 2, 3, 4])
            #expect(record.allSatisfy { $0.status == .failed && $0.outcome == .summaryFailed && $0.dueAt == due })
            #expect(record.map { $0.retryAt != nil } == [true, true, true, false])
            #expect(watch.source.requests.count == 1 && watch.source.summaries.count == 4)
            #expect(try await watch.find(job).failuresInRow == 1)
            // The next slot takes in what waits, and its window reaches back.
            watch.source.writes { ScriptedSource.plain($0) }
            watch.clock.advance(.hours(1))
            try await watch.look()
            #expect(try await watch.summaries(job).map(\.content) == ["Post 1. [1]"])
            #expect(try await watch.record(job).last?.window?.from == due - .hours(24))
        }
    }

    @Test(arguments: TestEngine.allCases) func `a rate limit frees the job until it ends`(engine: TestEngine)
        async throws
    {
        try await Watch.run(engine) { watch in
            let job = try await watch.job(.cron("0 0 * * *", zone: "UTC"))
            let reset = watch.clock.now + .hours(13)
            watch.source.gives { _ in throw SourceFailure.rateLimited(until: reset, "X asks us to wait.") }
            watch.clock.advance(.hours(12))
            try await watch.look()
            let first = try #require(try await watch.record(job).first)
            #expect(first.outcome == .rateLimited && first.retryAt == reset)
            watch.clock.advance(.minutes(59))
            try await watch.look()
            #expect(try await watch.record(job).count == 1)
            watch.source.gives { FetchedPosts(posts: [], memory: $0.memory) }
            watch.clock.advance(.minutes(1))
            try await watch.look()
            let record = try await watch.record(job)
            #expect(record.map(\.status) == [.failed, .completed])
            #expect(record.last?.attempt == 2 && record.last?.firstID == first.id && record.last?.dueAt == first.dueAt)
        }
    }

    @Test(
        arguments: TestEngine.allCases,
        [
            SourceFailure.capExceeded("The month is used up."), .refused("There is no such account."),
        ]) func `what trying again does not help is not tried again`(engine: TestEngine, failure: SourceFailure)
        async throws
    {
        try await Watch.run(engine) { watch in
            let job = try await watch.job()
            watch.source.gives { _ in throw failure }
            watch.clock.advance(.hours(1))
            for _ in 0..<3 {
                try await watch.look()
                watch.clock.advance(.minutes(10))
            }
            #expect(try await watch.record(job).map(\.retryAt) == [nil])
            #expect(watch.source.requests.count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a source that is gone switches its job off`(engine: TestEngine)
        async throws
    {
        try await Watch.run(engine) { watch in
            let job = try await watch.job(source: .feed)
            watch.source.gives { _ in throw SourceFailure.gone("The feed is gone for good.") }
            watch.clock.advance(.hours(1))
            try await watch.look()
            #expect(try await watch.record(job).map(\.outcome) == [.sourceGone])
            let found = try await watch.find(job)
            #expect(!found.plan.isActive && found.lookAt == nil)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a late post of the overlap is taken, and none twice`(engine: TestEngine)
        async throws
    {
        try await Watch.run(engine) { watch in
            let job = try await watch.job()
            watch.clock.advance(.hours(1))
            let first = watch.clock.now
            watch.source.gives(ScriptedSource.posts([(1, first - .minutes(5))]))
            try await watch.look()
            watch.source.gives(
                ScriptedSource.posts([(1, first - .minutes(5)), (2, first - .minutes(10)), (3, first + .minutes(1))]))
            watch.clock.advance(.hours(1))
            try await watch.look()
            #expect(watch.source.requests.last?.from == first - .minutes(15))
            #expect(try await watch.summaries(job).map(\.content) == ["Post 1. [1]", "Post 2. [1]\nPost 3. [2]"])
        }
    }

    @Test(arguments: TestEngine.allCases) func `what the source does not give is said, until a backfill has got it`(
        engine: TestEngine
    ) async throws {
        try await Watch.run(engine) { watch in
            let job = try await watch.job()
            watch.source.gives { FetchedPosts(posts: [], truncatedBy: "3200-newest", memory: $0.memory) }
            watch.clock.advance(.hours(1))
            try await watch.look()
            let run = try #require(try await watch.record(job).first)
            #expect(run.status == .completed && run.isComplete == false && run.truncatedBy == "3200-newest")
            func gaps() async throws -> [JobStore.Gap] {
                let (jobs, now) = (watch.jobs, watch.clock.now)
                return try await watch.changes.read { try jobs.gaps(job, .anybody, at: now, on: $0) }
            }
            let window = try #require(run.window)
            #expect(try await gaps() == [.init(span: window, isIncomplete: true)])
            watch.clock.advance(.minutes(10))
            #expect(
                try await gaps() == [
                    .init(span: window, isIncomplete: true),
                    .init(span: Span(window.to, watch.clock.now), isIncomplete: false),
                ])
            watch.source.gives(ScriptedSource.posts([(1, window.from + .minutes(1))]))
            let claims = watch.runner.claims
            let claim = try await watch.changes.make { try claims.backfill(job, window, again: false, .anybody, $0) }
            await watch.runner.perform(claim)
            #expect(try await gaps() == [.init(span: Span(window.to, watch.clock.now), isIncomplete: false)])
            #expect(try await watch.summaries(job).map(\.content) == ["Post 1. [1]"])
        }
    }

    @Test(arguments: TestEngine.allCases) func `a backfill takes what no summary has, or all again if it is told to`(
        engine: TestEngine
    ) async throws {
        try await Watch.run(engine) { watch in
            let job = try await watch.job()
            let moment = watch.clock.now
            watch.clock.advance(.hours(1))
            watch.source.gives(ScriptedSource.posts([(1, moment)]))
            try await watch.look()
            watch.source.gives(ScriptedSource.posts([(1, moment), (2, moment + .minutes(1))]))
            let claims = watch.runner.claims
            for again in [false, false, true] {
                let claim = try await watch.changes.make {
                    try claims.backfill(job, Span(moment, moment + .minutes(30)), again: again, .anybody, $0)
                }
                await watch.runner.perform(claim)
            }
            #expect(
                try await watch.summaries(job).map(\.content) == [
                    "Post 1. [1]", "Post 2. [1]", "Post 1. [1]\nPost 2. [2]",
                ])
            #expect(try await watch.record(job).map(\.outcome) == [.ok, .ok, .noPosts, .ok])
            #expect(try await watch.find(job).coveredUntil == watch.clock.now, "a backfill moves no window")
        }
    }

    @Test(arguments: TestEngine.allCases) func `jobs of somebody who is suspended wait, and lose nothing`(
        engine: TestEngine
    ) async throws {
        try await Watch.run(engine) { watch in
            let job = try await watch.job()
            func status(_ status: String) async throws {
                try await watch.changes.make { change in
                    try change.connection.execute(
                        """
                        INSERT INTO users (id, email, password_hash, status) VALUES ($1, 'ann@example.org', 'x', $2)
                        ON CONFLICT (id) DO UPDATE SET status = excluded.status
                        """, [.id(Watch.user), .text(status)])
                }
            }
            try await status("SUSPENDED")
            watch.clock.advance(.hours(3))
            try await watch.look()
            #expect(try await watch.record(job).isEmpty)
            try await status("ACTIVE")
            try await watch.look()
            #expect(try await watch.record(job).map(\.status) == [.skipped, .skipped, .completed])
        }
    }

    @Test(arguments: TestEngine.allCases) func `a summary owes one mail, and three failures in a row owe one`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { database in
            let watch = Watch(database, mails: true)
            func mails() async throws -> [String] {
                try await watch.changes.read {
                    try $0.all("SELECT payload FROM outbox_messages ORDER BY number", []) { try $0.text() }
                }
            }
            let quiet = try await watch.job()
            let job = try await watch.job(notify: .email)
            watch.clock.advance(.hours(1))
            try await watch.look()
            #expect(try await mails().isEmpty, "there was nothing to tell")
            watch.source.gives(ScriptedSource.posts([(1, watch.clock.now)]))
            watch.clock.advance(.hours(1))
            try await watch.look()
            let all = try await mails()
            let told = try all.at(0)
            #expect(all.count == 1 && told.contains("Post 1.") && told.contains("https://example.org/1"))
            #expect(told.contains("List-Unsubscribe-Post") && told.contains("/jobs/\(job)"))
            watch.source.gives { _ in throw SourceFailure.refused("There is no such account.") }
            for _ in 0..<5 {
                watch.clock.advance(.hours(1))
                try await watch.look()
            }
            let later = try await mails()
            #expect(later.count == 2 && later[1].contains("There is no such account."))
            #expect(try await watch.find(quiet).failuresInRow == 5)
        }
    }
}
