import Foundation
import TestSupport
import Testing

/// The short form of `make chaos`: three nodes, Redis, Postgres, Kafka and the sync service, hurt in turn while they are in use.
@Suite(.inTurns) struct ChaosTests {
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("chaos/run.py").path

    @Test func `nothing that was acknowledged is lost, and every call is answered in the end`() async throws {
        let said = try await runAside(
            "python3", [Self.script, "--binary", DogearProcess.binary, "--seconds", "30"], allowFailure: true)
        #expect(said.contains("| nothing is owed any more | yes |"), "\(said)")
        #expect(!said.contains("**no**") && !said.contains("chaos: it could not"), "\(said)")
    }
}
