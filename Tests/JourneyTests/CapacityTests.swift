import Core
import Foundation
import TestSupport
import Testing

/// A client that opens more than there is room for leaves room for everybody else.
@Suite(.inTurns) struct CapacityTests {
    private func withServer(_ body: (DogearProcess) async throws -> Void) async throws {
        let folder = try temporaryFolder("capacity")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let environment = ["STREAM_LIMIT_PER_CALLER": "10000"]
        let server = try DogearProcess([], environment: environment, in: folder, after: "ulimit -n 256")
        defer { server.stop() }
        try await body(server)
    }

    private func reports(_ server: DogearProcess) async throws -> Int {
        let user = ID.random()
        let opened = try await server.send(
            "POST", "/api/v1/sessions",
            #"{"user_id":"\#(user)","content_id":"\#(user)","device_id":"tv","duration_seconds":3600}"#)
        return try await server.send(
            "PATCH", "/api/v1/sessions/\(opened["id"].string ?? "")/position", #"{"position_seconds":40}"#
        ).status
    }

    @Test func `streams past what files suffice for are refused, and everybody else is served`() async throws {
        try await withServer { server in
            var streams: [RawConnection] = []
            var refused = 0
            for _ in 0..<300 {
                let stream = try RawConnection(port: server.port)
                stream.send(
                    "GET /api/v1/users/\(ID.random())/playback/stream HTTP/1.1\r\nHost: localhost:\(server.port)\r\n\r\n"
                )
                let answer = stream.read(until: "\r\n\r\n")
                #expect(answer.hasPrefix("HTTP/1.1 200") || answer.hasPrefix("HTTP/1.1 503"), "\(answer)")
                if answer.hasPrefix("HTTP/1.1 503") { refused += 1 }
                streams.append(stream)
            }
            #expect(refused == 300 - 96)
            #expect(try await server.send("GET", "/health").status == 200)
            #expect(try await reports(server) == 200)
            #expect(server.text.contains("files=256") && server.text.contains("connections=128"))
            #expect(!server.text.contains(" error "), "\(server.text)")
            withExtendedLifetime(streams) {}
        }
    }

    @Test func `connections that do nothing give way to those that ask`() async throws {
        try await withServer { server in
            let idle = try (0..<400).map { _ in try RawConnection(port: server.port) }
            #expect(try await server.send("GET", "/health").status == 200)
            #expect(try await reports(server) == 200)
            withExtendedLifetime(idle) {}
        }
    }
}
