import Core
import HTTPTypes
import Migrations
import SQL
import Schema
import TestSupport
import Testing

@testable import Monitoring

/// Seed 004's migration, on tables that hold rows.
@Suite struct SchemaTests {
    private static let summaries = 100_000

    /// Versions: the tables that the seed builds on, and the seed's own step.
    private static let base: Int64 = 20_261_127_000_041
    private static let seed: Int64 = 20_261_127_000_042

    private func number(_ query: SQLText, _ database: any Database) async throws -> Int {
        try await database.read { try $0.one(query) { try $0.integer() } }
    }

    private func script(_ text: String, _ database: any Database) async throws {
        try await database.session { try $0.script(text) }
    }

    private func fill(_ database: any Database) async throws {
        let series =
            switch database.dialect {
            case .sqlite:
                "(WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < \(Self.summaries)) SELECT n FROM n)"
            case .postgres: "(SELECT n FROM generate_series(1, \(Self.summaries)) AS n)"
            }
        try await script(
            """
            INSERT INTO jobs (user_id, x_username, frequency, topics, created_at)
            VALUES ('00000000-0000-4000-8000-000000000001', 'ann', 'hourly', '["rain"]', '2026-11-01 08:00:00');
            INSERT INTO summaries (job_id, content, tweets_count) SELECT (SELECT id FROM jobs), 'S' || n, n FROM \(series) AS numbers;
            """, database)
    }

    @Test(arguments: TestEngine.allCases) func `playground runs and executions come back, up, down and up again`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase(migrated: false) { (database: any Database) async throws in
            let migrator = Migrator(database: database, set: try Schema.migrations(for: database.dialect))
            _ = try await migrator.run(to: Self.base)
            try await fill(database)
            _ = try await migrator.run(to: Self.seed)
            try await script(
                """
                INSERT INTO job_executions (job_id, status, tweets_fetched) SELECT id, 'COMPLETED', 7 FROM jobs;
                UPDATE summaries SET execution_id = (SELECT id FROM job_executions) WHERE tweets_count = 5;
                INSERT INTO summaries (is_playground, x_username, hours_back, content, tweets_count)
                SELECT TRUE, 'bob', 12, 'P' || tweets_count, tweets_count FROM summaries WHERE tweets_count <= 100;
                """, database)
            for _ in 0..<2 {
                _ = try await migrator.revert(to: Self.base)
                #expect(try await number("SELECT COUNT(*) FROM summaries", database) == Self.summaries)
                _ = try await migrator.run(to: Self.seed)
                #expect(try await number("SELECT COUNT(*) FROM summaries", database) == Self.summaries + 100)
                let kept: SQLText = """
                    SELECT COUNT(*) FROM summaries
                    WHERE is_playground AND x_username = 'bob' AND hours_back = 12 AND job_id IS NULL
                        AND content = 'P' || tweets_count
                    """
                #expect(try await number(kept, database) == 100)
                let run: SQLText = """
                    SELECT COUNT(*) FROM summaries JOIN job_executions ON job_executions.id = execution_id
                    WHERE content = 'S5' AND tweets_fetched = 7
                    """
                #expect(try await number(run, database) == 1)
            }
            try await script(
                "INSERT INTO job_executions (job_id, status) SELECT id, 'FAILED' FROM jobs", database)
            _ = try await migrator.run()
            #expect(try await number("SELECT COUNT(*) FROM jobs WHERE look_at IS NOT NULL", database) == 1)
        }
    }

    @Test(arguments: TestEngine.allCases, [1, 2]) func `an older program's tables are taken over, and served`(
        engine: TestEngine, steps: Int
    ) async throws {
        try await engine.withDatabase(migrated: false) { (database: any Database) async throws in
            let set = try Schema.migrations(for: engine == .sqlite ? .sqlite : .postgres)
            let own = set.migrations.filter { $0.version >= Self.base - 1 && $0.version < Self.base + Int64(steps) }
            for step in own { try await script(String(decoding: step.up.bytes, as: UTF8.self), database) }
            try await script("DROP TABLE executions_put_aside; DROP TABLE summaries_put_aside;", database)
            try await fill(database)
            let outcome = try await Adopter(Migrator(database: database, set: set), makeShadow: engine.shadow).adopt()
            #expect(outcome.recognised.map(\.version) == own.dropFirst().map(\.version))
            try await TestServer.run(over: database) { server in
                let ready = try await server.send(.get, "/ready")
                #expect(ready.status == 200)
            }
            let watch = Watch(database)
            try await watch.look()
            let job = try await watch.find(1)
            #expect(job.plan.topics == ["rain"] && job.nextDueAt != nil)
            watch.clock.advance(.hours(1))
            try await watch.look()
            #expect(try await watch.record(1).map(\.status) == [.completed])
        }
    }
}
