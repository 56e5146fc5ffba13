import Accounts
import Changes
import Core
import Foundation
import HTTPTypes
import Relays
import SQL
import TestSupport
import Testing

/// A server, and the folder that its mail goes to.
struct AccountCalls: Sendable {
    static let secret = Array(String(repeating: "s", count: 32).utf8)
    static let password = "a good long password"

    let server: TestServer
    let folder: String
    let relay: OutboxRelay

    init(_ server: TestServer, mailInto folder: String) throws {
        self.server = server
        self.folder = folder
        let sender = try #require(MailSender("Dogear <dogear@example.org>"))
        let changes = Changes(database: server.database, clock: server.clock.source)
        relay = OutboxRelay(
            changes: changes,
            carrier: MailCarrier(
                changes: changes,
                mailer: FileMailer(
                    folder: MailFolder(path: folder, hash: PersonHash([1])), sender: sender, logger: quietLogger),
                secrets: AccountSecrets(Self.secret)), node: .random(), logger: quietLogger)
    }

    func post(_ path: String, _ members: [String: String], headers: [String: String] = [:]) async throws -> TestReply {
        try await server.send(.post, "/api/v1/auth/\(path)", Self.body(members), headers: headers)
    }

    func me(_ method: HTTPRequest.Method, _ body: [String: String]? = nil, as token: String?) async throws -> TestReply
    {
        try await server.send(
            method, "/api/v1/me", body.map(Self.body),
            headers: token.map { ["Authorization": "Bearer \($0)"] } ?? [:])
    }

    static func body(_ members: [String: String]) -> String {
        JSON.object(members.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) }).text
    }

    /// Delivers what is owed; all mails so far, oldest first.
    func mails() async throws -> [String] {
        await relay.round()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return try names.filter { $0.hasSuffix(".eml") }.sorted().map {
            try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8)
        }
    }

    /// The code in the newest mail.
    func code() async throws -> String {
        let match = try #require(try await mails().last?.firstMatch(of: /code (?:is )?(\d{8})\b/))
        return String(match.output.1)
    }

    /// Registers, takes the code out of the mail, and shows it.
    func join(_ email: String = "ann@x.org", password: String = password, name: String = "Ann") async throws
        -> TestReply
    {
        // Each mail has a moment of its own, so that their order is that of their names.
        server.clock.advance(.milliseconds(10))
        let registered = try await post("register", ["email": email, "password": password, "name": name])
        #expect(registered.status == 202, "\(registered.text)")
        let verified = try await post("verify", ["email": email, "code": try await code(), "password": password])
        #expect(verified.status == 200, "\(verified.text)")
        return verified
    }

    func login(_ email: String = "ann@x.org", password: String = password) async throws -> TestReply {
        try await post("login", ["email": email, "password": password])
    }

    func setStatus(_ status: String, of email: String = "ann@x.org") async throws {
        try await server.database.write {
            try $0.execute("UPDATE users SET status = $2 WHERE email = $1", [.text(email), .text(status)])
        }
    }

    /// How many passwords were hashed so far.
    var hashes: Int {
        let line = server.registry.exposition().split(separator: "\n").first {
            $0.hasPrefix("dogear_account_password_hashes_total ")
        }
        return Int(line?.split(separator: " ").last ?? "") ?? -1
    }
}

/// Runs a test against a server on an engine.
func accounting(
    on engine: TestEngine, settings: [String: String] = [:],
    _ body: @escaping @Sendable (AccountCalls) async throws -> Void
) async throws {
    let folder = try temporaryFolder("mail")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await TestServer.run(on: engine, settings: settings) { server in
        try await body(try AccountCalls(server, mailInto: folder + "/outbox"))
    }
}
