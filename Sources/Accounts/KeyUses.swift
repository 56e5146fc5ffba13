import Changes
package import Core
import ServiceLifecycle
import Synchronization

/// When each key was last used, to the minute: kept in memory, and written once a minute, so that a request costs no write.
package final class KeyUses: Service {
    private static let every = Duration.minutes(1)

    private let store: ServiceKeyStore
    private let clock: Clock
    private let unwritten = Mutex<[ID: Instant]>([:])

    /// Uses of the keys of one database, on one node.
    package init(store: ServiceKeyStore, clock: Clock) {
        self.store = store
        self.clock = clock
    }

    /// Notes that a key was used just now.
    func note(_ key: ID) {
        let now = clock.now
        let minute = Instant(milliseconds: now.milliseconds - now.milliseconds % 60_000)
        unwritten.withLock { $0[key] = minute }
    }

    /// Writes once a minute until a stop is asked for, and then once more.
    package func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while (try? await clock.sleep(for: Self.every)) != nil { await write() }
        }
        await write()
    }

    /// Writes what was noted. While the database is away it stays noted.
    package func write() async {
        let noted = unwritten.withLock { noted in
            defer { noted = [:] }
            return noted
        }
        guard !noted.isEmpty else { return }
        do {
            try await store.note(noted)
        } catch {
            unwritten.withLock { $0.merge(noted) { max($0, $1) } }
        }
    }
}
