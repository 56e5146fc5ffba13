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
    private static let dueText: SQLText = """
        WITH heads AS (
            SELECT owed.message_key, owed.number, owed.created_at, COALESCE(outbox_delays.failures, 0) AS failures
            FROM outbox_messages AS owed
            LEFT JOIN outbox_delays
                ON outbox_delays.destination = owed.destination AND outbox_delays.message_key = owed.message_key
            WHERE owed.destination = $1 AND owed.parked_at IS NULL
                AND (outbox_delays.due_at IS NULL OR outbox_delays.due_at <= $2)
                AND NOT EXISTS (
                    SELECT 1
                    FROM outbox_messages AS before
                    WHERE before.destination = owed.destination AND before.message_key = owed.message_key
                        AND before.number < owed.number AND before.parked_at IS NULL
                )
            ORDER BY owed.created_at, owed.message_key
            LIMIT $3
        )
        SELECT owed.message_key, owed.number, owed.message_id, owed.name, owed.payload, owed.created_at,
            CASE WHEN owed.number = heads.number THEN heads.failures ELSE 0 END
        FROM heads
        JOIN outbox_messages AS owed
            ON owed.message_key = heads.message_key AND owed.number >= heads.number AND owed.number < heads.number + $4
        WHERE owed.destination = $1 AND owed.parked_at IS NULL
        ORDER BY heads.created_at, owed.message_key, owed.number
        LIMIT $3
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
