package import Core
package import SQL

/// A message that a relay is to deliver next: the oldest of its key.
package struct OwedMessage: Sendable, Hashable {
    /// Messages of one key are delivered in order.
    package let key: String
    /// Its place among them.
    package let number: Int
    /// What a receiver tells repeated deliveries by.
    package let id: ID
    /// JSON.
    package let payload: String
    /// When it was owed.
    package let owedAt: Instant
    /// How often its delivery has failed in a row.
    package let failures: Int
}

/// What relays do with the messages of one destination.
extension Outbox {
    /// The oldest messages of as many keys, without those that wait after a failure and those that were given up.
    package static func due(
        for destination: Destination, at now: Instant, limit: Int, on connection: any Connection
    ) throws -> [OwedMessage] {
        try connection.all(
            dueText, [.text(destination.rawValue), .instant(now), .integer(limit)]
        ) { row in
            OwedMessage(
                key: try row.text(), number: try row.integer(), id: try row.id(), payload: try row.text(),
                owedAt: try row.instant(), failures: try row.integer())
        }
    }

    private static let dueText: SQLText = """
        SELECT owed.message_key, owed.number, owed.message_id, owed.payload, owed.created_at,
            COALESCE(outbox_delays.failures, 0)
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
        """

    /// Whether a message is owed still: its row is there, and was not given up.
    package static func isOwed(
        _ message: OwedMessage, to destination: Destination, on connection: any Connection
    ) throws -> Bool {
        try connection.first(
            """
            SELECT 1 FROM outbox_messages
            WHERE destination = $1 AND message_key = $2 AND number = $3 AND parked_at IS NULL
            """,
            [.text(destination.rawValue), .text(message.key), .integer(message.number)]
        ) { try $0.integer() } != nil
    }

    /// Lets go of a message that was delivered, or that nobody is to have any more.
    package static func delivered(
        _ message: OwedMessage, to destination: Destination, on connection: any Connection
    ) throws {
        try connection.execute(
            "DELETE FROM outbox_messages WHERE destination = $1 AND message_key = $2 AND number = $3",
            [.text(destination.rawValue), .text(message.key), .integer(message.number)])
        try endDelay(message.key, destination, on: connection)
    }

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
        _ message: OwedMessage, to destination: Destination, at now: Instant, on connection: any Connection
    ) throws {
        try connection.execute(
            """
            UPDATE outbox_messages SET parked_at = $4 WHERE destination = $1 AND message_key = $2 AND number = $3
            """,
            [.text(destination.rawValue), .text(message.key), .integer(message.number), .instant(now)])
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
