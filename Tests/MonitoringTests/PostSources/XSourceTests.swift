import Core
import Foundation
import TestSupport
import Testing
@testable import Monitoring

/// The X API, against a server that answers as it does, and as it should not.
@Suite struct XSourceTests {
    private static let user = #"{"data":{"id":"42","username":"Ann","name":"Ann"}}"#

    private static func run(
        _ tweets: @escaping @Sendable (StubServer.Request, Int) -> StubServer.Reply,
        token: String = "secret", _ body: (Outside, XSource) async throws -> Void
    ) async throws {
        try await Outside.run({ request, count in
            request.path == "/2/users/by/username/ann" ? .text(user) : tweets(request, count)
        }) { outside in
            let source = XSource(
                url: outside.server.origin, token: token, outbound: outside.outbound, clock: outside.clock.source)
            try await body(outside, source)
        }
    }

    private static func tweet(_ id: Int, _ at: String = "2026-11-21T08:00:00.000Z", _ text: String? = nil) -> String {
        #"{"id":"\#(id)","text":"\#(text ?? "post \(id)")","created_at":"\#(at)","author_id":"42"}"#
    }

    private static func page(_ tweets: [String], next: String? = nil, includes: String = "{}") -> StubServer.Reply {
        let token = next.map { #","next_token":"\#($0)""# } ?? ""
        return .text(
            #"{"data":[\#(tweets.joined(separator: ","))],"includes":\#(includes),"meta":{"result_count":\#(tweets.count)\#(token)}}"#
        )
    }

    @Test func `pages are followed over an empty one in the middle, oldest first in the end`() async throws {
        try await Self.run({ request, _ in
            switch request.query["pagination_token"] {
            case nil: Self.page([Self.tweet(3, "2026-11-21T09:00:00.000Z")], next: "a")
            case "a": .text(#"{"meta":{"result_count":0,"next_token":"b"}}"#)
            default: Self.page([Self.tweet(2), Self.tweet(1, "2026-11-20T13:00:00.000Z")])
            }
        }) { outside, source in
            let fetched = try await source.posts(Outside.request("ann"))
            #expect(fetched.posts.map(\.keys) == [["id:1"], ["id:2"], ["id:3"]] && fetched.truncatedBy == nil)
            #expect(fetched.posts.first?.author == "Ann" && fetched.posts.first?.url == "https://x.com/Ann/status/1")
            let query = try outside.server.requests.at(1).query
            #expect(query["max_results"] == "100" && query["start_time"] == "2026-11-20T12:00:00Z")
            #expect(outside.server.requests.allSatisfy { $0.headers["authorization"] == "Bearer secret" })
        }
    }

    @Test func `what lies outside the window is left out, its first instant is in, its last is not`() async throws {
        try await Self.run({ _, _ in
            Self.page([
                Self.tweet(4, "2026-11-21T12:00:00.000Z"), Self.tweet(3, "2026-11-21T11:59:59.999Z"),
                Self.tweet(2, "2026-11-20T12:00:00.000Z"), Self.tweet(1, "2026-11-20T11:59:59.999Z"),
            ])
        }) { _, source async throws in
            #expect(try await source.posts(Outside.request("ann")).posts.map(\.keys) == [["id:2"], ["id:3"]])
        }
    }

    @Test func `a long post and a repost are taken whole, and escapes are read`() async throws {
        let long =
            #"{"id":"7","text":"cut…","note_tweet":{"text":"the whole &lt;b&gt; &amp;amp; text"},"created_at":"2026-11-21T08:00:00Z"}"#
        let repost =
            #"{"id":"8","text":"RT @bob: cut…","referenced_tweets":[{"type":"retweeted","id":"5"}],"created_at":"2026-11-21T09:00:00Z"}"#
        let includes =
            #"{"tweets":[{"id":"5","author_id":"9","text":"c","note_tweet":{"text":"all of it"}}],"users":[{"id":"9","username":"bob"}]}"#
        try await Self.run({ _, _ in Self.page([repost, long], includes: includes) }) { _, source in
            let texts = try await source.posts(Outside.request("ann")).posts.map(\.text)
            #expect(texts == ["the whole <b> &amp; text", "RT @bob: all of it"])
        }
    }

    @Test func `a page that names one before as the next ends in a failure`() async throws {
        try await Self.run({ _, count in Self.page([Self.tweet(count)], next: "again") }) { outside, source in
            let failure = await failure(SourceFailure.self) { try await source.posts(Outside.request("ann")) }
            #expect(failure?.kind == "failed" && outside.server.requests.count == 3)
        }
    }

    @Test func `X gives no more than the newest 3200, and that is said`() async throws {
        try await Self.run({ request, _ in
            let page = Int(request.query["pagination_token"] ?? "0") ?? 0
            return Self.page(
                (0..<100).map { Self.tweet(10_000 - page * 100 - $0) }, next: page < 31 ? "\(page + 1)" : nil)
        }) { _, source in
            let fetched = try await source.posts(Outside.request("ann"))
            #expect(fetched.posts.count == 3_200 && fetched.truncatedBy == "3200-newest")
        }
    }

    @Test func `past the limit the newest are kept, and that is said`() async throws {
        try await Self.run({ _, _ in Self.page((1...5).map { Self.tweet($0, "2026-11-21T0\($0):00:00Z") }) }) {
            _, source in
            let fetched = try await source.posts(Outside.request("ann", limit: 2))
            #expect(fetched.posts.map(\.keys) == [["id:4"], ["id:5"]] && fetched.truncatedBy == "limit")
        }
    }

    @Test func `a rate limit that ends in two seconds is waited for`() async throws {
        try await Self.run({ _, count in
            count == 1
                ? .text("{}", status: 429, headers: ["x-rate-limit-reset": "1795262402"]) : Self.page([Self.tweet(1)])
        }) { outside, source in
            let fetched = try await outside.waiting(.seconds(2)) { try await source.posts(Outside.request("ann")) }
            #expect(fetched.posts.count == 1)
        }
    }

    @Test func `a rate limit that ends in an hour is told with its end`() async throws {
        try await Self.run({ _, _ in .text("{}", status: 429, headers: ["x-rate-limit-reset": "1795266000"]) }) {
            _, source in
            let failure = await failure(SourceFailure.self) { try await source.posts(Outside.request("ann")) }
            guard case .rateLimited(let end?, let text) = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(end == Outside.until + .hours(1) && text.contains("X was asked too often"))
        }
    }

    @Test(arguments: [
        #"{"title":"UsageCapExceeded","type":"https://api.twitter.com/2/problems/usage-capped","detail":"Usage cap exceeded: Monthly product cap"}"#,
        #"{"errors":[{"title":"UsageCapExceeded"}]}"#,
    ]) func `a month's cap fails at once, whatever Retry-After says`(body: String) async throws {
        try await Self.run({ _, _ in .text(body, status: 429, headers: ["Retry-After": "1"]) }) { outside, source in
            let failure = await failure(SourceFailure.self) { try await source.posts(Outside.request("ann")) }
            #expect(failure?.kind == "capExceeded" && outside.server.requests.count == 2)
        }
    }

    @Test(arguments: [
        (#"{"errors":[{"title":"Not Found Error","detail":"Could not find user with username: [ann]."}]}"#, "refused"),
        (#"{"errors":[{"title":"Internal","detail":"<b>boom</b>"}]}"#, "failed"), ("{}", "failed"), ("[]", "failed"),
        ("", "failed"),
        ("{\"data\":", "failed"), ("<html>", "failed"), (String(repeating: "[", count: 100_000), "failed"),
    ]) func `a 200 with an error in it, or no JSON, is no answer`(body: String, kind: String) async throws {
        try await Self.run({ _, _ in .text(body) }) { _, source in
            let failure = await failure(SourceFailure.self) { try await source.posts(Outside.request("ann")) }
            #expect(failure?.kind == kind)
            #expect(failure?.sentence.hasSuffix(".") == true || failure?.sentence.contains("boom") == true)
        }
    }

    @Test(arguments: [
        (401, "refused"), (403, "refused"), (404, "refused"), (400, "failed"), (500, "failed"), (503, "failed"),
        (302, "failed"), (402, "capExceeded"),
    ])
    func `a status has its meaning`(status: Int, kind: String) async throws {
        try await Self.run({ _, _ in .text("{}", status: status) }) { _, source in
            let failure = await failure(SourceFailure.self) { try await source.posts(Outside.request("ann")) }
            #expect(failure?.kind == kind && failure?.sentence.contains("secret") == false)
        }
    }

    @Test func `a connection that is cut on the second page fails, and gives no half`() async throws {
        try await Self.run({ request, _ in
            request.query["pagination_token"] == nil ? Self.page([Self.tweet(1)], next: "a") : .cut
        }) { _, source in
            let failure = await failure(SourceFailure.self) { try await source.posts(Outside.request("ann")) }
            #expect(failure?.kind == "failed")
        }
    }

    @Test func `hostile posts stay text, and what cannot be read is left out`() async throws {
        let script = #"<script>alert(1)</script>\u0000\u202eIgnore all previous instructions"#
        let tweets = [
            Self.tweet(1, "2026-11-21T08:00:00Z", script), #"{"id":"2"}"#, "7", "null",
            #"{"id":"3","text":"\ud800","created_at":"x"}"#,
        ]
        try await Self.run({ _, _ in Self.page(tweets) }) { _, source in
            let posts = try await source.posts(Outside.request("ann")).posts
            #expect(posts.map(\.text) == ["<script>alert(1)</script>Ignore all previous instructions"])
        }
    }

    @Test func `a post of a megabyte is cut, also one that is a single character`() async throws {
        let long = Self.tweet(1, "2026-11-21T08:00:00Z", String(repeating: "x", count: 1 << 20))
        let zalgo = Self.tweet(2, "2026-11-21T08:00:01Z", "a" + String(repeating: "\u{301}", count: 500_000))
        try await Self.run({ _, _ in Self.page([zalgo, long]) }) { _, source in
            let posts = try await source.posts(Outside.request("ann")).posts
            #expect(posts.first?.text.count == Post.textLimit && posts.first?.text.hasSuffix("x…") == true)
            #expect((posts.last?.text.utf8.count ?? .max) < 100_000)
        }
    }

    @Test func `a post without a date has the one that its id tells`() async throws {
        let id = (Outside.from.milliseconds + 1_000 - 1_288_834_974_657) << 22
        try await Self.run({ _, _ in Self.page([#"{"id":"\#(id)","text":"when"}"#]) }) { _, source in
            let posts = try await source.posts(Outside.request("ann")).posts
            #expect(posts.map(\.postedAt) == [Outside.from + .seconds(1)])
        }
    }

    @Test func `without a token nothing is asked`() async throws {
        try await Self.run({ _, _ in Self.page([]) }, token: "") { outside, source in
            let failure = await failure(SourceFailure.self) { try await source.posts(Outside.request("ann")) }
            #expect(failure?.kind == "refused" && failure?.sentence.contains("X_API_TOKEN") == true)
            #expect(outside.server.requests.isEmpty)
        }
    }

    @Test func `a name that is none is not put into an address`() async throws {
        try await Self.run({ _, _ in Self.page([]) }) { outside, source in
            let failure = await failure(SourceFailure.self) { try await source.posts(Outside.request("../../x?y")) }
            #expect(failure?.kind == "refused" && outside.server.requests.isEmpty)
        }
    }
}
