import Foundation
import TestSupport
import Testing
import Web

/// The OpenAPI document, driven against the running server.
@Suite(.inTurns) struct OpenAPITests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    @Test(arguments: TestEngine.allCases) func `every answer is documented and on its schema`(
        engine: TestEngine
    ) async throws {
        let folder = try temporaryFolder("openapi")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try DogearProcess(["--demo", "--database", try engine.address(in: folder)], in: folder)
        let said = try await runAside("bash", [Self.root + "/scripts/schemathesis.sh", server.origin], in: folder)
        #expect(!said.isEmpty)
        #expect(server.stop() == 0)
    }

    @Test func `every route is in the OpenAPI document, and every documented one is a route`() async throws {
        let documented = Set(try Self.operations().keys).subtracting([Self.document])
        try await TestServer.run(on: .sqlite) { server in
            let routes = Set(server.routes.entries.filter(Self.isCall).map { "\($0.method) \($0.path)" })
            #expect(routes.count > 60)
            #expect(routes.subtracting(documented) == [], "in no document")
            #expect(documented.subtracting(routes) == [], "documented, and no route")
        }
    }

    @Test func `the OpenAPI document asks for the tokens that a route asks for`() async throws {
        let operations = try Self.operations()
        try await TestServer.run(on: .sqlite) { server in
            for route in server.routes.entries.filter(Self.isCall) {
                guard let expected = Self.tokens(route.audience) else { continue }
                let asked = operations["\(route.method) \(route.path)"]
                #expect(asked == expected, "\(route.method) \(route.path)")
            }
        }
    }

    /// The document itself is a file, like those of the pages.
    private static let document = "GET /openapi.yaml"

    /// Calls that are not below `/api`: of operations, the two paths of seed 004, and what a mail's link leads to.
    private static let callsElsewhere = [
        "/health", "/ready", "/metrics", "/jobs/{job_id}/executions", "/playground/history",
        "/unsubscribe/{job_id}/{token}",
    ]

    /// What an app calls: everything but pages, and the files that they load.
    private static func isCall(_ route: RouteBook.Entry) -> Bool {
        route.path.hasPrefix("/api/") || route.method != "GET" || callsElsewhere.contains(route.path)
    }

    /// The security schemes by which one may be signed in, or play a part in a live event; nil for routes that ask for neither.
    private static func tokens(_ audience: Audience) -> Set<String>? {
        switch audience {
        case .roles(let roles): Set(roles.map { "\($0.rawValue)Token" })
        case .steering(_, let roles):
            Set(roles.map { "\($0.rawValue)Token" }).union(["bearerAuth"]).union(
                roles.contains(.host) ? ["hostCookie"] : [])
        case .signedIn: ["bearerAuth", "signInCookie"]
        default: nil
        }
    }

    /// Each documented operation, such as `GET /health`, with the security schemes that it names itself.
    private static func operations() throws -> [String: Set<String>] {
        var (operations, path, operation) = ([String: Set<String>](), "", "")
        for line in try String(contentsOfFile: root + "/docs/openapi.yaml", encoding: .utf8).split(separator: "\n") {
            if line == "components:" { break }
            if let match = line.firstMatch(of: /^  (\/[^:]*):$/) { path = String(match.output.1) }
            if let match = line.firstMatch(of: /^    (get|put|post|patch|delete):$/) {
                operation = "\(match.output.1.uppercased()) \(path)"
                operations[operation] = []
            }
            if let match = line.firstMatch(of: /^        - (\w+): \[\]$/) {
                operations[operation]?.insert(String(match.output.1))
            }
        }
        return operations
    }
}
