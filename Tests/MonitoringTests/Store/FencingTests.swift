import Changes
import Core
import SQL
import Synchronization
import TestSupport
import Testing

@testable import Monitoring

/// One run of a job at a time, on any number of nodes, whoever vanishes or wakes up late.
@Suite struct FencingTests {
    @Test(arguments: TestEngine.allCases)
    func `of many who start a job at once one does, and the others are told which`(
        engine: TestEngine
    ) async throws {
        try await Watch.run(engine) { watch in
            let job = try await watch.job()
            let nodes = [watch, watch.second()]
            let begun = try await withThrowingTaskGroup(of: Int?.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        do {
                            return try await nodes[number % 2].start(job).id
                        } catch MonitoringRefusal.running {
                            return nil
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(begun.compactMap { $0 }.count == 1)
            #expect(try await watch.record(job).map(\.status) == [.running])
        }
    }

    @Test(arguments: TestEngine.allCases) func `200 due slots on two nodes run once each`(engine: TestEngine)
        async throws
    {
        try await Watch.run(engine) { watch in
            var jobs: [Int] = []
            for _ in 0..<200 { jobs.append(try await watch.job()) }
            watch.clock.advance(.hours(1))
            let nodes = [watch, watch.second()]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<6 { group.addTask { try await nodes[number % 2].runner.takeDue() } }
                try await group.waitForAll()
            }
            for node in nodes { await node.runner.finish() }
            for job in jobs {
                #expect(try await watch.record(job).map(\.status) == [.completed])
            }
        }
    }

    @Test(arguments: TestEngine.allCases) func `a runner that vanished is taken over, and its late end is refused`(
        engine: TestEngine
    ) async throws {
        try await Watch.run(engine) { watch in
            let job = try await watch.job()
            watch.source.gives(ScriptedSource.posts([(1, watch.clock.now)]))
            let frozen = try await watch.start(job)
            watch.clock.advance(.seconds(1))
            let other = watch.second()
            try await other.look()
            #expect(try await watch.record(job).map(\.status) == [.running], "it is not silent yet")
            try await watch.silence()
            try await other.look()
            let record = try await watch.record(job)
            #expect(record.map(\.status) == [.failed, .completed])
            #expect(record.map(\.outcome) == [.interrupted, .ok])
            #expect(record.last?.attempt == 2 && record.last?.firstID == frozen.id)
            // The frozen one wakes up and does all that it had in mind.
            await watch.runner.perform(frozen)
            #expect(try await watch.record(job) == record)
            #expect(try await watch.summaries(job).count == 1)
            let lost = try await watch.changes.make { [runs = watch.runner.runs] in try runs.beat([frozen], $0) }
            #expect(lost == [frozen.id])
        }
    }

    @Test(arguments: TestEngine.allCases) func `a run that completed before it was taken over stays completed`(
        engine: TestEngine
    ) async throws {
        try await Watch.run(engine) { watch in
            let job = try await watch.job()
            let claim = try await watch.start(job)
            await watch.runner.perform(claim)
            try await watch.silence()
            try await watch.second().look()
            #expect(try await watch.record(job).map(\.status) == [.completed])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `cut off between fetching and summarising, nothing is fetched or told twice`(
        engine: TestEngine
    ) async throws {
        try await Watch.run(engine) { watch in
            let job = try await watch.job()
            watch.source.gives(ScriptedSource.posts([(1, watch.clock.now - .minutes(1))]))
            let claim = try await watch.start(job)
            let fetched = try await watch.source.posts(try #require(claim.request))
            let runs = watch.runner.runs
            try await watch.changes.make { try runs.keep(fetched, claim, $0) }
            try await watch.silence()
            watch.clock.advance(.minutes(1))
            try await watch.second().look()
            #expect(watch.source.requests.count == 1)
            #expect(try await watch.summaries(job).map(\.content) == ["Post 1. [1]"])
            let record = try await watch.record(job)
            #expect(record.last?.window?.to == claim.draft.window.to, "what was not fetched is not covered")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a slot beside a run at work is skipped, and the next one covers its time`(
        engine: TestEngine
    ) async throws {
        try await Watch.run(engine) { watch in
            let job = try await watch.job()
            watch.clock.advance(.minutes(59))
            let claim = try await watch.start(job)
            watch.clock.advance(.minutes(1))
            let runs = watch.runner.runs
            #expect(try await watch.changes.make { try runs.beat([claim], $0) }.isEmpty)
            try await watch.runner.takeDue()
            #expect(try await watch.record(job).map(\.outcome) == [nil, .skippedOverlap])
            await watch.runner.perform(claim)
            watch.clock.advance(.hours(1))
            try await watch.look()
            let record = try await watch.record(job)
            #expect(record.last?.window == Span(try #require(record.first?.window).to, watch.clock.now))
        }
    }

    @Test(arguments: TestEngine.allCases) func `nothing may be tried again but what has failed, and not beside a run`(
        engine: TestEngine
    ) async throws {
        try await Watch.run(engine) { watch in
            let job = try await watch.job()
            watch.source.gives { _ in throw SourceFailure.refused("No.") }
            let claim = try await watch.start(job)
            let claims = watch.runner.claims
            func retry() async throws -> Claim {
                try await watch.changes.make { try claims.retry(claim.id, .anybody, $0) }
            }
            await #expect(throws: MonitoringRefusal.nothingToRetry("RUNNING")) { _ = try await retry() }
            await watch.runner.perform(claim)
            watch.source.gives { FetchedPosts(posts: [], memory: $0.memory) }
            let second = try await retry()
            #expect(second.draft.attempt == 2)
            await #expect(throws: MonitoringRefusal.running(execution: second.id)) { _ = try await retry() }
            await watch.runner.perform(second)
            #expect(try await watch.record(job).map(\.status) == [.failed, .completed])
        }
    }

    @Test(arguments: TestEngine.allCases) func `a run that never ends is given up after a quarter of an hour`(
        engine: TestEngine
    ) async throws {
        try await Watch.run(engine) { watch in
            let job = try await watch.job()
            // Who sleeps by the clock is woken by being cancelled, long before it shows that moment.
            let clock = watch.clock.source
            watch.source.gives { request in
                try await clock.sleep(for: .hours(9))
                return FetchedPosts(posts: [], memory: request.memory)
            }
            let claim = try await watch.start(job)
            let runner = watch.runner
            let carried = Task { await runner.carryOut(.run(claim)) }
            await watch.clock.sleepers(1)
            watch.clock.advance(.minutes(15))
            try await runner.beat()
            #expect(try await watch.record(job).map(\.status) == [.running])
            watch.clock.advance(.seconds(1))
            try await runner.beat()
            await carried.value
            let run = try #require(try await watch.record(job).first)
            #expect(run.status == .failed && run.errorMessage?.contains("15 minutes") == true && run.retryAt != nil)
        }
    }
}
