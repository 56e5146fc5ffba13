import Changes
import Core
import SQL
import TestSupport
import Testing

@testable import Playback

/// Progress by platform that has had its time.
@Suite struct ProgressStoreTests {
    private static let user = ID(high: 1, low: 7)

    private struct Kept {
        let platform: String
        let isCompleted: Bool
        let at: Instant
    }

    private static func put(_ kept: [Kept], _ changes: Changes) async throws {
        try await changes.make { change in
            for one in kept {
                try change.connection.execute(
                    """
                    INSERT INTO playback_progress (
                        user_id, content_id, platform_id, progress_seconds, duration_seconds, is_completed, updated_at
                    )
                    VALUES ($1, $1, $2, 1, 1, $3, $4)
                    """, [.id(user), .text(one.platform), .bool(one.isCompleted), .instant(one.at)])
            }
        }
    }

    private static func platforms(_ changes: Changes) async throws -> [String] {
        try await changes.read { connection in
            try connection.all("SELECT platform_id FROM playback_progress", []) { try $0.text() }
        }.sorted()
    }

    @Test(arguments: TestEngine.allCases) func `it is looked through a few rows at a time, each once`(
        engine: TestEngine
    )
        async throws
    {
        try await engine.withDatabase { database in
            let clock = ManualClock()
            let changes = Changes(database: database, clock: clock.source)
            let (limit, late) = (clock.now - .days(30), clock.now - .days(30) - .milliseconds(1))
            try await Self.put(
                [
                    Kept(platform: "a 1", isCompleted: false, at: late),
                    Kept(platform: "a 2", isCompleted: true, at: limit),
                    Kept(platform: "a 3", isCompleted: true, at: late),
                    Kept(platform: "b", isCompleted: true, at: late),
                    Kept(platform: "c", isCompleted: false, at: limit),
                    Kept(platform: "d", isCompleted: true, at: late),
                    Kept(platform: "e", isCompleted: false, at: late),
                ], changes)
            var places: [String?] = [nil]
            repeat {
                let from = places.last ?? nil
                places.append(try await changes.make { try ProgressStore.sweep(after: from, limit: 2, $0) })
            } while places.last != .some(nil)
            let key = "\(Self.user) \(Self.user)"
            #expect(places == [nil, "\(key) a 2", "\(key) b", "\(key) d", nil])
            #expect(try await Self.platforms(changes) == ["a 1", "a 2", "c", "e"])
        }
    }
}
