/// One configuration key: its name in the environment, what it is for, its default and its unit.
package struct SettingKey: Sendable, Hashable {
    /// The name in the environment; in `dogear.yaml` the same in lower case.
    package let name: String
    /// What it is for, in one sentence with its unit.
    package let meaning: String
    /// What it is where nobody says.
    package let standard: String
    /// Whether it must never be printed.
    package let isSecret: Bool

    private init(_ name: String, _ meaning: String, _ standard: String, isSecret: Bool = false) {
        self.name = name
        self.meaning = meaning
        self.standard = standard
        self.isSecret = isSecret
    }

    static let host = SettingKey("HOST", "The address to listen on.", "127.0.0.1")
    static let port = SettingKey("PORT", "The port to listen on.", "8086")
    static let tlsCert = SettingKey(
        "TLS_CERT", "The file with this server's certificate and those above it, as PEM; unset, it speaks without TLS.",
        "")
    static let tlsKey = SettingKey("TLS_KEY", "The file with that certificate's private key, as PEM.", "")
    static let databaseURL = SettingKey(
        "DATABASE_URL", "Where rows are kept: sqlite:PATH or postgres://… as libpq takes it.",
        "sqlite:data/dogear.sqlite", isSecret: true)
    static let databaseConnections = SettingKey(
        "DATABASE_CONNECTIONS", "Postgres connections, or SQLite reads at once: a count.", "8")
    static let migrate = SettingKey(
        "MIGRATE", "Whether to bring the schema up to date at start: true or false.", "true")
    static let demo = SettingKey("DEMO", "Whether to serve sample content: true or false.", "false")
    static let corsOrigins = SettingKey(
        "CORS_ORIGINS", "Origins of the app's pages, separated by commas.", "")
    static let jwtSecret = SettingKey(
        "JWT_SECRET", "The secret that the app signs user tokens with (HS256): 32 bytes or more.", "", isSecret: true)
    static let jwtJWKS = SettingKey(
        "JWT_JWKS", "The file or URL with the keys that the app signs user tokens with.", "")
    static let jwtUserClaim = SettingKey(
        "JWT_USER_CLAIM", "The claim of a user token that holds the user's UUID.", "sub")
    static let resumeMinimumSeconds = SettingKey(
        "RESUME_MINIMUM_SECONDS", "Positions before this start over: seconds.", "30")
    static let resumeFinishedRatio = SettingKey(
        "RESUME_FINISHED_RATIO", "Positions past this share of the duration are finished: 0 to 1.", "0.95")
    static let resumeFinishedMaxRemainingSeconds = SettingKey(
        "RESUME_FINISHED_MAX_REMAINING_SECONDS",
        "Finished only with at most this many seconds left, beside the share; 0 where that does not matter: seconds.",
        "0")
    static let sessionLifetimeHours = SettingKey(
        "SESSION_LIFETIME_HOURS", "How long a playback session lives after its last report: hours.", "24")
    static let assessmentSessionDays = SettingKey(
        "ASSESSMENT_SESSION_DAYS", "How long a questionnaire's session lives after its last activity: days.", "30")
    static let assessmentRetentionDays = SettingKey(
        "ASSESSMENT_RETENTION_DAYS",
        "How long questionnaire sessions that nobody touches are kept, with their answers: days; 0 for ever.", "0")
    static let assessmentsPublic = SettingKey(
        "ASSESSMENTS_PUBLIC",
        "Whether anybody may read questionnaires and start sessions where keys are configured: true or false.", "false")
    static let connectionLimit = SettingKey(
        "CONNECTION_LIMIT", "How many connections one node holds at once: a count.", "20000")
    static let streamLimit = SettingKey("STREAM_LIMIT", "How many streams one node serves at once: a count.", "10000")
    static let streamLimitPerCaller = SettingKey(
        "STREAM_LIMIT_PER_CALLER", "How many of them one key, user or address may have: a count.", "32")
    static let rateLimitPerSecond = SettingKey(
        "RATE_LIMIT_PER_SECOND",
        "How many requests one user or address may send, ten seconds' worth at once: a count a second; 0 for no limit.",
        "100")
    static let keyRateLimitPerSecond = SettingKey(
        "RATE_LIMIT_PER_SECOND_OF_KEY", "How many requests one service key may send: a count a second; 0 for no limit.",
        "0")
    static let startLimitPerMinute = SettingKey(
        "START_LIMIT_PER_MINUTE",
        "How many questionnaires one address may begin without a key: a count a minute; 0 for no limit.", "30")
    static let idempotencyKeysPerHour = SettingKey(
        "IDEMPOTENCY_KEYS_PER_HOUR",
        "How many requests with an Idempotency-Key one user or address may send: a count an hour; 0 for no limit.",
        "10000")
    static let megabytesPerMinute = SettingKey(
        "MEGABYTES_PER_MINUTE", "How much one user or address may send in bodies: MiB a minute; 0 for no limit.", "64")
    static let secret = SettingKey(
        "DOGEAR_SECRET",
        "What tokens and codes are derived from: 32 characters or more, the same on every node.", "",
        isSecret: true)
    static let publicURL = SettingKey(
        "PUBLIC_URL", "Where people reach this server, for join addresses and mails: a URL without a path.", "")
    static let sendmail = SettingKey(
        "SENDMAIL", "The command that takes mail, such as /usr/sbin/sendmail; unset, mail goes into MAIL_FOLDER.", "")
    static let mailFrom = SettingKey(
        "MAIL_FROM", "Whom mail is from: an address, or a name and an address in <>.", "Dogear <dogear@localhost>")
    static let mailFolder = SettingKey(
        "MAIL_FOLDER", "Where mail is written where no SENDMAIL is set: a folder.", "data/outbox")
    static let erasuresLog = SettingKey(
        "ERASURES_LOG",
        "The file that knows what was erased, so that a backup that is put back does not bring it back; unset, beside the SQLite file, or data/erasures.log.",
        "")
    static let backupsFolder = SettingKey(
        "BACKUPS_FOLDER",
        "Where the server keeps the backups that it makes; unset, beside the SQLite file, and of Postgres none are made: a folder.",
        "")
    static let backupsKept = SettingKey(
        "BACKUPS_KEPT", "How many nightly backups are kept, where there is a folder for them; 0 makes none: a count.",
        "3")
    static let eventResumeMinutes = SettingKey(
        "EVENT_RESUME_MINUTES", "How long an ended segment or live event can be resumed: minutes.", "30")
    static let eventUndoSeconds = SettingKey(
        "EVENT_UNDO_SECONDS", "How long a host's tap can be taken back: seconds.", "30")
    static let eventResumeDialogSeconds = SettingKey(
        "EVENT_RESUME_DIALOG_SECONDS", "How long the host's page asks whether an ending was a mistake: seconds.", "30")
    static let kafkaBrokers = SettingKey(
        "KAFKA_BROKERS", "The Kafka brokers that messages go to: host:port, separated by commas.", "")
    static let kafkaTopicPrefix = SettingKey("KAFKA_TOPIC_PREFIX", "What topics begin with.", "playback")
    static let syncServiceURL = SettingKey(
        "SYNC_SERVICE_URL", "The base URL of the sync service that is told the latest position of each session.", "")
    static let redisURL = SettingKey(
        "REDIS_URL",
        "What sessions go on with while the database is away: redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE].",
        "", isSecret: true)
    static let outboundAllow = SettingKey(
        "OUTBOUND_ALLOW",
        "Networks that feeds and instances may lie in although they are not public: CIDRs, separated by commas.", "")
    static let xURL = SettingKey("X_API_URL", "The base URL of the X API.", "https://api.x.com")
    static let xToken = SettingKey("X_API_TOKEN", "The bearer token of the X API.", "", isSecret: true)
    static let twitterAPIURL = SettingKey(
        "TWITTERAPI_URL", "The base URL of twitterapi.io.", "https://api.twitterapi.io")
    static let twitterAPIKey = SettingKey("TWITTERAPI_KEY", "The key of twitterapi.io.", "", isSecret: true)
    static let postsFolder = SettingKey("POSTS_FOLDER", "The folder with files of posts, as JSON lines.", "data/posts")
    static let summariserURL = SettingKey(
        "SUMMARISER_URL",
        "The base URL of what speaks /chat/completions; unset, summaries are sentences of the posts themselves.", "")
    static let summariserModel = SettingKey("SUMMARISER_MODEL", "The model that it is asked for.", "")
    static let summariserKey = SettingKey("SUMMARISER_KEY", "Its bearer key.", "", isSecret: true)
    static let summariserTokenBudget = SettingKey(
        "SUMMARISER_TOKEN_BUDGET", "How much one prompt and its answer may take: tokens.", "4096")
    static let monitorConcurrency = SettingKey(
        "MONITOR_CONCURRENCY", "How many runs of jobs one node carries out at once: a count.", "16")
    static let logLevel = SettingKey(
        "LOG_LEVEL", "How much is logged: trace, debug, info, notice, warning, error or critical.", "info")
    static let benchmark = SettingKey(
        "BENCHMARK", "Whether the no-op route of `make bench` is there: true or false.", "false")

    /// Every key, in the order of `docs/operations.md`.
    package static let all: [SettingKey] = [
        host, port, tlsCert, tlsKey, databaseURL, databaseConnections, migrate, demo, corsOrigins, jwtSecret, jwtJWKS,
        jwtUserClaim,
        resumeMinimumSeconds, resumeFinishedRatio, resumeFinishedMaxRemainingSeconds, sessionLifetimeHours,
        assessmentSessionDays, assessmentRetentionDays,
        assessmentsPublic, connectionLimit, streamLimit, streamLimitPerCaller, rateLimitPerSecond,
        keyRateLimitPerSecond,
        startLimitPerMinute, idempotencyKeysPerHour, megabytesPerMinute, secret, publicURL, sendmail, mailFrom,
        mailFolder, erasuresLog, backupsFolder, backupsKept, eventResumeMinutes,
        eventUndoSeconds, eventResumeDialogSeconds, kafkaBrokers, kafkaTopicPrefix, syncServiceURL,
        redisURL, outboundAllow, xURL, xToken, twitterAPIURL, twitterAPIKey, postsFolder, summariserURL,
        summariserModel,
        summariserKey, summariserTokenBudget, monitorConcurrency, logLevel, benchmark,
    ]
}
