package import Core
import HTTPTypes
package import Hummingbird

/// Turns a bearer token into a caller.
package protocol CallerResolver: Sendable {
    /// Who sends this token, and how long it is good.
    /// - Parameter beforeReading: Asked before the database is asked about a token that may be a guess; what it throws ends the
    ///   search.
    /// - Throws: `Problem` 401 with the reason for a token that is not good, 503 when that cannot be found out.
    func caller(
        bearing token: String, beforeReading: @Sendable () throws -> Void
    ) async throws -> (caller: Caller, credential: Credential)
}

/// Finds out who asks, once for each request.
package struct SignIn: RouterMiddleware {
    private let access: Access
    private let resolver: any CallerResolver
    private let capabilities: [any CapabilityResolver]
    private let tickets: (any TicketResolver)?
    private let uncounted: Set<String>

    /// A sign-in by these rules.
    /// - Parameter uncounted: What paths begin with whose routes count requests themselves: many may come from one address at once.
    package init(
        access: Access, resolver: any CallerResolver, capabilities: [any CapabilityResolver] = [],
        tickets: (any TicketResolver)? = nil, uncounted: Set<String> = []
    ) {
        self.uncounted = uncounted
        self.access = access
        self.resolver = resolver
        self.capabilities = capabilities
        self.tickets = tickets
    }

    /// Puts the caller into the context; a token that is not good ends the request with 401.
    package func handle(
        _ request: Request, context: DogearContext,
        next: (Request, DogearContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        do {
            try await find(request, &context)
        } catch {
            // Guessing counts for the address that guesses.
            try context.take(.requests)
            throw error
        }
        if !uncounted.contains(where: request.uri.path.hasPrefix) { try context.take(.requests) }
        return try await next(request, context)
    }

    private func find(_ request: Request, _ context: inout DogearContext) async throws {
        if let known = context.known {
            (context.caller, context.credential) = known
        } else if request.headers.contains(.authorization) {
            guard let token = request.bearerToken else {
                throw Problem.badToken("`Authorization` must be `Bearer` and a token.")
            }
            try await find(bearing: token, &context)
        } else if let ticket = StreamTicket.sent(with: request), let tickets {
            try context.requireRoom(.requests)
            if let token = try await tickets.credential(of: ticket, for: request.uri.path) {
                try await find(bearing: token, &context)
            } else if access.isOpen {
                context.caller = .open
            }
        } else {
            if access.isOpen { context.caller = .open }
            if let sent = request.headers[.cookie] {
                context.cookies = capabilities.lazy.compactMap { $0.capability(cookies: sent) }.first
                context.cookieSignIn = cookieSignIn(request, context)
            }
        }
    }
}

extension SignIn {
    private func find(bearing token: String, _ context: inout DogearContext) async throws {
        for known in capabilities {
            guard let capability = try known.capability(bearing: token) else { continue }
            context.caller = .capability(capability)
            return
        }
        let stranger = context
        (context.caller, context.credential) = try await resolver.caller(bearing: token) {
            try stranger.requireRoom(.requests)
        }
    }

    /// What finds out whom the cookie of our own pages is of; nil where there is none, or a page of another origin sends it.
    private func cookieSignIn(
        _ request: Request, _ stranger: DogearContext
    ) -> (@Sendable () async throws -> (caller: Caller, credential: Credential))? {
        guard let token = Cookies.value(of: Cookies.signIn, sentWith: request) else { return nil }
        return { [resolver] in
            try await resolver.caller(bearing: token) { try stranger.requireRoom(.requests) }
        }
    }
}

extension Problem {
    /// 401: the token was read but is not good.
    package static func badToken(_ reason: String) -> Problem {
        Problem(
            401, "bad-token", "The token is not good", "\(reason) Ask for a new one and send the request again.",
            headers: [Header(name: "WWW-Authenticate", value: "Bearer error=\"invalid_token\"")])
    }
}
