import Accounts
package import Core
import Foundation
package import HTTPTypes
import Hummingbird
package import HummingbirdTesting
import NIOCore
package import SQL
import Server
import Settings
package import Web

/// A server without a socket, over a database of its own and a clock that stands still.
package struct TestServer: Sendable {
    /// Sends requests.
    package let client: any TestClientProtocol
    /// What the server keeps its rows in.
    package let database: any Database
    /// The server's clock.
    package let clock: ManualClock
    /// The server's figures.
    package let registry: MetricRegistry
    private let server: DogearServer

    /// Every route, and whom it is for.
    package var routes: RouteBook { server.routes }
    /// Every route as the router has it.
    package var routerPaths: [(method: String, path: String)] { server.routerPaths }

    /// Lets two seconds pass, and does what playback does each second with Redis. Fails while the database is away.
    package func tendRedis() async throws {
        clock.advance(.seconds(2))
        try await server.tendRedis()
    }

    /// Clears away what has had its time.
    package func sweep() async throws { try await server.sweep() }

    /// Looks at the figures, as the server does every fifteen seconds.
    package func lookAtFigures() { server.lookAtFigures() }

    /// Makes the nightly backup, due or not.
    package func makeNightlyBackup() async { await server.makeNightlyBackup() }

    /// Goes on with erasures until nothing is left of them.
    package func finishErasures() async throws { try await server.finishErasures() }

    /// Runs a closure against a new server.
    package static func run(
        on engine: TestEngine, settings: [String: String] = [:],
        prepare: (any Database) async throws -> Void = { _ in },
        _ body: @escaping @Sendable (TestServer) async throws -> Void
    ) async throws {
        try await engine.withDatabase { database in
            try await prepare(database)
            try await run(over: database, settings: settings, body)
        }
    }

    /// Runs a closure against a new server over a database whose schema is current.
    package static func run(
        over database: any Database, settings: [String: String] = [:],
        _ body: @escaping @Sendable (TestServer) async throws -> Void
    ) async throws {
        let clock = ManualClock()
        let registry = MetricRegistry()
        let folder = try temporaryFolder("server")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let own = ["DOGEAR_SECRET": String(repeating: "s", count: 32), "ERASURES_LOG": folder + "/erasures.log"]
        let settings = settings.merging(own) { given, _ in given }
        let server = try await DogearServer(
            settings: try Settings(try await SettingsSource(flags: settings, environment: [:])), database: database,
            registry: registry, logger: quietLogger, clock: clock.source, passwordCost: .quick)
        defer { server.close() }
        try await server.application.test(.router) { client in
            try await body(
                TestServer(client: client, database: database, clock: clock, registry: registry, server: server))
        }
    }

    /// Sends a request with a JSON body and reads the answer.
    package func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, headers: [String: String] = [:]
    ) async throws -> TestReply {
        var fields: HTTPFields = [:]
        if body != nil { fields[.contentType] = "application/json" }
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        let response = try await client.executeRequest(
            uri: path, method: method, headers: fields, body: body.map { ByteBuffer(string: $0) })
        return TestReply(
            status: response.status.code,
            headers: Dictionary(response.headers.map { ($0.name.canonicalName, $0.value) }) { first, _ in first },
            allHeaders: Dictionary(grouping: response.headers) { $0.name.canonicalName }.mapValues { $0.map(\.value) },
            text: String(buffer: response.body))
    }
}

/// An answer, read.
package struct TestReply: Sendable {
    /// The HTTP status.
    package let status: Int
    /// The headers, by lower-case name.
    package let headers: [String: String]
    /// Every value of each, in order: there may be several cookies.
    package let allHeaders: [String: [String]]
    /// The body as text.
    package let text: String

    /// An answer from its parts.
    package init(
        status: Int, headers: [String: String], allHeaders: [String: [String]] = [:], text: String
    ) {
        self.status = status
        self.headers = headers
        self.allHeaders = allHeaders
        self.text = text
    }

    /// The body as JSON.
    package var json: Node {
        Node(text: text)
    }

    /// A member of the body.
    package subscript(_ name: String) -> Node { json[name] }
}

/// A value in a JSON text, read without ceremony.
package struct Node {
    private let value: Any?

    fileprivate init(_ value: Any?) {
        self.value = value
    }

    /// What a JSON text holds; a node of nothing where it is none.
    package init(text: String) {
        value = try? JSONSerialization.jsonObject(with: Data(text.utf8), options: [.fragmentsAllowed])
    }

    /// A member of an object; a node of nothing where there is none.
    package subscript(_ name: String) -> Node { Node((value as? [String: Any])?[name]) }
    /// An element of a list; a node of nothing where there is none.
    package subscript(_ index: Int) -> Node {
        let list = value as? [Any]
        return Node(list.flatMap { $0.indices.contains(index) ? $0[index] : nil })
    }
    /// The text, where it is one.
    package var string: String? { value as? String }
    /// The number as a whole one, where it is one.
    package var int: Int? { value as? Int }
    /// The number, where it is one.
    package var double: Double? { value as? Double }
    /// True or false, where it is one of them.
    package var bool: Bool? { value as? Bool }
    /// The number of elements; 0 where it is no list.
    package var count: Int { (value as? [Any])?.count ?? 0 }
    /// The elements; none where it is no list.
    package var elements: [Node] { ((value as? [Any]) ?? []).map { Node($0) } }
    /// Whether it is there and null.
    package var isNull: Bool { value is NSNull }
    /// Whether it is there at all.
    package var exists: Bool { value != nil }
    /// Whatever it is, written out.
    package var written: String { value.map { "\($0)" } ?? "" }
    /// The names of an object's members.
    package var names: Set<String> { Set(((value as? [String: Any]) ?? [:]).keys) }
}
