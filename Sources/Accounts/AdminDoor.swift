package import Core
import HTTPTypes
package import Hummingbird
package import Web

/// Who is at the operator's page: whoever has signed in with a key that has the scope `admin`, and in open mode anybody.
package struct AdminDoor: Sendable {
    /// Who asks, and how long that is good.
    package typealias Known = (caller: Caller, credential: Credential)

    private static let cookie = "dogear_admin"
    private static let lasts = Duration.hours(12)

    private let isOpen: Bool
    private let isSecure: Bool
    private let tokens: BearerTokens
    private let secrets: AccountSecrets
    private let clock: Clock

    /// A door by these rules.
    /// - Parameters:
    ///   - isOpen: Whether anybody on this machine is let in.
    ///   - address: Where people reach this server; over TLS, browsers send the cookie over TLS only.
    package init(isOpen: Bool, address: PublicAddress, tokens: BearerTokens, secret: [UInt8], clock: Clock) {
        self.isOpen = isOpen
        isSecure = address.isSecure
        self.tokens = tokens
        secrets = AccountSecrets(secret)
        self.clock = clock
    }

    /// Whether there is anything to sign in for.
    package var asks: Bool { !isOpen }

    /// Who a request is from; nil for somebody who has to sign in.
    /// - Throws: 403 where a page of another origin sends it.
    package func known(_ request: Request) async throws -> Known? {
        try requireOwnPage(request)
        if isOpen { return (.open, Credential()) }
        guard let token = Cookies.value(of: Self.cookie, sentWith: request),
            let (key, until) = secrets.readAdmin(token), clock.now < until
        else { return nil }
        do {
            let (caller, credential) = try await tokens.caller(ofKey: key)
            return try Self.admitted(caller, credential)
        } catch let problem as Problem where problem.status == 401 {
            return nil
        }
    }

    /// Refuses what a page of another origin sends: it may neither act as whoever is signed in, nor sign anybody in.
    /// - Throws: 403.
    package func requireOwnPage(_ request: Request) throws(Problem) {
        guard let origin = request.headers[.origin], !Access.isOwn(origin, host: request.head.authority) else { return }
        throw Problem(
            403, "origin-not-allowed", "This page may not ask",
            "A page of another origin has sent this. Nothing was done. Go on from the operator's own page.")
    }

    /// Signs in with a service key; what the browser keeps from now on.
    /// - Throws: 401 for what is no good key, 403 for one without the scope, 429 for an address that guesses.
    package func signIn(bearing token: String, _ context: DogearContext) async throws -> String {
        try context.countRequest()
        let (caller, credential) = try await tokens.caller(bearing: token) { try context.countRequest() }
        guard case .service(let key, _) = try Self.admitted(caller, credential).caller else {
            throw Problem.badToken("It is no service key.")
        }
        return cookie(secrets.admin(key, until: clock.now + Self.lasts), for: Self.lasts)
    }

    private static func admitted(_ caller: Caller, _ credential: Credential) throws -> Known {
        try Audience.service(.admin).admit(caller)
        return (caller, credential)
    }

    /// What makes a browser forget.
    package var forgetting: String { cookie("", for: .zero) }

    private func cookie(_ value: String, for length: Duration) -> String {
        "\(Self.cookie)=\(value); Max-Age=\(length.milliseconds / 1_000); Path=/admin; HttpOnly; SameSite=Strict\(isSecure ? "; Secure" : "")"
    }
}
