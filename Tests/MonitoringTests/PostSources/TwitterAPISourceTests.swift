import Core
import Foundation
import TestSupport
import Testing
@testable import Monitoring

/// twitterapi.io, against a server that answers as it does.
@Suite struct TwitterAPISourceTests {
    private static func run(
        _ handler: @escaping @Sendable (StubServer.Request, Int) -> StubServer.Reply,
        _ body: (Outside, TwitterAPISource) async throws -> Void
    ) async throws {
        try await Outside.run(handler) { outside in
            let source = TwitterAPISource(url: outside.server.origin + "/", key: "secret", outbound: outside.outbound)
            try await body(outside, source)
        }
    }

    private static func tweet(_ id: Int, _ at: String = "Sat Nov 21 08:00:00 +0000 2026") -> String {
        #"{"id":"\#(id)","text":"post \#(id)","createdAt":"\#(at)","author":{"userName":"Ann"}}"#
    }

    private static func page(_ tweets: [String], next: String? = nil) -> StubServer.Reply {
        .text(
            #"{"status":"success","tweets":[\#(tweets.joined(separator: ","))],"has_next_page":\#(next != nil),"next_cursor":"\#(next ?? "")"}"#
        )
    }

    @Test func `pages are followed over an empty one, until one lies before the window`() async throws {
        try await Self.run({ request, _ in
            switch request.query["cursor"] {
            case "": Self.page([Self.tweet(3)], next: "a")
            case "a": Self.page([], next: "b")
            case "b":
                Self.page(
                    [Self.tweet(2, "Fri Nov 20 12:00:00 +0000 2026"), Self.tweet(1, "Fri Nov 20 11:00:00 +0000 2026")],
                    next: "c")
            default: Self.page([Self.tweet(0, "Thu Nov 19 11:00:00 +0000 2026")], next: "d")
            }
        }) { outside, source in
            let fetched = try await source.posts(Outside.request("ann"))
            #expect(fetched.posts.map(\.keys) == [["id:2"], ["id:3"]] && fetched.truncatedBy == nil)
            #expect(outside.server.requests.map { $0.query["cursor"] } == ["", "a", "b", "c"])
            #expect(
                outside.server.requests.allSatisfy {
                    $0.headers["x-api-key"] == "secret" && $0.query["userName"] == "ann"
                })
            #expect(outside.server.requests.first?.path == "/twitter/user/last_tweets")
        }
    }

    @Test func `a pinned post of long ago is not taken for the end`() async throws {
        try await Self.run({ request, _ in
            request.query["cursor"] == ""
                ? Self.page([Self.tweet(1, "Sat Nov 21 08:00:00 +0000 2020"), Self.tweet(9)], next: "a")
                : Self.page([Self.tweet(8)])
        }) { _, source async throws in
            #expect(try await source.posts(Outside.request("ann")).posts.map(\.keys) == [["id:9"], ["id:8"]])
        }
    }

    @Test func `posts that stand in data, and reposts, are taken as well`() async throws {
        let repost =
            #"{"id":"5","text":"RT cut…","createdAt":"Sat Nov 21 08:00:00 +0000 2026","retweeted_tweet":{"text":"all of it","author":{"userName":"bob"}}}"#
        try await Self.run({ _, _ in .text(#"{"status":"success","code":0,"data":{"tweets":[\#(repost)]}}"#) }) {
            _, source async throws in
            #expect(try await source.posts(Outside.request("ann")).posts.map(\.text) == ["RT @bob: all of it"])
        }
    }

    @Test(arguments: [
        ("User not found", "refused"), ("Too many requests", "rateLimited"),
        ("Credits is not enough. Please recharge", "capExceeded"),
        ("Something broke", "failed"),
    ]) func `a 200 with an error in it is told for what it is`(message: String, kind: String) async throws {
        try await Self.run({ _, _ in .text(#"{"status":"error","msg":"\#(message)"}"#) }) { _, source in
            let failure = await failure(SourceFailure.self) { try await source.posts(Outside.request("ann")) }
            #expect(failure?.kind == kind && failure?.sentence.contains(message) == true)
        }
    }

    @Test(arguments: [
        ("{\"tweets\":[", 200, "failed"), ("{}", 200, "failed"), ("", 500, "failed"), ("{}", 401, "refused"),
        ("{}", 402, "capExceeded"),
        (#"{"message":"insufficient credits"}"#, 429, "capExceeded"),
    ]) func `malformed answers and bad statuses have their meaning`(body: String, status: Int, kind: String)
        async throws
    {
        try await Self.run({ _, _ in .text(body, status: status, headers: ["Retry-After": "1"]) }) { outside, source in
            let failure = await failure(SourceFailure.self) { try await source.posts(Outside.request("ann")) }
            #expect(failure?.kind == kind && outside.server.requests.count == 1)
        }
    }

    @Test func `a rate limit of two seconds is waited for, a cut connection fails`() async throws {
        try await Self.run({ _, count in count == 0 ? .text("", status: 429, headers: ["Retry-After": "2"]) : .cut }) {
            outside, source in
            let ended = try await outside.waiting(.seconds(2)) {
                await failure(SourceFailure.self) { try await source.posts(Outside.request("ann")) }
            }
            #expect(ended?.kind == "failed" && outside.server.requests.count == 2)
        }
    }

    @Test func `a cursor that comes again ends in a failure`() async throws {
        try await Self.run({ _, count in Self.page([Self.tweet(count)], next: "again") }) { outside, source in
            let failure = await failure(SourceFailure.self) { try await source.posts(Outside.request("ann")) }
            #expect(failure?.kind == "failed" && outside.server.requests.count == 2)
        }
    }

    @Test func `ten thousand posts are taken, past the limit it is said`() async throws {
        try await Self.run({ request, _ in
            let page = Int(request.query["cursor"] ?? "") ?? 0
            return Self.page((0..<500).map { Self.tweet(page * 500 + $0) }, next: "\(page + 1)")
        }) { outside, source in
            let fetched = try await source.posts(Outside.request("ann"))
            #expect(fetched.posts.count == 10_000 && fetched.truncatedBy == "limit")
            #expect(outside.server.requests.count == 21)
        }
    }
}
