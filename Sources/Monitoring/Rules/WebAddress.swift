import Foundation

/// An http or https address without credentials, whose host is a plain name or an IP address.
///
/// What checks a host and what connects to it must read an address alike, so what could be read in two ways (escapes in the host,
/// a zone, a user before an `@`) is none.
struct WebAddress: Sendable, Hashable {
    /// How long an address may be, in bytes.
    static let limit = 2_000

    /// `http` or `https`.
    let scheme: String
    /// The host in lower case, an IPv6 address without its brackets.
    let host: String
    /// The port, where one is written.
    let port: Int?
    /// The whole address, without its fragment.
    let text: String

    /// Reads an address; one that is relative is taken from where it stood.
    init?(_ text: String, from base: WebAddress? = nil) {
        guard text.utf8.count <= Self.limit, !text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x5C || $0 == 0x7F }),
            let url = URL(string: text, relativeTo: base.flatMap { URL(string: $0.text) })?.absoluteURL,
            var parts = URLComponents(url: url, resolvingAgainstBaseURL: true)
        else { return nil }
        guard let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme), url.user == nil,
            url.password == nil, let host = Self.host(url.host), url.port.map({ (1...65_535).contains($0) }) ?? true
        else { return nil }
        parts.fragment = nil
        parts.scheme = scheme
        parts.host = host.contains(":") ? "[\(host)]" : host
        guard let written = parts.string, Self.host(URL(string: written)?.host) == host else { return nil }
        (self.scheme, self.host, port, self.text) = (scheme, host, url.port, written)
    }

    /// Whether two addresses have the same server: only to that one a key is sent on.
    func hasOrigin(of other: WebAddress) -> Bool {
        scheme == other.scheme && host == other.host && effectivePort == other.effectivePort
    }

    private var effectivePort: Int { port ?? (scheme == "https" ? 443 : 80) }

    private static func host(_ text: String?) -> String? {
        guard var text = text?.lowercased(), !text.isEmpty, text.utf8.count <= 253 else { return nil }
        if text.hasPrefix("["), text.hasSuffix("]") { text = String(text.dropFirst().dropLast()) }
        let isPlain = text.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x3A).contains(byte) || [0x2D, 0x2E, 0x5F].contains(byte)
        }
        return isPlain ? text : nil
    }
}
