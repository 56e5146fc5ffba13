import Core
import Foundation
import Logging
import Migrations
import Postgres
import SQL

/// Postgres' own programs, run on the database that an address names.
///
/// They set things for their session and rely on them. Through a pooler in transaction mode that would lead to an unusable dump, and
/// leave an empty search path in a session that is given to others; so they are sent to the server that stands behind it.
struct PostgresTools: Sendable {
    private let environment: [String: String]
    private let interruption: Interruption

    /// - Throws: `BackupError` where a pooler stands before the server, and the server itself cannot be reached.
    init(of address: String, isPooled: Bool, interruption: Interruption) async throws {
        try Engine.refuseUnreadable(address)
        self.interruption = interruption
        var variables = ConnectionEnvironment.variables(for: address)
        guard let server = try await Self.serverBehindPooler(address, isPooled) else {
            environment = variables
            return
        }
        variables["PGHOSTADDR"] = nil
        variables["PGHOST"] = server.host
        variables["PGPORT"] = server.port
        environment = variables
        let found = try? run("psql", ["--no-psqlrc", "--tuples-only", "--no-align", "--command", Self.identity])
        guard found?.trimmingCharacters(in: .whitespacesAndNewlines) == server.identity else {
            throw BackupError(
                """
                A pooler such as PgBouncer stands before the server, and Postgres' own programs do not work through one: they set \
                things for their session, which it gives to others. The server behind it (\(server.host), port \(server.port)) \
                cannot be reached from here with this user. Nothing was done. Give --database the server's own address.
                """)
        }
    }

    /// Tells one server's database from all others.
    private static let identity =
        "SELECT extract(epoch FROM pg_postmaster_start_time())::text || ' ' || current_database()"

    private static func serverBehindPooler(
        _ address: String, _ isPooled: Bool
    ) async throws -> (host: String, port: String, identity: String)? {
        let database = PostgresDatabase(
            connectionString: address, connections: 1, isPooled: isPooled,
            logger: Logger(label: "dogear") { _ in SwiftLogNoOpLogHandler() })
        do {
            let server = try await database.session { connection -> (host: String, port: String, identity: String)? in
                guard !connection.keepsSession else { return nil }
                let place = "COALESCE(host(inet_server_addr()), 'localhost'), current_setting('port')"
                return try connection.one(SQLText("SELECT \(place), (\(identity))")) { row in
                    (try row.text(), try row.text(), try row.text())
                }
            }
            await database.close()
            return server
        } catch is SQLError {
            // What is wrong the programs themselves say.
            await database.close()
            return nil
        }
    }

    /// Runs a program; what it printed.
    @discardableResult
    func run(_ tool: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [tool] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        interruption.ends { if process.isRunning { process.terminate() } }
        let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let printed = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        if interruption.isAsked { throw BackupError("Interrupted, so \(tool) was ended. Nothing was kept.") }
        switch process.terminationStatus {
        case 0: return printed
        case 127:
            throw BackupError(
                "\(tool) is not installed here, so nothing was done. Install Postgres' client tools, or use what your host offers."
            )
        case let status:
            throw BackupError(
                "\(tool) ended with \(status): \(Redaction.hidingAddresses(in: String(said.prefix(2_000))))")
        }
    }
}
