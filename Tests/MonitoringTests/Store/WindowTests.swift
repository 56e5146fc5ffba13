import Changes
import Core
import SQL
import Synchronization
import TestSupport
import Testing

@testable import Monitoring

/// Draws numbers that are the same each time, as Knuth's 64-bit congruential generator does.
private struct Draws: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}

/// Over a thousand schedules of success and failure: windows abut, and gaps are what an independent count finds.
@Suite struct WindowTests {
    @Test(arguments: [(TestEngine.sqlite, 1_000), (.postgres, 100)])
    func `the windows of successful runs abut exactly, whatever fails`(engine: TestEngine, count: Int) async throws {
        try await Watch.run(engine) { watch in
            let draws = Mutex(Draws(state: 42))
            let frequencies: [Frequency] = [
                .cron("*/15 * * * *", zone: "UTC"), .named(.hourly), .cron("7 */2 * * *", zone: "Asia/Kolkata"),
            ]
            var jobs: [Int] = []
            for number in 0..<count {
                let user = ID(high: 12, low: UInt64(number / 100))
                jobs.append(try await watch.job(frequencies[number % 3], user: user))
            }
            watch.source.gives { request in
                let roll = draws.withLock { Int.random(in: 0..<10, using: &$0) }
                switch roll {
                case 0: throw SourceFailure.failed("not now")
                case 1: throw SourceFailure.rateLimited(until: request.until + .minutes(7), "later")
                case 2: throw SourceFailure.refused("never")
                default:
                    let post = ScriptedSource.post(Int(request.until.milliseconds), at: request.until - .seconds(1))
                    return FetchedPosts(posts: [post], truncatedBy: roll == 3 ? "limit" : nil, memory: request.memory)
                }
            }
            watch.source.writes { request in
                guard draws.withLock({ Int.random(in: 0..<4, using: &$0) }) > 0 else {
                    throw SummaryFailure.failed("no words")
                }
                return ScriptedSource.plain(request)
            }
            for _ in 0..<7 {
                watch.clock.advance(.minutes(draws.withLock { Int.random(in: 3...95, using: &$0) }))
                try await watch.runner.takeDue()
                await watch.runner.finish()
            }
            for job in jobs { try await check(job, watch) }
        }
    }

    private func check(_ job: Int, _ watch: Watch) async throws {
        let record = try await watch.record(job)
        #expect(!record.contains { $0.status == .running })
        let done = record.filter { $0.status == .completed }
        let windows = done.compactMap(\.window)
        #expect(windows.count == done.count)
        for (earlier, later) in zip(windows, windows.dropFirst()) { #expect(earlier.to == later.from) }
        #expect(try await watch.find(job).coveredUntil == windows.last?.to)
        let slots = record.filter { $0.kind == .scheduled && $0.attempt == 1 }.compactMap(\.dueAt)
        #expect(Set(slots).count == slots.count && slots == slots.sorted())
        // Minute by minute: what no complete window holds is a gap.
        let (jobs, now) = (watch.jobs, watch.clock.now)
        let gaps = try await watch.changes.read { try jobs.gaps(job, .anybody, at: now, on: $0) }
        let begins = windows.first?.from ?? now
        let good = done.filter { $0.isComplete == true }.compactMap(\.window)
        for minute in stride(from: begins, to: now, by: .minutes(1)) where !windows.isEmpty {
            let isCovered = good.contains { $0.from <= minute && minute < $0.to }
            let isGap = gaps.contains { $0.span.from <= minute && minute < $0.span.to }
            if isCovered == isGap {
                Issue.record("job \(job), \(minute): covered \(isCovered), gap \(isGap)")
                return
            }
        }
    }
}

private func stride(from: Instant, to: Instant, by step: Duration) -> [Instant] {
    Swift.stride(from: from.milliseconds, to: to.milliseconds, by: Int(step.milliseconds)).map {
        Instant(milliseconds: $0)
    }
}
