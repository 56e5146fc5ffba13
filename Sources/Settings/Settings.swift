import Core
import Foundation

/// Every configuration key, read once and validated at start.
package struct Settings: Sendable {
    /// The address to listen on.
    package let host: String
    /// The port to listen on; 0 takes a free one.
    package let port: Int
    /// Where rows are kept.
    package let database: DatabaseAddress
    /// By which certificate the server is known; nil where it speaks without TLS.
    package let tls: TLSFiles?
    /// How many Postgres connections the pool may hold, or how many SQLite reads may run at once.
    package let databaseConnections: Int
    /// Whether to migrate before serving.
    package let migrates: Bool
    /// Whether to add sample content.
    package let isDemo: Bool
    /// Origins of the app's own pages.
    package let corsOrigins: Set<String>
    /// How the app's user tokens are checked; nil where it has none.
    package let userTokens: UserTokenSource?
    /// The claim of a user token that holds the user's id.
    package let userClaim: String
    /// Positions before this many seconds start over.
    package let resumeMinimumSeconds: Int
    /// Positions past this share of the duration are finished.
    package let resumeFinishedRatio: Double
    /// Finished only with at most this many seconds left; 0 where that does not matter.
    package let resumeFinishedMaxRemainingSeconds: Int
    /// How long a playback session lives after its last report.
    package let sessionLifetime: Duration
    /// How long a questionnaire's session lives after its last activity.
    package let assessmentLifetime: Duration
    /// How long a questionnaire's sessions are kept after their last activity; nil for ever.
    package let assessmentRetention: Duration?
    /// Whether anybody may read questionnaires and start sessions where keys are configured.
    package let assessmentsArePublic: Bool
    /// What tokens and codes are derived from; nil where nobody says.
    package let secret: String?
    /// Where people reach this server; nil where nobody says.
    package let publicURL: String?
    /// The command that takes mail; nil where mail goes into a folder.
    package let sendmail: String?
    /// Whom mail is from: an address, or a name and an address in `<>`.
    package let mailFrom: String
    /// Where mail is written.
    package let mailFolder: String
    /// The file beside the database that knows what was erased.
    package let erasuresLog: String
    /// Where the server keeps the backups that it makes; nil where nobody says.
    package let backupsFolder: String?
    /// How many nightly ones are kept; 0 where none are made.
    package let backupsKept: Int
    /// How long an ended segment or live event can be resumed.
    package let eventResumption: Duration
    /// How long a host's tap can be taken back.
    package let eventUndo: Duration
    /// How long the host's page asks whether an ending was a mistake.
    package let eventResumeDialogSeconds: Int
    /// Where messages are owed to.
    package let delivery: DeliverySettings
    /// The Redis that sessions go on with while the database is away; nil where there is none.
    package let redisURL: String?
    /// How many connections one node holds at once.
    package let connectionLimit: Int
    /// How many streams one node serves at once.
    package let streamLimit: Int
    /// How many of them one caller may have.
    package let streamLimitPerCaller: Int
    /// How many requests a second one user or address may send; 0 for no limit, here and in the next four.
    package let rateLimitPerSecond: Int
    /// How many requests a second one service key may send.
    package let keyRateLimitPerSecond: Int
    /// How many questionnaires a minute one address may begin without a key.
    package let startLimitPerMinute: Int
    /// How many requests an hour with an `Idempotency-Key` one user or address may send.
    package let idempotencyKeysPerHour: Int
    /// How many MiB a minute one user or address may send in bodies.
    package let megabytesPerMinute: Int
    /// What posts are fetched from and summarised by.
    package let outside: OutsideSettings
    /// How much is logged.
    package let logLevel: String
    /// Whether the route that `make bench` compares with is there.
    package let isBenchmark: Bool
    /// Every setting with its value and where that comes from, for whoever runs the server.
    package let shown: [ShownSetting]

    /// Where rows are kept.
    package enum DatabaseAddress: Sendable, Hashable {
        /// A SQLite file.
        case sqlite(path: String)
        /// A Postgres server, as libpq takes it.
        case postgres(String)
    }

    /// How user tokens are checked.
    package enum UserTokenSource: Sendable, Hashable {
        /// By a shared secret.
        case secret(String)
        /// By a JWKS file or URL.
        case jwks(String)
    }

    /// A value that cannot be used, in one sentence; the process ends with exit status 78.
    package struct Refusal: Error, CustomStringConvertible, Sendable, Equatable {
        /// Which key, what it must be, and what it was.
        package let description: String

        /// A refusal in one sentence.
        package init(description: String) {
            self.description = description
        }
    }

    /// Reads and validates every key.
    /// - Throws: `Refusal` for the first value that cannot be used.
    package init(_ source: SettingsSource) throws(Refusal) {
        let read = SettingsReader(source)
        shown = source.shown
        host = read.text(.host)
        port = try read.integer(.port, 0...65_535)
        tls = try Self.tls(read.text(.tlsCert), read.text(.tlsKey))
        database = try Self.address(read.text(.databaseURL))
        databaseConnections = try read.integer(.databaseConnections, 1...100)
        migrates = try read.flag(.migrate)
        isDemo = try read.flag(.demo)
        corsOrigins = try Self.origins(read.text(.corsOrigins))
        userTokens = try Self.tokens(secret: read.text(.jwtSecret), jwks: read.text(.jwtJWKS))
        userClaim = read.text(.jwtUserClaim)
        resumeMinimumSeconds = try read.integer(.resumeMinimumSeconds, 0...86_400)
        resumeFinishedRatio = try read.ratio(.resumeFinishedRatio)
        resumeFinishedMaxRemainingSeconds = try read.integer(.resumeFinishedMaxRemainingSeconds, 0...86_400)
        sessionLifetime = .hours(try read.integer(.sessionLifetimeHours, 1...8_760))
        assessmentLifetime = .days(try read.integer(.assessmentSessionDays, 1...3_650))
        let retention = try read.integer(.assessmentRetentionDays, 0...36_500)
        assessmentRetention = retention == 0 ? nil : .days(retention)
        assessmentsArePublic = try read.flag(.assessmentsPublic)
        secret = try Self.secret(read.text(.secret))
        publicURL = try Self.publicURL(read.text(.publicURL))
        sendmail = try Self.sendmail(read.text(.sendmail))
        mailFrom = read.text(.mailFrom)
        mailFolder = read.text(.mailFolder)
        erasuresLog = Self.erasuresLog(read.text(.erasuresLog), beside: database)
        backupsFolder = read.text(.backupsFolder).isEmpty ? nil : read.text(.backupsFolder)
        backupsKept = try read.integer(.backupsKept, 0...1_000)
        eventResumption = .minutes(try read.integer(.eventResumeMinutes, 1...1_440))
        eventUndo = .seconds(try read.integer(.eventUndoSeconds, 1...3_600))
        eventResumeDialogSeconds = try read.integer(.eventResumeDialogSeconds, 5...600)
        delivery = try DeliverySettings(read)
        connectionLimit = try read.integer(.connectionLimit, 16...1_000_000)
        streamLimit = try read.integer(.streamLimit, 0...1_000_000)
        streamLimitPerCaller = try read.integer(.streamLimitPerCaller, 1...1_000_000)
        rateLimitPerSecond = try read.integer(.rateLimitPerSecond, 0...100_000)
        keyRateLimitPerSecond = try read.integer(.keyRateLimitPerSecond, 0...1_000_000)
        startLimitPerMinute = try read.integer(.startLimitPerMinute, 0...100_000)
        idempotencyKeysPerHour = try read.integer(.idempotencyKeysPerHour, 0...10_000_000)
        megabytesPerMinute = try read.integer(.megabytesPerMinute, 0...100_000)
        outside = try OutsideSettings(read)
        logLevel = try read.choice(.logLevel, ["trace", "debug", "info", "notice", "warning", "error", "critical"])
        isBenchmark = try read.flag(.benchmark)
        redisURL = read.text(.redisURL).isEmpty ? nil : read.text(.redisURL)
    }

    private static func erasuresLog(_ named: String, beside database: DatabaseAddress) -> String {
        if !named.isEmpty { return named }
        if case .sqlite(let path) = database { return path + "-erasures.log" }
        return "data/erasures.log"
    }

    /// Reads `sqlite:PATH` or what libpq takes.
    package static func address(_ text: String) throws(Refusal) -> DatabaseAddress {
        if text.hasPrefix("sqlite:") {
            var path = String(text.dropFirst("sqlite:".count))
            if path.hasPrefix("//") { path = String(path.dropFirst(2)) }
            let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            // sqlx writes `?mode=rwc`, which is how Dogear opens a file anyway.
            if parts.count > 1, parts[1] != "mode=rwc", parts[1] != "mode=rw" {
                throw Refusal(
                    description:
                        "DATABASE_URL has '?\(parts[1])', which Dogear does not know. Write sqlite:PATH; of options only mode=rwc and mode=rw may stand behind it."
                )
            }
            // As sqlx reads a URL.
            guard let path = parts.first.map(String.init)?.removingPercentEncoding else {
                throw Refusal(
                    description:
                        "DATABASE_URL has a '%' that two hexadecimal digits do not follow. Write %25 for a percent sign in a path."
                )
            }
            if !path.isEmpty { return .sqlite(path: path) }
        }
        if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") { return .postgres(text) }
        throw Refusal(description: "DATABASE_URL must be sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE.")
    }

    private static func secret(_ text: String) throws(Refusal) -> String? {
        guard !text.isEmpty else { return nil }
        guard text.utf8.count >= 32 else {
            throw Refusal(
                description:
                    "DOGEAR_SECRET has \(text.utf8.count) characters; it must have 32 or more, drawn at random: `openssl rand -hex 32` prints some."
            )
        }
        return text
    }

    private static func tls(_ certificate: String, _ key: String) throws(Refusal) -> TLSFiles? {
        switch (certificate.isEmpty, key.isEmpty) {
        case (true, true): return nil
        case (false, false): return TLSFiles(certificate: certificate, key: key)
        case (false, true): throw Refusal(description: "TLS_CERT is set and TLS_KEY is not; set both, or neither.")
        case (true, false): throw Refusal(description: "TLS_KEY is set and TLS_CERT is not; set both, or neither.")
        }
    }

    private static func sendmail(_ text: String) throws(Refusal) -> String? {
        guard !text.isEmpty else { return nil }
        guard text.hasPrefix("/"), FileManager.default.isExecutableFile(atPath: text) else {
            throw Refusal(
                description:
                    "SENDMAIL is '\(text)'; it must be the whole path of a command that is there, such as /usr/sbin/sendmail of msmtp or postfix."
            )
        }
        return text
    }

    private static func publicURL(_ text: String) throws(Refusal) -> String? {
        guard !text.isEmpty else { return nil }
        let trimmed = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard let url = URL(string: trimmed), ["http", "https"].contains(url.scheme), url.host != nil, url.path.isEmpty,
            url.query == nil
        else {
            throw Refusal(
                description:
                    "PUBLIC_URL is '\(text)'; it must be an http or https URL without a path, such as https://live.example.org."
            )
        }
        return trimmed
    }

    private static func origins(_ text: String) throws(Refusal) -> Set<String> {
        var origins: Set<String> = []
        for part in text.split(separator: ",") {
            let origin = part.trimmingCharacters(in: .whitespaces)
            guard let parsed = URL(string: origin), let host = parsed.host(), let scheme = parsed.scheme,
                origin == "\(scheme)://\(host)" + (parsed.port.map { ":\($0)" } ?? "")
            else {
                throw Refusal(
                    description:
                        "CORS_ORIGINS must be origins such as https://app.example, separated by commas; '\(origin)' is none."
                )
            }
            origins.insert(origin)
        }
        return origins
    }

    private static func tokens(secret: String, jwks: String) throws(Refusal) -> UserTokenSource? {
        switch (secret.isEmpty, jwks.isEmpty) {
        case (true, true): return nil
        case (false, false):
            throw Refusal(
                description:
                    "JWT_SECRET and JWT_JWKS are both set; user tokens are checked by one of them, so unset the other.")
        case (false, true):
            guard secret.utf8.count >= 32 else {
                throw Refusal(
                    description: "JWT_SECRET must have at least 32 bytes, as HS256 asks (RFC 7518, section 3.2).")
            }
            return .secret(secret)
        case (true, false): return .jwks(jwks)
        }
    }
}

/// The files that a server speaks TLS by.
package struct TLSFiles: Sendable, Hashable {
    /// Its certificate, and those above it.
    package let certificate: String
    /// The private key of the first.
    package let key: String
}
