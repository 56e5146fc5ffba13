import Changes
import Core
import SQL

/// Playback sessions as rows.
enum SessionRows {
    static let columns = """
        id, user_id, content_id, device_id, position_seconds, duration_seconds, playback_state, quality, last_sequence,
        position_at, started_at, updated_at, closed_at, handed_off_to, superseded_by, outgrown_seconds, revision
        """

    static func session(_ row: any Row) throws -> PlaybackSession {
        PlaybackSession(
            id: try row.id(), userID: try row.id(), contentID: try row.id(), deviceID: try row.text(),
            position: try row.integer(), duration: try row.integer(),
            state: PlaybackState(rawValue: try row.text()) ?? .stopped,
            quality: Quality(rawValue: try row.text()) ?? .auto,
            lastSequence: try row.optional(row.integer), positionAt: try row.optional(row.instant),
            startedAt: try row.instant(), updatedAt: try row.instant(),
            closedAt: try row.optional(row.instant), handedOffTo: try row.optional(row.id),
            supersededBy: try row.optional(row.id), outgrown: try row.integer(), revision: try row.integer())
    }

    private static func values(_ session: PlaybackSession) -> [Value] {
        [
            .id(session.id), .id(session.userID), .id(session.contentID), .text(session.deviceID),
            .integer(session.position), .integer(session.duration), .text(session.state.rawValue),
            .text(session.quality.rawValue), .optional(session.lastSequence) { .integer($0) },
            .optional(session.positionAt) { .instant($0) }, .instant(session.startedAt), .instant(session.updatedAt),
            .optional(session.closedAt) { .instant($0) }, .optional(session.handedOffTo) { .id($0) },
            .optional(session.supersededBy) { .id($0) }, .integer(session.outgrown), .integer(session.revision),
            .integer(heardSlot(session.updatedAt)),
        ]
    }

    private static func key(_ id: ID) -> RowMemory.Key { RowMemory.Key("playback_sessions", id) }

    private static func remember(_ sessions: [PlaybackSession], on connection: any Connection) {
        guard let memory = connection.memory else { return }
        for session in sessions { memory.remember(session, under: key(session.id)) }
    }

    static func insert(_ sessions: [PlaybackSession], on connection: any Connection) throws {
        try connection.execute(insertText, sessions.map(values))
        remember(sessions, on: connection)
    }

    private static let insertText = BulkText(
        "INSERT INTO playback_sessions (\(columns), heard_slot) {rows}",
        [
            .uuid, .uuid, .uuid, .text, .integer, .integer, .text, .text, .bigint, .timestamptz, .timestamptz,
            .timestamptz, .timestamptz, .uuid, .uuid, .integer, .bigint, .integer,
        ])

    static func find(_ id: ID, on connection: any Connection) throws -> PlaybackSession? {
        try connection.first(findText, [.id(id)], session)
    }

    private static let findText = SQLText("SELECT \(columns) FROM playback_sessions WHERE id = $1")

    /// Sessions by id, locked in the order of their ids, which is every node's order.
    static func lock(_ ids: [ID], on connection: any Connection) throws -> [ID: PlaybackSession] {
        var known: [ID: PlaybackSession] = [:]
        if let memory = connection.memory {
            for id in ids { known[id] = memory.recall(key(id), as: PlaybackSession.self) }
        }
        let unknown = ids.filter { known[$0] == nil }.sorted()
        let sessions = try connection.all(lockText, unknown.map { [.id($0)] }, session)
        remember(sessions, on: connection)
        return sessions.reduce(into: known) { $0[$1.id] = $1 }
    }

    private static let lockText = BulkText(
        "SELECT \(columns) FROM playback_sessions WHERE id IN ({rows}) ORDER BY id {for_update}",
        sqlite: "SELECT \(columns) FROM playback_sessions WHERE id = $1", [.uuid])

    /// Writes what a report, a closing or a hand-off may change, of sessions that this transaction has locked; as they are stored now.
    @discardableResult
    static func update(_ changed: [PlaybackSession], on connection: any Connection) throws -> [PlaybackSession] {
        let sessions = changed.map(\.revised)
        try connection.execute(
            updateText,
            sessions.map { session in
                [
                    .id(session.id), .integer(session.position), .integer(session.duration),
                    .text(session.state.rawValue), .optional(session.lastSequence) { .integer($0) },
                    .optional(session.positionAt) { .instant($0) }, .instant(session.updatedAt),
                    .optional(session.closedAt) { .instant($0) }, .optional(session.handedOffTo) { .id($0) },
                    .optional(session.supersededBy) { .id($0) }, .integer(session.outgrown),
                    .integer(session.revision), .integer(heardSlot(session.updatedAt)),
                ]
            })
        try noteHeard(sessions, on: connection)
        remember(sessions, on: connection)
        return sessions
    }

    private static let updateText = BulkText(
        """
        WITH changed (
            id, position, duration, state, sequence, moment, updated, closed, handed, superseded, outgrown, revision, slot
        ) AS ({rows})
        UPDATE playback_sessions
        SET position_seconds = changed.position, duration_seconds = changed.duration, playback_state = changed.state,
            last_sequence = changed.sequence, position_at = changed.moment, updated_at = changed.updated,
            closed_at = changed.closed, handed_off_to = changed.handed, superseded_by = changed.superseded,
            outgrown_seconds = changed.outgrown, revision = changed.revision, heard_slot = changed.slot
        FROM changed
        WHERE playback_sessions.id = changed.id
        """,
        sqlite: """
            UPDATE playback_sessions
            SET position_seconds = $2, duration_seconds = $3, playback_state = $4, last_sequence = $5, position_at = $6,
                updated_at = $7, closed_at = $8, handed_off_to = $9, superseded_by = $10, outgrown_seconds = $11,
                revision = $12
            WHERE id = $1
            """,
        [
            .uuid, .integer, .integer, .text, .bigint, .timestamptz, .timestamptz, .timestamptz, .uuid, .uuid, .integer,
            .bigint, .integer,
        ])

    /// SQLite writes the index of a column with every statement that names it, so the slot has a statement of its own, which seldom
    /// finds a row. Postgres leaves an index alone where the value stays.
    private static func noteHeard(_ sessions: [PlaybackSession], on connection: any Connection) throws {
        guard connection.dialect == .sqlite else { return }
        try connection.execute(
            slotText, sessions.map { [.id($0.id), .integer(heardSlot($0.updatedAt))] })
    }

    private static let slotText = BulkText(
        "UPDATE playback_sessions SET heard_slot = slot FROM ({rows}) AS heard (session, slot) WHERE id = session",
        sqlite: "UPDATE playback_sessions SET heard_slot = $2 WHERE id = $1 AND heard_slot <> $2", [.uuid, .integer])

    /// A user's sessions that still take reports, newest first, at most 100.
    static func live(of user: ID, since oldest: Instant, on connection: any Connection) throws -> [PlaybackSession] {
        try connection.all(liveText, [.id(user), .instant(oldest)], session)
    }

    private static let liveText = SQLText(
        """
        SELECT \(columns)
        FROM playback_sessions
        WHERE user_id = $1 AND closed_at IS NULL AND handed_off_to IS NULL AND updated_at >= $2
        ORDER BY started_at DESC, id
        LIMIT 100
        """)

    /// Which live sessions of users were last heard of before a moment.
    static func silent(
        of users: [ID], at cutoff: Instant, since oldest: Instant, on connection: any Connection
    ) throws -> [ID: [ID]] {
        let found = try connection.all(
            silentText, users.map { [.id($0), .instant(cutoff), .instant(oldest)] }
        ) { (user: try $0.id(), session: try $0.id()) }
        return Dictionary(grouping: found, by: \.user).mapValues { $0.map(\.session) }
    }

    private static let silentText = BulkText(
        """
        WITH followed (owner, cutoff, oldest) AS ({rows})
        SELECT user_id, id
        FROM playback_sessions
        JOIN followed ON user_id = owner
        WHERE closed_at IS NULL AND handed_off_to IS NULL AND updated_at < cutoff AND updated_at >= oldest
        """,
        sqlite: """
            SELECT user_id, id
            FROM playback_sessions
            WHERE user_id = $1 AND closed_at IS NULL AND handed_off_to IS NULL AND updated_at < $2 AND updated_at >= $3
            """,
        [.uuid, .timestamptz, .timestamptz])

    /// Sessions that have not lapsed among the next `limit` by id, closed ones too, and the id to go on after; nil at the end.
    static func walk(
        after place: ID?, since oldest: Instant, limit: Int, on connection: any Connection
    ) throws -> (sessions: [PlaybackSession], next: ID?) {
        let seen = try connection.all(
            walkText, [.id(place ?? ID(high: 0, low: 0)), .integer(limit)], session)
        return (seen.filter { $0.updatedAt >= oldest }, seen.count == limit ? seen.last?.id : nil)
    }

    private static let walkText = SQLText(
        "SELECT \(columns) FROM playback_sessions WHERE id > $1 ORDER BY id LIMIT $2")

    /// Sessions of a device in a title that are neither closed nor handed off, locked in the order of their ids.
    static func lockOpen(of device: DeviceInTitle, on connection: any Connection) throws -> [PlaybackSession] {
        let sessions = try connection.all(
            openText, [.id(device.userID), .id(device.contentID), .text(device.deviceID)], session)
        remember(sessions, on: connection)
        return sessions
    }

    private static let openText = SQLText(
        """
        SELECT \(columns)
        FROM playback_sessions
        WHERE user_id = $1 AND content_id = $2 AND device_id = $3 AND closed_at IS NULL AND handed_off_to IS NULL
        ORDER BY id
        {for_update}
        """)

    /// The newest session of each device in a title, also one that was handed off: a device is not let past the fence of
    /// its own session by leaving the session's id out.
    static func newest(
        of devices: [DeviceInTitle], since oldest: Instant, on connection: any Connection
    ) throws -> [DeviceInTitle: PlaybackSession] {
        let found = try connection.all(
            newestText, devices.map { [.id($0.userID), .id($0.contentID), .text($0.deviceID)] }, session)
        var newest: [DeviceInTitle: PlaybackSession] = [:]
        for session in found where session.updatedAt >= oldest {
            if let known = newest[session.device], !isLater(session, than: known) { continue }
            newest[session.device] = session
        }
        return newest
    }

    /// Of two that began at one moment, the one that was handed off came first.
    private static func isLater(_ session: PlaybackSession, than other: PlaybackSession) -> Bool {
        session.startedAt == other.startedAt ? other.handedOffTo != nil : session.startedAt > other.startedAt
    }

    private static let newestText = BulkText(
        """
        SELECT \(columns)
        FROM playback_sessions
        WHERE (user_id, content_id, device_id) IN ({rows}) AND closed_at IS NULL
        """,
        sqlite: """
            SELECT \(columns)
            FROM playback_sessions
            WHERE user_id = $1 AND content_id = $2 AND device_id = $3 AND closed_at IS NULL
            """,
        [.uuid, .uuid, .text])

    /// Lets only one transaction at a time open sessions for these devices, so that two reports open one between them.
    static func lockOpening(_ devices: [DeviceInTitle], on connection: any Connection) throws {
        guard connection.dialect == .postgres else { return }
        for name in devices.map({ "\($0.userID) \($0.contentID) \($0.deviceID)" }).sorted() {
            try connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [.text(name)])
        }
    }

    /// Drops sessions that closed, were handed off or fell silent before a moment, among the next `limit` by id, and keeps their
    /// number for analytics.
    ///
    /// It goes through all sessions by their ids: an index on `updated_at` would be written with every report.
    /// - Returns: the id to go on after; nil at the end.
    static func sweep(
        after place: ID?, silentSince oldest: Instant, limit: Int, _ change: Change
    ) throws -> ID? {
        let connection = change.connection
        let seen = try connection.all(
            "SELECT id, updated_at FROM playback_sessions WHERE id > $1 ORDER BY id LIMIT $2",
            [.id(place ?? ID(high: 0, low: 0)), .integer(limit)]
        ) { (id: try $0.id(), updatedAt: try $0.instant()) }
        let lapsed = seen.filter { $0.updatedAt < oldest }.map { [Value.id($0.id), .instant(oldest)] }
        for session in seen where session.updatedAt < oldest { connection.memory?.forget(key(session.id)) }
        let dropped = try connection.all(dropText, lapsed) { try $0.id() }
        let counts = Dictionary(dropped.map { ($0, 1) }, uniquingKeysWith: +).sorted { $0.key < $1.key }
        try connection.execute(
            pastText, counts.map { [.id($0.key), .integer($0.value), .instant(change.now)] })
        return seen.count == limit ? seen.last?.id : nil
    }

    /// The ids of some of a user's sessions, in their order.
    static func some(of user: ID, limit: Int, on connection: any Connection) throws -> [ID] {
        try connection.all(
            "SELECT id FROM playback_sessions WHERE user_id = $1 ORDER BY id LIMIT $2", [.id(user), .integer(limit)]
        ) { try $0.id() }
    }

    /// Drops some sessions of a user, in the order of their ids; which.
    static func erase(of user: ID, limit: Int, on connection: any Connection) throws -> [ID] {
        connection.memory?.forgetAll()
        return try connection.all(eraseText, [.id(user), .integer(limit)]) { try $0.id() }
    }

    private static let eraseText = SQLText(
        """
        DELETE FROM playback_sessions
        WHERE id IN (SELECT id FROM playback_sessions WHERE user_id = $1 ORDER BY id LIMIT $2 {for_update})
        RETURNING id
        """)

    /// One that has reported since it was looked at is left alone.
    private static let dropText = BulkText(
        """
        DELETE FROM playback_sessions
        USING ({rows}) AS lapsed (id, oldest)
        WHERE playback_sessions.id = lapsed.id AND updated_at < oldest
        RETURNING content_id
        """,
        sqlite: "DELETE FROM playback_sessions WHERE id = $1 AND updated_at < $2 RETURNING content_id",
        [.uuid, .timestamptz])

    private static let pastText = BulkText(
        """
        WITH past (content, count, at) AS ({rows})
        INSERT INTO content (content_id, past_sessions, updated_at)
        SELECT content, count, at
        FROM past
        WHERE TRUE
        ORDER BY content
        ON CONFLICT (content_id) DO UPDATE SET past_sessions = content.past_sessions + excluded.past_sessions
        """, [.uuid, .bigint, .timestamptz])
}
