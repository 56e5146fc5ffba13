import Dispatch
import GRDB
package import SQL

/// A SQLite file opened for looking only, as it is: writes are refused, and nothing of the file is changed.
package final class SQLiteReader: HouseDatabase {
    /// SQLite.
    package let dialect = Dialect.sqlite
    private let file: GRDB.DatabaseQueue
    private let queue = DispatchQueue(label: "sqlite-look")

    /// Opens a file.
    /// - Throws: `SQLError.unavailable` with the reason.
    package init(path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        file = try translatingErrors { try DatabaseQueue(path: path, configuration: configuration) }
    }

    /// Runs a closure on one state of the data.
    package func read<Result: Sendable>(
        _ body: @escaping @Sendable (any HouseConnection) throws -> Result
    ) async throws -> Result {
        try await session(body)
    }

    /// Runs a closure; the engine refuses what it writes.
    package func write<Result: Sendable>(
        _ body: @escaping @Sendable (any HouseConnection) throws -> Result
    ) async throws -> Result {
        try await session(body)
    }

    /// Runs a closure on the one connection.
    package func session<Result: Sendable>(
        _ body: @escaping @Sendable (any HouseConnection) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [file] in
                continuation.resume(
                    with: Swift.Result {
                        try translatingErrors { try file.unsafeRead { try body(SQLiteConnection($0)) } }
                    })
            }
        }
    }

    /// The one connection.
    package var background: any HouseDatabase { self }

    /// Nothing: its reads are short.
    package func interrupt() {}

    /// Says nothing.
    package func notifications(on channel: String) -> AsyncStream<String> {
        AsyncStream { $0.finish() }
    }

    /// Reads.
    package func probe() async throws {
        try await read { _ = try $0.one("SELECT 1") { try $0.integer() } }
    }

    /// Closes the file.
    package func close() async {
        await withCheckedContinuation { continuation in queue.async { continuation.resume() } }
        try? file.close()
    }
}
