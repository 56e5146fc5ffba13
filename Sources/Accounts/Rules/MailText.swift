import Core
import Foundation

/// What mails of accounts say. Nothing in them was chosen by whoever asked for them: a name could be an advertisement.
struct MailText: Sendable, Hashable {
    let subject: String
    let text: String

    /// A code to show that the address is one's own.
    static func verify(_ code: String, to email: EmailAddress, publicURL: String?) -> MailText {
        MailText(
            subject: "Your code for Dogear",
            text: paragraphs(
                "Hello,", "your code is \(code). It is good once, for ten minutes.",
                page("verify", email, publicURL).map { "Enter it here:\n\($0)" },
                "If you did not ask for it, somebody may have mistyped an address. Then please do nothing: without the code there is no account."
            ))
    }

    /// A code to set a new password.
    static func reset(_ code: String, to email: EmailAddress, publicURL: String?) -> MailText {
        MailText(
            subject: "Your code for a new password",
            text: paragraphs(
                "Hello,", "with the code \(code) you can set a new password. It is good once, for ten minutes.",
                page("reset", email, publicURL).map { "Enter it here:\n\($0)" },
                "If you did not ask for it, please do nothing: your password stays as it is."))
    }

    /// Somebody registered with an address that has an account.
    static func known(_ email: EmailAddress, publicURL: String?) -> MailText {
        MailText(
            subject: "You have an account with Dogear",
            text: paragraphs(
                "Hello,", "somebody just registered with this address, which has an account already. Nothing changed.",
                page("login", email, publicURL).map {
                    "If that was you, sign in here, or ask for a new password:\n\($0)"
                },
                "If it was not you, there is nothing to do."))
    }

    private static func page(_ name: String, _ email: EmailAddress, _ publicURL: String?) -> String? {
        let allowed = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyz0123456789.-_@")
        guard let publicURL, let sent = email.description.addingPercentEncoding(withAllowedCharacters: allowed) else {
            return nil
        }
        return "\(publicURL)/\(name)?email=\(sent)"
    }

    private static func paragraphs(_ all: String?...) -> String { all.compactMap(\.self).joined(separator: "\n\n") }
}
