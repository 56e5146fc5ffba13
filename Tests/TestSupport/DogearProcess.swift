package import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationEssentialsCompat
import NIOHTTP1

/// The real `dogear` binary, serving on a free port.
package final class DogearProcess: Sendable {
    /// Its port on 127.0.0.1.
    package let port: Int
    private let child: TalkingProcess

    /// A client that says at once that nobody listens, instead of trying again until its deadline, and that waits for answers
    /// as long as the test does: on a machine with much else to do a stream may be silent for a while.
    package static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// The binary that was built beside the tests.
    package static var binary: String {
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("dogear").path
    }

    /// Starts it and waits until it listens.
    /// - Parameters:
    ///   - arguments: What stands behind `dogear serve --port …`.
    ///   - shell: What a shell does first in the process that becomes the server, such as `umask 000`.
    /// - Throws: `CommandFailure` with what it said where it ended instead.
    package init(
        _ arguments: [String], port: Int? = nil, environment: [String: String] = [:], in folder: String,
        after shell: String = ":"
    ) throws {
        self.port = try port ?? freePort()
        child = try TalkingProcess(
            "sh", ["-c", "\(shell); exec \"$@\"", "sh", Self.binary, "serve", "--port", String(self.port)] + arguments,
            in: folder, environment: Self.shared(arguments).merging(environment) { _, own in own },
            saying: "Dogear listens on")
    }

    /// What nodes that share a database have to be told.
    private static func shared(_ arguments: [String]) -> [String: String] {
        arguments.contains { $0.contains("postgres") } ? ["DOGEAR_SECRET": String(repeating: "s", count: 32)] : [:]
    }

    /// Its process id.
    package var pid: Int32 { child.pid }

    /// What it printed and logged so far.
    package var text: String { child.text }

    /// Where it answers.
    package var origin: String { "http://127.0.0.1:\(port)" }

    /// Ends it as a power cut would.
    package func kill() {
        child.signal(SIGKILL)
        child.wait()
    }

    /// Asks it to stop, and waits; its exit status.
    @discardableResult
    package func stop() -> Int32 {
        child.signal(SIGTERM)
        return child.wait()
    }

    /// Sends a request with a JSON body and reads the answer.
    package func send(
        _ method: String, _ path: String, _ body: String? = nil, headers: [String: String] = [:]
    ) async throws -> TestReply {
        var request = HTTPClientRequest(url: origin + path)
        request.method = HTTPMethod(rawValue: method)
        if let body {
            request.body = .bytes(ByteBuffer(string: body))
            request.headers.add(name: "Content-Type", value: "application/json")
        }
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        let response = try await Self.client.execute(request, timeout: .seconds(30))
        let buffer = try await response.body.collect(upTo: 8 << 20)
        return TestReply(
            status: Int(response.status.code),
            headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first },
            text: String(buffer: buffer))
    }
}
