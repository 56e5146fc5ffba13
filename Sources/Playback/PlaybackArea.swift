package import Core
package import Hummingbird
package import Outbox
package import SQL
package import Web

/// The thresholds of playback, from the settings.
package struct PlaybackRules: Sendable {
    /// Where titles resume.
    package let resume: ResumeRule
    /// How long a session lives after its last report.
    package let lifetime: Span

    /// The rules by these thresholds.
    package init(resume: ResumeRule = ResumeRule(), lifetime: Span = .hours(24)) {
        self.resume = resume
        self.lifetime = lifetime
    }
}

/// Playback, whole: sessions, watch history, resume positions. What the server wires up.
package struct PlaybackArea: Sendable {
    let database: any Database
    let changes: Changes
    let hub: StreamHub
    let streams: EventStreamServer
    let reports: ReportStore
    let history: HistoryStore
    let content: ContentStore
    let events: PlaybackEvents
    let rules: PlaybackRules
    let clock: TimeSource
    let metrics: PlaybackMetrics
    let coalescer: WriteCoalescer<ReportCommand, ReportOutcome>

    /// Playback over one database.
    package init(
        database: any Database, changes: Changes, hub: StreamHub, outbox: Outbox, rules: PlaybackRules,
        clock: TimeSource,
        metrics registry: MetricRegistry
    ) {
        self.database = database
        self.changes = changes
        self.hub = hub
        self.rules = rules
        self.clock = clock
        streams = EventStreamServer(database: database, hub: hub, clock: clock)
        events = PlaybackEvents(outbox: outbox)
        let store = ReportStore(rule: ReportRule(resume: rules.resume), lifetime: rules.lifetime, events: events)
        reports = store
        history = HistoryStore(resume: rules.resume)
        content = ContentStore(resume: rules.resume)
        metrics = PlaybackMetrics(registry)
        // On Postgres a second batch is put together while the first waits for its commit; SQLite has one writer anyway.
        let lanes = database.dialect == .postgres ? 2 : 1
        coalescer = WriteCoalescer(database: database, lanes: lanes, sizes: metrics.batchSizes) {
            connection, commands in
            try store.apply(commands, at: clock.now, on: connection)
        }
    }

    /// Adds every route of playback below `/api/v1`.
    package func addRoutes(to router: Router<DogearContext>) {
        let group = router.group("api/v1")
        SessionRoutes(area: self).add(to: group)
        ReportRoutes(area: self).add(to: group)
        ProgressRoutes(area: self).add(to: group)
        HistoryRoutes(area: self).add(to: group)
        ContentRoutes(area: self).add(to: group)
    }

    /// Adds the route that `make bench` measures reports against: the same decoding and answer, and no database.
    package func addBenchmarkRoutes(to router: Router<DogearContext>) {
        ReportRoutes.addNoOp(to: router, clock: clock)
    }

    /// The nightly clean-up: lapsed sessions, completed progress, and what was cleared and can be undone no longer.
    package func sweep() async throws {
        let now = clock.now
        var dropped: Int
        repeat {
            dropped = try await database.write { [rules] connection in
                try SessionStore.sweep(before: now - rules.lifetime, at: now, on: connection)
            }
        } while dropped == SessionStore.sweepLimit
        try await database.write { connection in
            try ProgressStore.sweep(at: now, on: connection)
            try HistoryStore.sweep(at: now, on: connection)
        }
    }

    /// Names a title, as `PUT /content/{content_id}` does; for sample content.
    package func name(_ content: ID, title: String, thumbnailURL: String, duration: Int) async throws {
        let now = clock.now
        try await database.write { connection in
            try ContentStore.put(
                ContentStore.Content(
                    id: content, title: title, thumbnailURL: thumbnailURL, duration: duration, platform: "dogear"),
                at: now, on: connection)
        }
    }
}

/// The figures of playback.
struct PlaybackMetrics: Sendable {
    let lookups: Counter
    let hits: Counter
    let positions: Histogram
    let writeFailures: Counter
    let staleReports: Counter
    let batchSizes: Histogram

    init(_ registry: MetricRegistry) {
        lookups = registry.register(
            Counter("dogear_resume_lookups_total", "Sessions opened, each of which asked for a place to resume at."))
        hits = registry.register(Counter("dogear_resume_hits_total", "Sessions opened that had a place to resume at."))
        positions = registry.register(
            Histogram(
                "dogear_resume_position_seconds", "Positions resumed at; sum by count is the average.",
                bounds: [60, 300, 600, 1_800, 3_600, 7_200]))
        writeFailures = registry.register(
            Counter("dogear_history_write_failures_total", "Reports that the database did not take."))
        staleReports = registry.register(
            Counter("dogear_stale_reports_total", "Reports refused because a newer one was in."))
        batchSizes = registry.register(
            Histogram("dogear_report_batch_size", "Reports in one transaction.", bounds: Histogram.sizeBounds))
    }

    func opened(resumingAt position: Int?) {
        lookups.add()
        guard let position else { return }
        hits.add()
        positions.observe(Double(position))
    }

    func reported(_ refusal: ReportRule.Refusal?) {
        if refusal != nil { staleReports.add() }
    }
}
