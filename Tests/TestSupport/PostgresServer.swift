import Foundation
import Synchronization

/// A real Postgres of our own: in a temporary folder, on a free loopback port, stopped when the tests end.
package final class PostgresServer: Sendable {
    /// The folder that holds it.
    package let folder: String
    /// Its port on 127.0.0.1.
    package let port: Int
    private let owner: String?
    private let running = Mutex<TalkingProcess?>(nil)

    /// The server that the tests of one process share, started when it is first asked for.
    package static let shared: Result<PostgresServer, any Error> = Result {
        let server = try PostgresServer()
        servers.withLock { $0.append(server) }
        atexit { for server in servers.withLock({ $0 }) { server.stop() } }
        return server
    }

    private static let servers = Mutex<[PostgresServer]>([])

    /// Makes a cluster and starts it. Postgres does not run as root, so root hands it to the system's `postgres` user.
    package init() throws {
        folder = try temporaryFolder("postgres")
        port = try freePort()
        owner = getuid() == 0 ? "postgres" : nil
        if let owner { _ = try run("chown", [owner, folder]) }
        try asOwner(
            "initdb",
            ["-D", folder + "/data", "-U", "postgres", "-A", "trust", "--no-sync", "--lc-messages=C", "-E", "UTF8"])
        try start()
    }

    /// Starts it, and waits until it takes connections.
    package func start() throws {
        // setpriv becomes the server, so that the server is a child of ours that can be waited for.
        let user = owner.map { ["setpriv", "--reuid=\($0)", "--regid=\($0)", "--init-groups"] } ?? []
        let command =
            user + [
                try Self.binary("postgres"), "-D", folder + "/data", "-p", String(port), "-k", folder,
                "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=1500",
            ]
        let server = try TalkingProcess(
            command[0], Array(command.dropFirst()), in: folder, saying: "ready to accept connections")
        running.withLock { $0 = server }
    }

    /// Ends it as `kill -9` does: no process of it gets to say goodbye.
    package func kill() throws {
        guard let server = running.withLock({ $0.take() }) else { return }
        try signalAll(of: server, SIGKILL)
        server.wait()
    }

    /// Lets it hang: what is sent to it is taken, and nothing is answered, until it is thawed.
    package func freeze() throws {
        if let server = running.withLock({ $0 }) { try signalAll(of: server, SIGSTOP) }
    }

    /// Lets it go on.
    package func thaw() throws {
        if let server = running.withLock({ $0 }) { try signalAll(of: server, SIGCONT) }
    }

    private func signalAll(of server: TalkingProcess, _ signal: Int32) throws {
        let children = try run("pgrep", ["-P", String(server.pid)], allowFailure: true)
        server.signal(signal)
        for child in children.split(separator: "\n").compactMap({ Int32($0) }) { Foundation.kill(child, signal) }
    }

    /// Stops it and takes its folder away.
    package func stop() {
        let server = running.withLock { $0.take() }
        server?.signal(SIGQUIT)
        server?.wait()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The address of a new database.
    /// - Parameter template: The name of a database that nobody uses and that it begins as a copy of; nil for an empty one.
    package func makeDatabase(like template: String? = nil) throws -> String {
        let name = "test_\(UInt64.random(in: .min ... .max))"
        let copying = template.map { " TEMPLATE \($0)" } ?? ""
        _ = try run(
            "psql",
            ["-h", "127.0.0.1", "-p", String(port), "-U", "postgres", "-qc", "CREATE DATABASE \(name)\(copying)"])
        return "postgres://postgres@127.0.0.1:\(port)/\(name)"
    }

    private func asOwner(_ command: String, _ arguments: [String]) throws {
        let path = try Self.binary(command)
        if let owner {
            _ = try run("runuser", ["-u", owner, "--", path] + arguments)
        } else {
            _ = try run(path, arguments)
        }
    }

    /// Debian keeps the server's programs in a folder for each version.
    private static func binary(_ name: String) throws -> String {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        for version in versions.sorted(by: >) {
            let path = "\(root)/\(version)/bin/\(name)"
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        return name
    }
}

/// A new folder that others on this machine can read, below the system's temporary one.
package func temporaryFolder(_ name: String) throws -> String {
    let path = NSTemporaryDirectory() + "/dogear-\(name)-\(UInt64.random(in: .min ... .max))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
}

/// A port of 127.0.0.1 that nobody has: below those that the system gives to outgoing connections, which could take it before
/// the server does.
package func freePort() throws -> Int {
    for _ in 0..<1_000 {
        let port = Int.random(in: 10_000..<32_000)
        guard handedOut.insert(port) else { continue }
        // Nor does a child that is started at this moment inherit it, and with it the port.
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        let isFree = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        if isFree { return port }
    }
    throw CommandFailure(description: "no free port")
}

/// The ports that this process has given out: what gets one may not listen yet.
private final class Ports: Sendable {
    private let ports = Mutex<Set<Int>>([])
    func insert(_ port: Int) -> Bool { ports.withLock { $0.insert(port).inserted } }
}

private let handedOut = Ports()
