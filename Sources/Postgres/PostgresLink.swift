import CPostgres
import SQL
import Synchronization

/// One worker thread's connection: made when needed, made anew when lost.
///
/// Only the thread that owns it calls it; the mutex states that to the compiler and is never contended.
final class PostgresLink: Sendable {
    private let connectionString: String
    private let database: String?
    private let backoff: Backoff
    private let open = Mutex<PostgresConnection?>(nil)

    init(connectionString: String, database: String?, backoff: Backoff) {
        self.connectionString = connectionString
        self.database = database
        self.backoff = backoff
    }

    /// The open connection.
    /// - Throws: `SQLError.unavailable` when the server cannot be reached, or was not a moment ago.
    func connection() throws -> PostgresConnection {
        try open.withLock { known in
            if let known, known.isAlive { return known }
            known = nil
            guard !backoff.isWaiting else { throw SQLError.unavailable("waiting before the next attempt to connect") }
            do {
                let opened = try PostgresConnection(connectionString, database: database)
                backoff.succeeded()
                known = opened
                return opened
            } catch {
                backoff.failed("\(error)")
                throw error
            }
        }
    }

    func close() {
        open.withLock { $0 = nil }
    }
}
