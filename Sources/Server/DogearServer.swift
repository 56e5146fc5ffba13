package import Accounts
import Assessments
import Changes
import Console
package import Core
import Foundation
package import Hummingbird
import HummingbirdCore
import LiveEvents
package import Logging
import Monitoring
import NIOCore
import NIOSSL
import Outbox
import Playback
package import SQL
import ServiceLifecycle
package import Settings
import Streams
import UnixSignals
import Upkeep
package import Web

/// The server, wired up: what `dogear serve` runs, and what tests drive.
package struct DogearServer: Sendable {
    /// This version.
    package static let version = "0.1.0"

    private let settings: Settings
    private let logger: Logger
    private let database: any Database
    private let areas: [any Area]
    /// Whether anybody on this machine is let in.
    package let isOpen: Bool
    private let streams: StreamTailer
    private let bodies: Bodies
    private let capacity: Capacity
    private let connections: Connections
    private let tls: TLSConfiguration?
    private let upkeep: Upkeep
    private let eraser: Eraser
    private let deliveries: Deliveries
    private let clock: Clock
    private let redis: RedisSide?
    private let operators: Operators
    private let responder: RouterResponder<DogearContext>
    /// Every route, and whom it is for.
    package let routes: RouteBook
    /// Every route as the router has it, for whoever checks the book.
    package let routerPaths: [(method: String, path: String)]

    /// Wires a server over an open database whose schema is current.
    /// - Parameter passwordCost: How much work each password is; tests that are about something else make it less.
    /// - Throws: `Settings.Refusal` for an address that would be open to others without keys.
    package init(
        settings: Settings, database: any Database, registry: MetricRegistry, logger: Logger, clock: Clock = .system,
        passwordCost: PasswordCost = .standard
    ) async throws {
        self.settings = settings
        self.database = database
        self.logger = logger
        self.clock = clock
        tls = try settings.tls?.load()
        capacity = Capacity(files: Capacity.raiseOpenFiles(), settings: settings)
        let counts = registry.register(RequestCounts())
        connections = Connections(limit: capacity.connections, counts: counts, metrics: registry)
        let readiness = Readiness(clock: clock) { try await database.probe() }
        let redis = try RedisSide(settings, readiness: readiness, clock: clock, registry: registry, logger: logger)
        self.redis = redis
        let streams = StreamTailer(
            database: database, fanout: database.dialect == .postgres ? redis?.fanout : nil, clock: clock,
            limits: .init(node: capacity.streams, holder: settings.streamLimitPerCaller), metrics: registry,
            encode: EventStreams.encode)
        self.streams = streams
        // First of all that looks: a database without our tables is told of as that, whatever else is not set.
        let hasKeys = try await ServiceKeyStore(changes: Changes(database: database, clock: clock)).hasKeys()
        let changes = Changes(
            database: database, streams: streams, outbox: Outbox(destinations: settings.delivery.destinations),
            clock: clock, personHash: try ServerSecret.personHash(settings))
        let keys = ServiceKeyStore(changes: changes)
        let users = try await Self.userTokens(settings, clock)
        let access = try Self.access(settings, hasKeys: hasKeys)
        isOpen = access.isOpen
        let wings = try Self.areas(settings, changes, EventStreams(streams), redis, registry, logger)
        let people = PeopleDesk(
            changes: changes, wings: wings.flatMap(\.holdings),
            owners: wings.map { wing in { try wing.owners(of: $0, on: $1) } },
            mailsIn: try Self.mailFolder(settings),
            hash: try ServerSecret.personHash(settings),
            log: ErasureLog(path: settings.erasuresLog), logger: logger)
        eraser = people.eraser
        // Before anything is served: a backup that was put back holds who was erased since.
        try await eraser.replay()
        let accounts = AccountsArea(
            changes: changes, secret: try ServerSecret.find(settings), address: Self.address(settings),
            people: people, passwordCost: passwordCost, metrics: registry)
        areas = wings + [accounts]
        deliveries = Deliveries(
            settings.delivery, changes: changes, mail: accounts.carrier(to: try Self.mailer(settings, logger)),
            secret: try ServerSecret.find(settings), node: streams.node, registry: registry, logger: logger)
        bodies = Bodies(clock: clock)
        upkeep = Upkeep(
            changes: changes, chores: Self.ownChores + areas.flatMap(\.chores), node: streams.node, logger: logger)
        let pages = try Pages(
            isDemo: settings.isDemo, isOpen: access.isOpen, version: Self.version,
            questionnaires: QuestionnaireLibrary(changes: changes),
            listsQuestionnaires: access.isOpen || settings.questionnairesArePublic,
            resumeDialogSeconds: settings.eventResumeDialogSeconds,
            origin: settings.publicURL ?? settings.origin(port: settings.port))
        _ = registry.register(ProcessMemory.gauge)
        operators = Operators(
            settings, errors: ErrorBook(clock: clock),
            dependencies: Dependencies(
                dialect: database.dialect, readiness: readiness, isRedisUp: redis?.isUp,
                destinations: settings.delivery.destinations, debts: deliveries.debts, clock: clock),
            registry: registry, clock: clock, logger: logger)
        let frontDoor = FrontDoor(
            access: access, bodies: bodies, rates: Rates(Self.allowance(settings), clock: clock), counts: counts,
            errors: operators.errors, page: pages.page(for:))
        let router = Router(context: DogearContext.self, options: .autoGenerateHeadEndpoints)
        let book = RouteBook()
        let group = RouteGroup(router, book)
        router.add(middleware: frontDoor)
        StatusRoutes(
            dialect: database.dialect, readiness: readiness, registry: registry,
            isRedisUp: redis?.isUp
        ).add(to: group)
        pages.addRoutes(to: group)
        let tokens = BearerTokens(
            keys: keys, users: users, signIns: accounts.signIns, clock: clock, outage: redis?.outage,
            uses: accounts.keyUses)
        let inside = Inside()
        AdminPages(
            beside: pages,
            door: AdminDoor(
                isOpen: access.isOpen, address: Self.address(settings), tokens: tokens,
                secret: try ServerSecret.find(settings), clock: clock),
            inside: inside
        ).addRoutes(to: group)
        router.add(
            middleware: SignIn(
                access: access, resolver: tokens,
                capabilities: areas.compactMap(\.tokens), tickets: accounts.tickets,
                uncounted: areas.reduce(into: []) { $0.formUnion($1.uncounted) }))
        for area in areas {
            area.addRoutes(to: group)
            if settings.isBenchmark { area.addBenchmarkRoutes(to: group) }
        }
        ContinueRoute(changes: changes, sources: areas.compactMap(\.resumeSource)).add(to: group)
        operators.addRoutes(to: group, node: streams.node.description)
        LiveRoute(changes: changes, sources: areas.compactMap(\.liveSource)).add(to: group)
        frontDoor.knows(book)
        routes = book
        routerPaths = router.routes.map { ($0.method.rawValue, $0.path.description) }
        let responder = router.buildResponder()
        inside.opens { try await responder.respond(to: $0, context: $1) }
        self.responder = responder
    }

    private static func allowance(_ settings: Settings) -> Rates.Allowance {
        Rates.Allowance(
            requestsPerSecond: settings.rateLimitPerSecond, requestsPerSecondOfKey: settings.keyRateLimitPerSecond,
            startsPerMinute: settings.startLimitPerMinute, keysPerHour: settings.idempotencyKeysPerHour,
            megabytesPerMinute: settings.megabytesPerMinute)
    }

    private static func address(_ settings: Settings) -> PublicAddress {
        PublicAddress(url: settings.publicURL, speaksTLS: settings.tls != nil)
    }

    /// What tokens and codes are derived from, for commands.
    package static func secret(_ settings: Settings) throws -> [UInt8] { try ServerSecret.find(settings) }

    private static func mailer(_ settings: Settings, _ logger: Logger) throws -> any Mailer {
        guard let sender = MailSender(settings.mailFrom) else {
            throw Settings.Refusal(
                description:
                    "MAIL_FROM is '\(settings.mailFrom)'; it must be an address, or a name and an address, such as Dogear <dogear@example.org>."
            )
        }
        guard let path = settings.sendmail else {
            return FileMailer(folder: try mailFolder(settings), sender: sender, logger: logger)
        }
        return SendmailMailer(path: path, sender: sender)
    }

    /// The wings of the house. A new one is its folder, its migrations, its line here and its pages.
    static func areas(
        _ settings: Settings, _ changes: Changes, _ streams: EventStreams, _ redis: RedisSide?,
        _ registry: MetricRegistry, _ logger: Logger
    ) throws -> [any Area] {
        let secret = try ServerSecret.find(settings)
        return [
            PlaybackArea(
                changes: changes, streams: streams,
                rules: PlaybackRules(
                    resume: ResumeRule(
                        minimumSeconds: settings.resumeMinimumSeconds,
                        line: FinishLine(
                            ratio: settings.resumeFinishedRatio,
                            maxRemainingSeconds: settings.resumeFinishedMaxRemainingSeconds)),
                    lifetime: settings.sessionLifetime),
                samples: SampleContent.clips.map {
                    .init(
                        id: $0.id, title: $0.title, thumbnailURL: $0.thumbnailURL, url: "/watch/\($0.slug)",
                        duration: $0.duration)
                }, aside: redis?.playback, logger: logger, metrics: registry),
            AssessmentsArea(
                changes: changes,
                rules: AssessmentRules(
                    lifetime: settings.assessmentLifetime, retention: settings.assessmentRetention,
                    isPublic: settings.questionnairesArePublic),
                samples: SampleContent.questionnaires.map { .init(slug: $0.slug, file: $0.file) }, metrics: registry),
            LiveEventsArea(
                changes: changes, streams: streams,
                rules: EventRules(resumeFor: settings.eventResumption, undoFor: settings.eventUndo),
                secrets: EventSecrets(secret), address: address(settings), metrics: registry),
            MonitoringArea(
                changes: changes, outside: .init(settings, clock: changes.clock, logger: logger),
                concurrency: settings.outside.concurrency,
                unsubscriptions: Unsubscriptions(secret, publicURL: settings.publicURL),
                samples: SampleJob(
                    user: SampleUser.id, account: SampleContent.posts.account, posts: SampleContent.posts.lines,
                    folder: settings.outside.postsFolder), metrics: registry, logger: logger),
        ]
    }

    /// What every area leaves behind.
    private static var ownChores: [Chore] {
        let limit = 1_000
        return [
            Chore("kept-replies", .every(.minutes(10))) { _, change in
                .whole(try KeptReply.sweep(at: change.now, limit: limit, on: change.connection), of: limit)
            },
            Chore("stream-notices", .every(.minutes(10))) { _, change in
                .whole(try StreamLog.sweepNotices(at: change.now, limit: limit, on: change.connection), of: limit)
            },
            Chore("streams", .every(.hours(1))) { _, change in
                .whole(try StreamLog.sweepStreams(at: change.now, limit: limit, on: change.connection), of: limit)
            },
            Chore("outbox-keys", .every(.hours(1))) { from, change in
                let next = try Outbox.sweepKeys(after: from, limit: limit, on: change.connection)
                return next.map { .more(from: $0) } ?? .done
            },
            Chore("parked-messages", .nightly(hour: 4)) { _, change in
                .whole(
                    try Outbox.sweepParked(before: change.now - .days(30), limit: limit, on: change.connection),
                    of: limit)
            },
        ]
    }

    /// Adds the sample content; what is there already stays as it is.
    package func addSampleContent() async throws {
        for area in areas { try await area.addSampleContent() }
    }

    /// Does once what playback does each second with Redis.
    package func tendRedis() async throws {
        await redis?.outage.look()
        for case let playback as PlaybackArea in areas { try await playback.tend() }
    }

    /// Goes on with erasures until nothing is left of them.
    package func finishErasures() async throws { while try await eraser.look() {} }

    /// Looks at the figures, as the server does every fifteen seconds.
    package func lookAtFigures() { operators.look() }

    /// Makes the nightly backup, due or not.
    package func makeNightlyBackup() async { await operators.makeNightlyBackup() }

    /// Lets go of what a server holds that was never run.
    package func close() { redis?.close() }

    /// Does every chore now, due or not.
    package func sweep() async throws {
        try await upkeep.perform()
    }

    /// Serves until SIGTERM or SIGINT, then stops within ten seconds: no new connections, streams ended, batches flushed.
    /// - Parameter listening: Told the port once connections are taken.
    package func run(listening: @escaping @Sendable (Int) async -> Void) async throws {
        logger.info(
            "limits",
            metadata: [
                "files": "\(capacity.files)", "connections": "\(capacity.connections)",
                "streams": "\(capacity.streams)",
            ])
        let application = Application(
            responder: StreamRequests(responder),
            server: tls.map { SecureConnection.server(connections, idle: .seconds(75), tls: $0) }
                ?? HTTPConnection.server(connections, idle: .seconds(75)),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), backlog: 4_096),
            onServerRunning: { channel in await listening(channel.localAddress?.port ?? settings.port) },
            logger: logger)
        let database = database
        let streams = streams
        let services: [any Service] =
            [
                AtTheEnd { await database.close() },
                Background { [upkeep] in try await upkeep.run() },
                Background { [bodies] in try await bodies.run() },
                Background { [connections, clock] in try await connections.run(by: clock) },
                Background { try await streams.run() },
            ] + (redis?.services ?? []) + deliveries.services + operators.services + areas.flatMap(\.services) + [
                application,
                AtTheEnd { streams.close() },
            ]
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(10)
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch let error as IOError {
            throw Self.refusal(errno: error.errnoCode, settings) ?? error
        }
    }

    /// What answers requests, for tests without a socket.
    package var application: Application<RouterResponder<DogearContext>> {
        Application(responder: responder, logger: logger)
    }

    private static func userTokens(_ settings: Settings, _ clock: Clock) async throws -> UserTokens? {
        let source: UserTokens.Source
        switch settings.userTokens {
        case .secret(let secret)?: source = .secret(secret)
        case .jwks(let place)?: source = .jwks(place)
        case nil: return nil
        }
        let users = UserTokens(source: source, userClaim: settings.userClaim, clock: clock)
        do {
            try await users.prepare()
            return users
        } catch {
            throw Settings.Refusal(
                description: "JWT_JWKS cannot be read as a JSON Web Key Set; name a file or an address that holds one.")
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
