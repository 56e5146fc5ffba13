package import Changes
package import Core
package import Logging
package import SQL
package import ServiceLifecycle
package import Upkeep
package import Web

/// The thresholds of playback, from the settings.
package struct PlaybackRules: Sendable {
    let resume: ResumeRule
    /// How long a session lives after its last report.
    let lifetime: Duration

    /// The rules by these thresholds; the seed's where none are given.
    package init(resume: ResumeRule = ResumeRule(), lifetime: Duration = .hours(24)) {
        self.resume = resume
        self.lifetime = lifetime
    }
}

/// Playback, whole: sessions, watch history, resume positions. What the server wires up.
package struct PlaybackArea: Area {
    let changes: Changes
    let streams: EventStreams
    let rules: PlaybackRules
    let figures: PlaybackFigures
    let sessions: SessionStore
    let reports: ReportStore
    let batch: Batch<SentReport, ReportOutcome>
    let standby: Standby?
    private let steward: Steward?
    private let samples: [SampleTitle]

    /// Playback over one database.
    /// - Parameters:
    ///   - samples: The titles of the sample content.
    ///   - aside: What sessions go on with while the database is away; nil where they do not.
    package init(
        changes: Changes, streams: EventStreams, rules: PlaybackRules, samples: [SampleTitle] = [],
        aside: Aside? = nil, logger: Logger, metrics registry: MetricRegistry
    ) {
        self.samples = samples
        self.changes = changes
        self.streams = streams
        self.rules = rules
        let figures = PlaybackFigures(registry)
        self.figures = figures
        let mirror = aside.map { SessionMirror(cache: $0.cache, lifetime: rules.lifetime, clock: changes.clock) }
        let sessions = SessionStore(rules: rules, figures: figures, mirror: mirror)
        self.sessions = sessions
        let reports = ReportStore(rules: rules, figures: figures, mirror: mirror)
        self.reports = reports
        if let aside, let mirror {
            let owed = StandbyFigures(registry)
            _ = registry.register(
                Gauge(
                    "dogear_redis_trusted",
                    "Whether Redis holds every session, so that they may be shown while the database is away: 1 or 0."
                ) { mirror.seal != nil && mirror.cache.isUp ? 1 : 0 })
            standby = Standby(
                mirror: mirror, outage: aside.outage, lifetime: rules.lifetime, clock: changes.clock, figures: owed)
            steward = Steward(
                changes: changes, mirror: mirror,
                drain: Drain(
                    changes: changes, cache: aside.cache, sessions: sessions, reports: reports, figures: owed,
                    logger: logger),
                lifetime: rules.lifetime, logger: logger)
        } else {
            (standby, steward) = (nil, nil)
        }
        let batch = changes.batch(sizes: figures.batchSizes, failures: figures.writeFailures) {
            try reports.take($0, $1)
        }
        self.batch = batch
        streams.onPulse(of: PlaybackNews.kind, every: PlaybackNews.silenceLooked) { names, connection in
            let now = changes.clock.now
            let cadence = CadenceRule.nextReportSeconds(load: batch.load)
            return try PlaybackNews.pulse(
                names, silentAt: PlaybackSession.silence(at: now, cadenceSeconds: cadence), since: now - rules.lifetime,
                on: connection)
        }
    }

    /// Everything below `/api/v1`.
    package func addRoutes(to routes: RouteGroup) {
        let group = routes.group("api/v1")
        SessionRoutes(
            changes: changes, streams: streams, sessions: sessions, standby: standby,
            cadenceSeconds: { [batch] in CadenceRule.nextReportSeconds(load: batch.load) }
        ).add(to: group)
        ReportRoutes(changes: changes, batch: batch, reports: reports, standby: standby).add(to: group)
        let history = HistoryStore(resume: rules.resume)
        PlayRoutes(
            changes: changes, watched: WatchedStore(history: history), clearing: ClearStore(), importing: ImportStore()
        ).add(to: group)
        HistoryRoutes(changes: changes, history: history, clearing: ClearStore()).add(to: group)
        ProgressRoutes(changes: changes, history: history, progress: ProgressStore(reports: reports)).add(to: group)
        ContentRoutes(changes: changes, content: ContentStore(resume: rules.resume)).add(to: group)
    }

    /// What reports are measured against: the same decoding and reply, and no database.
    package func addBenchmarkRoutes(to routes: RouteGroup) {
        ReportRoutes.addNoOp(to: routes, clock: changes.clock)
    }

    /// Lapsed sessions, completed progress, and what was cleared and can be undone no longer.
    package var chores: [Chore] {
        let (lifetime, limit) = (rules.lifetime, 500)
        return [
            Chore("playback-sessions", .nightly(hour: 3)) { from, change in
                let next = try SessionRows.sweep(
                    after: from.flatMap { ID($0) }, silentSince: change.now - lifetime, limit: 2_000, change)
                return next.map { .more(from: $0.description) } ?? .done
            },
            Chore("playback-progress", .nightly(hour: 3)) { from, change in
                let next = try ProgressStore.sweep(after: from, limit: 2_000, change)
                return next.map { .more(from: $0) } ?? .done
            },
            Chore("cleared-history", .nightly(hour: 3)) { _, change in
                .whole(try ClearStore.sweep(limit: limit, change), of: limit)
            },
        ]
    }

    /// What resumes, and the next episodes.
    package var resumeSource: (any ResumeSource)? { PlaybackResumeSource(history: HistoryStore(resume: rules.resume)) }

    /// Whom a session is of.
    package func owners(of id: ID, on connection: any Connection) throws -> [Person] {
        try HeldTable.owners("playback_sessions", "id", .id(id), on: connection)
    }

    /// Devices that play.
    package var liveSource: (any LiveSource)? {
        PlaybackLiveSource { [batch] now in
            PlaybackSession.silence(at: now, cadenceSeconds: CadenceRule.nextReportSeconds(load: batch.load))
        }
    }

    /// What keeps the sessions aside in step.
    package var services: [any Service] { steward.map { [$0] } ?? [] }

    /// What sessions go on with while the database is away.
    package struct Aside: Sendable {
        let cache: any SessionCache
        let outage: Outage

        /// A cache, and what says when to go on with it.
        package init(cache: any SessionCache, outage: Outage) {
            self.cache = cache
            self.outage = outage
        }
    }

    /// Does once what is done each second: looks what is owed to the cache, and to the database.
    package func tend() async throws {
        try await steward?.look()
        await standby?.mirror.settle()
    }

    /// Sessions, places with their plays and moves, and progress.
    package var holdings: [Holding] { PlaybackHoldings(changes: changes, mirror: standby?.mirror).all }

    /// Names the sample titles, as `PUT /content/{content_id}` does.
    package func addSampleContent() async throws {
        try await changes.make { [samples] change in
            for sample in samples {
                try ContentStore.put(
                    ContentStore.Content(
                        id: sample.id, title: sample.title, thumbnailURL: sample.thumbnailURL,
                        duration: sample.duration, platform: "dogear", url: sample.url), change)
            }
        }
    }

    /// A title of the sample content.
    package struct SampleTitle: Sendable {
        let id: ID
        let title: String
        let thumbnailURL: String
        let url: String
        let duration: Int

        /// A title from its parts.
        package init(id: ID, title: String, thumbnailURL: String, url: String, duration: Int) {
            self.id = id
            self.title = title
            self.thumbnailURL = thumbnailURL
            self.url = url
            self.duration = duration
        }
    }
}
