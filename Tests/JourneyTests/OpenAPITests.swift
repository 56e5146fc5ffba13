import Foundation
import HTTPTypes
import TestSupport
import Testing
import Web

/// The OpenAPI document, driven against the running server.
@Suite(.inTurns) struct OpenAPITests {

    /// Thousands of made-up requests take minutes, so of the two runs of all tests each has one engine: an answer that is on its schema is so
    /// however the server was compiled.
    private static var engines: [TestEngine] {
        #if DEBUG
            [.postgres]
        #else
            [.sqlite]
        #endif
    }

    @Test(arguments: Self.engines) func `every answer is documented and on its schema`(
        engine: TestEngine
    ) async throws {
        let folder = try temporaryFolder("openapi")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try DogearProcess(["--demo", "--database", try engine.address(in: folder)], in: folder)
        let said = try await runAside("bash", [repository + "/scripts/schemathesis.sh", server.origin], in: folder)
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

    @Test func `the OpenAPI document has the query parameters that a route knows, and no other`() async throws {
        let documented = try Self.queries()
        try await TestServer.run(on: .sqlite) { server in
            for route in server.routes.entries.filter(Self.isCall) {
                guard case .knows(let names) = route.query else { continue }
                let said = documented["\(route.method) \(route.path)"] ?? []
                #expect(said == Set(names), "\(route.method) \(route.path)")
            }
        }
    }

    @Test func `a query parameter that a route does not know is refused by name`() async throws {
        try await TestServer.run(on: .sqlite) { server in
            var refused = 0
            for route in server.routes.entries {
                guard case .knows(let names) = route.query, let method = HTTPRequest.Method(rawValue: route.method)
                else {
                    continue
                }
                let path = route.path.replacing(/\{[a-z_]+\}/, with: "2c1b8d3a-7f64-4e0b-8a52-5d9be0c1a202")
                let reply = try await server.send(method, "\(path)?limti=5")
                guard ![401, 403].contains(reply.status) else { continue }
                refused += 1
                #expect(reply.status == 422 && reply["fields"][0]["field"].string == "limti", "\(route.path)")
                let message = reply["fields"][0]["message"].string ?? ""
                #expect(names.allSatisfy { message.contains("`\($0)`") }, "\(route.path)")
            }
            #expect(refused > 40)
            #expect(try await server.send(.get, "/watch?utm_source=mail").status == 200)
        }
    }

    @Test func `a query parameter that is given twice is refused by name, by every route alike`() async throws {
        try await TestServer.run(on: .sqlite) { server in
            var refused = 0
            for route in server.routes.entries where route.method == "GET" {
                guard case .knows(let names) = route.query, let name = names.first else { continue }
                let path = route.path.replacing(/\{[a-z_]+\}/, with: "2c1b8d3a-7f64-4e0b-8a52-5d9be0c1a202")
                let reply = try await server.send(.get, "\(path)?\(name)=1&\(name)=2")
                guard ![401, 403].contains(reply.status) else { continue }
                refused += 1
                #expect(reply.status == 422 && reply["fields"][0]["field"].string == name, "\(route.path)")
                #expect(
                    reply["fields"][0]["message"].string == "is given more than once; give it once", "\(route.path)")
            }
            #expect(refused > 10)
        }
    }

    /// The document itself is a file, like those of the pages.
    private static let document = "GET /openapi.yaml"

    /// Calls that are not below `/api`: of operations, the two paths of seed 004, and what a mail's link leads to.
    private static let callsElsewhere = [
        "/health", "/ready", "/metrics", "/jobs/{job_id}/executions", "/playground/history",
        "/unsubscribe/{job_id}/{token}",
    ]

    /// What an app calls: everything but pages, the files that they load, and what the forms of the operator's pages send.
    private static func isCall(_ route: RouteBook.Entry) -> Bool {
        route.path.hasPrefix("/api/") || route.method != "GET" && !route.path.hasPrefix("/admin/")
            || callsElsewhere.contains(route.path)
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
        for line in try String(contentsOfFile: repository + "/docs/openapi.yaml", encoding: .utf8).split(
            separator: "\n")
        {
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

    /// Each documented operation, such as `GET /health`, with its query parameters. A path's own are those of all its operations.
    private static func queries() throws -> [String: Set<String>] {
        let lines = try String(contentsOfFile: repository + "/docs/openapi.yaml", encoding: .utf8).split(
            separator: "\n")
        let names = queryNames(lines)
        var (queries, path, operation, shared) = ([String: Set<String>](), "", "", Set<String>())
        for line in lines {
            if line == "components:" { break }
            if let match = line.firstMatch(of: /^  (\/[^:]*):$/) {
                (path, operation, shared) = (String(match.output.1), "", [])
            }
            if let match = line.firstMatch(of: /^    (get|put|post|patch|delete):$/) {
                operation = "\(match.output.1.uppercased()) \(path)"
                queries[operation] = shared
            }
            guard let match = line.firstMatch(of: /- \$ref: '#\/components\/parameters\/(\w+)'/),
                let name = names[String(match.output.1)]
            else { continue }
            if operation.isEmpty { shared.insert(name) } else { queries[operation]?.insert(name) }
        }
        return queries
    }

    /// The names of the components that are query parameters.
    private static func queryNames(_ lines: [Substring]) -> [String: String] {
        var (names, component, name) = ([String: String](), "", "")
        for line in lines {
            if let match = line.firstMatch(of: /^    (\w+):$/) { component = String(match.output.1) }
            if let match = line.firstMatch(of: /^      name: (\w+)$/) { name = String(match.output.1) }
            if line == "      in: query" { names[component] = name }
        }
        return names
    }
}
