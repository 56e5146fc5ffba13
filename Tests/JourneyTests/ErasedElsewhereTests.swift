@testable import Accounts
import Changes
import Core
import Foundation
import HTTPTypes
import Playback
import SQL
import TestSupport
import Testing

/// What of an erased person lies outside of Dogear's own tables, or cannot go; and what an export gives back.
@Suite struct ErasedElsewhereTests {
    @Test(arguments: TestEngine.allCases)
    func `what rows of an app refer to is emptied, and the erasure ends and says so`(engine: TestEngine) async throws {
        try await PeopleTests.serving(engine) { calls in
            let database = calls.server.database
            let id = engine == .sqlite ? "INTEGER" : "INT"
            try await database.write { connection in
                try connection.script(
                    """
                    INSERT INTO pages (id, title) VALUES (77, 'P');
                    INSERT INTO questions (id, page_id, question_text, question_type) VALUES (78, 77, 'Why?', 'essay');
                    INSERT INTO questions (id, page_id, question_text, question_type) VALUES (79, 77, 'How?', 'essay');
                    INSERT INTO student_responses (id, session_id, email, full_name, age_group, country, origin_country)
                    VALUES (501, 'one', 'ann@x.org', 'Ann Arbor', '', '', ''), (502, 'two', 'ann@x.org', 'Ann Arbor', '', '', '');
                    INSERT INTO question_answers (id, response_id, question_id, answer_text)
                    VALUES (601, 501, 78, 'a secret'), (602, 501, 79, 'a secret'), (603, 502, 78, 'a secret');
                    CREATE TABLE grades (answer \(id) REFERENCES question_answers (id));
                    INSERT INTO grades VALUES (601);
                    CREATE TABLE letters (response \(id) REFERENCES student_responses (id));
                    INSERT INTO letters VALUES (501);
                    """)
            }
            let begun = try await calls.send("DELETE", "/api/v1/people/by-email", #"{"email":"ann@x.org"}"#)
            #expect(begun.status == 202, "\(begun.text)")
            try await calls.server.finishErasures()
            let done = try await calls.send("GET", "/api/v1/erasures/\(begun["erasure_id"].string ?? "")")
            #expect(done["state"].string == "done", "\(done.text)")
            #expect(done["counts"]["assessment-session"].int == 1 && done["counts"]["answer"].int == 2, "\(done.text)")
            let emptied = done["emptied"].elements.map { "\($0["kind"].string ?? "") \($0["count"].int ?? 0)" }
            #expect(emptied == ["answer 1", "assessment-session 1"], "\(done.text)")
            #expect(done["emptied"][0]["reason"].string?.contains("refer to it") == true)
            for words in ["ann@x.org", "Ann Arbor", "a secret"] {
                #expect(try await DatabaseScan.columns(holding: words, in: database) == [], "\(words)")
            }
            let left = try await database.read { connection in
                try connection.one("SELECT COUNT(*) FROM student_responses WHERE session_id IN ('one', 'two')") {
                    try $0.integer()
                }
            }
            #expect(left == 0)
            let late = try await calls.send(
                "POST", "/api/v2/answers/submit",
                #"{"session_id":"one","question_id":78,"answer":{"type":"essay","text":"so"}}"#)
            #expect(late.status == 410, "\(late.text)")
        }
    }

    @Test func `mails to an erased person that stand in the folder go, and others stay`() async throws {
        let folder = try temporaryFolder("outbox")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await PeopleTests.serving(.sqlite, settings: ["MAIL_FOLDER": folder]) { calls in
            let (ann, bob) = (ID.random(), ID.random())
            // As the server itself names them: by its own secret.
            let mails = MailFolder(path: folder, hash: PersonHash(Array(String(repeating: "s", count: 32).utf8)))
            let sender = try #require(MailSender("Dogear <dogear@example.org>"))
            let mailer = FileMailer(folder: mails, sender: sender, logger: quietLogger)
            for (user, address) in [(ann, "ann@x.org"), (bob, "bob@x.org")] {
                let message = MailMessage(
                    id: .random(), to: try #require(EmailAddress(address)), subject: "Hello", text: "Hi", user: user,
                    headers: [:])
                try await mailer.send(message, owedAt: calls.server.clock.now)
            }
            let before = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(before.count == 2 && !before.contains { $0.contains("\(ann)") || $0.contains("ann@") })
            #expect(try await calls.send("DELETE", "/api/v1/people/\(ann)").status == 202)
            try await calls.server.finishErasures()
            let left = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(left.count == 1)
            let text = try String(contentsOfFile: "\(folder)/\(left.first ?? "")", encoding: .utf8)
            #expect(text.contains("bob@x.org"))
        }
    }

    @Test(arguments: TestEngine.allCases) func `that somebody was erased is owed to Kafka, and nothing else of them`(
        engine: TestEngine
    ) async throws {
        try await PeopleTests.serving(engine, settings: ["KAFKA_BROKERS": "127.0.0.1:9"]) { calls in
            let ann = ID.random()
            let opened = try await calls.send(
                "POST", "/api/v1/sessions",
                #"{"user_id":"\#(ann)","content_id":"\#(ID.random())","device_id":"tv","duration_seconds":3600}"#)
            #expect(opened.status == 201, "\(opened.text)")
            #expect(try await calls.send("DELETE", "/api/v1/people/\(ann)").status == 202)
            try await calls.server.finishErasures()
            let owed = try await calls.server.database.read { connection in
                try connection.all(
                    "SELECT destination, name, message_key, payload FROM outbox_messages ORDER BY created_at", []
                ) { [try $0.text(), try $0.text(), try $0.text(), try $0.text()] }
            }
            #expect(owed.count == 1, "\(owed)")
            #expect(owed.first?.prefix(3) == ["kafka", "person-erased", "\(ann)"])
            #expect(Node(text: owed.first?.last ?? "")["user_id"].string == "\(ann)")
        }
    }

    @Test(arguments: TestEngine.allCases) func `an export that is imported elsewhere is exported the same again`(
        engine: TestEngine
    ) async throws {
        try await PeopleTests.serving(engine) { calls in
            let ann = try await calls.person()
            let history = "/api/v1/users/\(ann.id)/history"
            try await calls.server.database.write { connection in
                try connection.execute(
                    "UPDATE watch_history SET hidden_at = $2 WHERE content_id = $1",
                    [.id(ann.title), .instant(calls.server.clock.now)])
            }
            #expect(
                try await calls.send(
                    "POST", "\(history)/\(ID.random())/plays", #"{"finished_at":"2023-12-24T21:10:00Z"}"#
                ).status == 201)
            let first = try await Self.exported(ann.id, calls.server)
            #expect(first.contains { $0.contains(#""source":"watched""#) })
            #expect(first.contains { $0.contains(#""source":"marked""#) })
            #expect(first.contains { $0.contains(#""hidden_at":"2"#) })
            let file = first.joined(separator: "\n")
            try await PeopleTests.serving(engine) { other in
                let reply = try await other.server.send(
                    .post, history + "/import", file,
                    headers: other.headers.merging(["Content-Type": "application/x-ndjson"]) { $1 })
                #expect(reply.status == 200 && reply["refused"].count == 0, "\(reply.text)")
                #expect(try await Self.exported(ann.id, other.server) == first)
            }
        }
    }

    private static func exported(_ user: ID, _ server: TestServer) async throws -> [String] {
        let library = HistoryLibrary(changes: Changes(database: server.database, clock: server.clock.source))
        var lines: [String] = []
        try await library.export(of: user) { lines.append($0) }
        return lines
    }
}
