import Foundation

/// How accounts are spelled at each source.
package enum AccountName {
    /// The one form of an account's name under which a source knows it; nil where the text is no name of that source.
    ///
    /// - Folder: `[A-Za-z0-9_]{1,50}`, as the file is called. X and twitterapi.io: `[A-Za-z0-9_]{1,15}`. An `@` before them is left out.
    /// - Mastodon: `name@host`, also from `@name@host` and `https://host/@name`; `http://host/@name` stays, for an instance without TLS.
    /// - A feed: an http or https address, `https://` where none is written.
    package static func check(_ source: SourceName, _ text: String) -> String? {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        switch source {
        case .folder: return handle(text, limit: 50)
        case .x, .twitterapi: return handle(text, limit: 15)
        case .mastodon: return MastodonAccount(text)?.text
        case .feed: return feed(text)
        }
    }

    private static func handle(_ text: String, limit: Int) -> String? {
        let name = text.hasPrefix("@") ? String(text.dropFirst()) : text
        return (1...limit).contains(name.utf8.count) && name.utf8.allSatisfy(isWordByte) ? name : nil
    }

    private static func feed(_ text: String) -> String? {
        if text.contains("://") { return WebAddress(text)?.text }
        guard let address = WebAddress("https://" + text), address.host.contains(".") else { return nil }
        return address.text
    }

    fileprivate static func isWordByte(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x5F
    }
}

/// An account of a Mastodon server.
struct MastodonAccount: Sendable, Hashable {
    /// The name on its server: `ann`.
    let name: String
    /// The server, without a path: `https://example.social`.
    let server: WebAddress
    /// `ann@example.social`, with the port where one is written.
    let address: String
    /// The canonical spelling.
    let text: String

    init?(_ text: String) {
        let isAddress = text.hasPrefix("https://") || text.hasPrefix("http://")
        guard let parts = isAddress ? Self.page(text) : Self.handle(text), Self.isName(parts.name),
            let server = WebAddress("\(parts.scheme)://\(parts.host)"), server.host.contains(where: { $0 != ":" })
        else { return nil }
        let place =
            (server.host.contains(":") ? "[\(server.host)]" : server.host) + (server.port.map { ":\($0)" } ?? "")
        name = parts.name
        self.server = server
        address = "\(parts.name)@\(place)"
        self.text = parts.scheme == "http" ? "http://\(place)/@\(parts.name)" : address
    }

    private typealias Parts = (scheme: String, host: String, name: String)

    private static func handle(_ text: String) -> Parts? {
        let parts = (text.hasPrefix("@") ? text.dropFirst() : text[...]).split(
            separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty, !parts[1].contains(where: { "/?#".contains($0) }) else { return nil }
        return ("https", String(parts[1]), String(parts[0]))
    }

    private static func page(_ text: String) -> Parts? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[3].hasPrefix("@"), !parts[2].contains("@") else { return nil }
        return (text.hasPrefix("https") ? "https" : "http", String(parts[2]), String(parts[3].dropFirst()))
    }

    private static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { AccountName.isWordByte($0) || $0 == 0x2E || $0 == 0x2D }
    }
}
