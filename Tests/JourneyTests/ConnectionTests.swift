import Core
import Foundation
import TestSupport
import Testing

/// How connections go on and end, over real sockets.
@Suite(.inTurns) struct ConnectionTests {
    private func withServer(_ arguments: [String: String] = [:], _ body: (DogearProcess) async throws -> Void)
        async throws
    {
        let folder = try temporaryFolder("connection")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try DogearProcess([], environment: arguments, in: folder)
        defer { server.stop() }
        try await body(server)
    }

    @Test(arguments: [
        "GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n",
        "GET /health HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: Close\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: x, CLOSE\r\n\r\n",
    ]) func `a connection is closed after the answer where the client wants that`(request: String) async throws {
        try await withServer { server in
            let connection = try RawConnection(port: server.port)
            connection.send(request)
            let begin = ContinuousClock.now
            let answer = connection.read()
            #expect(answer.contains(" 200 ") && answer.hasSuffix(#"{"status":"ok"}"#), "\(answer)")
            #expect(answer.lowercased().contains("connection: close"), "\(answer)")
            #expect(ContinuousClock.now - begin < .seconds(60))
        }
    }

    @Test func `another request may come by the same connection, also before the answer`() async throws {
        try await withServer { server in
            let connection = try RawConnection(port: server.port)
            let request = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
            connection.send(request + request)
            connection.send("GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            let answers = connection.read()
            #expect(answers.components(separatedBy: "HTTP/1.1 200 ").count == 3, "\(answers)")
            #expect(answers.components(separatedBy: "HTTP/1.1 404 ").count == 2, "\(answers)")
        }
    }

    @Test func `leave to send a body is given where it will be read`() async throws {
        try await withServer { server in
            let connection = try RawConnection(port: server.port)
            let body =
                #"{"user_id":"\#(ID.random())","content_id":"\#(ID.random())","device_id":"d","duration_seconds":1}"#
            connection.send(
                "POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\nExpect: 100-Continue\r\n\r\n"
            )
            #expect(connection.read(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            connection.send(body)
            #expect(connection.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 201 "))
        }
    }

    @Test(arguments: [(3_000_000, 413, ""), (10, 401, "Authorization: Basic eDp5\r\n")])
    func `leave is not given for a body that is refused`(length: Int, status: Int, header: String) async throws {
        try await withServer(["JWT_SECRET": "a secret of at least thirty-two bytes", "ASSESSMENTS_PUBLIC": "true"]) {
            server in
            let connection = try RawConnection(port: server.port)
            connection.send(
                "POST /api/v2/session/start HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\(header)Content-Length: \(length)\r\nExpect: 100-continue\r\n\r\n"
            )
            let answer = connection.read()
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
            #expect(answer.lowercased().contains("connection: close"), "\(answer)")
        }
    }

    @Test func `the rest of a body that is refused is not waited for, and the answer arrives`() async throws {
        try await withServer(["JWT_SECRET": "a secret of at least thirty-two bytes"]) { server in
            let connection = try RawConnection(port: server.port)
            connection.send(
                "POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2097152\r\n\r\n"
                    + String(repeating: " ", count: 1_000_000))
            let answer = connection.read()
            #expect(answer.hasPrefix("HTTP/1.1 401 ") && answer.contains("sign-in-needed"), "\(answer)")
        }
    }

    @Test(arguments: ["/metrics/", "//metrics", "/health//", "/api/v1//sessions", "//"])
    func `an address with a slash too many is none`(path: String) async throws {
        try await withServer { server in
            let connection = try RawConnection(port: server.port)
            connection.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            let answer = connection.read()
            #expect(answer.hasPrefix("HTTP/1.1 404 ") && answer.contains(#""code":"not-found""#), "\(answer)")
        }
    }
}
