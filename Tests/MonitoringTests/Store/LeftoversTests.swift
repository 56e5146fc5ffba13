import Changes
import Core
import SQL
import TestSupport
import Testing

@testable import Monitoring

/// What is cleared away of jobs, and what stays.
@Suite struct LeftoversTests {
    private func insert(_ job: Int, _ count: Int, at moment: Instant, _ watch: Watch) async throws {
        try await watch.changes.make { change in
            for _ in 0..<count {
                try change.connection.execute(
                    "INSERT INTO job_executions (job_id, status, created_at) VALUES ($1, 'COMPLETED', $2)",
                    [.integer(job), .instant(moment)])
            }
        }
    }

    @Test(arguments: TestEngine.allCases) func `a record of more than a year goes, and a job's figures stay`(
        engine: TestEngine
    ) async throws {
        try await Watch.run(engine) { watch in
            let job = try await watch.job()
            watch.clock.advance(.hours(1))
            try await watch.look()
            try await insert(job, 3, at: watch.clock.now - .days(367), watch)
            try await insert(job, 2, at: watch.clock.now - .days(365), watch)
            let dropped = try await watch.changes.make { try MonitoringLeftovers.sweepOld(limit: 2, $0) }
            let rest = try await watch.changes.make { try MonitoringLeftovers.sweepOld(limit: 2, $0) }
            #expect(dropped == 2 && rest == 1)
            #expect(try await watch.record(job).count == 3)
            let figures = try await watch.changes.read {
                try DayRows.sums(of: [job], since: Instant(milliseconds: 0), on: $0)
            }
            #expect(figures[job]?.completed == 1)
        }
    }

    @Test(arguments: TestEngine.allCases) func `of very many rows of a job the newest stay`(engine: TestEngine)
        async throws
    {
        try await Watch.run(engine) { watch in
            let (small, large) = (try await watch.job(), try await watch.job())
            try await insert(small, 5, at: watch.clock.now, watch)
            try await watch.changes.make { change in
                let numbers =
                    engine == .sqlite
                    ? "(WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 10007) SELECT n FROM n)"
                    : "(SELECT n FROM generate_series(1, 10007) AS n)"
                try change.connection.script(
                    "INSERT INTO job_executions (job_id, status) SELECT \(large), 'COMPLETED' FROM \(numbers) AS numbers"
                )
            }
            var place: String?
            var steps = 0
            repeat {
                let from = place
                place = try await watch.changes.make { try MonitoringLeftovers.sweepMany(after: from, limit: 5, $0) }
                steps += 1
            } while place != nil && steps < 50
            let counts = try await watch.changes.read {
                try $0.all("SELECT COUNT(*) FROM job_executions GROUP BY job_id ORDER BY job_id", []) {
                    try $0.integer()
                }
            }
            #expect(counts == [5, 10_000])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `posts that were summarised long ago are forgotten, those that wait are not`(
        engine: TestEngine
    ) async throws {
        try await Watch.run(engine) { watch in
            let job = try await watch.job()
            watch.source.gives(ScriptedSource.posts([(1, watch.clock.now)]))
            watch.clock.advance(.hours(1))
            try await watch.look()
            watch.source.writes { _ in throw SummaryFailure.failed("no words") }
            watch.source.gives(ScriptedSource.posts([(2, watch.clock.now)]))
            watch.clock.advance(.hours(1))
            try await watch.look()
            watch.clock.advance(.days(401))
            _ = try await watch.changes.make { try MonitoringLeftovers.sweepSeen(limit: 100, $0) }
            let left = try await watch.changes.read {
                try $0.all("SELECT content FROM job_posts", []) { try $0.text() }
            }
            #expect(left == ["Post 2."])
            #expect(try await watch.record(job).count == 2)
        }
    }

    @Test(arguments: TestEngine.allCases) func `what a feed has held for years is never told again`(engine: TestEngine)
        async throws
    {
        try await Watch.run(engine) { watch in
            let job = try await watch.job(.cron("0 0 1 * *", zone: "UTC"), source: .feed)
            watch.source.gives { FetchedPosts(posts: [ScriptedSource.post(1, at: nil)], memory: $0.memory) }
            for _ in 0..<20 {
                watch.clock.advance(.days(31))
                try await watch.look()
                _ = try await watch.changes.make { try MonitoringLeftovers.sweepSeen(limit: 100, $0) }
            }
            #expect(try await watch.record(job).filter { $0.status == .completed }.count == 20)
            #expect(try await watch.summaries(job).count == 1)
        }
    }
}
