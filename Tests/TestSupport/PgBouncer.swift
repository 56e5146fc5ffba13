import Foundation

/// A real PgBouncer before our own Postgres, in transaction mode: in a temporary folder, on a free loopback port.
package final class PgBouncer: Sendable {
    /// Its port on 127.0.0.1.
    package let port: Int
    private let folder: String
    private let process: TalkingProcess

    /// Starts it. Like Postgres it does not run as root.
    /// - Parameter mode: `transaction` or `session`.
    package init(before server: PostgresServer, mode: String = "transaction", poolSize: Int = 20) throws {
        folder = try temporaryFolder("pgbouncer")
        port = try freePort()
        let file = """
            [databases]
            * = host=127.0.0.1 port=\(server.port)
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = \(port)
            unix_socket_dir = \(folder)
            auth_type = trust
            auth_file = \(folder)/users.txt
            pool_mode = \(mode)
            default_pool_size = \(poolSize)

            """
        try file.write(toFile: folder + "/pgbouncer.ini", atomically: false, encoding: .utf8)
        try "\"postgres\" \"\"\n".write(toFile: folder + "/users.txt", atomically: false, encoding: .utf8)
        let owner = getuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] : []
        if !owner.isEmpty { _ = try run("chown", ["-R", "postgres", folder]) }
        let path =
            FileManager.default.isExecutableFile(atPath: "/usr/sbin/pgbouncer") ? "/usr/sbin/pgbouncer" : "pgbouncer"
        let command = owner + [path, folder + "/pgbouncer.ini"]
        process = try TalkingProcess(command[0], Array(command.dropFirst()), in: folder, saying: "process up")
    }

    /// The address of a database through it.
    /// - Parameter direct: The address at the server itself.
    package func address(of direct: String) -> String {
        "postgres://postgres@127.0.0.1:\(port)/" + (direct.split(separator: "/").last ?? "")
    }

    /// Stops it and takes its folder away.
    package func stop() {
        process.signal(SIGQUIT)
        process.wait()
        try? FileManager.default.removeItem(atPath: folder)
    }
}
