package import Hummingbird

/// Where people reach this server, for addresses that it hands out and for the cookies that it sets.
package struct PublicAddress: Sendable {
    /// `https://live.example.org`, where the settings say so.
    package let url: String?
    private let speaksTLS: Bool

    /// An address by the settings.
    /// - Parameter speaksTLS: Whether connections are taken over TLS.
    package init(url: String? = nil, speaksTLS: Bool = false) {
        self.url = url
        self.speaksTLS = speaksTLS
    }

    /// Whether browsers come by https alone, so that a cookie may say `Secure`.
    package var isSecure: Bool { url.map { $0.hasPrefix("https:") } ?? speaksTLS }

    /// What addresses begin with; where the settings do not say it, as the one who asks named this server.
    package func origin(for request: Request) -> String {
        url ?? "\(speaksTLS ? "https" : "http")://\(request.head.authority ?? "localhost")"
    }
}
