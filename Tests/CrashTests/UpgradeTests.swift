import Core
import Foundation
import TestSupport
import Testing

/// Two versions side by side on one database: a newer one has brought the schema further than the older one knows.
@Suite(.inTurns) struct UpgradeTests {
    private static let schema = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Sources/Schema").path

    /// Our steps, and one more as a newer version would have it: tables and columns are added, none is taken away.
    private func newerSteps(in folder: String) throws -> String {
        let steps = folder + "/steps"
        try FileManager.default.copyItem(atPath: Self.schema + "/postgres", toPath: steps)
        try """
        ALTER TABLE playback_sessions ADD COLUMN next_version TEXT;
        ALTER TABLE watch_history ADD COLUMN next_version INT NOT NULL DEFAULT 7;
        CREATE TABLE next_version (id UUID PRIMARY KEY NOT NULL);
        """.write(toFile: steps + "/29990101000000_next_version.up.sql", atomically: false, encoding: .utf8)
        return steps
    }

    @Test func `an older node serves on while a newer one changes the schema, and can be started again`() async throws {
        let folder = try temporaryFolder("upgrade")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let address = try TestEngine.postgres.address(in: folder)
        let steps = try newerSteps(in: folder)
        let older = try DogearProcess(["--database", address], in: folder)
        let user = ID.random()
        let opened = try await older.send(
            "POST", "/api/v1/sessions",
            #"{"user_id":"\#(user)","content_id":"\#(user)","device_id":"tv","duration_seconds":3600}"#)
        let session = try #require(opened["id"].string)
        func report(_ node: DogearProcess, _ position: Int) async throws -> Int {
            try await node.send(
                "PATCH", "/api/v1/sessions/\(session)/position", #"{"position_seconds":\#(position)}"#
            ).status
        }
        async let changed = runAside(
            DogearProcess.binary, ["migrate", "run", "--database", address, "--source", steps], in: folder)
        var position = 30
        while position < 60 {
            position += 1
            let status = try await report(older, position)
            #expect(status == 200)
        }
        _ = try await changed
        for _ in 0..<5 {
            position += 1
            let status = try await report(older, position)
            #expect(status == 200)
        }
        #expect(older.stop() == 0)

        let refused = try run(DogearProcess.binary, ["serve", "--database", address], in: folder, allowFailure: true)
        #expect(refused.contains("29990101000000") && refused.contains("--no-migrate"), "\(refused)")
        let again = try DogearProcess(["--database", address, "--no-migrate"], in: folder)
        let status = try await report(again, position + 1)
        #expect(status == 200)
        let history = try await again.send("GET", "/api/v1/users/\(user)/history/\(user)")
        #expect(history["resume_position_seconds"].int == position + 1)
        again.stop()
    }
}
