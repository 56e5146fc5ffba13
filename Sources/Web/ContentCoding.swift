import HTTPTypes
package import Hummingbird

/// How a text is written on its way to whoever asked (RFC 9110, section 8.4).
package enum ContentCoding: Sendable, Hashable {
    /// As it is.
    case identity
    /// Packed by gzip (RFC 1952).
    case gzip

    /// Which of the two an `Accept-Encoding` header likes better (RFC 9110, section 12.5.3). Who says nothing gets the text as it
    /// is, and so does who refuses everything: a text that cannot be read is no worse than none.
    package init(accepting header: String?) {
        var weights: [String: Double] = [:]
        for element in (header ?? "").lowercased().split(separator: ",") {
            let parts = element.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            guard let name = parts.first else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 }
            weights[name == "x-gzip" ? "gzip" : name] = weight ?? 1
        }
        let gzip = weights["gzip"] ?? weights["*"] ?? 0
        self = gzip > 0 && gzip >= weights["identity"] ?? 0 ? .gzip : .identity
    }
}

/// Names one state of what an address answers (RFC 9110, section 8.8.3). Packed it has another tag than as it is, since the bytes differ.
package struct EntityTag: Sendable, Hashable {
    private let name: String

    /// A tag by what stands between its quotes.
    package init(_ name: String) {
        self.name = name
    }

    /// As `ETag` says it.
    package func header(_ coding: ContentCoding) -> String {
        coding == .gzip ? "\"\(name)-gzip\"" : "\"\(name)\""
    }

    /// Whether whoever asks has this already, by `If-None-Match`: `*`, or a list that names it. Weak tags count as strong ones there
    /// (RFC 9110, section 13.1.2).
    package func isKnown(_ request: Request, _ coding: ContentCoding) -> Bool {
        guard let header = request.headers[.ifNoneMatch] else { return false }
        if header.filter({ $0 != " " }) == "*" { return true }
        // Quotes have no escapes there, so that every second piece is a tag.
        let pieces = header.split(separator: "\"", omittingEmptySubsequences: false)
        let own = self.header(coding).dropFirst().dropLast()
        return pieces.indices.contains { $0 % 2 == 1 && pieces[$0] == own }
    }
}
