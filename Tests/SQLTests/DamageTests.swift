import Core
import Foundation
import SQL
import SQLite
import TestSupport
import Testing

/// A SQLite file that is damaged, full, or seen by others.
@Suite struct DamageTests {
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = try temporaryFolder("damage")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    private func mode(_ path: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int ?? 0
    }

    @Test func `a file that is no database is damaged, not unreachable`() async throws {
        try await withFolder { folder in
            let path = folder + "/dogear.sqlite"
            try String(repeating: "what somebody wrote ", count: 1_000)
                .write(toFile: path, atomically: false, encoding: .utf8)
            let refused = await refusal { try SQLiteDatabase(path: path) }
            #expect(refused == .corrupt)
            let unchecked = await refusal { try await SQLiteDatabase.checkIntegrity(of: path) }
            #expect(unchecked == .corrupt)
        }
    }

    @Test func `pages that were written over are damage to whoever reads them`() async throws {
        try await withFolder { folder in
            let path = folder + "/dogear.sqlite"
            let database = try SQLiteDatabase(path: path)
            try await database.write { connection in
                try connection.script("CREATE TABLE things (id INTEGER PRIMARY KEY, data BLOB)")
                for id in 0..<500 {
                    try connection.execute(
                        "INSERT INTO things (id, data) VALUES ($1, randomblob(900))", [.integer(id)])
                }
            }
            await database.close()
            let file = try #require(FileHandle(forUpdatingAtPath: path))
            try file.seek(toOffset: 4_096)
            try file.write(contentsOf: Data(repeating: 0xA5, count: 200_000))
            try file.close()
            let again = try SQLiteDatabase(path: path)
            let read = await refusal {
                try await again.read { try $0.one("SELECT sum(length(data)) FROM things") { try $0.integer() } }
            }
            #expect(read == .corrupt)
            #expect(SQLError.corrupt("x").problem.code == "database-corrupt")
            await again.close()
        }
    }

    /// The limit stands for a full disk: SQLite says the same of both.
    @Test func `a write that finds no room puts the database in doubt until a probe has written`() async throws {
        try await withFolder { folder in
            let database = try SQLiteDatabase(path: folder + "/dogear.sqlite")
            try await database.write { try $0.script("CREATE TABLE things (id INTEGER PRIMARY KEY, data BLOB)") }
            try await database.session { try $0.script("PRAGMA max_page_count = 20") }
            let big: SQLText = "INSERT INTO things (data) VALUES (randomblob(200000))"
            let full = await refusal { try await database.write { try $0.execute(big) } }
            #expect(full == .unavailable)
            // Nothing but a page that is there already is written, so this one succeeds.
            try await database.probe()
            try await database.session { connection in
                try connection.script("PRAGMA max_page_count = 100000; PRAGMA query_only = ON")
            }
            let refused = await refusal { try await database.write { try $0.execute(big) } }
            #expect(refused == .unavailable)
            let probed = await refusal { try await database.probe() }
            #expect(probed == .unavailable)
            try await database.session { try $0.script("PRAGMA query_only = OFF") }
            try await database.probe()
            await database.close()
        }
    }

    @Test func `the writer sees that somebody else has written, and not what it wrote itself`() async throws {
        try await withFolder { folder in
            let path = folder + "/dogear.sqlite"
            let (ours, theirs) = (try SQLiteDatabase(path: path), try SQLiteDatabase(path: path))
            try await ours.write { try $0.script("CREATE TABLE things (id INTEGER PRIMARY KEY)") }
            let first = try await ours.write { try $0.foreignChanges }
            try await ours.write { try $0.execute("INSERT INTO things (id) VALUES (1)") }
            let own = try await ours.write { try $0.foreignChanges }
            #expect(own == first)
            try await theirs.write { try $0.execute("INSERT INTO things (id) VALUES (2)") }
            let foreign = try await ours.write { try $0.foreignChanges }
            #expect(foreign != first)
            await ours.close()
            await theirs.close()
        }
    }

    @Test func `what is made for a database is its owner's alone`() async throws {
        try await withFolder { folder in
            let inner = folder + "/a/b"
            try PrivateFiles.makeFolder(inner)
            #expect(try mode(folder + "/a") == 0o700 && mode(inner) == 0o700)
            let path = inner + "/dogear.sqlite"
            let database = try SQLiteDatabase(path: path)
            try await database.write { try $0.script("CREATE TABLE things (id INTEGER PRIMARY KEY)") }
            for file in [path, path + "-wal", path + "-shm"] { #expect(try mode(file) == 0o600, "\(file)") }
            try await SQLiteDatabase.backUp(path, to: inner + "/copy.sqlite")
            #expect(try mode(inner + "/copy.sqlite") == 0o600)
            await database.close()
            let nowhere = await refusal { try PrivateFiles.makeFolder("/proc/nowhere/at/all") }
            #expect(nowhere == .unavailable)
        }
    }
}
