import Core

/// An account of a Mastodon server, or of one that speaks like it.
package struct MastodonSource: PostSource {
    private static let pages = 1_000

    private let outbound: Outbound

    init(outbound: Outbound) {
        self.outbound = outbound
    }

    /// Follows the pages forward from the window's begin: Mastodon's ids hold the milliseconds of their posts. A server whose ids do not is
    /// asked from the newest backwards.
    package func posts(_ request: PostRequest) async throws -> FetchedPosts {
        guard let account = MastodonAccount(request.account) else {
            throw SourceFailure.refused("'\(PostText.cut(request.account, to: 100))' is not like name@instance.")
        }
        let found = try await look(account)
        var pile = PostPile(request)
        if UInt64(found.id) != nil {
            let before = UInt64(max(request.from.milliseconds, 0)) << 16
            try await follow(
                account, found.id, [("min_id", String(before > 0 ? before - 1 : 0))], .prev, request, &pile)
        }
        // Nothing, of somebody who posted since: its ids hold no time after all.
        if pile.posts.isEmpty, found.mayHavePosted(since: request.from) {
            try await follow(account, found.id, [], .next, request, &pile)
        }
        return pile.fetched()
    }

    private enum Direction: String {
        /// To the newer.
        case prev
        /// To the older.
        case next
    }

    private struct Found {
        let id: String
        let lastPostedAt: String?

        /// They tell the day of the last post; who tells none may have posted at any time.
        func mayHavePosted(since instant: Instant) -> Bool {
            lastPostedAt.map { $0.prefix(10) >= instant.description.prefix(10) } ?? true
        }
    }

    private func look(_ account: MastodonAccount) async throws -> Found {
        let json = try await ask(account, account.server, "/api/v1/accounts/lookup", [("acct", account.name)]).json()
        guard let id = json["id"].identifier else {
            throw SourceFailure.failed("\(account.server.host) sent an answer that is not as Mastodon's manual says.")
        }
        return Found(id: id, lastPostedAt: json["last_status_at"].filled)
    }

    private func follow(
        _ account: MastodonAccount, _ id: String, _ query: [(String, String)], _ direction: Direction,
        _ request: PostRequest,
        _ pile: inout PostPile
    ) async throws {
        var guarding = PageGuard(account.server.host, limit: Self.pages)
        let path = "/api/v1/accounts/\(escaped(id))/statuses"
        var reply = try await ask(account, account.server, path, [("limit", "40")] + query)
        while true {
            guard let statuses = try reply.json().elements else {
                throw SourceFailure.failed(
                    "\(account.server.host) sent an answer that is not as Mastodon's manual says.")
            }
            let posts = statuses.compactMap { Self.post($0, of: account) }
            for post in posts { pile.add(post) }
            let isPast =
                !posts.isEmpty
                && posts.allSatisfy { post in
                    guard let at = post.postedAt else { return false }
                    return direction == .prev ? at >= request.until : at < request.from
                }
            // An empty or short page with a link is not the end.
            guard !isPast, pile.posts.count <= request.limit,
                let next = LinkHeader.address(direction.rawValue, in: reply.reply.headers["link"])
            else { return }
            try guarding.turn(to: next)
            reply = try await ask(account, try Self.next(next, of: account))
        }
    }

    /// A link leads to the same server: what it says otherwise is not followed.
    private static func next(_ link: String, of account: MastodonAccount) throws(SourceFailure) -> String {
        guard let address = WebAddress(link, from: account.server), address.host == account.server.host else {
            throw .failed("\(account.server.host) names a page of another server as the next.")
        }
        return address.text
    }

    private func ask(
        _ account: MastodonAccount, _ server: WebAddress, _ path: String, _ query: [(String, String)]
    ) async throws -> SourceReply {
        try await ask(account, pageAddress(server.text, path, query))
    }

    private func ask(_ account: MastodonAccount, _ url: String) async throws -> SourceReply {
        var request = OutboundRequest(url, to: .anybody)
        request.headers = [("Accept", "application/json")]
        return try await SourceReply.send(request, by: outbound, service: account.server.host)
    }

    private static func post(_ status: JSONNode, of account: MastodonAccount) -> Post? {
        guard let id = status["id"].identifier else { return nil }
        let boosted = status["reblog"]
        let text = boosted.isObject ? "RT @\(boosted["account"]["acct"].filled ?? "…"): \(text(boosted))" : text(status)
        let url = status["url"].text.flatMap { WebAddress($0) } ?? boosted["url"].text.flatMap { WebAddress($0) }
        return Post(
            keys: [PostText.key("id", id, digest: digest)], author: account.address,
            text: PostText.clean(text), url: url?.text, postedAt: status["created_at"].instant)
    }

    /// What a warning says, what is written, and what pictures show.
    private static func text(_ status: JSONNode) -> String {
        let pictures = (status["media_attachments"].elements ?? []).compactMap { $0["description"].filled }
        let parts = [status["spoiler_text"].text ?? "", HTMLText.plain(status["content"].text ?? "")] + pictures
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }
}

/// The header `Link` (RFC 8288).
enum LinkHeader {
    /// The address with a relation.
    static func address(_ relation: String, in header: String?) -> String? {
        guard let header else { return nil }
        for link in header.split(separator: "<").prefix(20) {
            guard let end = link.firstIndex(of: ">") else { continue }
            let parameters = link[end...].lowercased().filter { $0 != " " && $0 != "\"" }
            let isIt = parameters.split(whereSeparator: { ";,>".contains($0) }).contains { $0 == "rel=\(relation)" }
            if isIt { return String(link[..<end]) }
        }
        return nil
    }
}
