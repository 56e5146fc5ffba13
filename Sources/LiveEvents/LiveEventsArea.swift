package import Changes
package import Core
package import SQL
package import ServiceLifecycle
package import Upkeep
package import Web

/// Live events, whole: events, segments, quizzes, participants. What the server wires up.
package struct LiveEventsArea: Area {
    private let changes: Changes
    private let streams: EventStreams
    private let rules: EventRules
    private let secrets: EventSecrets
    private let figures: EventFigures
    private let codes: CodeGuard
    private let address: PublicAddress
    private let joins: Batch<JoinStore.Sent, JoinStore.Joined>
    private let beats: Batch<PlayStore.Beat, PlayStore.Heard>
    private let answers: Batch<PlayStore.Sent, PlayStore.Taken>

    /// Live events over one database.
    /// - Parameter address: Where people reach this server, for join addresses.
    package init(
        changes: Changes, streams: EventStreams, rules: EventRules, secrets: EventSecrets,
        address: PublicAddress = PublicAddress(),
        metrics registry: MetricRegistry
    ) {
        self.changes = changes
        self.streams = streams
        self.rules = rules
        self.secrets = secrets
        self.address = address
        let figures = EventFigures(registry)
        self.figures = figures
        codes = CodeGuard(clock: changes.clock)
        let join = JoinStore(rules: rules, secrets: secrets, figures: figures)
        let play = PlayStore(rules: rules, secrets: secrets, figures: figures)
        // Joins of an event wait for its row, and other nodes do too, so none holds it for long.
        joins = changes.batch(
            limit: 64, isSerial: true, sizes: figures.batchSizes, failures: figures.writeFailures
        ) { try join.join($0, $1) }
        beats = changes.batch(sizes: figures.batchSizes, failures: figures.writeFailures) { try play.hear($0, $1) }
        answers = changes.batch(sizes: figures.batchSizes, failures: figures.writeFailures) { try play.take($0, $1) }
        let clock = changes.clock
        streams.onPulse(of: EventNews.kind) { try EventNews.pulse($0, at: clock.now, on: $1) }
    }

    /// Everything below `/api/events` and `/api/segments`.
    package func addRoutes(to routes: RouteGroup) {
        let group = routes.group("api")
        let events = EventStore(rules: rules, secrets: secrets, figures: figures)
        let play = PlayStore(rules: rules, secrets: secrets, figures: figures)
        let join = JoinStore(rules: rules, secrets: secrets, figures: figures)
        let json = EventJSON(rules: rules, secrets: secrets, address: address, clock: changes.clock)
        EventRoutes(changes: changes, streams: streams, events: events, secrets: secrets, codes: codes, json: json)
            .add(to: group)
        SegmentRoutes(
            changes: changes, segments: SegmentStore(rules: rules, figures: figures), secrets: secrets, json: json
        ).add(to: group)
        JoinRoutes(changes: changes, joins: joins, join: join, codes: codes, secrets: secrets, json: json)
            .add(to: group)
        PlayerRoutes(
            changes: changes, streams: streams, events: events, play: play, join: join, beats: beats, answers: answers,
            json: json
        ).add(to: group)
    }

    /// None beside the look for who is away, which is every five seconds.
    package var chores: [Chore] {
        let limit = 500
        return [
            Chore("ended-events", .nightly(hour: 4)) { _, change in
                .whole(try EventLeftovers.sweep(limit: limit, change), of: limit)
            }
        ]
    }

    /// Events that somebody made, and the places of participants.
    package var holdings: [Holding] { EventHoldings.all }

    /// Places in events that go on.
    package var resumeSource: (any ResumeSource)? { EventResumeSource() }

    /// Whom a place in an event is of.
    package func owners(of id: ID, on connection: any Connection) throws -> [Person] {
        try HeldTable.owners("event_participants", "id", .id(id), on: connection)
    }

    /// Events that go on, and who plays along.
    package var liveSource: (any LiveSource)? { EventLiveSource(secrets: secrets) }

    /// What looks who has fallen silent.
    package var services: [any Service] {
        [
            PresenceWatch(
                changes: changes, play: PlayStore(rules: rules, secrets: secrets, figures: figures), rules: rules)
        ]
    }

    /// Knows hosts, presenters and participants by their tokens.
    package var tokens: (any CapabilityResolver)? { EventTokens(secrets: secrets) }

    /// Joining counts itself.
    package var uncounted: Set<String> { [JoinRoutes.path] }

    /// An event with three segments and their questions.
    package func addSampleContent() async throws {
        try await SampleEvent(changes: changes, secrets: secrets).add()
    }

    /// What heartbeats are measured against: the same decoding and reply, and no database.
    package func addBenchmarkRoutes(to routes: RouteGroup) {
        PlayerRoutes.addNoOp(to: routes, clock: changes.clock)
    }
}

/// What live events count.
struct EventFigures: Sendable {
    let joins: Counter
    let rejoins: Counter
    let answers: Counter
    let endings: Counter
    let resumptions: Counter
    let batchSizes: Histogram
    let writeFailures: Counter

    init(_ registry: MetricRegistry) {
        func counter(_ name: String, _ help: String) -> Counter {
            registry.register(Counter("dogear_event_\(name)", help))
        }
        joins = counter("joins_total", "Devices that joined a live event for the first time.")
        rejoins = counter("rejoins_total", "Devices that came back to their place in a live event.")
        answers = counter("answers_total", "Quiz answers taken.")
        endings = counter("endings_total", "Segments and live events that were ended.")
        resumptions = counter("resumptions_total", "Endings of segments and live events that were taken back.")
        writeFailures = counter("write_failures_total", "Joins, answers and heartbeats that the database did not take.")
        batchSizes = registry.register(
            Histogram(
                "dogear_event_batch_size", "Joins, answers or heartbeats in one change.",
                bounds: Histogram.sizeBounds))
    }
}

/// Looks every five seconds who has fallen silent, on every node: what one node has noted, the next finds done.
struct PresenceWatch: Service {
    private static let atOnce = 500

    let changes: Changes
    let play: PlayStore
    let rules: EventRules

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                try await changes.clock.sleep(for: rules.presence.swept)
                // What fails now is found the next time.
                try? await look()
            }
        }
    }

    func look() async throws {
        let (presence, clock) = (rules.presence, changes.clock)
        var found = Self.atOnce
        while found == Self.atOnce {
            guard try await changes.read({ try HeartbeatRows.anybodySilent(presence, at: clock.now, on: $0) }) else {
                return
            }
            found = try await changes.make { [play] in try play.sweep(limit: Self.atOnce, $0) }
        }
    }
}
