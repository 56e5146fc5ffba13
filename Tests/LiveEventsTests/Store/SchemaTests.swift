import Core
import HTTPTypes
import Migrations
import SQL
import Schema
import TestSupport
import Testing

/// The seeds' two migrations, on tables that hold rows.
@Suite struct SchemaTests {
    private static let participants = 100_000

    /// Versions: the tables that the seeds build on, and the last of the seeds' own.
    private static let base: Int64 = 20_261_127_000_021
    private static let seeds: Int64 = 20_261_127_000_030

    private func number(_ query: SQLText, _ database: any Database) async throws -> Int {
        try await database.read { try $0.one(query) { try $0.integer() } }
    }

    private func fill(_ database: any Database) async throws {
        try await database.session { connection in
            let (id, series) =
                switch database.dialect {
                case .sqlite:
                    (
                        "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4000-8000-' || hex(randomblob(6)))",
                        "(WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < \(Self.participants)) SELECT n FROM n)"
                    )
                case .postgres: ("gen_random_uuid()", "(SELECT n FROM generate_series(1, \(Self.participants)) AS n)")
                }
            try connection.script(
                """
                INSERT INTO events (id, title, join_code) SELECT \(id), 'E', 'CODE1';
                INSERT INTO segments (event_id, presenter_name, title, status) SELECT id, 'Ada', 'Talk', 'quizzing' FROM events;
                INSERT INTO event_participants (event_id, display_name)
                SELECT (SELECT id FROM events), 'P' || n FROM \(series) AS numbers;
                """)
        }
    }

    @Test(arguments: TestEngine.allCases) func `each old row has a device of its own, up, down and up again`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase(migrated: false) { (database: any Database) async throws in
            let migrator = Migrator(database: database, set: try Schema.migrations(for: database.dialect))
            _ = try await migrator.run(to: Self.base)
            try await fill(database)
            for _ in 0..<2 {
                _ = try await migrator.run(to: Self.seeds)
                let devices = try await number("SELECT COUNT(DISTINCT device_id) FROM event_participants", database)
                #expect(devices == Self.participants)
                let twice = SQLText(
                    "INSERT INTO event_participants (event_id, display_name, device_id) SELECT event_id, 'Twin', device_id FROM event_participants LIMIT 1"
                )
                await #expect(throws: SQLError.self) { () async throws in
                    try await database.write { connection in _ = try connection.changed(twice, []) }
                }
                _ = try await migrator.revert(to: Self.base)
                #expect(try await number("SELECT COUNT(*) FROM event_participants", database) == Self.participants)
            }
            _ = try await migrator.run()
            #expect(
                try await number("SELECT COUNT(*) FROM event_participants WHERE presence = 'left'", database)
                    == Self.participants)
        }
    }

    @Test func `a Postgres database with the seeds' base tables is taken over, and served`() async throws {
        try await TestEngine.postgres.withDatabase(migrated: false) { (database: any Database) async throws in
            let set = try Schema.migrations(for: .postgres)
            let migrator = Migrator(database: database, set: set)
            let base = try #require(set.migrations.first { $0.version == Self.base })
            try await database.session { try $0.script(String(decoding: base.up.bytes, as: UTF8.self)) }
            try await fill(database)
            let outcome = try await Adopter(migrator, makeShadow: TestEngine.postgres.shadow).adopt()
            #expect(outcome.recognised.map(\.version) == [Self.base])
            #expect(
                try await number("SELECT COUNT(DISTINCT device_id) FROM event_participants", database)
                    == Self.participants)
            try await TestServer.run(over: database) { server in
                let calls = try await EventCalls.make(server)
                #expect(try await calls.join().status == 200)
                let old = try await server.send(.get, "/api/events/join/code1")
                #expect(old.status == 200 && old["title"].string == "E")
            }
        }
    }
}
