/// Whose rows a caller may touch: all that a store knows of a caller.
package enum Reach: Sendable, Hashable {
    /// Anybody's: an app's backend.
    case anybody
    /// One user's own.
    case user(ID)

    /// Whether a user's rows lie within it.
    package func covers(_ user: ID) -> Bool {
        switch self {
        case .anybody: true
        case .user(let own): own == user
        }
    }
}
