/// Keeps passwords out of what people read: refusals, logs, the command line.
package enum Redaction {
    /// A text without secrets that are known.
    /// - Parameters:
    ///   - secrets: What must not appear. An empty one is passed over.
    ///   - text: What may hold them.
    package static func hiding(_ secrets: [String], in text: String) -> String {
        let hidden = secrets.filter { !$0.isEmpty }.sorted { $0.count > $1.count }
            .reduce(text) { $0.replacing($1, with: mark) }
        return hidingAddresses(in: hidden)
    }

    /// A text in which each address such as `postgres://USER:PASSWORD@HOST/DATABASE` has lost its user and password.
    ///
    /// An address that is not well formed may hold a password anywhere: all up to the last `@` of the word goes, and
    /// what stands behind a question mark too where a password is among it, since libpq takes `?password=…`.
    package static func hidingAddresses(in text: String) -> String {
        text.replacing(/(?i)(\b[a-z][a-z0-9+.-]*:\/\/)([^\s"'<>]*)/) { match in
            let rest = match.output.2
            guard let sign = rest.lastIndex(of: "@") else {
                return match.output.1 + (isHostAndPort(rest) ? withoutQuery(rest) : mark)
            }
            return "\(match.output.1)\(mark)\(withoutQuery(rest[sign...]))"
        }
    }

    private static let mark = "***"

    /// Where the host was forgotten, a user and password stand in the place of a host and port.
    private static func isHostAndPort(_ rest: Substring) -> Bool {
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.hasPrefix("["), let colon = authority.firstIndex(of: ":") else { return true }
        return authority[colon...].allSatisfy { $0.isNumber || $0.isPunctuation }
    }

    private static func withoutQuery(_ rest: Substring) -> String {
        guard let start = rest.firstIndex(of: "?"), rest[start...].lowercased().contains("password") else {
            return String(rest)
        }
        return rest[..<start] + "?\(mark)"
    }
}
