import Core
import Outbox
import SQL

/// What no wing holds of a person but the house itself: replies that are kept for idempotency keys, and messages that are still
/// owed. Neither says whose it is, so all of them are looked through, some at a time.
package enum HouseHoldings {
    /// Both.
    package static let all: [Holding] = [
        Holding("kept-reply") { person, place, change in
            let step = try KeptReply.forget(
                naming: words(person), after: place, limit: Holding.stepSize, on: change.connection)
            return Holding.Erased(step.count, next: step.next)
        },
        Holding("owed-message") { person, place, change in
            let step = try Outbox.forget(
                naming: words(person), after: place, limit: Holding.stepSize, on: change.connection)
            return Holding.Erased(step.count, next: step.next)
        },
    ]

    /// What a text that is about somebody holds.
    private static func words(_ person: Person) -> String {
        switch person {
        case .user(let id), .participant(let id), .playbackSession(let id): id.description
        case .assessment(let session): escaped(session)
        case .email(let address): escaped(address.description)
        }
    }

    /// As it stands within JSON.
    private static func escaped(_ text: String) -> String { String(JSON.string(text).text.dropFirst().dropLast()) }
}
