import CPostgres
import SQL
import Synchronization

/// One worker thread's connection: made when needed, made anew when lost.
///
/// Only the thread that owns it calls it; the mutex states that to the compiler and is never contended.
final class PostgresLink: Sendable {
    private struct State {
        var connection: PostgresConnection?
    }

    private let connectionString: String
    private let backoff: Backoff
    // @unchecked by way of `Sendable` on a class holding a non-Sendable connection: the mutex is the proof.
    private let state = Mutex<State>(State())

    init(connectionString: String, backoff: Backoff) {
        self.connectionString = connectionString
        self.backoff = backoff
    }

    /// The open connection.
    /// - Throws: `SQLError.unavailable` when the server cannot be reached, or was not a moment ago.
    func connection() throws -> PostgresConnection {
        nonisolated(unsafe) var result: PostgresConnection?
        try state.withLock { state in
            if let open = state.connection, open.isAlive {
                result = open
                return
            }
            state.connection = nil
            guard !backoff.isWaiting else { throw SQLError.unavailable("waiting before the next attempt to connect") }
            do {
                let opened = try PostgresConnection(connectionString)
                backoff.succeeded()
                state.connection = opened
                result = opened
            } catch {
                backoff.failed("\(error)")
                throw error
            }
        }
        guard let result else { throw SQLError.unavailable("no connection") }
        return result
    }

    func close() {
        state.withLock { $0.connection = nil }
    }
}
