import Core
import Testing

@testable import Accounts

@Suite struct MailMessageTests {
    private static let noon = Instant(milliseconds: 1_795_262_400_000)

    private static func message(
        _ subject: String = "Hello", _ text: String = "Hi", headers: [String: String] = [:]
    ) throws -> MailMessage {
        MailMessage(
            id: ID(high: 1, low: 2), to: try #require(EmailAddress("ann@x.org")), subject: subject, text: text,
            user: nil,
            headers: headers)
    }

    private static func written(_ message: MailMessage, from: String = "Dogear <dogear@example.org>") throws -> [String]
    {
        message.written(from: try #require(MailSender(from)), at: noon).split(
            separator: "\n", omittingEmptySubsequences: false
        )
        .map(String.init)
    }

    @Test func `a mail has the headers that it needs`() throws {
        let lines = try Self.written(Self.message())
        for line in [
            "From: Dogear <dogear@example.org>", "To: ann@x.org", "Subject: Hello",
            "Date: Sat, 21 Nov 2026 12:00:00 +0000",
            "Message-ID: <00000000-0000-0001-0000-000000000002@example.org>", "MIME-Version: 1.0",
        ] { #expect(lines.contains(line), "\(line)") }
        #expect(lines.suffix(3) == ["", "Hi", ""])
    }

    @Test(arguments: ["Neue Beiträge", "a\r\nBcc: b@x.org", "=?utf-8?B?QQ==?=", String(repeating: "long ", count: 60)])
    func `no subject ends its line or passes for something else`(subject: String) throws {
        let lines = try Self.written(Self.message(subject))
        let start = try #require(lines.firstIndex { $0.hasPrefix("Subject: =?utf-8?B?") })
        let folded = lines[(start + 1)...].prefix { $0.hasPrefix(" ") }
        #expect(lines.allSatisfy { $0.utf8.count <= 78 } && !lines.contains { $0.hasPrefix("Bcc") })
        let words = [String(lines[start].dropFirst(9))] + folded.map { String($0.dropFirst()) }
        #expect(words.allSatisfy { $0.hasPrefix("=?utf-8?B?") && $0.hasSuffix("?=") && $0.utf8.count <= 75 })
    }

    @Test func `only headers of mailing lists go out, and none with a line break`() throws {
        let lines = try Self.written(
            Self.message(headers: [
                "List-Unsubscribe": "<https://x.org/u>", "List-Unsubscribe-Post": "a\r\nBcc: b@x.org", "Bcc": "b@x.org",
            ]))
        #expect(lines.contains("List-Unsubscribe: <https://x.org/u>"))
        #expect(!lines.contains { $0.contains("Bcc") || $0.hasPrefix("List-Unsubscribe-Post") })
    }

    @Test(arguments: [
        ("Hello", ["Hello"]), ("1 = 1", ["1 =3D 1"]), ("ü", ["=C3=BC"]), ("end ", ["end=20"]), (".", ["=2E"]),
        ("", [""]),
        (String(repeating: "a", count: 80), [String(repeating: "a", count: 75) + "=", "aaaaa"]),
    ]) func `text is quoted-printable`(line: String, quoted: [String]) {
        #expect(MailMessage.quoted(line) == quoted)
    }

    @Test(
        arguments: [
            ("dogear@example.org", "dogear@example.org"), ("A B <a@x.org>", "A B <a@x.org>"),
            ("Für <a@x.org>", "=?utf-8?B?RsO8cg==?= <a@x.org>"),
            ("a\r\nBcc: b <a@x.org>", "=?utf-8?B?YQ0KQmNjOiBi?= <a@x.org>"),
            ("<a@x.org>", "a@x.org"), ("nobody", nil), ("A <>", nil),
        ] as [(String, String?)]) func `a sender is an address, or a name and an address`(text: String, header: String?)
    {
        #expect(MailSender(text)?.header == header)
    }
}
