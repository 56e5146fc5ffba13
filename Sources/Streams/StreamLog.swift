package import Core
package import SQL

/// The durable side of streams: notices, numbered without gaps in the transaction of the change they tell of.
///
/// Locks are per stream. Of a stream that is kept always, its row is the lock. Of one that is kept only while followed there
/// may be no row, and a change could find nobody following, be overtaken by a follower's snapshot and then commit: neither
/// snapshot nor notices would show it. So on Postgres a change shares an advisory lock of the stream's name, which a
/// follower who begins to have the stream kept takes alone. Whoever opens a stream that is kept already needs no lock:
/// the number and the snapshot come from one state of the data.
package enum StreamLog {
    /// How long notices are kept after the last follower was seen.
    static let followedFor = Duration.minutes(5)
    /// Followers are noted anew when less than this is left.
    static let renewedBefore = Duration.minutes(3)
    /// How many notices are read at once.
    static let pageSize = 200
    /// The Postgres channel that tells other nodes of news.
    static let channel = "dogear_streams"
    /// How long a notice of a stream is kept that is kept while followed.
    private static let keptFor = Duration.minutes(30)
    /// A stream that is kept always counts as followed until then.
    private static let forever = Instant(milliseconds: 253_402_300_799_999)

    /// Adds notices to streams, each numbered from its stream's last, in the order given. Locks streams by name.
    /// - Parameters:
    ///   - node: Who writes, so that this node need not hear of its own news.
    ///   - tells: Whether other nodes are told by NOTIFY, once the transaction commits.
    package static func append(
        _ notices: [(stream: StreamName, notice: Notice)], by node: ID, tells: Bool = true, at now: Instant,
        on connection: any Connection
    ) throws {
        guard !notices.isEmpty else { return }
        let streams = Set(notices.map(\.stream)).sorted()
        let kept = streams.filter { $0.kind.keeps == .always }
        try connection.execute(makeText, kept.map { [.text($0.text), .instant(forever)] })
        switch connection.dialect {
        case .sqlite: try appendEach(streams, notices, at: now, on: connection)
        case .postgres: try appendTogether(streams, notices, by: tells ? node : nil, at: now, on: connection)
        }
    }

    private static let makeText = BulkText(
        """
        WITH made (name, forever) AS ({rows})
        INSERT INTO streams (name, last_offset, followed_until)
        SELECT name, 0, forever
        FROM made
        WHERE TRUE
        ORDER BY name
        ON CONFLICT (name) DO NOTHING
        """, [.text, .timestamptz])

    private static func appendEach(
        _ streams: [StreamName], _ notices: [(stream: StreamName, notice: Notice)], at now: Instant,
        on connection: any Connection
    ) throws {
        // One statement for all finds the few that somebody follows, where a look for each would cost as much as the change.
        let names = JSON.array(streams.map { .string($0.text) }).text
        let followed = Set(
            try connection.all(followedText, [.text(names), .instant(now)]) { try $0.text() })
        guard !followed.isEmpty else { return }
        let byStream = Dictionary(grouping: notices, by: \.stream)
        for stream in streams where followed.contains(stream.text) {
            let own = byStream[stream, default: []]
            let last = try connection.one(takeText, [.text(stream.text), .integer(own.count)]) { try $0.integer() }
            try connection.execute(
                insertText,
                own.enumerated().map { index, one in
                    [
                        .text(stream.text), .integer(last - own.count + 1 + index), .text(one.notice.name),
                        .text(one.notice.data().text), .instant(now), keptUntil(stream, now),
                    ]
                })
        }
    }

    private static let followedText: SQLText = """
        SELECT name FROM streams WHERE name IN (SELECT value FROM json_each($1)) AND followed_until >= $2
        """

    private static let takeText: SQLText = """
        UPDATE streams SET last_offset = last_offset + $2 WHERE name = $1 RETURNING last_offset
        """

    private static let insertText = BulkText(
        "INSERT INTO stream_notices (stream, stream_offset, name, data, created_at, kept_until) {rows}",
        [.text, .bigint, .text, .text, .timestamptz, .timestamptz])

    /// Everything in statements whose answer nobody waits for, so that they travel with the commit.
    private static func appendTogether(
        _ streams: [StreamName], _ notices: [(stream: StreamName, notice: Notice)], by node: ID?, at now: Instant,
        on connection: any Connection
    ) throws {
        let names = streams.map { [Value.text($0.text), .instant(now)] }
        try connection.execute(
            shareText, streams.filter { $0.kind.keeps == .whileFollowed }.map { [.text($0.text)] })
        try connection.execute(lockText, names)
        try connection.execute(
            appendText,
            notices.enumerated().map { place, one in
                [
                    .text(one.stream.text), .integer(place), .text(one.notice.name), .text(one.notice.data().text),
                    .instant(now), keptUntil(one.stream, now),
                ]
            })
        guard let node else { return }
        try connection.execute(tellText, streams.map { [.text($0.text), .instant(now), .id(node)] })
    }

    private static func keptUntil(_ stream: StreamName, _ now: Instant) -> Value {
        stream.kind.keeps == .always ? .null : .instant(now + keptFor)
    }

    private static let shareText = BulkText(
        "SELECT pg_advisory_xact_lock_shared(hashtextextended(name, 0)) FROM ({rows}) AS told (name)", [.text])

    private static let lockText = BulkText(
        """
        SELECT streams.name
        FROM streams
        JOIN ({rows}) AS told (name, at) ON told.name = streams.name
        WHERE followed_until >= at
        ORDER BY streams.name
        FOR UPDATE OF streams
        """, [.text, .timestamptz])

    private static let appendText = BulkText(
        """
        WITH told (stream, place, name, data, at, kept) AS ({rows}),
        counted AS (SELECT stream, COUNT(*) AS count, MAX(at) AS at FROM told GROUP BY stream),
        numbered AS (
            UPDATE streams
            SET last_offset = streams.last_offset + counted.count
            FROM counted
            WHERE streams.name = counted.stream AND streams.followed_until >= counted.at
            RETURNING streams.name AS stream, streams.last_offset - counted.count AS base
        )
        INSERT INTO stream_notices (stream, stream_offset, name, data, created_at, kept_until)
        SELECT told.stream, base + ROW_NUMBER() OVER (PARTITION BY told.stream ORDER BY place), told.name, data, at, kept
        FROM told
        JOIN numbered ON numbered.stream = told.stream
        """, [.text, .integer, .text, .text, .timestamptz, .timestamptz])

    /// One message a batch, whose first line is the node; a list past what a message holds is left out, and every stream
    /// that is followed elsewhere is looked at.
    private static let tellText = BulkText(
        """
        SELECT pg_notify(
            '\(channel)',
            MIN(node::text) || CASE WHEN SUM(LENGTH(streams.name) + 1) < 7500
                THEN E'\\n' || STRING_AGG(streams.name, E'\\n') ELSE '' END
        )
        FROM streams
        JOIN ({rows}) AS told (name, at, node) ON told.name = streams.name
        WHERE followed_until >= at
        HAVING COUNT(*) > 0
        """, [.text, .timestamptz, .uuid])

    /// The last number of a stream that is kept at this moment and a while longer; nil where it must first be `keep`t.
    static func last(of stream: StreamName, at now: Instant, on connection: any Connection) throws -> Int? {
        let found = try connection.first(
            "SELECT last_offset, followed_until FROM streams WHERE name = $1", [.text(stream.text)]
        ) { (offset: try $0.integer(), until: try $0.instant()) }
        guard stream.kind.keeps == .whileFollowed else { return found?.offset ?? 0 }
        guard let found, found.until >= now + renewedBefore else { return nil }
        return found.offset
    }

    /// Begins, or goes on, to keep a stream's notices while followed; its last number.
    ///
    /// Where nobody followed for a while, notices were not kept. One number is then left out, so that whoever comes back
    /// with an older one is told of the gap. A new stream begins at the present millisecond, so that one whose row was cleared
    /// away never goes back to numbers that a client may still hold.
    static func keep(_ stream: StreamName, at now: Instant, on connection: any Connection) throws -> Int {
        if connection.dialect == .postgres {
            try connection.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [.text(stream.text)])
        }
        return try connection.one(
            """
            INSERT INTO streams (name, last_offset, followed_until) VALUES ($1, $4, $2)
            ON CONFLICT (name) DO UPDATE SET
                last_offset = streams.last_offset + CASE WHEN streams.followed_until < $3 THEN 1 ELSE 0 END,
                followed_until = excluded.followed_until
            RETURNING last_offset
            """,
            [.text(stream.text), .instant(now + followedFor), .instant(now), .integer(now.milliseconds)]
        ) { try $0.integer() }
    }

    /// Goes on to keep the notices of streams that are kept while followed; those that were still kept. Of the others notices
    /// may have been left out meanwhile.
    static func renew(_ streams: [StreamName], at now: Instant, on connection: any Connection) throws -> Set<String> {
        Set(
            try connection.all(
                renewText, streams.sorted().map { [.text($0.text), .instant(now + followedFor), .instant(now)] }
            ) { try $0.text() })
    }

    private static let renewText = BulkText(
        """
        UPDATE streams
        SET followed_until = told.until
        FROM (
            SELECT streams.name, told.until
            FROM streams
            JOIN ({rows}) AS told (name, until, now) ON told.name = streams.name
            WHERE streams.followed_until >= told.now
            ORDER BY streams.name
            FOR UPDATE OF streams
        ) AS told
        WHERE streams.name = told.name
        RETURNING streams.name
        """,
        sqlite: "UPDATE streams SET followed_until = $2 WHERE name = $1 AND followed_until >= $3 RETURNING name",
        [.text, .timestamptz, .timestamptz])

    /// The last numbers of streams, for those that there are.
    static func lasts(of streams: [String], on connection: any Connection) throws -> [(name: String, offset: Int)] {
        try connection.all(lastsText, streams.map { [.text($0)] }) { (try $0.text(), try $0.integer()) }
    }

    private static let lastsText = BulkText(
        "SELECT name, last_offset FROM streams WHERE name IN ({rows})",
        sqlite: "SELECT name, last_offset FROM streams WHERE name = $1", [.text])

    /// The next notices of several streams, each after a number, at most a page of each.
    static func notices(
        after places: [String: Int], on connection: any Connection
    ) throws -> [String: [LoggedNotice]] {
        let found = try connection.all(noticesText, places.map { [.text($0.key), .integer($0.value)] }) { row in
            (
                stream: try row.text(),
                notice: LoggedNotice(offset: try row.integer(), name: try row.text(), data: try row.text())
            )
        }
        return Dictionary(grouping: found, by: \.stream).mapValues { found in
            found.map(\.notice).sorted { $0.offset < $1.offset }
        }
    }

    private static let noticesText = BulkText(
        """
        SELECT found.stream, found.stream_offset, found.name, found.data
        FROM ({rows}) AS asked (stream, place)
        CROSS JOIN LATERAL (
            SELECT stream, stream_offset, name, data
            FROM stream_notices
            WHERE stream_notices.stream = asked.stream AND stream_offset > asked.place
            ORDER BY stream_offset
            LIMIT \(pageSize)
        ) AS found
        """,
        sqlite: """
            SELECT stream, stream_offset, name, data
            FROM stream_notices
            WHERE stream = $1 AND stream_offset > $2
            ORDER BY stream_offset
            LIMIT \(pageSize)
            """, [.text, .bigint])

    /// Drops notices past their time, at most `limit`; how many it dropped.
    package static func sweepNotices(at now: Instant, limit: Int, on connection: any Connection) throws -> Int {
        try connection.changed(
            """
            DELETE FROM stream_notices
            WHERE (stream, stream_offset) IN (
                SELECT stream, stream_offset FROM stream_notices WHERE kept_until < $1 ORDER BY kept_until LIMIT $2
            )
            """, [.instant(now), .integer(limit)])
    }

    /// Drops some notices of a stream, and the stream itself once it has none; how many notices.
    package static func forget(_ stream: StreamName, limit: Int, on connection: any Connection) throws -> Int {
        let count = try connection.changed(
            """
            DELETE FROM stream_notices
            WHERE stream = $1 AND stream_offset IN (
                SELECT stream_offset FROM stream_notices WHERE stream = $1 ORDER BY stream_offset LIMIT $2
            )
            """, [.text(stream.text), .integer(limit)])
        if count < limit { try connection.execute("DELETE FROM streams WHERE name = $1", [.text(stream.text)]) }
        return count
    }

    /// Drops streams that nobody has followed for a day, at most `limit`; how many it dropped.
    package static func sweepStreams(at now: Instant, limit: Int, on connection: any Connection) throws -> Int {
        try connection.changed(
            """
            DELETE FROM streams
            WHERE name IN (SELECT name FROM streams WHERE followed_until < $1 ORDER BY followed_until LIMIT $2)
                AND followed_until < $1
            """, [.instant(now - .days(1)), .integer(limit)])
    }
}
