package import Foundation
import Synchronization

/// A server on 127.0.0.1 that answers as a test says, also as no good server would: it cuts off, falls silent, sends what is no HTTP.
/// It blocks its threads, so it has some of its own.
package final class StubServer: Sendable {
    /// One request as it came.
    package struct Request: Sendable {
        /// `GET` or `POST`.
        package let method: String
        /// Path and query, as they were sent.
        package let target: String
        /// The headers, by lower-case name.
        package let headers: [String: String]
        /// The body as text.
        package let body: String

        /// The path without its query.
        package var path: String { String(target.prefix { $0 != "?" }) }
        /// The query's parameters, read.
        package var query: [String: String] {
            let items = URLComponents(string: target)?.queryItems ?? []
            return Dictionary(items.map { ($0.name, $0.value ?? "") }) { first, _ in first }
        }
        /// The body as JSON.
        package var json: Node { Node(text: body) }
    }

    /// What is answered.
    package enum Reply: Sendable {
        /// A whole answer.
        case whole(Int, [String: String], Data)
        /// These bytes, and then the connection ends.
        case raw(String)
        /// These bytes, and then nothing, until the server is closed.
        case silence(String)

        /// An answer with a text.
        package static func text(_ text: String, status: Int = 200, headers: [String: String] = [:]) -> Reply {
            .whole(status, headers, Data(text.utf8))
        }

        /// An answer that promises more than it brings.
        package static let cut = Reply.raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"data\":[")
    }

    /// Where it listens.
    package let port: Int
    private let descriptor: Int32
    private let handler: @Sendable (Request, Int) -> Reply
    private let state = Mutex((requests: [Request](), silent: [Int32](), isClosed: false))

    /// A server that answers each request by this closure, which is told how many came before.
    /// - Throws: `CommandFailure` where no port can be had.
    package init(_ handler: @escaping @Sendable (Request, Int) -> Reply) throws {
        self.handler = handler
        (descriptor, port) = try listenOnLoopback()
        Thread.detachNewThread { [self] in accept() }
    }

    /// Where it can be reached.
    package var origin: String { "http://127.0.0.1:\(port)" }

    /// What has come so far.
    package var requests: [Request] { state.withLock { $0.requests } }

    /// Ends it, and every connection that it kept open.
    package func close() {
        let silent = state.withLock { state in
            defer { state.silent = [] }
            state.isClosed = true
            return state.silent
        }
        shutdown(descriptor, Int32(SHUT_RDWR))
        for connection in silent { Foundation.close(connection) }
    }

    /// Runs a closure beside a server, and ends it.
    package static func run<Value>(
        _ handler: @escaping @Sendable (Request, Int) -> Reply, _ body: (StubServer) async throws -> Value
    ) async throws -> Value {
        let server = try StubServer(handler)
        defer { server.close() }
        return try await body(server)
    }

    private func accept() {
        while true {
            let connection = Foundation.accept(descriptor, nil, nil)
            guard connection >= 0 else { break }
            // Not for child processes, which would hold it open.
            _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
            Thread.detachNewThread { [self] in serve(connection) }
        }
        Foundation.close(descriptor)
    }

    private func serve(_ connection: Int32) {
        guard let request = Self.read(connection) else {
            Foundation.close(connection)
            return
        }
        let before = state.withLock { state in
            state.requests.append(request)
            return state.requests.count - 1
        }
        switch handler(request, before) {
        case .whole(let status, let headers, let body):
            var head = "HTTP/1.1 \(status) Stub\r\nContent-Length: \(body.count)\r\nConnection: close\r\n"
            for (name, value) in headers { head += "\(name): \(value)\r\n" }
            Self.write(Data((head + "\r\n").utf8) + (status == 304 ? Data() : body), to: connection)
        case .raw(let text): Self.write(Data(text.utf8), to: connection)
        case .silence(let text):
            Self.write(Data(text.utf8), to: connection)
            let isKept = state.withLock { state in
                if !state.isClosed { state.silent.append(connection) }
                return !state.isClosed
            }
            if isKept { return }
        }
        shutdown(connection, Int32(SHUT_WR))
        Foundation.close(connection)
    }

    private static func read(_ connection: Int32) -> Request? {
        var bytes = Data()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let end = bytes.range(of: Data("\r\n\r\n".utf8)) {
                let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
                let headers = Dictionary(head.dropFirst().map(header)) { first, _ in first }
                let body = bytes[end.upperBound...]
                if body.count >= headers["content-length"].flatMap({ Int($0) }) ?? 0 {
                    let line = (head.first ?? "").split(separator: " ").map(String.init)
                    guard line.count == 3 else { return nil }
                    return Request(
                        method: line[0], target: line[1], headers: headers, body: String(decoding: body, as: UTF8.self))
                }
            }
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
        }
    }

    private static func header(_ line: String) -> (String, String) {
        let parts = line.split(separator: ":", maxSplits: 1)
        return ((parts.first ?? "").lowercased(), parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : "")
    }

    private static func write(_ data: Data, to connection: Int32) {
        var rest = [UInt8](data)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
