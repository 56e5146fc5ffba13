package import Changes
import Core
import Outbox
import SQL

/// What accounts hold of a user: the account, its sign-ins and codes, mails that have not gone out or stand in a folder, and stream tickets.
///
/// Counts of tries and mails stand under hashes of addresses, which name nobody, and go within a day.
package enum AccountHoldings {
    /// What goes with the beginning of an erasure, so that nobody is signed in any more.
    package static let atOnce: [Holding] = [
        accounts.holding(people: HeldTable.users(in: "id", of: "users")), signIns.holding(), codes.holding(),
    ]

    /// All of it.
    /// - Parameter folder: Where mails stand that have gone out; nil where a mail program takes them.
    package static func all(mailsIn folder: MailFolder?) -> [Holding] { atOnce + [mails(folder), tickets] }

    private static let accounts = HeldTable(
        "account", in: "users",
        [
            .init(.id, "id"), .init(.text, "email"), .init(.text, "name"), .init(.text, "status"),
            .init(.instant, "created_at"), .init(.instant, "last_login_at"),
        ], where: "id = $1")

    private static let signIns = HeldTable(
        "sign-in", in: "sign_ins",
        [.init(.id, "id"), .init(.id, "user_id"), .init(.instant, "created_at"), .init(.instant, "expires_at")])

    private static let codes = HeldTable(
        "account-code", in: "account_codes", key: 2,
        [.init(.id, "user_id"), .init(.text, "purpose"), .init(.instant, "made_at")])

    /// All mails to one person have one key, whichever part of the product owes them.
    private static func mails(_ folder: MailFolder?) -> Holding {
        Holding("mail", outside: { if let user = $0.user { try await folder?.forget(user) } }, erase: eraseMails)
    }

    @Sendable private static func eraseMails(
        _ person: Person, _ place: Holding.Place?, _ change: Change
    ) throws -> Holding.Erased {
        guard let user = person.user else { return Holding.Erased(0) }
        let key = AccountMail.key(of: user)
        let count = try change.connection.one(
            "SELECT COUNT(*) FROM outbox_messages WHERE destination = $1 AND message_key = $2",
            [.text(Outbox.Destination.mail.rawValue), .text(key)]
        ) { try $0.integer() }
        try Outbox.forget([key], on: change.connection)
        return Holding.Erased(count)
    }

    private static let tickets = Holding("stream-ticket") { person, _, change in
        guard let user = person.user else { return Holding.Erased(0) }
        return Holding.Erased(
            try change.connection.changed(
                "DELETE FROM stream_tickets WHERE path LIKE '%' || $1 || '%'", [.text(user.description)]))
    }
}
