import Core
import Hummingbird

/// Which requests are let in at all, before anybody asks who sends them.
///
/// In *open mode* (a loopback address, no key and no JWT configured) anybody on this machine is let in, so the request must
/// really come from this machine: a Host that is not a loopback name would be DNS rebinding, a forwarding header a proxy.
/// In every mode a page of a foreign origin is refused: it could otherwise write by a simple request.
package struct Access: Sendable {
    /// Whether service keys are waived.
    package let isOpen: Bool
    /// Origins of the app's own pages, such as `https://app.example`.
    private let origins: Set<String>

    /// The rules of one server.
    package init(isOpen: Bool, origins: Set<String>) {
        self.isOpen = isOpen
        self.origins = origins
    }

    /// The origin that the answer is shared with; nil where the request comes from no page or from our own.
    /// - Throws: 403 for a request that is not let in.
    func admit(host: String?, origin: String?, hasForwardingHeader: Bool) throws(Problem) -> String? {
        if isOpen {
            guard let host, isLoopback(host: hostName(of: host)) else {
                throw Problem(
                    403, "host-not-allowed", "This name is not served",
                    "Without keys Dogear answers only to localhost, 127.0.0.1 and [::1]. For other names create a key with `dogear key create`."
                )
            }
            guard !hasForwardingHeader else {
                throw Problem(
                    403, "proxy-not-allowed", "Requests through a proxy need keys",
                    "A forwarding header says that a proxy stands in front. Create a key with `dogear key create`, and send it."
                )
            }
        }
        guard let origin else { return nil }
        if Self.isOwn(origin, host: host) { return nil }
        guard origins.contains(origin) || (isOpen && isLoopback(origin: origin)) else {
            throw Problem(
                403, "origin-not-allowed", "This page may not ask",
                "Pages of this origin are not among CORS_ORIGINS. Add it there and start Dogear again.")
        }
        return origin
    }

    /// Whether a page of this origin is our own.
    package static func isOwn(_ origin: String, host: String?) -> Bool {
        guard let host else { return false }
        return origin == "http://\(host)" || origin == "https://\(host)"
    }
}

/// Whether a name or address is this machine's loopback.
package func isLoopback(host: String) -> Bool {
    if host == "127.0.0.1" || host == "localhost" { return true }
    let name = host.lowercased()
    if name == "localhost" || name.hasSuffix(".localhost") || name == "::1" || name == "[::1]" { return true }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
}

private func isLoopback(origin: String) -> Bool {
    for scheme in ["http://", "https://"] where origin.hasPrefix(scheme) {
        return isLoopback(host: hostName(of: String(origin.dropFirst(scheme.count))))
    }
    return false
}

/// A host without its port.
private func hostName(of authority: String) -> String {
    if authority.hasPrefix("[") {
        return authority.firstIndex(of: "]").map { String(authority[...$0]) } ?? authority
    }
    let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.count == 1 || UInt16(parts[1]) != nil else { return authority }
    return String(parts[0])
}
