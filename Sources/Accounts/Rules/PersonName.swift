import Core
import Foundation

/// How whoever runs the server names somebody: by an id, whatever it is of, or by an address.
enum PersonName: Sendable, Hashable {
    /// An address that was given with answers, or is an account's.
    case email(EmailAddress)
    /// A user, a participant, a session of playback or of a questionnaire.
    case id(ID)
    /// A questionnaire's session whose id an older program drew in another form.
    case session(String)

    /// What a text names; nil for one that can name nobody.
    init?(_ given: String) {
        // What was copied often brings a space or a line's end along.
        let text = given.trimmingCharacters(in: .whitespacesAndNewlines)
        if let address = EmailAddress(text) {
            self = .email(address)
        } else if let id = ID(text) {
            self = .id(id)
        } else if (1...36).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "@") })
        {
            self = .session(text)
        } else {
            return nil
        }
    }

    /// Whom that may be, each of whom is then looked for.
    var candidates: [Person] {
        switch self {
        case .email(let address): [.email(address)]
        case .id(let id): [.user(id), .assessment(id.description), .participant(id)]
        case .session(let text): [.assessment(text)]
        }
    }
}
