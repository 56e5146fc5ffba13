package import Core
package import SQL

/// Messages owed to the outside, written in the transaction of the change they tell of; relays deliver them afterwards and
/// delete what was delivered.
///
/// A message is a row for each destination that takes it. Rows of one key are numbered under the key's own lock, so that
/// their order is the order of their commits. A key begins at the present millisecond, so that one whose row was cleared
/// away meanwhile goes on above the numbers it had. Where no destination is configured nothing is written. The sync service is
/// owed one row a key, however long it is away: the newest.
package struct Outbox: Sendable {
    /// Where messages go.
    package enum Destination: String, Sendable, CaseIterable {
        /// The topics of a Kafka cluster (`KAFKA_BROKERS`).
        case kafka
        /// The app's sync service (`SYNC_SERVICE_URL`).
        case sync
        /// Mail to people with an account.
        case mail

        /// Whether a message of a key makes the older ones of that key void, so that they go: a position, not an event.
        var wantsLatestOnly: Bool { self == .sync }
    }

    /// The destinations that are configured.
    package let destinations: Set<Destination>

    /// An outbox for these destinations.
    package init(destinations: Set<Destination>) {
        self.destinations = destinations
    }

    /// Writes messages, oldest first. Locks keys in the order of destination and key.
    package func append(_ messages: [Message], at now: Instant, on connection: any Connection) throws {
        let rows = messages.flatMap { message in
            message.destinations.intersection(destinations).map { (destination: $0, message: message) }
        }
        guard !rows.isEmpty else { return }
        try Self.append(rows, at: now, on: connection)
        let latest = rows.filter { $0.destination.wantsLatestOnly }
        try connection.execute(
            Self.supersedeText,
            Set(latest.map(\.message.key)).sorted().map { [.text(Destination.sync.rawValue), .text($0)] })
    }

    /// A statement of its own, so that on Postgres it sees what was committed while the key's lock was waited for.
    private static let supersedeText = BulkText(
        """
        DELETE FROM outbox_messages AS owed
        USING ({rows}) AS late (destination, key), outbox_keys AS known
        WHERE owed.destination = late.destination AND owed.message_key = late.key
            AND known.destination = late.destination AND known.message_key = late.key
            AND owed.number < known.last_number
        """,
        sqlite: """
            DELETE FROM outbox_messages
            WHERE destination = $1 AND message_key = $2 AND number < (
                SELECT last_number
                FROM outbox_keys
                WHERE outbox_keys.destination = outbox_messages.destination
                    AND outbox_keys.message_key = outbox_messages.message_key
            )
            """, [.text, .text])

    private static func append(
        _ rows: [(destination: Destination, message: Message)], at now: Instant, on connection: any Connection
    ) throws {
        switch connection.dialect {
        case .sqlite: try appendEach(rows, at: now, on: connection)
        case .postgres: try connection.execute(appendText, numbered(rows, at: now))
        }
    }

    /// The rows of messages, each with how many of its key come after it.
    private static func numbered(
        _ rows: [(destination: Destination, message: Message)], at now: Instant
    ) -> [[Value]] {
        struct Key: Hashable {
            let destination: Destination
            let key: String
        }
        var behind: [Key: Int] = [:]
        var numbered: [[Value]] = []
        for (destination, message) in rows.reversed() {
            let back = behind[Key(destination: destination, key: message.key), default: 0]
            behind[Key(destination: destination, key: message.key)] = back + 1
            numbered.append([
                .text(destination.rawValue), .text(message.key), .integer(back), .id(message.id), .text(message.name),
                .text(message.payload.text), .instant(now), .integer(now.milliseconds),
            ])
        }
        return numbered.reversed()
    }

    private static func appendEach(
        _ rows: [(destination: Destination, message: Message)], at now: Instant, on connection: any Connection
    ) throws {
        for row in rows {
            let (destination, key) = (Value.text(row.destination.rawValue), Value.text(row.message.key))
            let number = try connection.one(takeText, [destination, key, .integer(now.milliseconds)]) {
                try $0.integer()
            }
            try connection.execute(
                insertText,
                [
                    destination, key, .integer(number), .id(row.message.id), .text(row.message.name),
                    .text(row.message.payload.text), .instant(now),
                ])
        }
    }

    private static let takeText: SQLText = """
        INSERT INTO outbox_keys (destination, message_key, last_number) VALUES ($1, $2, $3)
        ON CONFLICT (destination, message_key) DO UPDATE SET last_number = outbox_keys.last_number + 1
        RETURNING last_number
        """

    private static let insertText: SQLText = """
        INSERT INTO outbox_messages (destination, message_key, number, message_id, name, payload, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """

    private static let appendText = BulkText(
        """
        WITH owed (destination, key, back, id, name, payload, at, first) AS ({rows}),
        numbered AS (
            INSERT INTO outbox_keys (destination, message_key, last_number)
            SELECT destination, key, MAX(first + back)
            FROM owed
            GROUP BY destination, key
            ORDER BY destination, key
            ON CONFLICT (destination, message_key) DO UPDATE
            SET last_number = outbox_keys.last_number + excluded.last_number + 1 - (SELECT MIN(first) FROM owed)
            RETURNING destination, message_key AS key, last_number
        )
        INSERT INTO outbox_messages (destination, message_key, number, message_id, name, payload, created_at)
        SELECT owed.destination, owed.key, numbered.last_number - owed.back, id, name, payload, at
        FROM owed
        JOIN numbered ON numbered.destination = owed.destination AND numbered.key = owed.key
        """, [.text, .text, .integer, .uuid, .text, .text, .timestamptz, .bigint])
}

extension Outbox {
    /// Drops keys of which nothing is owed any more: looks at `limit` keys behind a place, in their order; the place to go on
    /// from, nil at the end.
    package static func sweepKeys(after place: String?, limit: Int, on connection: any Connection) throws -> String? {
        let parts = place?.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false).map(String.init) ?? []
        let from = parts.count == 2 ? parts : ["", ""]
        let seen = try connection.all(seenText, [.text(from[0]), .text(from[1]), .integer(limit)]) {
            (destination: try $0.text(), key: try $0.text(), isOwed: try $0.bool())
        }
        try connection.execute(dropText, seen.filter { !$0.isOwed }.map { [.text($0.destination), .text($0.key)] })
        return seen.count == limit ? seen.last.map { "\($0.destination) \($0.key)" } : nil
    }

    private static let seenText: SQLText = """
        SELECT destination, message_key, EXISTS (
            SELECT 1
            FROM outbox_messages
            WHERE outbox_messages.destination = outbox_keys.destination
                AND outbox_messages.message_key = outbox_keys.message_key
        )
        FROM outbox_keys
        WHERE (destination, message_key) > ($1, $2)
        ORDER BY destination, message_key
        LIMIT $3
        """

    /// A key that somebody writes under at this moment is left alone.
    private static let dropText = BulkText(
        """
        DELETE FROM outbox_keys
        WHERE (destination, message_key) IN (
            SELECT known.destination, known.message_key
            FROM outbox_keys AS known
            JOIN ({rows}) AS idle (destination, key)
                ON known.destination = idle.destination AND known.message_key = idle.key
            WHERE NOT EXISTS (
                SELECT 1
                FROM outbox_messages
                WHERE outbox_messages.destination = known.destination
                    AND outbox_messages.message_key = known.message_key
            )
            FOR UPDATE OF known SKIP LOCKED
        )
        """,
        sqlite: "DELETE FROM outbox_keys WHERE destination = $1 AND message_key = $2", [.text, .text])
}

/// A message to the outside.
package struct Message: Sendable {
    /// What a receiver tells repeated deliveries by.
    package let id: ID
    /// What happened: `session-created`.
    package let name: String
    /// Messages of one key are delivered in order.
    package let key: String
    /// What is told.
    package let payload: JSON
    /// Who is told.
    package let destinations: Set<Outbox.Destination>

    /// A message from its parts.
    package init(
        id: ID = .random(), name: String, key: String, payload: JSON, to destinations: Set<Outbox.Destination>
    ) {
        self.id = id
        self.name = name
        self.key = key
        self.payload = payload
        self.destinations = destinations
    }
}
