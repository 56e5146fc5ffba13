package import Core
package import SQL

/// What operators see of the outbox, and do with it.
extension Outbox {
    /// How much one destination is owed.
    package struct Debt: Sendable, Hashable {
        /// Its name; one that this version does not know is shown as well.
        package let destination: String
        /// How many messages wait.
        package let owed: Int
        /// Since when the oldest of them does.
        package let oldest: Instant?
        /// How many were given up.
        package let parked: Int
    }

    /// A message that was given up.
    package struct Parked: Sendable, Hashable {
        /// Where it was to go.
        package let destination: String
        /// What a receiver tells repeated deliveries by.
        package let id: ID
        /// What happened: `session-created`.
        package let name: String
        /// Messages of one key are delivered in order.
        package let key: String
        /// When it was owed.
        package let owedAt: Instant
        /// When it was given up.
        package let parkedAt: Instant
        /// Why; nil for one that was given up by an older version.
        package let refusal: String?
    }

    /// How much each destination is owed, by their names; those that are owed nothing are left out.
    package static func debts(on connection: any Connection) throws -> [Debt] {
        try connection.all(
            """
            SELECT destination, COUNT(*) - COUNT(parked_at), MIN(CASE WHEN parked_at IS NULL THEN created_at END),
                COUNT(parked_at)
            FROM outbox_messages
            GROUP BY destination
            ORDER BY destination
            """, []
        ) { row in
            Debt(
                destination: try row.text(), owed: try row.integer(), oldest: try row.optional { try row.instant() },
                parked: try row.integer())
        }
    }

    /// Messages that were given up, the oldest first.
    package static func parked(limit: Int, on connection: any Connection) throws -> [Parked] {
        try connection.all(
            """
            SELECT destination, message_id, name, message_key, created_at, parked_at, refusal
            FROM outbox_messages
            WHERE parked_at IS NOT NULL
            ORDER BY created_at, destination, message_key, number
            LIMIT $1
            """, [.integer(limit)]
        ) { row in
            Parked(
                destination: try row.text(), id: try row.id(), name: try row.text(), key: try row.text(),
                owedAt: try row.instant(), parkedAt: try row.instant(), refusal: try row.optional { try row.text() })
        }
    }

    /// Has messages that were given up tried again, of one destination or of all; how many. Each goes before what its key is
    /// owed still, and after what was delivered meanwhile.
    package static func sendAgain(to destination: Destination?, on connection: any Connection) throws -> Int {
        try connection.changed(
            """
            UPDATE outbox_messages SET parked_at = NULL, refusal = NULL
            WHERE parked_at IS NOT NULL AND ($1 = '' OR destination = $1)
            """, [.text(destination?.rawValue ?? "")])
    }
}

/// What goes when a person is erased.
extension Outbox {
    /// Owes nothing of some keys any more, and does not know that there were such keys.
    package static func forget(_ keys: [String], on connection: any Connection) throws {
        for destination in Destination.allCases.map(\.rawValue).sorted() {
            let rows = keys.sorted().map { [Value.text(destination), .text($0)] }
            for text in forgetTexts { try connection.execute(text, rows) }
        }
    }

    private static let forgetTexts = ["outbox_messages", "outbox_delays", "outbox_keys"].map { table in
        BulkText(
            "DELETE FROM \(table) WHERE (destination, message_key) IN ({rows})",
            sqlite: "DELETE FROM \(table) WHERE destination = $1 AND message_key = $2", [.text, .text])
    }

    /// Forgets the keys of those messages, among the next `limit` behind a place, whose text holds some words; how many messages went
    /// that were looked at, and where to go on.
    package static func forget(
        naming words: String, after place: [Value]?, limit: Int, on connection: any Connection
    ) throws -> (count: Int, next: [Value]?) {
        let seen = try connection.all(
            walkText, (place ?? [.text(""), .text(""), .integer(0)]) + [.text(words), .integer(limit)]
        ) { row in
            (
                place: [Value.text(try row.text()), .text(try row.text()), .integer(try row.integer())],
                isNaming: try row.integer() > 0
            )
        }
        let named = seen.filter(\.isNaming)
        let keys = Set(named.compactMap { if case .text(let key) = $0.place[1] { key } else { nil } })
        try forget(keys.sorted(), on: connection)
        return (named.count, seen.count == limit ? seen.last?.place : nil)
    }

    private static let walkText = SQLText(sqlite: walkText(place: "instr"), postgres: walkText(place: "strpos"))

    private static func walkText(place: String) -> String {
        """
        SELECT destination, message_key, number,
            CASE WHEN \(place)(payload, $4) > 0 OR \(place)(message_key, $4) > 0 THEN 1 ELSE 0 END
        FROM outbox_messages
        WHERE (destination, message_key, number) > ($1, $2, $3)
        ORDER BY destination, message_key, number
        LIMIT $5
        """
    }
}
