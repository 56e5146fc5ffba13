import Core

/// The X API, version 2.
package struct XSource: PostSource {
    /// How many of somebody's posts X gives at most: the newest.
    static let newest = 3_200
    private static let pages = 400

    private let url: String
    private let token: String
    private let outbound: Outbound
    private let clock: Clock

    init(url: String, token: String, outbound: Outbound, clock: Clock) {
        self.url = url
        self.token = token
        self.outbound = outbound
        self.clock = clock
    }

    /// Follows the pages of an account's posts to their end.
    package func posts(_ request: PostRequest) async throws -> FetchedPosts {
        guard !token.isEmpty else {
            throw SourceFailure.refused(
                "X wants a token, and X_API_TOKEN is not set. Whoever runs this server sets it.")
        }
        guard let name = AccountName.check(.x, request.account) else {
            throw SourceFailure.refused("'\(PostText.cut(request.account, to: 50))' is no name that X knows.")
        }
        let account = try await account(name)
        var pile = PostPile(request)
        var guarding = PageGuard("X", limit: Self.pages)
        var query = query(request)
        var count = 0
        while true {
            let json = try await ask("/2/users/\(escaped(account.id))/tweets", query)
            let page = try XPage(json, author: account.name)
            count += page.count
            for post in page.posts { pile.add(post) }
            // An empty or short page with a token is not the end.
            guard let next = page.next, count < Self.newest else { break }
            try guarding.turn(to: next)
            query.removeAll { $0.0 == "pagination_token" }
            query.append(("pagination_token", next))
        }
        return pile.fetched(truncatedBy: count >= Self.newest ? "3200-newest" : nil)
    }

    private func account(_ name: String) async throws -> (id: String, name: String) {
        let json = try await ask("/2/users/by/username/\(escaped(name))", [])
        guard let id = json["data"]["id"].identifier else { throw XPage.failure(json, service: "X") }
        return (id, AccountName.check(.x, json["data"]["username"].text ?? "") ?? name)
    }

    private func query(_ request: PostRequest) -> [(String, String)] {
        var query = [
            ("max_results", "100"), ("start_time", Self.seconds(request.from)),
            ("tweet.fields", "created_at,note_tweet,referenced_tweets,author_id"),
            ("expansions", "referenced_tweets.id,referenced_tweets.id.author_id"), ("user.fields", "username"),
        ]
        // X takes no `end_time` of the last ten seconds.
        if request.until < clock.now - .minutes(1) {
            query.append(("end_time", Self.seconds(request.until + .seconds(1))))
        }
        return query
    }

    /// RFC 3339 without fractions, which X does not take.
    private static func seconds(_ instant: Instant) -> String { instant.description.prefix(19) + "Z" }

    private func ask(_ path: String, _ query: [(String, String)]) async throws -> JSONNode {
        var request = OutboundRequest(pageAddress(url, path, query), to: .operators)
        request.secrets = [("Authorization", "Bearer \(token)")]
        request.isHopeless = XPage.isCap
        let reply = try await SourceReply.send(request, by: outbound, service: "X", key: "X_API_TOKEN")
        if XPage.isCap(reply.reply) {
            throw SourceFailure.capExceeded(
                "X says that the month's allowance is used up. It goes on when it is renewed.")
        }
        return try reply.json()
    }
}

/// One page of the X API.
struct XPage {
    /// Its posts, with their whole texts.
    let posts: [Post]
    /// How many posts X counts on it.
    let count: Int
    /// What names the next page.
    let next: String?

    /// - Throws: `SourceFailure` for a page of errors and nothing else.
    init(_ json: JSONNode, author: String) throws(SourceFailure) {
        let data = json["data"].elements
        guard data != nil || json["meta"].isObject else { throw Self.failure(json, service: "X") }
        let references = References(json["includes"])
        posts = (data ?? []).compactMap { references.post($0, author: author) }
        count = data?.count ?? 0
        next = json["meta"]["next_token"].filled
    }

    /// Whether a reply says that the month's allowance is used up.
    static func isCap(_ reply: OutboundReply) -> Bool {
        guard [402, 403, 429].contains(reply.status), let json = JSONNode(reply.body) else { return false }
        let told =
            [json["title"], json["type"], json["reason"], json["detail"]].compactMap(\.text)
            + (json["errors"].elements ?? []).flatMap { [$0["title"], $0["type"]].compactMap(\.text) }
        return told.contains {
            $0.contains("UsageCapExceeded") || $0.contains("usage-capped") || $0.contains("CreditsDepleted")
        }
    }

    /// What a 200 without what was asked for means.
    static func failure(_ json: JSONNode, service: String) -> SourceFailure {
        guard let error = json["errors"].elements?.first else {
            return .failed("\(service) sent an answer that is not as its manual says. The next attempt may go better.")
        }
        let told = PostText.clean(error["detail"].filled ?? error["title"].filled ?? "no reason", limit: 200)
        let isHopeless = ["Not Found Error", "Forbidden", "Not Authorized Error"].contains(error["title"].text ?? "")
        return isHopeless ? .refused("\(service) refuses: \(told)") : .failed("\(service) says: \(told)")
    }

    /// The whole posts and the people that the posts of a page speak of.
    private struct References {
        private var texts: [String: (text: String, author: String?)] = [:]
        private var names: [String: String] = [:]

        init(_ includes: JSONNode) {
            for user in includes["users"].elements ?? [] {
                if let id = user["id"].identifier { names[id] = user["username"].filled }
            }
            for tweet in includes["tweets"].elements ?? [] {
                guard let id = tweet["id"].identifier, let text = Self.text(tweet) else { continue }
                texts[id] = (text, tweet["author_id"].identifier.flatMap { names[$0] })
            }
        }

        private static func text(_ tweet: JSONNode) -> String? {
            tweet["note_tweet"]["text"].filled ?? tweet["text"].text
        }

        func post(_ tweet: JSONNode, author: String) -> Post? {
            guard let id = tweet["id"].identifier, let own = Self.text(tweet) else { return nil }
            let repost = tweet["referenced_tweets"].elements?.first { $0["type"].text == "retweeted" }
            let original = repost.flatMap { $0["id"].identifier }.flatMap { texts[$0] }
            let text = original.map { "RT @\($0.author ?? "…"): \($0.text)" } ?? own
            return tweetPost(id: id, author: author, text: text, at: tweet["created_at"].instant)
        }
    }
}

/// A post of X, from whoever gives it. Where no date can be read, the id tells one: it holds the milliseconds since 2010-11-04.
func tweetPost(id: String, author: String, text: String, at: Instant?) -> Post {
    let number = UInt64(id)
    let made = number.map { Instant(milliseconds: Int64($0 >> 22) + 1_288_834_974_657) }
    return Post(
        keys: [PostText.key("id", id, digest: digest)], author: author,
        text: PostText.clean(HTMLEntity.unescaped(text)),
        url: number.map { "https://x.com/\(escaped(author))/status/\($0)" }, postedAt: at ?? made)
}
