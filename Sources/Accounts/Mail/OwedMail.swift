import Core
import Foundation
import Outbox
import SQL

/// What a mail that is owed says, and to whom.
///
/// Mails with codes are sealed, so that the outbox gives none away: `{"to", "sealed"}`. Others name a person, whose address is
/// looked up when they go out: `{"user_id", "subject", "text", "headers"}`; whoever is not active by then gets none.
enum OwedMail {
    case goes(MailMessage)
    case isFor(ID, subject: String, text: String, headers: [String: String])
    case unreadable

    init(_ owed: OwedMessage, _ secrets: AccountSecrets) {
        guard let fields = JSONText(owed.payload) else {
            self = .unreadable
            return
        }
        if let sealed = fields["sealed"], let to = fields["to"].flatMap(EmailAddress.init) {
            guard let content = secrets.open(sealed).flatMap(JSONText.init), let subject = content["subject"],
                let text = content["text"]
            else {
                self = .unreadable
                return
            }
            self = .goes(
                MailMessage(
                    id: owed.id, to: to, subject: subject, text: text, user: AccountMail.user(ofKey: owed.key),
                    headers: [:]))
        } else if let user = fields["user_id"].flatMap(ID.init), let subject = fields["subject"],
            let text = fields["text"]
        {
            self = .isFor(user, subject: subject, text: text, headers: fields.texts("headers"))
        } else {
            self = .unreadable
        }
    }

    /// The mail itself; nil where nobody is to have it any more.
    func message(_ id: ID, on connection: any Connection) throws -> MailMessage? {
        switch self {
        case .goes(let message): return message
        case .isFor(let user, let subject, let text, let headers):
            guard let found = try UserRows.find(user, on: connection)?.user, found.status == .active else { return nil }
            return MailMessage(
                id: id, to: found.email, subject: subject, text: text, user: user, headers: headers)
        case .unreadable: return nil
        }
    }
}

/// The texts of a JSON object.
private struct JSONText {
    private let document: JSONDocument

    init?(_ text: String) {
        guard let document = JSONDocument(Data(text.utf8)), document.kind(of: JSONDocument.root) == .object else {
            return nil
        }
        self.document = document
    }

    subscript(_ name: String) -> String? { document.member(name, of: JSONDocument.root).flatMap(document.text) }

    /// The texts of an object within it.
    func texts(_ name: String) -> [String: String] {
        guard let object = document.member(name, of: JSONDocument.root) else { return [:] }
        return ["List-Unsubscribe", "List-Unsubscribe-Post"].reduce(into: [:]) { texts, header in
            texts[header] = document.member(header, of: object).flatMap(document.text)
        }
    }
}
