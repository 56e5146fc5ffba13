import Hummingbird

/// Knows stream tickets.
package protocol TicketResolver: Sendable {
    /// Uses a ticket up; the credential that it stands for, nil for whoever needs nothing.
    /// - Throws: what becomes a 401 for a ticket that is not good.
    func credential(of ticket: String, for path: String) async throws -> String?
}

/// What opens a stream for a client that cannot send headers: `?ticket=`, once, within a minute.
package enum StreamTicket {
    /// Whether a path is that of a stream.
    package static func opens(_ path: String) -> Bool {
        path.hasPrefix("/api/") && path.hasSuffix("/stream")
            && path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
    }

    /// The ticket that a request for a stream brings; nil where it brings none.
    static func sent(with request: Request) -> String? {
        guard request.method == .get, opens(request.uri.path) else { return nil }
        return request.uri.queryParameters["ticket"].map { String($0) }
    }
}
