import Accounts
import Changes
import Core
import Synchronization
import TestSupport

/// Servers with a service key, whose headers are handed to the test.
enum Keys {
    private final class Made: Sendable {
        private let token = Mutex("")
        var headers: [String: String] { ["Authorization": "Bearer \(token.withLock { $0 })"] }
        func set(_ made: String) { token.withLock { $0 = made } }
    }

    static func serve(
        _ engine: TestEngine, settings: [String: String] = [:],
        _ body: @escaping @Sendable (TestServer, [String: String]) async throws -> Void
    ) async throws {
        let made = Made()
        try await TestServer.run(
            on: engine, settings: settings,
            prepare: { database in
                let keys = ServiceKeyStore(changes: Changes(database: database))
                made.set(try await keys.create(name: "app", scopes: Scope.all).token)
            },
            { server in try await body(server, made.headers) })
    }
}
