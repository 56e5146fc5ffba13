import Changes
import Core
import Outbox
import SQL

/// Mails of accounts, owed within the change that they tell of.
struct AccountMail: Sendable {
    let secrets: AccountSecrets
    let publicURL: String?

    /// Which outbox key a person's mails have, so that they go out in order.
    static func key(of user: ID) -> String { "mail:\(user)" }

    /// Whose key it is; nil for one of another form.
    static func user(ofKey key: String) -> ID? { key.hasPrefix("mail:") ? ID(String(key.dropFirst(5))) : nil }

    /// Whether an address may be sent one more mail; counts it where it may.
    ///
    /// An address that nobody has is counted apart and in the same way, so that the work is the same and nothing is taken from
    /// whoever registers with it later.
    func take(_ email: EmailAddress, isKnown: Bool, _ change: Change) throws -> Bool {
        let address = secrets.keeps(isKnown ? "mail" : "nobody", email.description)
        let longest = MailAllowance.bounds.map(\.within).max() ?? .zero
        let sent = try MailRows.sent(to: address, since: change.now - longest, on: change.connection)
        guard MailAllowance.allows(sent: sent, at: change.now) else { return false }
        try MailRows.insert(address, at: change.now, on: change.connection)
        return true
    }

    /// Mails a new code, which voids the one before.
    func sendCode(_ purpose: AccountCode.Purpose, to user: User, _ change: Change) throws {
        let code = Draw.code()
        try CodeRows.put(
            kept(code, purpose, of: user.id), for: purpose, of: user.id, at: change.now, on: change.connection)
        let text =
            switch purpose {
            case .verify: MailText.verify(code, to: user.email, publicURL: publicURL)
            case .reset: MailText.reset(code, to: user.email, publicURL: publicURL)
            }
        try send(text, to: user, change)
    }

    /// What is kept of a code.
    func kept(_ code: String, _ purpose: AccountCode.Purpose, of user: ID) -> String {
        secrets.keeps("code", "\(purpose.rawValue).\(user).\(code)")
    }

    func send(_ text: MailText, to user: User, _ change: Change) throws {
        let content: JSON = ["subject": .string(text.subject), "text": .string(text.text)]
        let sealed = try secrets.seal(content.text, nonce: Draw.nonce())
        change.owe(to: [.mail]) {
            Message(
                name: "mail", key: Self.key(of: user.id),
                payload: ["to": .string(user.email.description), "sealed": .string(sealed)], to: [.mail])
        }
    }
}
