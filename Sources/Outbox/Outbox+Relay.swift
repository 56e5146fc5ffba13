package import Core
package import SQL

/// A message that a relay is to deliver next.
package struct OwedMessage: Sendable, Hashable {
    /// Messages of one key are delivered in order.
    package let key: String
    /// Its place among them.
    package let number: Int
    /// What a receiver tells repeated deliveries by.
    package let id: ID
    /// What happened: `session-created`.
    package let name: String
    /// JSON.
    package let payload: String
    /// When it was owed.
    package let owedAt: Instant
    /// How often its delivery has failed in a row.
    package let failures: Int

    /// A message from its parts.
    package init(
        key: String, number: Int, id: ID, name: String, payload: String, owedAt: Instant, failures: Int
    ) {
        self.key = key
        self.number = number
        self.id = id
        self.name = name
        self.payload = payload
        self.owedAt = owedAt
        self.failures = failures
    }
}

/// What relays do with the messages of one destination.
extension Outbox {
    /// The lease that whoever deletes has to hold at that moment.
    package struct Fence: Sendable, Hashable {
        /// What the lease is for.
        package let lease: String
        /// Its token when it was taken.
        package let token: Int

        /// A fence from its parts.
        package init(lease: String, token: Int) {
            self.lease = lease
            self.token = token
        }
    }

    /// The oldest messages, in the order of their delivery, without keys that wait after a failure and messages that were given
    /// up. A key's messages are one run of numbers that begins with its oldest.
    /// - Parameters:
    ///   - limit: How many at most.
    ///   - depth: How many of one key at most.
    package static func due(
        for destination: Destination, at now: Instant, limit: Int, depth: Int = 1, on connection: any Connection
    ) throws -> [OwedMessage] {
        try connection.all(
            dueText, [.text(destination.rawValue), .instant(now), .integer(limit), .integer(depth)]
        ) { row in
            OwedMessage(
                key: try row.text(), number: try row.integer(), id: try row.id(), name: try row.text(),
                payload: try row.text(), owedAt: try row.instant(), failures: try row.integer())
        }
    }

    /// Keys go by when their oldest message was owed, messages of a key by their numbers: two nodes' clocks may differ.
    ///
    /// Reads the oldest messages by their index, and then each of their keys by the primary key. Queues are analysed when they are
    /// empty, if ever, so the planner takes every way for a short one; on Postgres LATERAL and COALESCE leave it only the
    /// short one. Without them a look at a backlog took ten seconds, and its snapshot kept every other statement wading
    /// through dead rows.
    private static let dueText = SQLText(
        sqlite: oldest + """
            , heads AS (
                SELECT message_key, at, failures, (
                    SELECT MIN(number)
                    FROM outbox_messages AS first
                    WHERE first.destination = $1 AND first.message_key = oldest.message_key AND first.parked_at IS NULL
                ) AS number
                FROM oldest
            )
            SELECT owed.message_key, owed.number, owed.message_id, owed.name, owed.payload, owed.created_at,
                CASE WHEN owed.number = heads.number THEN heads.failures ELSE 0 END
            FROM heads
            JOIN outbox_messages AS owed
                ON owed.destination = $1 AND owed.message_key = heads.message_key
                    AND owed.number >= heads.number AND owed.number < heads.number + $4
            WHERE owed.parked_at IS NULL
            ORDER BY heads.at, owed.message_key, owed.number
            LIMIT $3
            """,
        postgres: oldest + """

            SELECT run.message_key, run.number, run.message_id, run.name, run.payload, run.created_at,
                CASE WHEN run.place = 1 THEN oldest.failures ELSE 0 END
            FROM oldest
            CROSS JOIN LATERAL (
                SELECT owed.*, ROW_NUMBER() OVER (ORDER BY owed.number) AS place
                FROM outbox_messages AS owed
                WHERE owed.destination = $1 AND owed.message_key = oldest.message_key
                    AND COALESCE(owed.parked_at IS NULL, FALSE)
                ORDER BY owed.number
                LIMIT $4
            ) AS run
            ORDER BY oldest.at, run.message_key, run.number
            LIMIT $3
            """)

    /// The keys of the oldest messages, without those that wait after a failure.
    private static let oldest = """
        WITH oldest AS (
            SELECT message_key, MIN(created_at) AS at, MAX(failures) AS failures
            FROM (
                SELECT owed.message_key, owed.created_at, COALESCE(outbox_delays.failures, 0) AS failures
                FROM outbox_messages AS owed
                LEFT JOIN outbox_delays
                    ON outbox_delays.destination = owed.destination AND outbox_delays.message_key = owed.message_key
                WHERE owed.destination = $1 AND owed.parked_at IS NULL
                    AND (outbox_delays.due_at IS NULL OR outbox_delays.due_at <= $2)
                ORDER BY owed.created_at
                LIMIT $3
            ) AS first
            GROUP BY message_key
        )
        """

    /// Lets go of messages that were delivered, if the lease is still held by the database's clock; how many went.
    package static func delivered(
        _ messages: [OwedMessage], to destination: Destination, under fence: Fence, at now: Instant,
        on connection: any Connection
    ) throws -> Int {
        let rows = messages.map { message -> [Value] in
            [
                .text(destination.rawValue), .text(message.key), .integer(message.number), .text(fence.lease),
                .integer(fence.token), .instant(now),
            ]
        }
        let gone = try connection.all(deliveredText, rows) { try $0.integer() }.count
        if gone > 0 {
            for message in messages where message.failures > 0 {
                try endDelay(message.key, destination, on: connection)
            }
        }
        return gone
    }

    /// On Postgres time is the database's own; an embedded file has one server, whose clock tests can move.
    private static let deliveredText = BulkText(
        """
        DELETE FROM outbox_messages AS owed
        USING ({rows}) AS done (destination, key, number, lease, token, at)
        WHERE owed.destination = done.destination AND owed.message_key = done.key AND owed.number = done.number
            AND EXISTS (
                SELECT 1
                FROM leases
                WHERE leases.name = done.lease AND leases.token = done.token
                    AND leases.held_until >= clock_timestamp()
            )
        RETURNING owed.number
        """,
        sqlite: """
            DELETE FROM outbox_messages
            WHERE destination = $1 AND message_key = $2 AND number = $3
                AND EXISTS (SELECT 1 FROM leases WHERE name = $4 AND token = $5 AND held_until >= $6)
            RETURNING number
            """, [.text, .text, .bigint, .text, .bigint, .timestamptz])

    /// Whether a lease is held at this moment, by the database's clock.
    package static func isHeld(_ fence: Fence, at now: Instant, on connection: any Connection) throws -> Bool {
        try connection.first(heldText, [.text(fence.lease), .integer(fence.token), .instant(now)]) {
            try $0.integer()
        } != nil
    }

    private static let heldText = SQLText(
        sqlite: "SELECT 1 FROM leases WHERE name = $1 AND token = $2 AND held_until >= $3",
        postgres: """
            SELECT 1 FROM leases
            WHERE name = $1 AND token = $2 AND $3::timestamptz IS NOT NULL AND held_until >= clock_timestamp()
            """)

    /// Lets a key wait after a failure.
    package static func put(
        off message: OwedMessage, to destination: Destination, until due: Instant, on connection: any Connection
    ) throws {
        try connection.execute(
            """
            INSERT INTO outbox_delays (destination, message_key, failures, due_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (destination, message_key) DO UPDATE SET failures = excluded.failures, due_at = excluded.due_at
            """,
            [.text(destination.rawValue), .text(message.key), .integer(message.failures + 1), .instant(due)])
    }

    /// Gives a message up: those behind it go on, and it is kept for whoever looks why.
    package static func park(
        _ message: OwedMessage, to destination: Destination, because reason: String, at now: Instant,
        on connection: any Connection
    ) throws {
        try connection.execute(
            """
            UPDATE outbox_messages SET parked_at = $4, refusal = $5
            WHERE destination = $1 AND message_key = $2 AND number = $3
            """,
            [
                .text(destination.rawValue), .text(message.key), .integer(message.number), .instant(now), .text(reason),
            ])
        try endDelay(message.key, destination, on: connection)
    }

    /// Owes nothing of a key any more.
    package static func drop(
        _ key: String, to destination: Destination, on connection: any Connection
    ) throws {
        try connection.execute(
            "DELETE FROM outbox_messages WHERE destination = $1 AND message_key = $2",
            [.text(destination.rawValue), .text(key)])
        try endDelay(key, destination, on: connection)
    }

    private static func endDelay(_ key: String, _ destination: Destination, on connection: any Connection) throws {
        try connection.execute(
            "DELETE FROM outbox_delays WHERE destination = $1 AND message_key = $2",
            [.text(destination.rawValue), .text(key)])
    }

    /// Lets go of messages that were given up before a moment; how many, at most `limit`.
    package static func sweepParked(before moment: Instant, limit: Int, on connection: any Connection) throws -> Int {
        try connection.changed(
            """
            DELETE FROM outbox_messages
            WHERE (destination, message_key, number) IN (
                SELECT destination, message_key, number FROM outbox_messages WHERE parked_at < $1 LIMIT $2
            )
            """, [.instant(moment), .integer(limit)])
    }
}
