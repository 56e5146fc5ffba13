import Core
package import Web

/// Knows hosts, presenters and participants by their tokens, without a look at the database: whether a token is still the
/// newest, each verb asks in its own transaction.
package struct EventTokens: CapabilityResolver {
    /// What the cookies of hosts begin with; the event's id follows.
    static let cookie = "dogear_host_"
    /// How many events' cookies of one browser are looked at.
    private static let mostCookies = 200

    let secrets: EventSecrets

    /// The part that a token lets its bearer play.
    package func capability(bearing token: String) throws -> Capability? {
        do {
            return try secrets.claim(token).map { Capability(Self.role($0.role), [$0.subject: $0.generation]) }
        } catch {
            throw Problem.badToken("Nobody here made this token.")
        }
    }

    /// The events that a browser hosts.
    package func capability(cookies: String) -> Capability? {
        guard cookies.contains(Self.cookie) else { return nil }
        let tokens = cookies.split(separator: ";").compactMap { pair -> String? in
            let parts = pair.split(separator: "=", maxSplits: 1).map { $0.trimmingPrefix(" ") }
            guard parts.count == 2, parts[0].hasPrefix(Self.cookie) else { return nil }
            return String(parts[1])
        }
        let claims = tokens.suffix(Self.mostCookies).compactMap { try? secrets.claim($0) }.filter { $0.role == .host }
        guard !claims.isEmpty else { return nil }
        return Capability(.host, Dictionary(claims.map { ($0.subject, $0.generation) }) { max($0, $1) })
    }

    private static func role(_ role: EventSecrets.Role) -> Capability.Role {
        switch role {
        case .host: .host
        case .presenter: .presenter
        case .participant: .participant
        }
    }
}
