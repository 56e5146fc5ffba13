package import Core

/// Who asks.
package enum Caller: Sendable, Hashable {
    /// Nobody that we know.
    case anonymous
    /// Anybody on this machine, while no key is configured.
    case open
    /// An app's backend, which acts for any user within its scopes.
    case service(key: ID, scopes: Set<Scope>)
    /// A user of the app, who may touch only what is theirs.
    case user(ID)

    /// What an idempotency key is scoped to.
    package var scopeName: String {
        switch self {
        case .anonymous: "anonymous"
        case .open: "open"
        case .service(let key, _): "service:\(key)"
        case .user(let id): "user:\(id)"
        }
    }
}

/// What a service key may do: read or write, in one area.
package struct Scope: Sendable, Hashable, CustomStringConvertible {
    /// A part of the product that keys are given for.
    package enum Area: String, Sendable, CaseIterable {
        /// Playback sessions, watch history, resume positions.
        case playback
        /// Questionnaires and their sessions.
        case assessments
        /// Events and their segments.
        case events
        /// Scheduled watches.
        case monitoring
    }

    /// What is done there.
    package enum Access: String, Sendable, CaseIterable {
        /// Looking.
        case read
        /// Changing.
        case write
    }

    /// Where.
    package let area: Area
    /// What.
    package let access: Access

    /// A scope from its parts.
    package init(_ area: Area, _ access: Access) {
        self.area = area
        self.access = access
    }

    /// Reads `playback:write`; anything else is nil.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let area = Area(rawValue: parts[0]), let access = Access(rawValue: parts[1]) else {
            return nil
        }
        self.init(area, access)
    }

    /// `playback:write`.
    package var description: String { "\(area.rawValue):\(access.rawValue)" }

    /// Every scope there is.
    package static let all = Set(Area.allCases.flatMap { area in Access.allCases.map { Scope(area, $0) } })
}

extension Caller {
    /// Refuses a caller who may not do this for this user.
    /// - Throws: 401 for nobody, 403 for a key without the scope and for another user.
    package func require(_ scope: Scope, for user: ID) throws(Problem) {
        try require(scope)
        if case .user(let own) = self, own != user {
            throw Problem(
                403, "not-your-own", "This belongs to someone else",
                "Your token is for user \(own), and a user may touch only what is theirs.")
        }
    }

    /// Refuses a caller who may not do this for anybody.
    /// - Throws: 401 for nobody, 403 for a key without the scope.
    package func require(_ scope: Scope) throws(Problem) {
        switch self {
        case .open, .user: return
        case .service(_, let scopes):
            guard scopes.contains(scope) else {
                throw Problem(
                    403, "missing-scope", "This key may not do that",
                    "The service key lacks the scope \(scope). Create one with `dogear key create --scope \(scope)`.")
            }
        case .anonymous:
            var problem = Problem(
                401, "sign-in-needed", "Who is asking?",
                "Send `Authorization: Bearer …` with a service key or a user token.")
            problem.headers.append(Problem.Header(name: "WWW-Authenticate", value: "Bearer"))
            throw problem
        }
    }

    /// Refuses everybody but an app's backend: what concerns all users is not any one user's to see or change.
    /// - Throws: 401 for nobody, 403 for a user and for a key without the scope.
    package func requireService(_ scope: Scope) throws(Problem) {
        if case .user = self {
            throw Problem(
                403, "service-key-needed", "Only the app may do that",
                "This concerns every user, so it needs a service key with the scope \(scope).")
        }
        try require(scope)
    }

    /// Whether this caller may know of what belongs to a user.
    package func mayTouch(_ user: ID) -> Bool {
        if case .user(let own) = self { own == user } else { true }
    }
}
