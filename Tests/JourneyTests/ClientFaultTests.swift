import Core
import Foundation
import TestSupport
import Testing

/// What a client does wrong is told to it, and is no mistake of the server's.
@Suite(.inTurns) struct ClientFaultTests {
    private static let body =
        #"{"user_id":"0190a6f0-0000-7000-8000-000000000001","content_id":"0190a6f0-0000-7000-8000-000000000001","device_id":"tv","duration_seconds":10}"#

    /// A server whose log is read to its end: nothing that a client does is an error there.
    private func withServer(_ body: (DogearProcess) async throws -> Void) async throws {
        let folder = try temporaryFolder("faults")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try DogearProcess([], in: folder)
        try await body(server)
        #expect(try await server.send("GET", "/health").status == 200)
        let metrics = try await server.send("GET", "/metrics").text
        #expect(!metrics.contains(#"status="500""#))
        server.stop()
        #expect(!server.text.contains(" error "), "\(server.text)")
    }

    private func head(_ server: DogearProcess, _ headers: [String], method: String = "POST") -> String {
        let lines = ["\(method) /api/v1/sessions HTTP/1.1", "Host: localhost:\(server.port)"] + headers
        return lines.joined(separator: "\r\n") + "\r\n\r\n"
    }

    @Test(arguments: [
        "GET /health HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
        "GET /health HTTP/1.1\r\n\r\n",
        "GET /health HTTP/3.7\r\nHost: localhost\r\n\r\n",
        "hello\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n",
        "POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        "POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n{}",
        "POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
        "POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}}}\r\n",
    ]) func `what is not HTTP is refused with a problem`(request: String) async throws {
        try await withServer { server in
            let connection = try RawConnection(port: server.port)
            connection.send(request)
            let answer = connection.read()
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
            #expect(answer.contains("application/problem+json") && answer.contains(#""code":"malformed""#), "\(answer)")
            #expect(answer.lowercased().contains("connection: close"))
        }
    }

    @Test(arguments: ["gzip, chunked", "xchunked", "gzip\r\nTransfer-Encoding: chunked"])
    func `a body that is coded in another way than in chunks is refused unread`(coding: String) async throws {
        try await withServer { server in
            let connection = try RawConnection(port: server.port)
            let text = Self.body
            connection.send(
                head(server, ["Content-Type: application/json", "Transfer-Encoding: \(coding)"])
                    + "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n0\r\n\r\n")
            let answer = connection.read()
            #expect(answer.hasPrefix("HTTP/1.1 501 "), "\(answer)")
            #expect(answer.contains(#""code":"transfer-coding-not-known""#), "\(answer)")
            #expect(answer.lowercased().contains("connection: close"))
            #expect(!answer.contains("HTTP/1.1 201 "))
        }
    }

    @Test func `headers without end are refused`() async throws {
        try await withServer { server in
            let connection = try RawConnection(port: server.port)
            connection.send(
                "GET /health HTTP/1.1\r\nHost: localhost\r\nX-Long: \(String(repeating: "x", count: 100_000))\r\n\r\n")
            #expect(connection.read(until: "headers-too-large").hasPrefix("HTTP/1.1 431 "))
            // Also what never reaches a route is counted.
            let metrics = try await server.send("GET", "/metrics").text
            #expect(metrics.contains(#"dogear_http_requests_total{method="other",route="none",status="431"} 1"#))
        }
    }

    @Test func `a request that is cut in the middle is refused and stores nothing`() async throws {
        try await withServer { server in
            for rest in ["", "{\"user_id\":", Self.body] {
                let connection = try RawConnection(port: server.port)
                connection.send(
                    head(server, ["Content-Type: application/json", "Content-Length: \(Self.body.utf8.count + 1)"])
                        + rest)
                connection.finish()
                #expect(connection.read().hasPrefix("HTTP/1.1 400 "), "\(rest)")
            }
            let half = try RawConnection(port: server.port)
            half.send("GET /health HTTP/1.1\r\nHost: loc")
            half.finish()
            #expect(half.read().hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test func `an upload that is reset in the middle is the client's own affair`() async throws {
        try await withServer { server in
            for _ in 0..<20 {
                let connection = try RawConnection(port: server.port)
                connection.send(
                    head(server, ["Content-Type: application/json", "Content-Length: 100000"])
                        + String(repeating: " ", count: 50_000))
                connection.resetAtTheEnd()
            }
            try await eventually("all are gone") {
                try await server.send("GET", "/metrics").text.contains("dogear_open_connections 1.0\n")
            }
        }
    }

    @Test func `an answer that came before what cannot be read is whole`() async throws {
        try await withServer { server in
            let connection = try RawConnection(port: server.port)
            connection.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nnonsense\r\n\r\n")
            let answer = connection.read()
            #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.contains(#"{"status":"ok"}HTTP/1.1 400 "#), "\(answer)")
        }
    }
}
