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
    /// - Parameter withExtensions: Whether a Postgres shadow begins with the extensions of the database beside it.
    package static func shadows(
        beside address: Settings.DatabaseAddress, withExtensions: Bool = false, logger: Logger
    ) -> Shadow.Make {
        switch address {
        case .sqlite: return { try temporaryFile() }
        case .postgres(let string):
            return { try await temporaryDatabase(beside: string, withExtensions: withExtensions, logger: logger) }
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
        beside address: String, withExtensions: Bool, logger: Logger
    ) async throws -> Shadow {
        try refuseUnreadable(address)
        let name = shadowName()
        let server = PostgresDatabase(connectionString: address, connections: 1, logger: logger)
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
            connectionString: address, database: name, connections: 1, logger: logger)
        // The schemas of the search path; what the owner has installed beforehand, as far as this user may install it too. Shapes are
        // read by wide statements that run for a moment, and that Postgres would compile for a second.
        try await database.session { connection in
            try connection.script("SET jit = off; SET synchronous_commit = off")
            for each in beginning { try? connection.script(each) }
        }
        return Shadow(database: database) {
            await database.close()
            try? await server.session { try $0.script("DROP DATABASE IF EXISTS \(name) WITH (FORCE)") }
            await server.close()
        }
    }
}

/// Backups of a database before its schema is changed, and on demand.
package struct Backups: Sendable {
    private static let kept = 5
    private let address: Settings.DatabaseAddress
    private let clock: Clock
    private let interruption: Interruption

    /// Backups of the database at an address.
    package init(
        of address: Settings.DatabaseAddress, clock: Clock = .system, interruption: Interruption = Interruption()
    ) {
        self.address = address
        self.clock = clock
        self.interruption = interruption
    }

    /// Where a backup is made when nobody says: in a folder beside the file.
    private func folder(beside path: String) -> String { path + "-backups" }

    /// Copies the file before a step (`20261121000004`, `revert-20261121000004`), and drops the oldest past five; nil on Postgres, whose backups are its owner's.
    package func make(before what: String) async throws -> String? {
        guard case .sqlite(let path) = address else { return nil }
        let stamp = clock.now.description.filter { $0.isNumber || $0 == "T" || $0 == "Z" }
        let copy = "\(folder(beside: path))/\(stamp)-before-\(what).sqlite"
        try await copyFile(path, to: copy)
        try dropOldest(beside: path)
        return copy
    }

    /// Copies the database to a file, while others go on using it; where it is.
    /// - Throws: `BackupError` with the reason.
    package func make(to target: String?) async throws -> String {
        let stamp = clock.now.description.filter { $0.isNumber || $0 == "T" || $0 == "Z" }
        switch address {
        case .sqlite(let path):
            let copy = target ?? "\(folder(beside: path))/\(stamp).sqlite"
            try await copyFile(path, to: copy)
            return copy
        case .postgres(let string):
            let copy = target ?? "dogear-\(stamp).dump"
            try refuseExisting(copy)
            // A dump holds everything: pg_dump writes to a file that is its owner's alone already.
            let unfinished = copy + ".unfinished"
            try? FileManager.default.removeItem(atPath: unfinished)
            try PrivateFiles.make(unfinished)
            defer { try? FileManager.default.removeItem(atPath: unfinished) }
            try run("pg_dump", ["--format=custom", "--file", unfinished], of: string)
            try FileManager.default.moveItem(atPath: unfinished, toPath: copy)
            return copy
        }
    }

    /// Puts a backup in the place of the database. On SQLite the file that stood is kept beside it; where it is.
    /// - Throws: `BackupError` with the reason; the database is then as it was.
    package func restore(from source: String) async throws -> String? {
        guard FileManager.default.fileExists(atPath: source) else { throw BackupError("There is no file \(source).") }
        switch address {
        case .sqlite(let path):
            try await SQLiteDatabase.checkIntegrity(of: source)
            return try await replaceFile(path, by: source)
        case .postgres(let string):
            try await replaceDatabase(string, by: source)
            return nil
        }
    }

    /// One transaction: every schema of the database's own goes, and the dump's come.
    private func replaceDatabase(_ address: String, by source: String) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dogear-restore-\(ID.random())").path
        try PrivateFiles.makeFolder(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try run("pg_restore", ["--no-owner", "--file", folder + "/dump.sql", source], of: address)
        let clear = """
            DO $$ DECLARE space text; BEGIN
                FOR space IN SELECT quote_ident(nspname) FROM pg_namespace
                    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
                LOOP EXECUTE 'DROP SCHEMA ' || space || ' CASCADE'; END LOOP;
            END $$;
            SELECT lo_unlink(oid) FROM pg_largeobject_metadata;
            DO $$ BEGIN
                CREATE SCHEMA public AUTHORIZATION pg_database_owner;
            EXCEPTION WHEN insufficient_privilege OR undefined_object THEN
                CREATE SCHEMA public;
            END $$;
            GRANT USAGE ON SCHEMA public TO PUBLIC;
            """
        try clear.write(toFile: folder + "/clear.sql", atomically: false, encoding: .utf8)
        try run(
            "psql",
            [
                "--quiet", "--no-psqlrc", "--single-transaction", "--set", "ON_ERROR_STOP=1", "--file",
                folder + "/clear.sql",
                "--file", folder + "/dump.sql", "--output", "/dev/null",
            ], of: address)
    }

    private func copyFile(_ path: String, to copy: String) async throws {
        guard FileManager.default.fileExists(atPath: path) else { throw BackupError("There is no file \(path) yet.") }
        try refuseExisting(copy)
        let folder = URL(fileURLWithPath: copy).deletingLastPathComponent().path
        do {
            try PrivateFiles.makeFolder(folder)
        } catch {
            throw BackupError(
                "The folder \(folder) cannot be made, so there is no backup, and nothing was changed. Give Dogear the right to write there, or leave the backup out with --no-backup."
            )
        }
        let unfinished = copy + ".unfinished"
        try? FileManager.default.removeItem(atPath: unfinished)
        do {
            try await SQLiteDatabase.backUp(path, to: unfinished, unless: { [interruption] in interruption.isAsked })
        } catch  where interruption.isAsked {
            try? FileManager.default.removeItem(atPath: unfinished)
            throw BackupError("Interrupted. Nothing was kept.")
        }
        try FileManager.default.moveItem(atPath: unfinished, toPath: copy)
    }

    /// What takes the place of a file is for the eyes of those who might see that.
    private func keepMode(of path: String, for copy: String) throws {
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        if let mode { try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: copy) }
    }

    private func refuseExisting(_ copy: String) throws {
        guard !FileManager.default.fileExists(atPath: copy) else {
            throw BackupError("\(copy) is there already, and is not written over. Name another file.")
        }
    }

    /// Of several tries at one step only the newest copy counts, so that tries do not push out the copies of other steps.
    private func dropOldest(beside path: String) throws {
        let folder = folder(beside: path)
        let copies = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.contains("-before-") && $0.hasSuffix(".sqlite") }.sorted()
        let newest = Dictionary(copies.map { ($0.drop { $0 != "-" }, $0) }) { _, later in later }.values.sorted()
        let kept = Set(newest.suffix(Self.kept))
        for copy in copies where !kept.contains(copy) {
            try FileManager.default.removeItem(atPath: folder + "/" + copy)
        }
    }

    private func replaceFile(_ named: String, by source: String) async throws -> String? {
        // A link stays a link: what it points to is replaced.
        let isLink = (try? FileManager.default.destinationOfSymbolicLink(atPath: named)) != nil
        let path = isLink ? URL(fileURLWithPath: named).resolvingSymlinksInPath().path : named
        let new = path + ".restoring"
        try? FileManager.default.removeItem(atPath: new)
        try await SQLiteDatabase.backUp(source, to: new)
        guard FileManager.default.fileExists(atPath: path) else {
            try moveAtomically(new, to: path)
            return nil
        }
        try keepMode(of: path, for: new)
        let old = "\(path)-replaced-\(clock.now.description.filter { $0.isNumber || $0 == "T" || $0 == "Z" })"
        try await SQLiteDatabase.holdingAlone(path) {
            // At every moment there is a whole file under the database's name.
            try FileManager.default.linkItem(atPath: path, toPath: old)
            try moveAtomically(new, to: path)
            for suffix in ["-wal", "-shm", "-journal"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        }
        return old
    }

    private func run(_ tool: String, _ arguments: [String], of address: String) throws {
        try Engine.refuseUnreadable(address)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [tool] + arguments
        process.environment = ProcessInfo.processInfo.environment
            .merging(ConnectionEnvironment.variables(for: address)) { _, new in new }
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        interruption.ends { if process.isRunning { process.terminate() } }
        let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        if interruption.isAsked { throw BackupError("Interrupted, so \(tool) was ended. Nothing was kept.") }
        switch process.terminationStatus {
        case 0: return
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

/// Why a copy of a database could not be made or put back.
package struct BackupError: Error, CustomStringConvertible, Sendable {
    /// A sentence or two for a person.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Renames a file over another and sees to it that the folder remembers.
private func moveAtomically(_ source: String, to target: String) throws {
    guard rename(source, target) == 0 else {
        throw BackupError("\(source) could not be given the name \(target): \(String(cString: strerror(errno)))")
    }
    let folder = open(URL(fileURLWithPath: target).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
}
