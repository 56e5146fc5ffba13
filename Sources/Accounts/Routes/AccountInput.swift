import Core
import Web

extension Fields {
    /// An address, as it is stored.
    func email(_ name: String) -> EmailAddress? {
        let text = self.text(name, length: 1...254)
        let address = EmailAddress(text)
        if address == nil, !text.isEmpty { refuse(name, EmailAddress.expected) }
        return address
    }

    /// What people are called, on one line.
    fileprivate func personName(_ name: String) -> String? {
        let text = optionalText(name, length: 1...100)
        if let text, text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            refuse(name, "must be one line without control characters")
        }
        return text
    }

    /// A password that is to be one.
    fileprivate func newPassword(_ name: String) -> String { text(name, length: PasswordHash.length) }

    /// A password to compare, whatever it is.
    fileprivate func password(_ name: String) -> String { text(name, length: 1...1_000) }
}

struct RegisterInput: Input {
    let email: EmailAddress?
    let password: String
    let name: String?

    init(_ fields: Fields) {
        email = fields.email("email")
        password = fields.newPassword("password")
        name = fields.personName("name")
    }
}

struct VerifyInput: Input {
    let email: EmailAddress?
    let code: String
    let password: String?

    init(_ fields: Fields) {
        email = fields.email("email")
        code = AccountCode.read(fields.text("code", length: 1...100))
        password = fields.has("password") ? fields.newPassword("password") : nil
    }
}

struct ResetInput: Input {
    let email: EmailAddress?
    let code: String
    let password: String

    init(_ fields: Fields) {
        email = fields.email("email")
        code = AccountCode.read(fields.text("code", length: 1...100))
        password = fields.newPassword("password")
    }
}

struct EmailInput: Input {
    let email: EmailAddress?

    init(_ fields: Fields) { email = fields.email("email") }
}

struct LoginInput: Input {
    let email: EmailAddress?
    let password: String

    init(_ fields: Fields) {
        email = fields.email("email")
        password = fields.password("password")
    }
}

/// A refresh token; our own pages send it as a cookie instead.
struct TokenInput: Input {
    let token: String?

    init(_ fields: Fields) { token = fields.optionalText("refresh_token", length: 1...200) }
}

struct OwnAccountInput: Input {
    /// The new name, which may be none; nil where it stays.
    let name: String??
    let change: (current: String, new: String)?

    init(_ fields: Fields) {
        name = fields.names("name") ? .some(fields.personName("name")) : nil
        change =
            fields.has("new_password") || fields.has("current_password")
            ? (fields.password("current_password"), fields.newPassword("new_password")) : nil
    }
}

struct PasswordInput: Input {
    let password: String

    init(_ fields: Fields) { password = fields.password("password") }
}
