package import Core
import Foundation

/// A mail to one person, as it goes out (RFC 5322): plain text in UTF-8.
package struct MailMessage: Sendable, Hashable {
    /// What tells repeated deliveries apart.
    package let id: ID
    /// Where it goes.
    package let to: EmailAddress
    /// In a few words.
    package let subject: String
    /// The text, with line feeds.
    package let text: String
    /// The account that it is for; nil where that is not known.
    package let user: ID?
    /// Further headers; only those of mailing lists go out.
    package let headers: [String: String]

    private static let allowedHeaders: Set<String> = ["List-Unsubscribe", "List-Unsubscribe-Post"]

    /// The whole mail.
    /// - Parameters:
    ///   - lineEnd: What ends a line: a line feed for `sendmail`, CRLF in a file.
    func written(from sender: MailSender, at now: Instant, lineEnd: String = "\n") -> String {
        var lines = [
            "From: \(sender.header)", "To: \(to)", "Subject: \(Self.words(subject))", "Date: \(Self.date(now))",
            "Message-ID: <\(id)@\(sender.domain)>", "Auto-Submitted: auto-generated",
        ]
        for (name, value) in headers.sorted(by: { $0.key < $1.key })
        where Self.allowedHeaders.contains(name) && Self.isPlain(value) {
            lines.append("\(name): \(value)")
        }
        lines += [
            "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable", "",
        ]
        lines += text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { Self.quoted(String($0)) }
        return lines.joined(separator: "\n").replacing("\n", with: lineEnd) + lineEnd
    }

    /// Printable ASCII of a length that no relay breaks (RFC 5322, section 2.1.1).
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.count <= 900 && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }

    /// A header's text: as it is where it is short and plain, else as encoded words (RFC 2047), so that nothing in it ends a line.
    static func words(_ text: String) -> String {
        if text.utf8.count <= 60, isPlain(text), !text.hasPrefix("=?") { return text }
        var (words, part) = ([String](), "")
        for character in text.unicodeScalars.map(String.init) {
            if part.utf8.count + character.utf8.count > 42 {
                words.append(part)
                part = ""
            }
            part += character
        }
        words.append(part)
        return words.map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\n ")
    }

    /// A line of text as quoted-printable lines of at most 76 characters (RFC 2045, section 6.7).
    static func quoted(_ line: String) -> [String] {
        var (lines, current) = ([String](), "")
        let bytes = Array(line.utf8)
        for (index, byte) in bytes.enumerated() {
            let isLast = index == bytes.count - 1
            let isPlain = (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=") || byte == 0x20 && !isLast
            // A dot alone on a line ends a mail for programs that are not told otherwise.
            let isDot = byte == UInt8(ascii: ".") && bytes.count == 1
            let piece = isPlain && !isDot ? String(UnicodeScalar(byte)) : hexadecimal(byte)
            if current.utf8.count + piece.utf8.count > 75 {
                lines.append(current + "=")
                current = ""
            }
            current += piece
        }
        return lines + [current]
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        "=" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }

    /// `Fri, 27 Nov 2026 12:00:00 +0000`
    static func date(_ now: Instant) -> String {
        let text = now.description
        let day = ((now.milliseconds / 86_400_000) % 7 + 7) % 7
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let month = (Int(text.dropFirst(5).prefix(2)) ?? 1) - 1
        let date = "\(text.dropFirst(8).prefix(2)) \(months[month]) \(text.prefix(4))"
        return "\(days[Int(day)]), \(date) \(text.dropFirst(11).prefix(8)) +0000"
    }
}

/// Whom mails are from: `dogear@example.org` or `Dogear <dogear@example.org>`.
package struct MailSender: Sendable, Hashable {
    private let name: String?
    private let address: EmailAddress

    /// Reads a sender; nil for what is none.
    package init?(_ text: String) {
        guard text.hasSuffix(">"), let open = text.lastIndex(of: "<") else {
            guard let address = EmailAddress(text) else { return nil }
            (name, self.address) = (nil, address)
            return
        }
        let name = text[..<open].trimmingCharacters(in: .whitespaces)
        guard let address = EmailAddress(String(text[text.index(after: open)...].dropLast())), name.utf8.count <= 100
        else { return nil }
        (self.name, self.address) = (name.isEmpty ? nil : name, address)
    }

    /// As `From` has it.
    var header: String {
        guard let name else { return address.description }
        let isWord = name.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) || $0 == 0x20
        }
        let words = isWord ? name : "=?utf-8?B?\(Data(name.utf8).base64EncodedString())?="
        return "\(words) <\(address)>"
    }

    var domain: Substring { address.description.split(separator: "@").last ?? "localhost" }
}
