package import Core
import Foundation
package import Logging
package import Migrations
import Postgres
import SQL
import SQLite
package import Settings

/// Copies of a database: shadows to try things on, and backups.
extension Engine {
    /// Makes databases beside one, to be thrown away: a temporary file, or a temporary database on the same server.
    /// - Parameters:
    ///   - withExtensions: Whether a Postgres shadow begins with the extensions of the database beside it.
    ///   - isPooled: Whether a pooler stands before Postgres that is not found out by itself.
    package static func shadows(
        beside address: Settings.DatabaseAddress, withExtensions: Bool = false, isPooled: Bool = false,
        logger: Logger
    ) -> Shadow.Make {
        switch address {
        case .sqlite: return { try temporaryFile() }
        case .postgres(let string):
            return {
                try await temporaryDatabase(
                    beside: string, withExtensions: withExtensions, isPooled: isPooled, logger: logger)
            }
        }
    }

    /// Whether a name is exactly that of a shadow, made more than an hour ago: the seconds, and 32 hexadecimal digits.
    ///
    /// What is dropped for its name must have no other reading: `dogear_shadow_2026` may be somebody's database.
    package static func isStaleShadow(_ name: String, now: Instant) -> Bool {
        let parts = name.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "dogear", parts[1] == "shadow", parts[2].utf8.count == 10,
            parts[2].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let made = Int64(parts[2]),
            parts[3].utf8.count == 32,
            parts[3].utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return false }
        return made < now.milliseconds / 1_000 - 3_600
    }

    private static func shadowName() -> String {
        let now = Clock.system.now
        return "dogear_shadow_\(now.milliseconds / 1_000)_" + String(ID.random().description.filter { $0 != "-" })
    }

    private static func temporaryFile() throws -> Shadow {
        let place = FileManager.default.temporaryDirectory.path
        for old in try FileManager.default.contentsOfDirectory(atPath: place)
        where isStaleShadow(old, now: Clock.system.now) {
            try? FileManager.default.removeItem(atPath: "\(place)/\(old)")
        }
        let folder = "\(place)/\(shadowName())"
        try PrivateFiles.makeFolder(folder)
        let database = try SQLiteDatabase(path: folder + "/shadow.sqlite", readers: 1)
        return Shadow(database: database) {
            await database.close()
            try? FileManager.default.removeItem(atPath: folder)
        }
    }

    private static func temporaryDatabase(
        beside address: String, withExtensions: Bool, isPooled: Bool, logger: Logger
    ) async throws -> Shadow {
        try refuseUnreadable(address)
        let name = shadowName()
        let server = PostgresDatabase(
            connectionString: address, connections: 1, isPooled: isPooled, logger: logger)
        let beginning: [String]
        do {
            beginning = try await server.session { connection in
                let all = try connection.all("SELECT datname::text FROM pg_database", []) { try $0.text() }
                for old in all where isStaleShadow(old, now: Clock.system.now) {
                    try? connection.script("DROP DATABASE IF EXISTS \(old)")
                }
                try connection.script("CREATE DATABASE \(name)")
                return try connection.all(
                    """
                    SELECT 'CREATE SCHEMA ' || quote_ident(name)
                    FROM unnest(current_schemas(false)) AS name
                    WHERE name <> 'public'
                    UNION ALL
                    SELECT 'CREATE EXTENSION IF NOT EXISTS ' || quote_ident(extname)
                    FROM pg_extension
                    WHERE extname <> 'plpgsql' AND $1
                    """, [.bool(withExtensions)]
                ) { try $0.text() }
            }
        } catch let error as SQLError {
            await server.close()
            if case .unavailable = error { throw error }
            throw BackupError(
                "No shadow database could be made beside the named one, for which its user needs CREATEDB. \(error)")
        }
        let database = PostgresDatabase(
            connectionString: address, database: name, connections: 1, isPooled: isPooled, logger: logger)
        let shadow = Shadow(database: database) {
            await database.close()
            try? await server.session { try $0.script("DROP DATABASE IF EXISTS \(name) WITH (FORCE)") }
            await server.close()
        }
        do {
            // The schemas of the search path; what the owner has installed beforehand, as far as this user may install it too.
            try await database.session { connection in
                if connection.keepsSession { try connection.script("SET synchronous_commit = off") }
                for each in beginning { try? connection.script(each) }
            }
        } catch {
            await shadow.drop()
            throw BackupError(
                "The shadow database beside the named one cannot be reached. A pooler must let databases through that its file does not name (`* = …`). \(error)"
            )
        }
        return shadow
    }
}

/// Why a copy of a database could not be made or put back.
package struct BackupError: Error, CustomStringConvertible, Sendable {
    /// A sentence or two for a person.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
