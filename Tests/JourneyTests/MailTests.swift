import Core
import Foundation
import TestSupport
import Testing

/// Mail by the real chain: the server, msmtp as its `sendmail`, and an SMTP server that takes it.
@Suite(.inTurns) struct MailTests {

    /// A `sendmail` that hands everything to msmtp, which hands it to a port of this machine.
    private static func sendmail(in folder: String, to port: Int) throws -> String {
        let settings = "account default\nhost 127.0.0.1\nport \(port)\nfrom dogear@example.org\n"
        try settings.write(toFile: folder + "/msmtprc", atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder + "/msmtprc")
        let path = folder + "/sendmail"
        try "#!/bin/sh\nexec msmtp -C '\(folder)/msmtprc' \"$@\"\n".write(
            toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }

    private static func mails(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".eml") }.sorted().compactMap {
            try? String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `an SMTP server receives the code, also where it was away or busy at first`(
        engine: TestEngine
    ) async throws {
        let folder = try temporaryFolder("smtp")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let taken = folder + "/taken"
        try FileManager.default.createDirectory(atPath: taken, withIntermediateDirectories: true)
        #expect(FileManager.default.createFile(atPath: taken + "/refuse", contents: nil))
        let port = try freePort()
        let server = try DogearProcess(
            ["--database", try engine.address(in: folder)],
            environment: [
                "SENDMAIL": try Self.sendmail(in: folder, to: port),
                "MAIL_FROM": "Lesezeichen für alle <dogear@example.org>",
                "PUBLIC_URL": "https://dogear.example",
            ], in: folder)
        let body = #"{"email":"Ann@X.org","password":"keep-my-place"}"#
        #expect(try await server.send("POST", "/api/v1/auth/register", body).status == 202)
        try await eventually("a failure is told") { server.text.contains("a message was not taken") }
        #expect(!server.text.contains("ann@x.org"))

        let sink = try await Self.sink(on: port, into: taken)
        defer { sink.signal(SIGKILL) }
        try await eventually("the mail comes", within: 120) { !Self.mails(in: taken).isEmpty }
        let mail = try Self.mails(in: taken).at(0).replacing("\r\n", with: "\n")
        #expect(mail.contains("X-To: ann@x.org\n") && mail.contains("To: ann@x.org\n"))
        #expect(mail.contains("From: =?utf-8?B?") && mail.contains("Content-Type: text/plain; charset=utf-8\n"))
        #expect(mail.contains("https://dogear.example/verify?email=3Dann@x.org"))
        let code = try #require(mail.firstMatch(of: /code is (\d{8})/)).output.1
        let verified = try await server.send(
            "POST", "/api/v1/auth/verify", #"{"email":"ann@x.org","code":"\#(code)","password":"keep-my-place"}"#)
        #expect(verified.status == 200, "\(verified.text)")
        #expect(Self.mails(in: taken).count == 1)
        #expect(server.stop() == 0)
    }

    /// Fetching and starting it may take a while, on a thread that no other test waits for.
    private static func sink(on port: Int, into folder: String) async throws -> TalkingProcess {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result {
                        try TalkingProcess(
                            "bash", [repository + "/scripts/smtp-sink.sh", "\(port)", folder], in: folder,
                            saying: "ready")
                    })
            }
        }
    }

    @Test func `a sendmail that is not there is said at start`() async throws {
        let folder = try temporaryFolder("smtp")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, value) in [("SENDMAIL", folder + "/none"), ("SENDMAIL", "sendmail"), ("MAIL_FROM", "nobody")] {
            let said = try run(
                DogearProcess.binary, ["serve", "--port", "0"], in: folder, environment: [name: value],
                allowFailure: true)
            #expect(said.contains("dogear: \(name) is '\(value)'"), "\(said)")
        }
    }
}
