package import Changes
import Core
import SQL

/// The right to do something alone, for a while, whichever node one is on.
///
/// The token grows each time the lease passes on. Whoever holds a lease shows its token in the transaction of whatever it
/// does (`hold`): a holder that was frozen past its time and wakes up has an old token, and its transaction is refused. On
/// Postgres time is the database's own, so that nodes whose clocks differ agree on when a lease ends.
package struct Lease: Sendable, Hashable {
    /// What the lease is for.
    package let name: String
    /// Who holds it: a node, or one of its tasks.
    package let holder: String
    /// Grows each time the lease passes on.
    package let token: Int

    /// Somebody else holds the lease now, so nothing was done.
    package struct Fenced: Error, Hashable {
        /// What the lease is for.
        package let name: String

        /// A lease that is held no more.
        package init(name: String) {
            self.name = name
        }
    }

    /// Takes a lease that is free, has run out, or is the holder's own already; nil while somebody else has it.
    package static func take(
        _ name: String, by holder: String, for length: Duration, _ change: Change
    ) throws -> Lease? {
        let token = try change.connection.first(
            takeText, [.text(name), .text(holder)] + times(length, change)
        ) { try $0.integer() }
        return token.map { Lease(name: name, holder: holder, token: $0) }
    }

    /// Shows the token and prolongs the lease; it stays locked until the transaction ends.
    /// - Throws: `Fenced` where the lease has passed on.
    package func hold(for length: Duration, _ change: Change) throws {
        let held = try change.connection.changed(
            Self.holdText, [.text(name), .integer(token)] + Self.times(length, change))
        if held == 0 { throw Fenced(name: name) }
    }

    /// Gives the lease up, so that another node need not wait for it to run out.
    package func release(_ change: Change) throws {
        try change.connection.execute(
            "UPDATE leases SET held_until = $3 WHERE name = $1 AND token = $2",
            [.text(name), .integer(token), .instant(Instant(milliseconds: 0))])
    }

    /// The moment until which, and the present one where the engine has no clock of its own that tests can move.
    private static func times(_ length: Duration, _ change: Change) -> [Value] {
        switch change.connection.dialect {
        case .sqlite: [.instant(change.now + length), .instant(change.now)]
        case .postgres: [.integer(length.milliseconds)]
        }
    }

    private static let takeText = SQLText(
        sqlite: takeText(until: "$3", now: "$4"),
        postgres: takeText(until: "clock_timestamp() + $3::bigint * INTERVAL '1 millisecond'", now: "clock_timestamp()")
    )

    private static func takeText(until: String, now: String) -> String {
        """
        INSERT INTO leases (name, holder, token, held_until) VALUES ($1, $2, 1, \(until))
        ON CONFLICT (name) DO UPDATE SET
            token = leases.token
                + CASE WHEN leases.holder = excluded.holder AND leases.held_until >= \(now) THEN 0 ELSE 1 END,
            holder = excluded.holder, held_until = excluded.held_until
        WHERE leases.holder = excluded.holder OR leases.held_until < \(now)
        RETURNING token
        """
    }

    private static let holdText = SQLText(
        sqlite: "UPDATE leases SET held_until = $3 WHERE name = $1 AND token = $2 AND $4 IS NOT NULL",
        postgres: """
            UPDATE leases
            SET held_until = clock_timestamp() + $3::bigint * INTERVAL '1 millisecond'
            WHERE name = $1 AND token = $2
            """)
}
