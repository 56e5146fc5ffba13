import Core
import Foundation
import TestSupport
import Testing

/// TLS, and HTTP/2 and HTTP/1.1 over it, as curl speaks them.
@Suite(.inTurns) struct SecureConnectionTests {
    private func withServer(
        _ settings: [String: String] = [:], _ body: (DogearProcess, _ folder: String) async throws -> Void
    ) async throws {
        let folder = try temporaryFolder("tls")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try makeCertificate(in: folder)
        let server = try DogearProcess(
            ["--demo", "--tls-cert", "cert.pem", "--tls-key", "key.pem"], environment: settings, in: folder)
        try await body(server, folder)
        #expect(server.stop() == 0)
    }

    private func makeCertificate(in folder: String) throws {
        try run(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
            ], in: folder)
    }

    /// What curl says; with `%{http_version} %{http_code}` behind it.
    private func curl(
        _ server: DogearProcess, _ path: String, _ more: [String] = [], in folder: String, allowFailure: Bool = false
    ) async throws -> String {
        try await runAside(
            "curl",
            ["-sS", "--cacert", "cert.pem", "-w", " %{http_version} %{http_code}"] + more
                + ["https://localhost:\(server.port)\(path)"], in: folder, allowFailure: allowFailure)
    }

    @Test(arguments: [("--http2", "2"), ("--http1.1", "1.1"), ("--tls-max=1.2", "2")])
    func `a client is answered as it asks`(option: String, version: String) async throws {
        try await withServer { server, folder in
            let option = option.split(separator: "=").map(String.init)
            let health = try await curl(server, "/health", option, in: folder)
            #expect(health == #"{"status":"ok"} \#(version) 200"#)
            let user = ID.random()
            let opened = try await curl(
                server, "/api/v1/sessions",
                option + [
                    "-H", "Content-Type: application/json", "-d",
                    #"{"user_id":"\#(user)","content_id":"\#(user)","device_id":"tv","duration_seconds":3600}"#,
                ], in: folder)
            #expect(opened.hasSuffix(" \(version) 201"), "\(opened)")
            let problem = try await curl(server, "/api/v1/sessions/\(user)", option, in: folder)
            #expect(problem.contains("\"code\":\"not-found\"") && problem.hasSuffix(" \(version) 404"), "\(problem)")
            let tooLarge = try await runAside(
                "bash",
                [
                    "-c",
                    "head -c 3000000 /dev/zero | curl -sS --cacert cert.pem \(option.joined(separator: " ")) -w ' %{http_code}' -H 'Content-Type: application/json' --data-binary @- https://localhost:\(server.port)/api/v1/sessions",
                ], in: folder)
            #expect(tooLarge.hasSuffix(" 413"), "\(tooLarge)")
        }
    }

    @Test(arguments: ["--http2", "--http1.1"])
    func `a stream is followed, and its place is free when the client has gone`(option: String) async throws {
        try await withServer { server, folder in
            let path = "/api/v1/users/\(ID.random())/playback/stream"
            let said = try await curl(
                server, path, [option, "-N", "--max-time", "3", "-H", "Accept: text/event-stream"], in: folder,
                allowFailure: true)
            #expect(said.contains("event: snapshot"), "\(said)")
            try await eventually("its place is free") {
                try await curl(server, "/metrics", in: folder).contains("dogear_open_streams 0.0")
            }
        }
    }

    @Test func `a stop ends streams over HTTP/2 with a word of when to come back`() async throws {
        try await withServer { server, folder in
            let path = "/api/v1/users/\(ID.random())/playback/stream"
            // The process may be gone before the frame that closes the stream has left: its words are what counts.
            async let said = curl(
                server, path, ["--http2", "-N", "--max-time", "60", "-H", "Accept: text/event-stream"], in: folder,
                allowFailure: true)
            try await eventually("the stream is open") {
                try await curl(server, "/metrics", in: folder).contains("dogear_open_streams 1.0")
            }
            #expect(server.stop() == 0)
            let text = try await said
            #expect(text.contains("retry: ") && text.hasSuffix(" 2 200"), "\(text)")
        }
    }

    @Test func `who connects and says nothing keeps nobody out`() async throws {
        try await withServer(["CONNECTION_LIMIT": "16"]) { server, folder in
            let silent = try (0..<40).map { _ in try RawConnection(port: server.port) }
            let health = try await curl(server, "/health", in: folder)
            #expect(health.hasSuffix(" 2 200"))
            withExtendedLifetime(silent) {}
        }
    }

    @Test func `without TLS nobody is answered`() async throws {
        try await withServer { server, folder in
            let said = try await runAside(
                "curl", ["-sS", "http://localhost:\(server.port)/health"], in: folder, allowFailure: true)
            #expect(!said.contains("ok"))
        }
    }

    @Test(arguments: [
        (["--tls-cert", "cert.pem"], "TLS_KEY is not"), (["--tls-key", "key.pem"], "TLS_CERT is not"),
        (["--tls-cert", "none.pem", "--tls-key", "key.pem"], "TLS_CERT names none.pem"),
        (["--tls-cert", "cert.pem", "--tls-key", "cert.pem"], "TLS_KEY names cert.pem"),
        (["--tls-cert", "cert.pem", "--tls-key", "other.pem"], "is not that of the first certificate"),
    ])
    func `what TLS cannot be spoken by is said in a sentence`(arguments: [String], word: String) async throws {
        let folder = try temporaryFolder("tls")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try makeCertificate(in: folder)
        try run("openssl", ["genrsa", "-out", "other.pem", "2048"], in: folder)
        let said = try run(DogearProcess.binary, ["serve"] + arguments, in: folder, allowFailure: true)
        #expect(said.contains(word) && said.split(separator: "\n").count == 1, "\(said)")
    }

    @Test func `addresses and cookies that are handed out say https`() async throws {
        try await withServer { server, folder in
            let made = try await curl(
                server, "/api/events", ["-i", "-H", "Content-Type: application/json", "-d", #"{"title":"Tides"}"#],
                in: folder)
            #expect(made.contains("\"join_url\":\"https://localhost:\(server.port)/join/"), "\(made)")
            let signedIn = try await curl(
                server, "/api/v1/auth/login",
                [
                    "-i", "-H", "Content-Type: application/json", "-d",
                    #"{"email":"\#(SampleUser.email)","password":"\#(SampleUser.password)"}"#,
                ], in: folder)
            let cookies = signedIn.lowercased().split(whereSeparator: \.isNewline).filter {
                $0.hasPrefix("set-cookie:")
            }
            #expect(cookies.count >= 2 && cookies.allSatisfy { $0.contains("; secure") }, "\(signedIn)")
        }
    }
}
