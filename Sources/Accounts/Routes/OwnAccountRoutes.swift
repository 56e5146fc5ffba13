import Changes
import Core
import Hummingbird
import Web

/// What people see of their own account, change in it, and how they erase it.
struct OwnAccountRoutes: Sendable {
    let changes: Changes
    let own: OwnAccountStore
    let eraser: Eraser
    let passwords: PasswordHasher
    let json: AccountJSON

    func add(to routes: RouteGroup) {
        let group = routes.group("api/v1")
        group.get("me", for: .signedIn(orKey: nil), use: show)
        group.patch("me", for: .signedIn(orKey: nil), use: edit)
        group.delete("me", for: .signedIn(orKey: nil), use: erase)
    }

    @Sendable private func show(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let id = try Self.user(context)
        return .ok(AccountJSON.user(try await changes.read { [own] in try own.find(id, on: $0) }))
    }

    @Sendable private func edit(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let id = try Self.user(context)
        let input = try await request.input(OwnAccountInput.self, context)
        if let change = input.change {
            let hash = try await confirm(change.current, of: id)
            let new = try await passwords.hash(change.new)
            let token = request.bearerToken ?? Cookies.value(of: Cookies.signIn, sentWith: request)
            try await changes.make { [own] in try own.setPassword(new, of: id, was: hash, by: token, $0) }
        }
        guard let name = input.name else { return try await show(request, context) }
        return .ok(AccountJSON.user(try await changes.make { [own] in try own.rename(id, to: name, $0) }))
    }

    @Sendable private func erase(_ request: Request, _ context: DogearContext) async throws -> Response {
        let id = try Self.user(context)
        let hash = try await confirm(try await request.input(PasswordInput.self, context).password, of: id)
        let newID = ID.random()
        let erasure = try await changes.make { [own] in try own.erase(id, was: hash, as: newID, $0) }
        _ = try await eraser.record(erasure)
        return json.signedOut()
    }

    /// What is kept of the password, where the one that was sent is right.
    private func confirm(_ password: String, of id: ID) async throws -> String {
        let hash = try await changes.make { [own] in try own.attempt(id, $0) }
        guard try await passwords.matches(password, hash), let hash else { throw AccountRefusal.wrongPassword }
        return hash
    }

    private static func user(_ context: DogearContext) throws -> ID {
        guard case .user(let id) = context.caller else { throw AccountRefusal.noAccount }
        return id
    }
}
