import Foundation
import Synchronization

/// A real Redis of our own: in a temporary folder, on a free loopback port.
package final class RedisServer: Sendable {
    /// The folder that holds it and its `dump.rdb`.
    package let folder: String
    /// Its port on 127.0.0.1.
    package let port: Int
    private let options: [String]
    private let running = Mutex<TalkingProcess?>(nil)

    /// Starts a server that writes nothing to disk by itself.
    /// - Parameter options: What stands behind `redis-server`, such as `--requirepass secret`.
    package init(_ options: [String] = []) throws {
        folder = try temporaryFolder("redis")
        port = try freePort()
        self.options = options
        try start()
    }

    /// Where it is, as `REDIS_URL` takes it.
    package var address: String { "redis://127.0.0.1:\(port)" }

    /// Starts it, with what `dump.rdb` holds, and waits until it takes connections.
    package func start() throws {
        let server = try TalkingProcess(
            "redis-server",
            ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"]
                + options,
            in: folder, saying: "Ready to accept connections")
        running.withLock { $0 = server }
    }

    /// Ends it as a power cut would.
    package func kill() {
        guard let server = running.withLock({ $0.take() }) else { return }
        server.signal(SIGKILL)
        server.wait()
    }

    /// Lets it hang: what is sent to it is taken, and nothing is answered, until it is thawed.
    package func freeze() { running.withLock { $0?.signal(SIGSTOP) } }

    /// Lets it go on.
    package func thaw() { running.withLock { $0?.signal(SIGCONT) } }

    /// Stops it and takes its folder away.
    package func stop() {
        thaw()
        kill()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// What `redis-cli` prints for a command.
    @discardableResult
    package func ask(_ words: String...) async throws -> String { try await ask(words: words) }

    /// What `redis-cli` prints for a command.
    @discardableResult
    package func ask(words: [String]) async throws -> String {
        try await runAside("redis-cli", ["-p", String(port)] + words).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
