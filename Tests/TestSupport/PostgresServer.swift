import Foundation
import Synchronization

/// A real Postgres of our own: in a temporary folder, on a free loopback port, stopped when the tests end.
package final class PostgresServer: Sendable {
    /// The folder that holds it.
    package let folder: String
    /// Its port on 127.0.0.1.
    package let port: Int
    private let running = Mutex<TalkingProcess?>(nil)
    private let removals = DispatchQueue(label: "postgres-removals")

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
        if let owner = Self.owner { _ = try run("chown", [owner, folder]) }
        _ = try run("cp", ["-a", try Self.cluster.get(), folder + "/data"])
        try start()
    }

    /// Who may run Postgres, where that is not us.
    private static let owner = getuid() == 0 ? "postgres" : nil

    /// A new cluster, made once for all servers of this process, which begin as copies of it.
    private static let cluster: Result<String, any Error> = Result {
        let folder = try temporaryFolder("cluster")
        clusterFolder.withLock { $0 = folder }
        atexit {
            clusterFolder.withLock { folder in _ = folder.map { try? FileManager.default.removeItem(atPath: $0) } }
        }
        if let owner { _ = try run("chown", [owner, folder]) }
        let user = owner.map { ["runuser", "-u", $0, "--"] } ?? []
        let command =
            user + [
                try binary("initdb"), "-D", folder + "/data", "-U", "postgres", "-A", "trust", "--no-sync",
                "--lc-messages=C", "-E", "UTF8",
            ]
        _ = try run(command[0], Array(command.dropFirst()))
        return folder + "/data"
    }

    /// Starts it, and waits until it takes connections.
    package func start() throws {
        // setpriv becomes the server, so that the server is a child of ours that can be waited for.
        let user = Self.owner.map { ["setpriv", "--reuid=\($0)", "--regid=\($0)", "--init-groups"] } ?? []
        let command =
            user + [
                try Self.binary("postgres"), "-D", folder + "/data", "-p", String(port), "-k", folder,
                "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=1500",
            ] + Self.disposable
        let server = try TalkingProcess(
            command[0], Array(command.dropFirst()), in: folder, saying: "ready to accept connections")
        running.withLock { $0 = server }
    }

    /// What a cluster of an hour with a thousand databases can do without, and two cores cannot afford: it outlives its own processes, which
    /// the tests kill, but need not outlive the machine, and nobody comes to read statistics or to clear away rows.
    private static let disposable = [
        "fsync=off", "full_page_writes=off", "autovacuum=off", "checkpoint_timeout=1h",
    ].flatMap { ["-c", $0] }

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
        try tell("CREATE DATABASE \(name)\(copying)")
        return "postgres://postgres@127.0.0.1:\(port)/\(name)"
    }

    /// Takes a database away, whoever still has it open, some time before the tests end. Nobody waits for that: Postgres itself waits with it
    /// for every connection of the cluster, also for those that a test has stopped for a while.
    package func removeDatabase(at address: String) {
        removals.async { try? self.tell("DROP DATABASE \(Self.name(of: address)) WITH (FORCE)") }
    }

    /// The name of a database in its address.
    package static func name(of address: String) -> String { String(address.split(separator: "/").last ?? "") }

    private func tell(_ statement: String) throws {
        // Debian's `psql` is a script that looks for this one.
        _ = try run(
            try Self.binary("psql"), ["-h", "127.0.0.1", "-p", String(port), "-U", "postgres", "-qc", statement])
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

/// Taken away when the tests end.
private let clusterFolder = Mutex<String?>(nil)

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
