/// Whom rows are of: by the id of an app's user, and by what stands for somebody who has none.
package enum Person: Sendable, Hashable, CustomStringConvertible {
    /// A user of the app, or of an account here.
    case user(ID)
    /// Whoever answered a questionnaire in one session: its id, as it is stored.
    case assessment(String)
    /// Whoever gave this address when they answered questionnaires.
    case email(EmailAddress)
    /// One participant of one live event.
    case participant(ID)
    /// Whoever plays in one playback session: what a device that was away still speaks of.
    case playbackSession(ID)

    /// `user 2f1e…`: what is hashed, and how a list of people is written down.
    package var description: String {
        switch self {
        case .user(let id): "user \(id)"
        case .assessment(let session): "assessment \(session)"
        case .email(let address): "email \(address)"
        case .participant(let id): "participant \(id)"
        case .playbackSession(let id): "playback-session \(id)"
        }
    }

    /// Reads what `description` wrote; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        let found: Person? =
            switch parts[0] {
            case "user": ID(parts[1]).map { .user($0) }
            case "assessment": .assessment(parts[1])
            case "email": EmailAddress(parts[1]).map { .email($0) }
            case "participant": ID(parts[1]).map { .participant($0) }
            case "playback-session": ID(parts[1]).map { .playbackSession($0) }
            default: nil
            }
        guard let found else { return nil }
        self = found
    }

    /// The app's user, where it is one.
    package var user: ID? { if case .user(let id) = self { id } else { nil } }
}
