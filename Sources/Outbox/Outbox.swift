package import Core
package import SQL

/// Events owed to the outside, written in the transaction of the change they tell of; relays deliver them afterwards.
///
/// Nothing is written while no relay is configured.
package struct Outbox: Sendable {
    /// Whether a relay is configured.
    package let isOn: Bool

    /// An outbox that writes, or one that does not.
    package init(isOn: Bool) {
        self.isOn = isOn
    }

    /// One event.
    package struct Event: Sendable {
        /// What happened: `session-created`.
        package let name: String
        /// Events of one key are delivered in order.
        package let key: String
        /// What is told.
        package let payload: JSON

        /// An event from its parts.
        package init(name: String, key: String, payload: JSON) {
            self.name = name
            self.key = key
            self.payload = payload
        }
    }

    /// Writes events, oldest first.
    package func append(_ events: [Event], at now: Instant, on connection: any Connection) throws {
        guard isOn else { return }
        try connection.execute(
            Self.insert,
            events.map { event in
                [.id(.random()), .text(event.name), .text(event.key), .text(event.payload.text), .instant(now)]
            })
    }

    private static let insert = BulkText(
        "INSERT INTO outbox_events (event_id, name, event_key, payload, created_at) {rows}",
        [.uuid, .text, .text, .text, .timestamptz])
}
