package import Changes
package import Core
import SQL

/// Service keys as rows.
package struct ServiceKeyStore: Sendable {
    private let changes: Changes

    /// The keys of one database.
    package init(changes: Changes) {
        self.changes = changes
    }

    /// Makes a key; the token is shown here and never again.
    package func create(name: String, scopes: Set<Scope>) async throws -> (key: ServiceKey, token: String) {
        let secret = (ID.random().description + ID.random().description).replacing("-", with: "")
        let id = ID.random()
        return try await changes.make { change in
            let made = ServiceKey.make(id, secret: secret, name: name, scopes: scopes, at: change.now)
            try change.connection.execute(
                """
                INSERT INTO service_keys (id, name, secret_sha256, scopes, created_at) VALUES ($1, $2, $3, $4, $5)
                """,
                [
                    .id(made.key.id), .text(name), .blob(made.key.secretHash),
                    .text(scopes.map(\.description).sorted().joined(separator: " ")), .instant(made.key.createdAt),
                ])
            return made
        }
    }

    /// All keys, oldest first, at most 1,000.
    package func list() async throws -> [ServiceKey] {
        try await changes.read { try $0.all(Self.listText, [], Self.key) }
    }

    /// Revokes a key; whether there was one that was still good.
    package func revoke(_ id: ID) async throws -> Bool {
        try await changes.make { change in
            try change.connection.changed(
                "UPDATE service_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
                [.id(id), .instant(change.now)]) > 0
        }
    }

    /// Notes when keys were used, and never an earlier moment than is noted already: other nodes note them too.
    func note(_ uses: [ID: Instant]) async throws {
        try await changes.make { change in
            for (id, at) in uses.sorted(by: { $0.key < $1.key }) {
                try change.connection.execute(
                    """
                    UPDATE service_keys SET last_used_at = $2
                    WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)
                    """, [.id(id), .instant(at)])
            }
        }
    }

    /// Takes a key back that nobody has ever seen, as if it had not been made.
    package func withdraw(_ id: ID) async throws {
        try await changes.make { try $0.connection.execute("DELETE FROM service_keys WHERE id = $1", [.id(id)]) }
    }

    /// Whether a key was ever made: a server whose keys are all revoked stays closed, it does not open to everybody.
    package func hasKeys() async throws -> Bool {
        try await changes.read { connection in
            try connection.one("SELECT EXISTS (SELECT 1 FROM service_keys)") { try $0.bool() }
        }
    }

    func find(_ id: ID) async throws -> ServiceKey? {
        try await changes.read { try $0.first(Self.findText, [.id(id)], Self.key) }
    }

    private static let columns = "id, name, scopes, created_at, revoked_at, last_used_at, secret_sha256"
    private static let findText = SQLText("SELECT \(columns) FROM service_keys WHERE id = $1")
    private static let listText = SQLText("SELECT \(columns) FROM service_keys ORDER BY created_at, id LIMIT 1000")

    private static func key(_ row: any Row) throws -> ServiceKey {
        ServiceKey(
            id: try row.id(), name: try row.text(),
            scopes: Set(try row.text().split(separator: " ").compactMap { Scope(String($0)) }),
            createdAt: try row.instant(), revokedAt: try row.optional(row.instant),
            lastUsedAt: try row.optional(row.instant), secretHash: try row.blob())
    }
}
