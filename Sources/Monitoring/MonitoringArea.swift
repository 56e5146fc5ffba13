package import Changes
package import Core
package import Logging
package import ServiceLifecycle
package import Upkeep
package import Web

/// Scheduled watches, whole: jobs, their runs and summaries, the playground. What the server wires up.
package struct MonitoringArea: Area {
    /// What a wing needs of the outside.
    package struct Outside: Sendable {
        /// Where posts come from.
        package let source: @Sendable (SourceName) -> any PostSource
        /// What writes summaries.
        package let summariser: any Summariser
        /// Gives back what it holds open.
        package let close: @Sendable () async -> Void

        /// The outside by these.
        package init(
            source: @escaping @Sendable (SourceName) -> any PostSource, summariser: any Summariser,
            close: @escaping @Sendable () async -> Void = {}
        ) {
            self.source = source
            self.summariser = summariser
            self.close = close
        }
    }

    private let changes: Changes
    private let unsubscriptions: Unsubscriptions
    private let samples: SampleJob?
    let jobs = JobStore()
    let runner: Runner

    /// Monitoring over one database.
    /// - Parameters:
    ///   - concurrency: How many runs a node carries out at once.
    ///   - samples: What the sample job watches, where there is one.
    package init(
        changes: Changes, outside: Outside, concurrency: Int, unsubscriptions: Unsubscriptions,
        samples: SampleJob? = nil, metrics registry: MetricRegistry, logger: Logger
    ) {
        self.changes = changes
        self.unsubscriptions = unsubscriptions
        self.samples = samples
        runner = Runner(
            changes: changes, figures: MonitoringFigures(registry), outside: outside, room: concurrency,
            mail: MonitoringMail(unsubscriptions), logger: logger)
    }

    /// Everything below `/api/v1/jobs`, `executions` and `playground`, and the seed's two paths.
    package func addRoutes(to routes: RouteGroup) {
        let group = routes.group("api/v1")
        let own = JobRoutes(changes: changes, jobs: jobs, mail: unsubscriptions)
        own.add(to: group)
        own.addUnsubscribing(to: routes)
        let executions = ExecutionRoutes(changes: changes, jobs: jobs, runner: runner)
        executions.add(to: group)
        executions.addSeedPath(to: routes)
        let playground = PlaygroundRoutes(changes: changes, jobs: jobs, runner: runner)
        playground.add(to: group)
        playground.addSeedPath(to: routes)
    }

    /// What is old or too much is cleared away at night.
    package var chores: [Chore] {
        let limit = 1_000
        return [
            Chore("old-executions", .nightly(hour: 3)) { _, change in
                .whole(try MonitoringLeftovers.sweepOld(limit: limit, change), of: limit)
            },
            Chore("many-executions", .nightly(hour: 3)) { from, change in
                let next = try MonitoringLeftovers.sweepMany(after: from, limit: limit, change)
                return next.map { .more(from: $0) } ?? .done
            },
            Chore("put-aside", .nightly(hour: 3)) { _, change in
                .whole(try MonitoringLeftovers.sweepPutAside(limit: limit, change), of: limit)
            },
            Chore("seen-posts", .nightly(hour: 3)) { _, change in
                .whole(try MonitoringLeftovers.sweepSeen(limit: limit, change), of: limit)
            },
        ]
    }

    /// Jobs whose last run failed.
    package var resumeSource: (any ResumeSource)? { MonitoringResumeSource() }

    /// Runs at work.
    package var liveSource: (any LiveSource)? { MonitoringLiveSource() }

    /// What carries runs out.
    package var services: [any Service] { [runner] }

    /// Jobs with all that is on record of them, and the playground's runs.
    package var holdings: [Holding] { MonitoringHoldings.all }

    /// A job of the sample user that watches a folder of posts.
    package func addSampleContent() async throws {
        guard let samples else { return }
        try await samples.writePosts(at: changes.clock.now)
        let jobs = jobs
        try await changes.make { try samples.add(jobs, $0) }
    }
}

/// The job of the sample content.
package struct SampleJob: Sendable {
    private let user: ID
    private let account: String
    private let posts: String
    private let folder: String

    /// A job of this user that watches a file of posts, which is written into the folder of posts where none of its name is there.
    package init(user: ID, account: String, posts: String, folder: String) {
        self.user = user
        self.account = account
        self.posts = posts
        self.folder = folder
    }

    func writePosts(at now: Instant) async throws {
        let (account, posts, folder) = (account, posts, folder)
        try await offPool { _ = try FolderSource.writeSample(account, posts, into: folder, at: now) }
    }

    /// Adds it where the user has none.
    func add(_ jobs: JobStore, _ change: Change) throws {
        guard try JobRows.count(of: user, on: change.connection) == 0,
            try change.erased(among: [user]).isEmpty
        else { return }
        _ = try jobs.create(
            user,
            JobPlan(
                source: .folder, account: account, frequency: .cron("*/5 * * * *", zone: "UTC"),
                topics: ["release", "reading"]), change)
    }
}
