import GRDB
import SQL
import Synchronization

/// A SQLite file as long work sees it: the same writer, and a reader of its own that takes none from requests.
final class SQLiteBackground: HouseDatabase {
    let dialect = Dialect.sqlite
    private let writer: GroupCommit
    private let path: String
    private let worker = Workers(name: "sqlite-background", count: 1, capacity: 64)
    private let file = Mutex<DatabaseQueue?>(nil)

    init(path: String, writer: GroupCommit) {
        self.path = path
        self.writer = writer
    }

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any HouseConnection) throws -> Result
    ) async throws -> Result {
        try await worker.run(.read) { [self] _ in
            try translatingErrors { try opened().read { try body(SQLiteConnection($0)) } }
        }
    }

    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any HouseConnection) throws -> Result
    ) async throws -> Result {
        try await writer.submit(body)
    }

    func session<Result: Sendable>(
        _ body: @escaping @Sendable (any HouseConnection) throws -> Result
    ) async throws -> Result {
        try await writer.alone(body)
    }

    var background: any HouseDatabase { self }

    /// Nothing: the writer is another's.
    func interrupt() {}

    func notifications(on channel: String) -> AsyncStream<String> {
        AsyncStream { $0.finish() }
    }

    func probe() async throws {
        try await read { _ = try $0.one("SELECT 1") { try $0.integer() } }
    }

    func close() async { stop() }

    /// Takes no more reads; the file is closed with the last reference to it.
    func stop() { worker.close() }

    private func opened() throws -> DatabaseQueue {
        try file.withLock { known in
            if let known { return known }
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(5)
            let opened = try DatabaseQueue(path: path, configuration: configuration)
            known = opened
            return opened
        }
    }
}
