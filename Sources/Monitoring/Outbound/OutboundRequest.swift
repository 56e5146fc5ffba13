package import Core
package import Foundation

/// One request to the outside.
package struct OutboundRequest: Sendable {
    /// Whose address it is.
    package enum Destination: Sendable {
        /// The operator's, from the settings: it is taken as it is, and a redirect is not followed.
        case operators
        /// Somebody's who uses this server: it must be of the internet at large, and so must every one that it redirects to.
        case anybody
    }

    /// Where to.
    package let url: String
    /// Whose address it is.
    package let destination: Destination
    /// Headers that any server may see.
    package var headers: [(name: String, value: String)] = []
    /// Headers that only the server of `url` may see: keys.
    package var secrets: [(name: String, value: String)] = []
    /// The JSON that is posted; nil for a GET.
    package var body: Data?
    /// How long the whole may take; nil for what is usual.
    package var patience: Duration?
    /// Whether a reply that looks like a rate limit is none that ends soon: a month's allowance.
    package var isHopeless: @Sendable (OutboundReply) -> Bool = { _ in false }

    /// A GET, or a POST once it has a body.
    package init(_ url: String, to destination: Destination) {
        self.url = url
        self.destination = destination
    }
}

/// What came back.
package struct OutboundReply: Sendable {
    /// The HTTP status.
    package let status: Int
    /// The headers' values by their names in lower case; of several of one name, the first.
    package let headers: [String: String]
    /// The body, whole.
    package let body: Data
    /// The address that answered in the end.
    package var url: String
    /// Where redirects that are for good led, before any that is not.
    package var movedTo: String?

    /// Whether it says that it was asked too often: 429, or 503 with a time.
    var isRateLimit: Bool { status == 429 || status == 503 && headers["retry-after"] != nil }
}

/// Why nothing came back that can be used.
package enum OutboundFailure: Error, Sendable, Equatable {
    /// Asked too often; good again then, if it said when.
    case rateLimited(until: Instant?)
    /// The address is none that is asked.
    case refused(String)
    /// It did not work this time.
    case failed(String)
}
