import Changes
import Core
import Hummingbird
import Web

/// The keys of app backends, for whoever runs the server: what `dogear key` does.
struct KeyRoutes: Sendable {
    let keys: ServiceKeyStore
    let uses: KeyUses

    func add(to routes: RouteGroup) {
        let group = routes.group("api/v1/admin/keys")
        group.get(for: .service(.admin), use: list)
        group.post(for: .service(.admin), use: create)
        group.delete("{key_id}", for: .service(.admin), use: revoke)
    }

    @Sendable private func list(_ request: Request, _ context: DogearContext) async throws -> Reply {
        await uses.write()
        return .ok(["items": .array(try await keys.list().map(\.json))])
    }

    @Sendable private func create(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let wanted = try await request.input(KeyInput.self, context)
        let made = try await keys.create(name: wanted.name, scopes: wanted.scopes)
        return Reply(201, made.key.json.adding(.init("token", .string(made.token))))
    }

    @Sendable private func revoke(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let id = try request.values(context) { $0.id("key_id") }
        // Twice is as good as once: what was wanted holds.
        if try await !keys.revoke(id), try await keys.find(id) == nil { throw Problem.notFound("key of this id") }
        return .done
    }
}

private struct KeyInput: Input {
    let name: String
    let scopes: Set<Scope>

    init(_ fields: Fields) {
        name = fields.text("name", length: 1...200)
        if name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            fields.refuse("name", "must be one line without control characters")
        }
        guard fields.has("scopes") else {
            scopes = Scope.everyday
            return
        }
        let named = fields.texts("scopes", count: 1...Scope.all.count, length: 1...40)
        scopes = Set(named.compactMap(Scope.init))
        if scopes.count < Set(named).count {
            let known = Scope.all.map(\.description).sorted().joined(separator: ", ")
            fields.refuse("scopes", "may hold \(known)")
        }
    }
}

extension ServiceKey {
    /// All but its secret.
    fileprivate var json: JSON {
        [
            "id": .id(id), "name": .string(name),
            "scopes": .array(scopes.map(\.description).sorted().map { .string($0) }), "created_at": .instant(createdAt),
            "last_used_at": .optional(lastUsedAt) { .instant($0) },
            "revoked_at": .optional(revokedAt) { .instant($0) },
        ]
    }
}
