import Accounts
import Assessments
package import Core
import Console
package import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import Outbox
import Playback
package import SQL
import ServiceLifecycle
package import Settings
import UnixSignals
package import Web

/// The server, wired up: what `dogear serve` runs, and what tests drive.
package struct DogearServer: Sendable {
    /// This version.
    package static let version = "0.1.0"

    private let settings: Settings
    private let logger: Logger
    private let database: any Database
    private let playback: PlaybackArea
    private let assessments: AssessmentsArea
    private let hub: StreamHub
    private let clock: TimeSource
    private let responder: RouterResponder<DogearContext>

    /// Wires a server over an open database whose schema is current.
    /// - Throws: `Settings.Refusal` for an address that would be open to others without keys.
    package init(
        settings: Settings, database: any Database, registry: MetricRegistry, logger: Logger,
        clock: TimeSource = .system
    ) async throws {
        self.settings = settings
        self.database = database
        self.logger = logger
        self.clock = clock
        let keys = ServiceKeyStore(database: database, clock: clock)
        let users = Self.userTokens(settings, clock)
        do {
            try await users?.prepare()
        } catch {
            throw Settings.Refusal(
                description: "JWT_JWKS cannot be read as a JSON Web Key Set; name a file or an address that holds one.")
        }
        let access = try Self.access(settings, hasKeys: try await keys.hasKeys())
        let hub = StreamHub()
        self.hub = hub
        _ = registry.register(Gauge("dogear_open_streams", "Streams open on this node.") { Double(hub.count) })
        let changes = Changes(database: database, streams: hub, clock: clock)
        playback = PlaybackArea(
            database: database, changes: changes, hub: hub,
            outbox: Outbox(isOn: settings.relaysConfigured),
            rules: PlaybackRules(
                resume: ResumeRule(
                    minimumSeconds: settings.resumeMinimumSeconds, finishedRatio: settings.resumeFinishedRatio),
                lifetime: settings.sessionLifetime),
            clock: clock, metrics: registry)
        assessments = AssessmentsArea(
            database: database, changes: changes,
            rules: AssessmentRules(lifetime: settings.assessmentLifetime, isPublic: settings.assessmentsArePublic),
            clock: clock, metrics: registry)
        let pages = try Pages(
            isDemo: settings.isDemo, version: Self.version,
            questionnaires: QuestionnaireLibrary(database: database, clock: clock),
            listsQuestionnaires: access.isOpen || settings.assessmentsArePublic)
        let frontDoor = FrontDoor(access: access, metrics: registry, page: pages.page(for:))
        let router = Router(context: DogearContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: frontDoor)
        StatusRoutes(database: database, registry: registry).add(to: router)
        pages.addRoutes(to: router)
        router.add(middleware: SignIn(access: access, resolver: BearerTokens(keys: keys, users: users, clock: clock)))
        playback.addRoutes(to: router)
        assessments.addRoutes(to: router)
        if settings.isBenchmark {
            playback.addBenchmarkRoutes(to: router)
            assessments.addBenchmarkRoutes(to: router)
        }
        frontDoor.knows(router.routes)
        responder = router.buildResponder()
    }

    /// Adds the sample content; what is there already stays as it is.
    package func addSampleContent() async throws {
        for clip in SampleContent.clips {
            try await playback.name(
                clip.id, title: clip.title, thumbnailURL: clip.thumbnailURL, duration: clip.duration)
        }
        let library = QuestionnaireLibrary(database: database, clock: clock)
        for sample in SampleContent.questionnaires where try await library.find(sample.slug) == nil {
            try await library.importFile(sample.file, .yaml)
        }
    }

    /// Clears away what has had its time, as happens every night.
    package func sweep() async throws {
        try await playback.sweep()
    }

    /// Serves until SIGTERM or SIGINT, then stops within ten seconds: no new connections, streams ended, batches flushed.
    /// - Parameter listening: Told the port once connections are taken.
    package func run(listening: @escaping @Sendable (Int) async -> Void) async throws {
        let application = Application(
            responder: responder,
            server: .http1(configuration: HTTP1Channel.Configuration(idleTimeout: .seconds(75))),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), backlog: 4_096),
            onServerRunning: { channel in await listening(channel.localAddress?.port ?? settings.port) },
            logger: logger)
        var configuration = ServiceGroupConfiguration(
            services: [
                .init(service: DatabaseCloser(database: database)),
                .init(service: Sweeper(database: database, playback: playback, clock: clock, logger: logger)),
                .init(service: application),
                .init(service: StreamEnder(hub: hub)),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(10)
        try await ServiceGroup(configuration: configuration).run()
    }

    /// What answers requests, for tests without a socket.
    package var application: Application<RouterResponder<DogearContext>> {
        Application(responder: responder, logger: logger)
    }

    private static func userTokens(_ settings: Settings, _ clock: TimeSource) -> UserTokens? {
        switch settings.userTokens {
        case .secret(let secret)?: UserTokens(source: .secret(secret), userClaim: settings.userClaim, clock: clock)
        case .jwks(let place)?: UserTokens(source: .jwks(place), userClaim: settings.userClaim, clock: clock)
        case nil: nil
        }
    }

    private static func access(_ settings: Settings, hasKeys: Bool) throws -> Access {
        let isGuarded = hasKeys || settings.userTokens != nil
        guard isGuarded || isLoopback(host: settings.host) else {
            throw Settings.Refusal(
                description:
                    "HOST is \(settings.host), which others can reach, and nothing guards it: create a key with `dogear key create`, or set JWT_SECRET or JWT_JWKS, or listen on 127.0.0.1."
            )
        }
        return Access(isOpen: !isGuarded, origins: settings.corsOrigins)
    }
}

/// Closes the database after everything that uses it has stopped.
private struct DatabaseCloser: Service {
    let database: any Database

    func run() async throws {
        try? await gracefulShutdown()
        await database.close()
    }
}

/// Ends open streams as soon as a stop is asked for, so that their clients go to another node.
private struct StreamEnder: Service {
    let hub: StreamHub

    func run() async throws {
        try? await gracefulShutdown()
        hub.close()
    }
}
