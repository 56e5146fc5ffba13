import Core
import Logging
import SQL
import ServiceLifecycle
import Settings
import Web

/// Everything that is there for whoever runs the server, wired up.
struct Operators: Sendable {
    /// What was refused and failed at of late.
    let errors: ErrorBook
    private let settings: Settings
    private let history: FigureHistory
    private let dependencies: Dependencies
    private let backups: BackupDesk
    private let clock: Clock
    private let startedAt: Instant

    init(
        _ settings: Settings, errors: ErrorBook, dependencies: Dependencies, registry: MetricRegistry, clock: Clock,
        logger: Logger
    ) {
        self.settings = settings
        self.errors = errors
        self.dependencies = dependencies
        self.clock = clock
        startedAt = clock.now
        history = FigureHistory(registry: registry, clock: clock)
        backups = BackupDesk(settings, clock: clock, logger: logger)
    }

    /// Adds what the API has for them.
    func addRoutes(to routes: RouteGroup, node: String) {
        OperatorRoutes(
            settings: settings, errors: errors, history: history, dependencies: dependencies, backups: backups,
            node: node, startedAt: startedAt
        ).add(to: routes)
    }

    /// What has to run for it.
    var services: [any Service] {
        [history, backups, Background { [dependencies] in try await dependencies.run() }]
    }

    /// Looks at the figures now.
    func look() { history.look() }

    /// Makes the nightly backup now, due or not.
    func makeNightlyBackup() async { await backups.makeNightly() }
}
