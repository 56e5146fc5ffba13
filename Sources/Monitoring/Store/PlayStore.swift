import Changes
import Core
import SQL

/// The playground: runs of a moment, kept as summaries without a job.
struct PlayStore: Sendable {
    /// Somebody may run so many an hour.
    static let hourly = 10

    /// What somebody wants to try.
    struct Wish: Sendable {
        let source: SourceName
        let accounts: [String]
        let topics: [String]
        let hoursBack: Int
        let language: String?
    }

    /// A run that has begun.
    struct Play: Sendable {
        let id: Int
        let wish: Wish
        let startedAt: Instant
    }

    /// Begins a run.
    func start(_ user: ID, _ wish: Wish, _ change: Change) throws -> Play {
        let connection = change.connection
        try change.requireNotErased(user)
        try lockUser(user, on: connection)
        if let running = try connection.first(
            "SELECT id FROM summaries WHERE user_id = $1 AND status = 'RUNNING'", [.id(user)], { try $0.integer() })
        {
            throw MonitoringRefusal.playing(running)
        }
        try requireRoom(user, change)
        let id = try connection.one(
            Self.startText,
            [
                .id(user), .text(wish.accounts.joined(separator: ",")), .text(TextList.write(wish.topics)),
                .integer(wish.hoursBack), .text(wish.source.rawValue), .optional(wish.language) { .text($0) },
                .instant(change.now),
            ]
        ) { try $0.integer() }
        return Play(id: id, wish: wish, startedAt: change.now)
    }

    private static let startText = SQLText(
        sqlite: startText(beat: "$7"), postgres: startText(beat: "clock_timestamp()"))

    private static func startText(beat: String) -> String {
        """
        INSERT INTO summaries (
            user_id, is_playground, x_username, topics, hours_back, source, language, content, tweets_count, status,
            stage, created_at, heartbeat_at
        )
        VALUES ($1, TRUE, $2, $3, $4, $5, $6, '', 0, 'RUNNING', 'fetching', $7, \(beat))
        RETURNING id
        """
    }

    /// Two taps at once come one after the other; SQLite has one writer.
    private func lockUser(_ user: ID, on connection: any Connection) throws {
        guard connection.dialect == .postgres else { return }
        try connection.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended($1, 7205))", [.text(user.description)])
    }

    private func requireRoom(_ user: ID, _ change: Change) throws {
        let recent = try change.connection.all(
            """
            SELECT created_at FROM summaries
            WHERE user_id = $1 AND is_playground AND created_at > $2
            ORDER BY id DESC
            LIMIT $3
            """, [.id(user), .instant(change.now - .hours(1)), .integer(Self.hourly)]
        ) { try $0.instant() }
        if recent.count == Self.hourly, let oldest = recent.last {
            throw MonitoringRefusal.tooMany(Self.hourly, until: oldest + .hours(1))
        }
    }

    /// Says what a run is at, and that it is at work.
    /// - Throws: `Fenced` where it has been ended meanwhile.
    func note(_ stage: String, _ play: Play, _ change: Change) throws {
        try require(
            change.connection.changed(
                Self.stageText, [.integer(play.id), .text(stage)] + beat(change)))
    }

    private static let stageText = SQLText(
        sqlite: stageText(beat: "$3"), postgres: stageText(beat: "clock_timestamp()"))

    private static func stageText(beat: String) -> String {
        "UPDATE summaries SET stage = $2, heartbeat_at = \(beat) WHERE id = $1 AND status = 'RUNNING'"
    }

    private func beat(_ change: Change) -> [Value] {
        change.connection.dialect == .sqlite ? [.instant(change.now)] : []
    }

    private func require(_ changed: Int) throws {
        if changed == 0 { throw RunStore.Fenced() }
    }

    /// Tells that runs are still at work.
    func beat(_ ids: [Int], _ change: Change) throws {
        for id in ids.sorted() {
            try change.connection.execute(Self.beatText, [.integer(id)] + beat(change))
        }
    }

    private static let beatText = SQLText(
        sqlite: "UPDATE summaries SET heartbeat_at = $2 WHERE id = $1 AND status = 'RUNNING'",
        postgres: "UPDATE summaries SET heartbeat_at = clock_timestamp() WHERE id = $1 AND status = 'RUNNING'")

    /// Ends a run well.
    func complete(_ play: Play, _ written: WrittenSummary?, _ change: Change) throws {
        try require(
            change.connection.changed(
                """
                UPDATE summaries
                SET status = 'COMPLETED', stage = NULL, content = $2, tweets_count = $3, raw_data = $4, writer = $5,
                    prompt_tokens = $6, completion_tokens = $7
                WHERE id = $1 AND status = 'RUNNING'
                """,
                [
                    .integer(play.id), .text(written?.content ?? ""), .integer(written?.postsCount ?? 0),
                    .optional(written?.rawData) { .text($0) }, .optional(written?.text.writer) { .text($0) },
                    .optional(written?.text.promptTokens) { .integer($0) },
                    .optional(written?.text.completionTokens) { .integer($0) },
                ]))
    }

    /// Ends a run that went wrong.
    func fail(_ id: Int, _ message: String, _ change: Change) throws {
        try change.connection.execute(
            """
            UPDATE summaries
            SET status = 'FAILED', stage = NULL, error_message = $2
            WHERE id = $1 AND status = 'RUNNING'
            """, [.integer(id), .text(String(message.prefix(1_000)))])
    }

    /// Whether there is one whose server is gone.
    func anySilent(at now: Instant, on connection: any Connection) throws -> Bool {
        let values: [Value] =
            connection.dialect == .sqlite
            ? [.instant(now - ClaimStore.silence)] : [.integer(ClaimStore.silence.milliseconds)]
        return try connection.first(Self.anySilentText, values) { _ in true } ?? false
    }

    private static let anySilentText = SQLText(
        sqlite: anySilentText(before: "$1"),
        postgres: anySilentText(before: "clock_timestamp() - $1::bigint * INTERVAL '1 millisecond'"))

    private static func anySilentText(before: String) -> String {
        "SELECT 1 FROM summaries WHERE status = 'RUNNING' AND COALESCE(heartbeat_at, created_at) < \(before) LIMIT 1"
    }

    /// Ends runs whose server is gone.
    func takeOver(limit: Int, _ change: Change) throws -> Int {
        let values: [Value] =
            change.connection.dialect == .sqlite
            ? [.instant(change.now - ClaimStore.silence)] : [.integer(ClaimStore.silence.milliseconds)]
        let message = "The server stopped in the middle of this run. Run it again."
        return try change.connection.changed(Self.takeOverText, values + [.integer(limit), .text(message)])
    }

    private static let takeOverText = SQLText(
        sqlite: takeOverText(before: "$1"),
        postgres: takeOverText(before: "clock_timestamp() - $1::bigint * INTERVAL '1 millisecond'"))

    private static func takeOverText(before: String) -> String {
        """
        UPDATE summaries
        SET status = 'FAILED', stage = NULL, error_message = $3
        WHERE id IN (
            SELECT id FROM summaries
            WHERE status = 'RUNNING' AND COALESCE(heartbeat_at, created_at) < \(before)
            ORDER BY id
            LIMIT $2
        )
        """
    }

    func find(_ id: Int, _ user: ID, on connection: any Connection) throws -> Summary {
        guard let found = try SummaryRows.find(id, on: connection), found.isPlayground, found.userID == user else {
            throw MonitoringRefusal.none("playground run")
        }
        return found
    }
}
