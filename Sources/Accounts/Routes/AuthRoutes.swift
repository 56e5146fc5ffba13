import Changes
import Core
import HTTPTypes
import Hummingbird
import Web

/// How people register, sign in and stay signed in.
///
/// What is said, and the work behind it, is the same for an address with an account and for one without: a hash is computed
/// either way, and whatever there is to tell goes by mail. None of these answers is kept for an `Idempotency-Key`.
struct AuthRoutes: Sendable {
    let changes: Changes
    let accounts: AccountStore
    let signIns: SignInStore
    let passwords: PasswordHasher
    let json: AccountJSON

    static let path = "/api/v1/auth"

    func add(to routes: RouteGroup) {
        let group = routes.group("api/v1/auth")
        group.post("register", for: .anybody, use: register)
        group.post("verify", for: .anybody, use: verify)
        group.post("resend", for: .anybody, use: sendCode(.verify))
        group.post("login", for: .anybody, use: login)
        group.post("refresh", for: .anybody, use: refresh)
        group.post("logout", for: .anybody, use: logout)
        group.post("forgot", for: .anybody, use: sendCode(.reset))
        group.post("reset", for: .anybody, use: reset)
    }

    /// The one answer to whoever asks for a mail.
    private static let mailed = Reply(
        202, ["detail": "If there is something to tell, a mail with it is on its way to this address."])

    @Sendable private func register(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let input = try await request.input(RegisterInput.self, context)
        let email = try Self.known(input.email)
        let registration = AccountStore.Registration(
            email: email, passwordHash: try await passwords.hash(input.password), name: input.name, newID: .random())
        try await changes.make { [accounts] in try accounts.register(registration, $0) }
        return Self.mailed
    }

    private func sendCode(
        _ purpose: AccountCode.Purpose
    ) -> @Sendable (Request, DogearContext) async throws -> Reply {
        { request, context in
            let email = try Self.known(try await request.input(EmailInput.self, context).email)
            try await changes.make { [accounts] in try accounts.sendCode(purpose, to: email, $0) }
            return Self.mailed
        }
    }

    @Sendable private func verify(_ request: Request, _ context: DogearContext) async throws -> Response {
        let input = try await request.input(VerifyInput.self, context)
        let email = try Self.known(input.email)
        try await check(input.code, .verify, email, context)
        var hash: String?
        if let password = input.password { hash = try await passwords.hash(password) }
        return json.signedIn(
            try await changes.make { [accounts, hash] in
                try accounts.verify(input.code, of: email, passwordHash: hash, $0)
            })
    }

    @Sendable private func reset(_ request: Request, _ context: DogearContext) async throws -> Response {
        let input = try await request.input(ResetInput.self, context)
        let email = try Self.known(input.email)
        try await check(input.code, .reset, email, context)
        let hash = try await passwords.hash(input.password)
        try await changes.make { [accounts] in
            try accounts.reset(input.code, of: email, passwordHash: hash, $0)
        }
        return json.signedOut()
    }

    /// Only a right code is worth a hash.
    private func check(
        _ code: String, _ purpose: AccountCode.Purpose, _ email: EmailAddress, _ context: DogearContext
    ) async throws {
        let network = context.address
        let checked = try await changes.make { [accounts] in
            try accounts.check(code, for: purpose, of: email, from: network, $0)
        }
        if case .refused(let refusal) = checked { throw refusal }
    }

    @Sendable private func login(_ request: Request, _ context: DogearContext) async throws -> Response {
        let input = try await request.input(LoginInput.self, context)
        let (email, network) = (try Self.known(input.email), context.address)
        let found = try await changes.make { [signIns] in try signIns.attempt(email, from: network, $0) }
        let isRight = try await passwords.matches(input.password, found?.passwordHash)
        guard isRight, let found, let hash = found.passwordHash else { throw AccountRefusal.badCredentials }
        return try answer(
            try await changes.make { [signIns] in
                try signIns.finish(found.user.id, hash: hash, from: network, $0)
            })
    }

    @Sendable private func refresh(_ request: Request, _ context: DogearContext) async throws -> Response {
        let body = try await request.bodyBytes(context)
        let sent = try readOptionalInput(TokenInput.self, from: body).token
        guard let token = sent ?? Cookies.value(of: Cookies.refresh, sentWith: request) else {
            throw Problem.invalid([FieldProblem("refresh_token", "is missing, and no cookie holds it")])
        }
        let outcome = try await changes.make { [signIns] in try signIns.refresh(token, $0) }
        return try answer(outcome, isOwnPage: sent == nil)
    }

    private func answer(_ outcome: SignInStore.SignInOutcome, isOwnPage: Bool = false) throws -> Response {
        switch outcome {
        case .signedIn(let signedIn): return json.signedIn(signedIn, isOwnPage: isOwnPage)
        case .refused(let refusal): throw refusal
        }
    }

    @Sendable private func logout(_ request: Request, _ context: DogearContext) async throws -> Response {
        let body = try await request.bodyBytes(context)
        let sent = try readOptionalInput(TokenInput.self, from: body).token
        let tokens = [
            sent, request.bearerToken, Cookies.value(of: Cookies.refresh, sentWith: request),
            Cookies.value(of: Cookies.signIn, sentWith: request),
        ]
        let all = tokens.compactMap(\.self)
        try await changes.make { [signIns] change in
            for token in all { try signIns.end(token, change) }
        }
        return json.signedOut()
    }

    /// What was read without a complaint is there.
    static func known(_ email: EmailAddress?) throws(Problem) -> EmailAddress {
        guard let email else { throw .invalid([FieldProblem("email", EmailAddress.expected)]) }
        return email
    }
}
