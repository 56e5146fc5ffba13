import ArgumentParser
import Console
import Core
import Foundation
import Logging
import Migrations
import SQL
import Server
import Settings

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Starts the server.")

    @Option(help: "The address to listen on. Default: 127.0.0.1.")
    var host: String?

    @Option(help: "The port to listen on; 0 takes a free one. Default: 8086.")
    var port: Int?

    @Option(help: "The file with the certificate to speak TLS by, and those above it, as PEM.")
    var tlsCert: String?

    @Option(help: "The file with its private key, as PEM.")
    var tlsKey: String?

    @OptionGroup var options: DatabaseOptions

    @Flag(help: "Serve sample content.")
    var demo = false

    @Flag(help: "Leave the schema as it is.")
    var noMigrate = false

    func run() async throws {
        var flags: [String: String] = [:]
        if let host { flags["HOST"] = host }
        if let port { flags["PORT"] = String(port) }
        if let tlsCert { flags["TLS_CERT"] = tlsCert }
        if let tlsKey { flags["TLS_KEY"] = tlsKey }
        if demo { flags["DEMO"] = "true" }
        if noMigrate { flags["MIGRATE"] = "false" }
        let settings = try await options.settings(flags)
        let logger = settings.logger
        let registry = MetricRegistry()
        try DogearServer.requirePort(settings)
        if case .sqlite = settings.database, !settings.migrates { try Engine.requireThere(settings.database) }
        let database = try Engine.open(
            settings.database, connections: settings.databaseConnections, logger: logger,
            metrics: DatabaseMetrics(registry))
        let sole = try SoleServer(of: settings.database)
        if settings.migrates {
            try await Engine.bringUpToDate(database, at: settings.database)
        } else {
            try await Engine.requireTables(database, at: settings.database)
        }
        let server = try await DogearServer(settings: settings, database: database, registry: registry, logger: logger)
        if settings.isDemo { try await server.addSampleContent() }
        try await server.run { [isOpen = server.isOpen] port in
            // Written whole and at once: whoever starts Dogear waits for this line.
            let text = Self.greeting(settings, isOpen: isOpen, port: port)
            print(text, terminator: "")
            fflush(nil)
        }
        _ = consume sole
    }

    private static func greeting(_ settings: Settings, isOpen: Bool, port: Int) -> String {
        let origin = settings.origin(port: port)
        let mode =
            isOpen
            ? "open: anybody on this machine is let in (`dogear key create` ends that)"
            : "guarded: a key, or a user's token, is asked for"
        let head = """
            Dogear listens on \(origin)
              Database     \(Engine.name(of: settings.database))
              Mode         \(mode)

            """
        return settings.isDemo ? head + demo(origin, isOpen: isOpen) : head
    }

    /// Where to look, and calls that work as they stand and have something to tell.
    private static func demo(_ origin: String, isOpen: Bool) -> String {
        let key = isOpen ? "" : " -H \"Authorization: Bearer $KEY\""
        let clip = SampleContent.clips[0]
        return """

              Home         \(origin)/
              Watch        \(origin)/watch
              Assessments  \(origin)/assessments
              Live events  \(origin)/events
              Jobs         \(origin)/jobs
              API          \(origin)/api

            Somebody to sign in as on \(origin)/login: \(SampleUser.email), \(SampleUser.password)

            Keep a place, and ask what there is to go on with\(isOpen ? "" : ", with a key from `dogear key create` as KEY"):

              curl -s\(key) \(origin)/api/v1/playback/progress -H 'Content-Type: application/json' -d '{"user_id":"\(SampleContent.viewer)","content_id":"\(clip.id)","platform_id":"terminal","progress_seconds":84,"duration_seconds":\(clip.duration)}'
              curl -s\(key) '\(origin)/api/v1/continue?user_id=\(SampleContent.viewer)'

            A live event to join and to host, with \(SampleContent.event.recoveryCode) as the host's recovery code:

              \(origin)/join/\(SampleContent.event.joinCode)
              \(origin)/events/\(SampleContent.event.id)/host


            """
    }
}

extension Settings {
    /// A logger to standard error at the level of the settings.
    var logger: Logger {
        var logger = Logger(label: "dogear") { OneLineLog(StreamLogHandler.standardError(label: $0)) }
        logger.logLevel = Logger.Level(rawValue: logLevel) ?? .info
        return logger
    }

    /// For commands, which say themselves what went wrong.
    var commandLogger: Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .error)
        return logger
    }
}
