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
    /// Whoever holds a token that lets them play one part in one live event.
    case capability(Capability)

    /// What is counted and kept for this caller: an idempotency key, an open stream.
    package var name: String {
        switch self {
        case .anonymous: "anonymous"
        case .open: "open"
        case .service(let key, _): "service:\(key)"
        case .user(let id): "user:\(id)"
        case .capability(let own):
            "\(own.role.rawValue):" + own.holders.map { "\($0.key).\($0.value)" }.sorted().joined(separator: ",")
        }
    }

    /// Whose rows the caller may touch, where a route is for callers of this kind at all; nobody's, where not.
    package var reach: Reach {
        switch self {
        case .open, .service: .anybody
        case .user(let own): .user(own)
        // No user has this id: a route that forgot to ask shows nothing.
        case .anonymous, .capability: .user(ID(high: 0, low: 0))
        }
    }
}

/// A part in live events: steering or playing.
package struct Capability: Sendable, Hashable {
    /// Which part.
    package enum Role: String, Sendable, CaseIterable {
        /// Steers an event.
        case host
        /// Steers one segment of it.
        case presenter
        /// Plays along on one device.
        case participant
    }

    /// Which part.
    package let role: Role
    /// The events, the segment or the participant that the tokens were made for, and which of each one's tokens it is.
    package let holders: [ID: Int]

    /// A part by tokens of these generations.
    package init(_ role: Role, _ holders: [ID: Int]) {
        self.role = role
        self.holders = holders
    }

    /// The part in what a path names, where the tokens are for more than that.
    func narrowed(to path: String) -> Capability {
        let named = path.split(separator: "/").compactMap { ID(String($0)) }.first { holders[$0] != nil }
        return named.map { Capability(role, [$0: holders[$0] ?? 0]) } ?? self
    }

    /// Whom the token was made for, where there is one; cookies may bring many.
    package var holder: ID? { holders.count == 1 ? holders.keys.first : nil }
}

/// Knows the tokens of a wing's own.
package protocol CapabilityResolver: Sendable {
    /// What a token lets its bearer do; nil where it does not look like one of these tokens.
    /// - Throws: `Problem` 401 for one that looks like it and is not.
    func capability(bearing token: String) throws -> Capability?

    /// What a browser's cookies let it do; nil where they hold no such token.
    func capability(cookies: String) -> Capability?
}

/// Whom a route is for. Every route says so, and nobody else is let in.
package enum Audience: Sendable, Hashable {
    /// Anybody: pages, health, what is public by design.
    case anybody
    /// Whoever shows any token that is good, and anybody in open mode: what they may do with the answer is asked there.
    case whoeverIsKnown
    /// Whoever knows an id that cannot be guessed, which the route itself looks up: an assessment session.
    case whoeverHoldsTheID
    /// An app's backend whose key has this scope.
    case service(Scope)
    /// An app's backend whose key has this scope, or a user for what is their own.
    case users(Scope)
    /// A user for what is their own, or an app's backend whose key may read anything; what of it, the route asks.
    case readingUsers
    /// Whoever plays one of these parts; in which event, the verb asks.
    case roles(Set<Capability.Role>)
    /// Whoever plays one of these parts, an app's backend whose key has this scope, or a user for events of their own.
    case steering(Scope, Set<Capability.Role>)
    /// Whoever is signed in, by an account of ours or by the app's token; where a scope is given, also an app's backend whose key
    /// has it.
    case signedIn(orKey: Scope?)

    /// Refuses a caller whom a route is not for.
    /// - Throws: 401 for nobody, 403 for somebody else.
    package func admit(_ caller: Caller) throws(Problem) {
        switch (self, caller) {
        case (.anybody, _), (.whoeverHoldsTheID, _): return
        case (.signedIn, .anonymous), (.signedIn, .open): throw .accountNeeded
        case (_, .anonymous): throw .signInNeeded
        case (.whoeverIsKnown, _): return
        case (.service, .open), (.users, .open), (.users, .user), (.readingUsers, .open), (.readingUsers, .user): return
        case (.steering, .user), (.signedIn, .user): return
        case (.service(let scope), .service(_, let scopes)), (.users(let scope), .service(_, let scopes)),
            (.steering(let scope, _), .service(_, let scopes)), (.signedIn(let scope?), .service(_, let scopes)):
            guard scopes.allow(scope) else { throw .missing(scope) }
        case (.readingUsers, .service(_, let scopes)):
            guard scopes.contains(where: { $0.access == .read || $0 == .admin }) else {
                throw .missing(Scope(.playback, .read))
            }
        case (.service(let scope), _):
            throw Problem(
                403, "service-key-needed", "Only the app may do that",
                "This concerns every user, so it needs a service key with the scope \(scope).")
        case (.roles(let roles), .capability(let own)), (.steering(_, let roles), .capability(let own)):
            guard roles.contains(own.role) else { throw .wrongToken }
        case (.roles, .open), (.steering, .open): throw .signInNeeded
        case (.users, .capability), (.readingUsers, .capability), (.roles, _), (.signedIn, _):
            throw .wrongToken
        }
    }

    /// Whether a browser's cookies may say who asks.
    var takesCookies: Bool {
        switch self {
        case .roles(let roles), .steering(_, let roles): roles.contains(.host)
        default: false
        }
    }

    /// Whether the cookie that our own pages were signed in with may say who asks.
    var takesSignInCookie: Bool {
        if case .signedIn = self { true } else { false }
    }
}

extension Problem {
    fileprivate static var wrongToken: Problem {
        Problem(
            403, "wrong-token", "This token is for something else",
            "The token is good, but not for this. Send the one that you were given for it.")
    }
}

extension Caller {
    /// Refuses a user who names somebody else.
    /// - Throws: 403.
    package func requireReach(to user: ID) throws(Problem) {
        guard case .user(let own) = self, own != user else { return }
        throw Problem(
            403, "not-your-own", "This belongs to someone else",
            "Your token is for user \(own), and a user may touch only what is theirs.")
    }
}

extension Caller {
    /// Whom something that is made now belongs to: the user who asks, or the one whom an app's backend names.
    /// - Throws: 403 for a user who names somebody else, and for somebody unknown who names anybody.
    package func person(_ named: ID?) throws(Problem) -> ID? {
        switch self {
        case .user(let own):
            if let named { try requireReach(to: named) }
            return own
        case .open, .service: return named
        case .anonymous, .capability:
            guard named == nil else {
                throw Problem(
                    403, "not-your-own", "Only the app may say whose this is",
                    "Leave `user_id` out, or send the user's own token, or a service key.")
            }
            return nil
        }
    }
}

extension Problem {
    fileprivate static var signInNeeded: Problem {
        Problem(
            401, "sign-in-needed", "Who is asking?",
            "Send `Authorization: Bearer …` with a service key or a user token.",
            headers: [Problem.Header(name: "WWW-Authenticate", value: "Bearer")])
    }

    fileprivate static var accountNeeded: Problem {
        Problem(
            401, "sign-in-needed", "Who is asking?",
            "Sign in on the page /login, or send `Authorization: Bearer …` with the token that `POST /api/v1/auth/login` gives.",
            headers: [Problem.Header(name: "WWW-Authenticate", value: "Bearer")])
    }

    fileprivate static func missing(_ scope: Scope) -> Problem {
        Problem(
            403, "missing-scope", "This key may not do that",
            "The service key lacks the scope \(scope). Create one with `dogear key create --scope \(scope)`.")
    }
}
