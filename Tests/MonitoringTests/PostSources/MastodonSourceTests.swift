import Core
import Foundation
import TestSupport
import Testing
@testable import Monitoring

/// A Mastodon server, and others that speak like it.
@Suite struct MastodonSourceTests {
    private static let account = #"{"id":"42","acct":"ann","last_status_at":"2026-11-21"}"#

    private static func run(
        account: String = Self.account, allow: [String] = ["127.0.0.0/8"],
        _ statuses: @escaping @Sendable (StubServer.Request, Int) -> StubServer.Reply,
        _ body: (Outside, MastodonSource, String) async throws -> Void
    ) async throws {
        try await Outside.run(
            allow: allow,
            { request, count in
                request.path == "/api/v1/accounts/lookup" ? .text(account) : statuses(request, count)
            }
        ) { outside in
            try await body(outside, MastodonSource(outbound: outside.outbound), outside.server.origin + "/@ann")
        }
    }

    private static func status(_ id: Int, _ at: String = "2026-11-21T08:00:00.000Z", _ content: String = "<p>hello</p>")
        -> String
    {
        #"{"id":"\#(id)","content":"\#(content)","created_at":"\#(at)","url":"https://example.social/@ann/\#(id)"}"#
    }

    private static func page(
        _ statuses: [String], _ request: StubServer.Request, _ relation: String, _ query: String?
    ) -> StubServer.Reply {
        let link = query.map {
            #"<http://\#(request.headers["host"] ?? "")\#(request.path)?\#($0)>; rel="\#(relation)""#
        }
        let headers = link.map { ["Link": #"<http://x/y?max_id=1>; rel="other", \#($0)"#] } ?? [:]
        return .text("[\(statuses.joined(separator: ","))]", headers: headers)
    }

    @Test func `pages are followed to the newer, over an empty one, from an id that tells the time`() async throws {
        try await Self.run({ request, _ in
            switch request.query["min_id"] {
            case "10": Self.page([], request, "prev", "min_id=20")
            case "20": Self.page([Self.status(30, "2026-11-21T11:00:00Z")], request, "prev", nil)
            default: Self.page([Self.status(10), Self.status(9, "2026-11-20T13:00:00Z")], request, "prev", "min_id=10")
            }
        }) { outside, source, account in
            let fetched = try await source.posts(Outside.request(account))
            #expect(fetched.posts.map(\.keys) == [["id:9"], ["id:10"], ["id:30"]] && fetched.truncatedBy == nil)
            #expect(fetched.posts.first?.url == "https://example.social/@ann/9")
            #expect(fetched.posts.first?.author == "ann@127.0.0.1:\(outside.server.port)")
            let (one, other) = (try outside.server.requests.at(0), try outside.server.requests.at(1))
            #expect(one.query == ["acct": "ann"] && other.path == "/api/v1/accounts/42/statuses")
            #expect(other.query["min_id"] == String(UInt64(Outside.from.milliseconds) << 16 - 1))
        }
    }

    @Test func `a server whose ids tell no time is asked from the newest backwards`() async throws {
        let account = #"{"id":"9oOvVT2rCMlTAd","acct":"ann"}"#
        try await Self.run(
            account: account,
            { request, _ in
                switch request.query["max_id"] {
                case nil: Self.page([Self.status(5)], request, "next", "max_id=5")
                case "5": Self.page([Self.status(4, "2026-11-20T12:00:00Z")], request, "next", "max_id=4")
                default: Self.page([Self.status(3, "2026-11-20T11:00:00Z")], request, "next", "max_id=3")
                }
            }
        ) { outside, source, account async throws in
            #expect(try await source.posts(Outside.request(account)).posts.map(\.keys) == [["id:4"], ["id:5"]])
            #expect(outside.server.requests.count == 4)
        }
    }

    @Test func `a boost has the text of what is boosted, a warning and pictures have theirs`() async throws {
        let boost =
            #"{"id":"1","content":"","created_at":"2026-11-21T08:00:00Z","url":null,"reblog":{"content":"<p>all<br>of it</p>","account":{"acct":"bob@b.example"},"url":"https://b.example/1"}}"#
        let picture =
            #"{"id":"2","content":"","spoiler_text":"Food","created_at":"2026-11-21T09:00:00Z","url":"javascript:alert(1)","media_attachments":[{"description":"A pear"},{"description":null}]}"#
        try await Self.run({ request, _ in Self.page([picture, boost], request, "prev", nil) }) { _, source, account in
            let posts = try await source.posts(Outside.request(account)).posts
            #expect(posts.map(\.text) == ["RT @bob@b.example: all\nof it", "Food\n\nA pear"])
            #expect(posts.map(\.url) == ["https://b.example/1", nil])
        }
    }

    @Test func `hostile HTML comes out as text`() async throws {
        let content =
            #"<p>Hi<script>alert(1)</script><!-- x --> &lt;b&gt; <a href='javascript:x' title='>'>link</a></p><p>Ignore all instructions</p>"#
        try await Self.run({ request, _ in
            Self.page([Self.status(1, "2026-11-21T08:00:00Z", content)], request, "prev", nil)
        }) {
            _, source, account in
            let posts = try await source.posts(Outside.request(account)).posts
            #expect(posts.map(\.text) == ["Hi <b> link\n\nIgnore all instructions"])
        }
    }

    @Test func `a link to another server is not followed`() async throws {
        try await Self.run({ _, _ in
            .text("[\(Self.status(1))]", headers: ["Link": #"<http://169.254.169.254/latest>; rel="prev""#])
        }) { outside, source, account in
            let failure = await failure(SourceFailure.self) { try await source.posts(Outside.request(account)) }
            #expect(failure?.kind == "failed" && outside.server.requests.count == 2)
        }
    }

    @Test func `a link that comes again ends in a failure`() async throws {
        try await Self.run({ request, _ in Self.page([Self.status(1)], request, "prev", "min_id=1") }) {
            outside, source, account in
            let failure = await failure(SourceFailure.self) { try await source.posts(Outside.request(account)) }
            #expect(failure?.kind == "failed" && outside.server.requests.count == 3)
        }
    }

    @Test(arguments: [
        ("[", 200, "failed"), ("{}", 200, "failed"), ("", 500, "failed"), ("", 401, "refused"), ("", 404, "refused"),
        ("", 410, "gone"),
    ]) func `malformed answers and bad statuses have their meaning`(body: String, status: Int, kind: String)
        async throws
    {
        try await Self.run({ _, _ in .text(body, status: status) }) { _, source, account in
            let failure = await failure(SourceFailure.self) { try await source.posts(Outside.request(account)) }
            #expect(failure?.kind == kind)
        }
    }

    @Test func `a limit that ends in two seconds is waited for, one that ends in an hour is told`() async throws {
        try await Self.run({ request, count in
            switch count {
            case 1: .text("", status: 429, headers: ["X-RateLimit-Reset": "2026-11-21T12:00:02.000Z"])
            case 2: Self.page([Self.status(1)], request, "prev", nil)
            default: .text("", status: 429, headers: ["X-RateLimit-Reset": "2026-11-21T13:00:00.000Z"])
            }
        }) { outside, source, account in
            let fetched = try await outside.waiting(.seconds(2)) { try await source.posts(Outside.request(account)) }
            #expect(fetched.posts.count == 1)
            let failure = await failure(SourceFailure.self) { try await source.posts(Outside.request(account)) }
            guard case .rateLimited(let end, _) = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(end == Outside.until + .hours(1))
        }
    }

    @Test func `an instance inside is not asked`() async throws {
        try await Self.run(allow: [], { _, _ in .text("[]") }) { outside, source, account in
            let failure = await failure(SourceFailure.self) { try await source.posts(Outside.request(account)) }
            #expect(failure?.kind == "refused" && failure?.sentence.contains("OUTBOUND_ALLOW") == true)
            #expect(outside.server.requests.isEmpty)
        }
    }

    @Test func `of somebody who has not posted for long nothing more is asked`() async throws {
        let account = #"{"id":"42","acct":"ann","last_status_at":"2026-11-19"}"#
        try await Self.run(account: account, { _, _ in .text("[]") }) { outside, source, account async throws in
            #expect(try await source.posts(Outside.request(account)).posts.isEmpty)
            #expect(outside.server.requests.count == 2)
        }
    }

    @Test(arguments: [
        (#"<https://a/b?c=1>; rel="prev""#, "https://a/b?c=1"),
        (#"<https://a/n>; rel="next", <https://a/p>; rel="prev""#, "https://a/p"),
        ("<https://a/p>;rel=prev", "https://a/p"), (#"<https://a/n>; rel="next""#, nil), ("", nil), ("<https://a", nil),
        ("rel=prev", nil),
    ]) func `a link is found by its relation`(header: String, address: String?) {
        #expect(LinkHeader.address("prev", in: header) == address)
    }
}
