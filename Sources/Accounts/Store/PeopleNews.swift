import Changes
import Core
import Outbox

/// What the outside is told of people.
enum PeopleNews {
    /// Tells whoever was told of a user's places that the user was erased, and with them what they were told. The message goes once it
    /// is delivered.
    static func erased(_ user: ID, _ change: Change) {
        change.owe(to: [.kafka]) {
            Message(
                name: "person-erased", key: user.description,
                payload: ["user_id": .id(user), "timestamp": .instant(change.now)], to: [.kafka])
        }
    }
}
