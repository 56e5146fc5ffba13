import CPostgres
import Foundation
import SQL

/// Where a server is, with everything that libpq wants to know.
package struct ConnectionAddress: Sendable {
    private let text: String
    private let database: String?

    /// The address that a connection string gives.
    /// - Parameters:
    ///   - text: A `postgres://` URL or `key=value` pairs.
    ///   - database: Another database on the same server; nil for the one that the string names.
    package init(_ text: String, database: String? = nil) {
        self.text = text
        self.database = database
    }

    /// What it is called in a message: without a password, and without what it leaves to libpq's defaults.
    package var name: String {
        let known = ConnectionEnvironment.variables(for: text)
        let place = [known["PGHOST"], known["PGPORT"]].compactMap { $0 }.joined(separator: ":")
        return "Postgres database \(database ?? known["PGDATABASE"] ?? "") on \(place)"
    }

    /// Whether libpq can read it, and reads it as it was meant: a password that holds `/` or `@` as they are would be taken for
    /// the server's name or port.
    package var isReadable: Bool {
        guard let options = PQconninfoParse(text, nil) else { return false }
        PQconninfoFree(options)
        // Without its host, USER:PASSWORD would be taken for HOST:PORT.
        let port = ConnectionEnvironment.variables(for: text)["PGPORT"] ?? ""
        guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ",") }) else { return false }
        guard let scheme = text.firstRange(of: "://") else { return true }
        let rest = text[scheme.upperBound...].prefix { $0 != "?" }
        guard let end = rest.firstIndex(where: { $0 == "@" || $0 == "/" }) else { return true }
        return !rest[rest.index(after: end)...].contains("@")
    }

    /// A message of libpq or of the server without the password, which some of them repeat.
    func redacted(_ message: String) -> String {
        guard isReadable else { return "the connection string cannot be read" }
        let secrets = ["PGPASSWORD", "PGSSLPASSWORD"].compactMap { ConnectionEnvironment.variables(for: text)[$0] }
        return Redaction.hiding(secrets, in: message)
    }

    /// Connects with bounds that the connection string may override: 5 s to connect, 10 s until a silent server counts as lost.
    ///
    /// Of two `dbname` the first is read as a connection string and the second is the database's name (libpq, PQconnectdbParams).
    func connect() -> OpaquePointer? {
        let options: [(String, String)] =
            [
                ("connect_timeout", "5"), ("tcp_user_timeout", "10000"), ("keepalives_idle", "10"),
                ("keepalives_interval", "5"), ("keepalives_count", "3"),
                ("application_name", "dogear"), ("client_encoding", "UTF8"), ("dbname", text),
            ] + (database.map { [("dbname", $0)] } ?? [])
        return withCStrings(options.map(\.0)) { names in
            withCStrings(options.map(\.1)) { values in PQconnectdbParams(names, values, 1) }
        }
    }
}
