package import Core
import Foundation
package import Migrations
import SQLite
package import Settings

/// Backups of a database before its schema is changed, and on demand.
package struct Backups: Sendable {
    private static let kept = 5
    private let address: Settings.DatabaseAddress
    private let clock: Clock
    private let isPooled: Bool
    private let interruption: Interruption

    /// Backups of the database at an address.
    package init(
        of address: Settings.DatabaseAddress, clock: Clock = .system, isPooled: Bool = false,
        interruption: Interruption = Interruption()
    ) {
        self.address = address
        self.isPooled = isPooled
        self.clock = clock
        self.interruption = interruption
    }

    /// Where a backup is made when nobody says: in a folder beside the file.
    private func folder(beside path: String) -> String { path + "-backups" }

    /// The folder that is looked into for backups of a database when no other is named; nil where there is none of its own.
    static func folder(of address: Settings.DatabaseAddress) -> String? {
        if case .sqlite(let path) = address { path + "-backups" } else { nil }
    }

    /// Whether a file begins as a dump of pg_dump's does.
    static func looksLikeDump(_ path: String) -> Bool {
        FileHandle(forReadingAtPath: path).flatMap { try? $0.read(upToCount: 5) } == Data("PGDMP".utf8)
    }

    /// What a file made now is called: the moment, in letters that every file system takes.
    var stamp: String { clock.now.description.filter { $0.isNumber || $0 == "T" || $0 == "Z" } }

    /// Copies the file before a step (`20261121000004`, `revert-20261121000004`), and drops the oldest past five; nil on Postgres, whose backups are its owner's.
    package func make(before what: String) async throws -> String? {
        guard case .sqlite(let path) = address else { return nil }
        let copy = "\(folder(beside: path))/\(stamp)-before-\(what).sqlite"
        try await copyFile(path, to: copy)
        try dropOldest(beside: path)
        return copy
    }

    /// Copies the database to a file, while others go on using it; where it is.
    /// - Throws: `BackupError` with the reason.
    package func make(to target: String?) async throws -> String {
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
            let tools = try await PostgresTools(
                of: string, isPooled: isPooled, interruption: interruption)
            _ = try await onOwnThread { try tools.run("pg_dump", ["--format=custom", "--file", unfinished]) }
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
        let tools = try await PostgresTools(of: address, isPooled: isPooled, interruption: interruption)
        try tools.run("pg_restore", ["--no-owner", "--file", folder + "/dump.sql", source])
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
        try tools.run(
            "psql",
            [
                "--quiet", "--no-psqlrc", "--single-transaction", "--set", "ON_ERROR_STOP=1", "--file",
                folder + "/clear.sql",
                "--file", folder + "/dump.sql", "--output", "/dev/null",
            ])
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
        let old = "\(path)-replaced-\(stamp)"
        try await SQLiteDatabase.holdingAlone(path) {
            // At every moment there is a whole file under the database's name.
            try FileManager.default.linkItem(atPath: path, toPath: old)
            try moveAtomically(new, to: path)
            for suffix in ["-wal", "-shm", "-journal"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        }
        return old
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
