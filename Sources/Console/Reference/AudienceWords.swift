import Core
import Web

extension Audience {
    /// Whom a call is for, in a line for people.
    func words(isOpen: Bool) -> HTML {
        let open: HTML = isOpen ? ". In open mode, as now, anybody on this machine" : .nothing
        return switch self {
        case .anybody: "Anybody"
        case .whoeverIsKnown: "Whoever shows any token that is good\(open)"
        case .whoeverHoldsTheID: "Whoever knows the id, which cannot be guessed"
        case .service(let scope): "A service key with \(code(scope))\(open)"
        case .users(let scope): "A service key with \(code(scope)), or a user for what is their own\(open)"
        case .readingUsers: "A service key that may read, or a user for what is their own\(open)"
        case .roles(let roles): "\(Self.named(roles)) of the live event"
        case .steering(let scope, let roles):
            "\(Self.named(roles)) of the live event, a service key with \(code(scope)), or the user who made it"
        case .signedIn(nil): "Whoever is signed in"
        case .signedIn(let scope?): "Whoever is signed in, or a service key with \(code(scope))"
        }
    }

    private func code(_ scope: Scope) -> HTML { "<code>\(scope.description)</code>" }

    private static func named(_ roles: Set<Capability.Role>) -> HTML {
        let names = Capability.Role.allCases.filter(roles.contains).map(\.rawValue)
        return "The \(names.joined(separator: " or the "))"
    }

    /// What an example sends as its token, as the shell's variable of it; nil where it needs none.
    func tokenVariable(isOpen: Bool) -> String? {
        switch self {
        case .anybody, .whoeverHoldsTheID: nil
        case .whoeverIsKnown, .service, .users, .readingUsers: isOpen ? nil : "KEY"
        case .roles, .steering, .signedIn: "TOKEN"
        }
    }
}
