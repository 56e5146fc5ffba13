import Changes
import Core
import SQL

/// Stream tickets: each opens one stream once, within a minute, on any node.
///
/// The credential that a ticket stands for is kept sealed and goes through signing in again when it is used, so whatever has ended it
/// meanwhile ends the ticket too.
struct TicketStore: Sendable {
    static let lasts = Duration.minutes(1)

    let secrets: AccountSecrets

    /// A ticket that is asked for.
    struct Draft: Sendable {
        let id: ID
        /// The stream.
        let path: String
        /// What its holder is known by; nil for whoever needs nothing.
        let credential: String?
        /// Twelve bytes that are never used again.
        let nonce: [UInt8]
    }

    /// Makes a ticket; it is shown here and never again.
    func make(_ draft: Draft, _ change: Change) throws -> (ticket: String, until: Instant) {
        let until = change.now + Self.lasts
        try change.connection.execute(
            "INSERT INTO stream_tickets (id, path, credential, expires_at) VALUES ($1, $2, $3, $4)",
            [
                .id(draft.id), .text(draft.path),
                .optional(try draft.credential.map { try secrets.seal($0, nonce: draft.nonce) }) { .text($0) },
                .instant(until),
            ])
        return (secrets.ticket(draft.id, until: until), until)
    }

    /// Uses a ticket up; the credential that it stands for, nil for whoever needs nothing. One for another stream stays good.
    /// - Throws: `AccountRefusal` for one that was used, has run out, is for another stream, or was never made.
    func take(_ ticket: String, for path: String, _ change: Change) throws -> String? {
        guard let (id, until) = secrets.readTicket(ticket) else { throw AccountRefusal.badTicket }
        // Its last instant is good.
        guard change.now <= until else { throw AccountRefusal.badTicket }
        let kept = try change.connection.all(
            "DELETE FROM stream_tickets WHERE id = $1 AND path = $2 RETURNING credential", [.id(id), .text(path)]
        ) { try $0.optional($0.text) }
        guard let sealed = kept.first else { throw AccountRefusal.badTicket }
        guard let sealed else { return nil }
        guard let credential = secrets.open(sealed) else { throw AccountRefusal.badTicket }
        return credential
    }
}
