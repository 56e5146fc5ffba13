extension AccountName {
    /// What an account of a source looks like, in words.
    static func expected(_ source: SourceName) -> String {
        switch source {
        case .folder: "must be the name of a file of posts: 1 to 50 letters, digits and underscores"
        case .x, .twitterapi: "must be an account's name: 1 to 15 letters, digits and underscores"
        case .mastodon: "must be an account with its server, such as ann@example.social"
        case .feed: "must be a feed's address, such as https://example.org/feed.xml"
        }
    }
}
