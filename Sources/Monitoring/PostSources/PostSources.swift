package import Core
package import Logging

/// Every source of posts, made from what the settings say.
package struct PostSources: Sendable {
    /// What the settings say of sources.
    package struct Configuration: Sendable {
        /// The base URL of the X API.
        package var xURL = "https://api.x.com"
        /// Its bearer token; empty where there is none.
        package var xToken = ""
        /// The base URL of twitterapi.io.
        package var twitterAPIURL = "https://api.twitterapi.io"
        /// Its key; empty where there is none.
        package var twitterAPIKey = ""
        /// The folder of JSON lines.
        package var folder = "data/posts"

        /// What holds where nobody says anything.
        package init() {}
    }

    private let sources: [SourceName: any PostSource]
    private let standard: any PostSource

    /// The sources.
    package init(_ configuration: Configuration, outbound: Outbound, clock: Clock, logger: Logger) {
        let folder = FolderSource(folder: configuration.folder, logger: logger)
        standard = folder
        sources = [
            .folder: folder,
            .x: XSource(url: configuration.xURL, token: configuration.xToken, outbound: outbound, clock: clock),
            .twitterapi: TwitterAPISource(
                url: configuration.twitterAPIURL, key: configuration.twitterAPIKey, outbound: outbound),
            .mastodon: MastodonSource(outbound: outbound),
            .feed: FeedSource(outbound: outbound, clock: clock),
        ]
    }

    /// The source of a name.
    package func source(_ name: SourceName) -> any PostSource { sources[name] ?? standard }
}
