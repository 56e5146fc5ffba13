import Foundation
import TestSupport
import Testing

/// The OpenAPI document, driven against the running server.
@Suite struct OpenAPITests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    @Test(arguments: TestEngine.allCases) func `every answer is documented and on its schema`(engine: TestEngine) throws
    {
        let folder = try temporaryFolder("openapi")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try DogearProcess(["--demo", "--database", try engine.address(in: folder)], in: folder)
        let said = try run("bash", [Self.root + "/scripts/schemathesis.sh", server.origin], in: folder)
        #expect(!said.isEmpty)
        #expect(server.stop() == 0)
    }
}
