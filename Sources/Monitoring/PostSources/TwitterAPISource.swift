import Core

/// twitterapi.io: the newest posts first, twenty a page.
package struct TwitterAPISource: PostSource {
    private static let service = "twitterapi.io"
    private static let pages = 1_000

    private let url: String
    private let key: String
    private let outbound: Outbound

    init(url: String, key: String, outbound: Outbound) {
        self.url = url
        self.key = key
        self.outbound = outbound
    }

    /// Follows the pages back until one lies before the window as a whole.
    package func posts(_ request: PostRequest) async throws -> FetchedPosts {
        guard !key.isEmpty else {
            throw SourceFailure.refused(
                "twitterapi.io wants a key, and TWITTERAPI_KEY is not set. Whoever runs this server sets it.")
        }
        guard let name = AccountName.check(.twitterapi, request.account) else {
            throw SourceFailure.refused("'\(PostText.cut(request.account, to: 50))' is no name that X knows.")
        }
        var pile = PostPile(request)
        var guarding = PageGuard(Self.service, limit: Self.pages)
        var cursor = ""
        while true {
            let page = try await page(name, cursor)
            for post in page.posts { pile.add(post) }
            let isPast = !page.posts.isEmpty && page.posts.allSatisfy { $0.postedAt.map { $0 < request.from } ?? false }
            guard let next = page.next, !isPast else { return pile.fetched() }
            if pile.posts.count > request.limit { return pile.fetched(truncatedBy: "limit") }
            try guarding.turn(to: next)
            cursor = next
        }
    }

    private func page(_ name: String, _ cursor: String) async throws -> (posts: [Post], next: String?) {
        let query = [("userName", name), ("cursor", cursor), ("includeReplies", "true")]
        var request = OutboundRequest(pageAddress(url, "/twitter/user/last_tweets", query), to: .operators)
        request.secrets = [("X-API-Key", key)]
        request.isHopeless = { JSONNode($0.body).map { Self.isUsedUp(Self.told($0)) } ?? false }
        let reply = try await SourceReply.send(request, by: outbound, service: Self.service, key: "TWITTERAPI_KEY")
        if reply.reply.status != 200, let json = JSONNode(reply.reply.body), Self.isUsedUp(Self.told(json)) {
            throw Self.failure(json)
        }
        let json = try reply.json()
        // Their manual and their server do not agree where the posts stand.
        guard json["status"].text != "error", let tweets = json["tweets"].elements ?? json["data"]["tweets"].elements
        else {
            throw Self.failure(json)
        }
        let hasNext = json["has_next_page"].bool ?? json["data"]["has_next_page"].bool ?? false
        let next = json["next_cursor"].filled ?? json["data"]["next_cursor"].filled
        return (tweets.compactMap { Self.post($0, name) }, hasNext ? next : nil)
    }

    private static func post(_ tweet: JSONNode, _ name: String) -> Post? {
        guard let id = tweet["id"].identifier, let own = tweet["text"].text else { return nil }
        let author = AccountName.check(.x, tweet["author"]["userName"].text ?? "") ?? name
        let original = tweet["retweeted_tweet"]
        let text = original["text"].text.map { "RT @\(original["author"]["userName"].filled ?? "…"): \($0)" } ?? own
        return tweetPost(id: id, author: author, text: text, at: tweet["createdAt"].instant)
    }

    private static func told(_ json: JSONNode) -> String {
        PostText.clean(json["msg"].filled ?? json["message"].filled ?? json["error"].filled ?? "no reason", limit: 200)
    }

    private static func isUsedUp(_ told: String) -> Bool {
        let told = told.lowercased()
        return ["credit", "balance", "quota", "usagecap"].contains { told.contains($0) }
    }

    private static func failure(_ json: JSONNode) -> SourceFailure {
        let told = told(json)
        let lower = told.lowercased()
        if isUsedUp(told) { return .capExceeded("twitterapi.io says that the allowance is used up: \(told)") }
        if ["not found", "not exist", "suspended", "unavailable"].contains(where: { lower.contains($0) }) {
            return .refused("twitterapi.io has no such account: \(told)")
        }
        if ["too many", "rate limit"].contains(where: { lower.contains($0) }) {
            return .rateLimited(until: nil, "twitterapi.io was asked too often: \(told)")
        }
        return .failed("twitterapi.io says: \(told)")
    }
}
