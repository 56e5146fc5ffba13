import Accounts
import Changes
import Core
import Foundation
import NIOCore
import Outbox
import Relays
import SQL
import Streams
import TestSupport
import Testing

/// Mails are owed with the change that they tell of, and go out once, in order, whatever the mailer does.
@Suite struct MailRelayTests {
    private struct Counts: Equatable {
        let owed: Int
        let parked: Int
    }

    private static func counts(_ calls: AccountCalls) async throws -> Counts {
        try await calls.server.database.read {
            try $0.one("SELECT COUNT(*) - COUNT(parked_at), COUNT(parked_at) FROM outbox_messages") {
                Counts(owed: try $0.integer(), parked: try $0.integer())
            }
        }
    }

    /// A file where the folder should be: no mail can be written.
    private static func breakMailer(_ calls: AccountCalls) throws {
        #expect(FileManager.default.createFile(atPath: calls.folder, contents: nil))
    }

    @Test(arguments: TestEngine.allCases) func `a dead mailer fails no request, and what is owed goes out later, once`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine) { calls in
            try Self.breakMailer(calls)
            let body = ["email": "ann@x.org", "password": AccountCalls.password]
            #expect(try await calls.post("register", body).status == 202)
            calls.server.clock.advance(.seconds(1))
            _ = try await calls.post("resend", ["email": "ann@x.org"])
            for _ in 0..<3 { await calls.relay.round() }
            #expect(try await Self.counts(calls) == Counts(owed: 2, parked: 0))
            try FileManager.default.removeItem(atPath: calls.folder)
            // The first failure is waited out for five seconds.
            calls.server.clock.advance(.seconds(4))
            #expect(try await calls.mails().isEmpty)
            calls.server.clock.advance(.seconds(1))
            #expect(try await calls.mails().count == 2)
            #expect(try await Self.counts(calls) == Counts(owed: 0, parked: 0))
            #expect(try await calls.mails().count == 2)
            let code = try await calls.code()
            #expect(try await calls.post("verify", ["email": "ann@x.org", "code": code]).status == 200)
        }
    }

    @Test(arguments: TestEngine.allCases) func `after three days a mail is given up, and those behind it go on`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine) { calls in
            try Self.breakMailer(calls)
            _ = try await calls.post("register", ["email": "ann@x.org", "password": AccountCalls.password])
            await calls.relay.round()
            calls.server.clock.advance(.days(3) + .seconds(1))
            await calls.relay.round()
            #expect(try await Self.counts(calls) == Counts(owed: 0, parked: 1))
            try FileManager.default.removeItem(atPath: calls.folder)
            _ = try await calls.post("resend", ["email": "ann@x.org"])
            #expect(try await calls.mails().count == 1)
            calls.server.clock.advance(.days(32))
            try await calls.server.sweep()
            #expect(try await Self.counts(calls) == Counts(owed: 0, parked: 0))
        }
    }

    @Test(arguments: TestEngine.allCases) func `two nodes send each mail once`(engine: TestEngine) async throws {
        try await accounting(on: engine) { calls in
            let other = try AccountCalls(calls.server, mailInto: calls.folder + "-of-the-other")
            for number in 0..<5 {
                _ = try await calls.post("register", ["email": "a\(number)@x.org", "password": AccountCalls.password])
            }
            async let first = calls.mails()
            async let second = other.mails()
            let sent = try await (first.count + second.count)
            #expect(sent == 5)
        }
    }

    /// Owes a mail that names a person, as other wings do.
    private static func owe(_ calls: AccountCalls, to user: String, subject: String) async throws {
        let clock = calls.server.clock.source
        let database = calls.server.database
        let streams = StreamTailer(
            database: database, clock: clock, limits: .init(node: 0, holder: 0), metrics: MetricRegistry()
        ) { _, _, _ in .init() }
        let changes = Changes(database: database, streams: streams, outbox: Outbox(destinations: [.mail]), clock: clock)
        try await changes.make { change in
            change.owe(to: [.mail]) {
                Message(
                    name: "mail", key: "mail:\(user)",
                    payload: [
                        "user_id": .string(user), "subject": .string(subject), "text": "Grüße\n.\nEnde",
                        "headers": ["List-Unsubscribe": "<https://x.org/u>", "Bcc": "b@x.org"],
                    ], to: [.mail])
            }
        }
    }

    @Test(arguments: TestEngine.allCases) func `a mail to a person goes to the address of an active account only`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine) { calls in
            let user = try await calls.join()["user"]["id"].string ?? ""
            calls.server.clock.advance(.seconds(1))
            try await Self.owe(calls, to: user, subject: "Neue Beiträge\r\nBcc: b@x.org")
            let mail = try #require(try await calls.mails().last)
            #expect(mail.contains("To: ann@x.org\r\n") && mail.contains("List-Unsubscribe: <https://x.org/u>\r\n"))
            #expect(!mail.contains("Bcc") && mail.contains("Subject: =?utf-8?B?") && mail.contains("Gr=C3=BC=C3=9Fe"))
            #expect(mail.contains("\r\n=2E\r\n"))
            try await calls.setStatus("SUSPENDED")
            try await Self.owe(calls, to: user, subject: "More")
            try await Self.owe(calls, to: ID.random().description, subject: "Nobody")
            #expect(try await calls.mails().count == 2)
            #expect(try await Self.counts(calls) == Counts(owed: 0, parked: 0))
        }
    }

    @Test func `mail in the folder is for the server's own user`() async throws {
        try await accounting(on: .sqlite) { calls in
            _ = try await calls.join()
            func mode(_ path: String) throws -> Int? {
                try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            }
            #expect(try mode(calls.folder) == 0o700)
            let names = try FileManager.default.contentsOfDirectory(atPath: calls.folder)
            #expect(names.count == 1 && names.allSatisfy { $0.hasSuffix(".eml") })
            #expect(try mode("\(calls.folder)/\(try names.at(0))") == 0o600)
        }
    }
}
