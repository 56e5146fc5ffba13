import Core
import Foundation
import Synchronization
import TestSupport
import Testing
@testable import Monitoring

/// Feeds over HTTP: what is asked, what is kept, where they move to.
@Suite struct FeedSourceTests {
    private static let feed =
        "<rss version='2.0'><channel><title>News</title><item><guid>g1</guid><title>One</title></item></channel></rss>"

    private static func run(
        allow: [String] = ["127.0.0.0/8"], resolver: HostResolver = .system,
        _ handler: @escaping @Sendable (StubServer.Request, Int) -> StubServer.Reply,
        _ body: (Outside, FeedSource, String) async throws -> Void
    ) async throws {
        try await Outside.run(allow: allow, resolver: resolver, handler) { outside in
            let source = FeedSource(outbound: outside.outbound, clock: outside.clock.source)
            try await body(outside, source, outside.server.origin + "/feed")
        }
    }

    @Test func `what tells a version is sent the next time, and a 304 gives nothing and keeps it`() async throws {
        try await Self.run({ _, count in
            count == 0 ? .text(Self.feed, headers: ["ETag": "\"a\"", "Last-Modified": "then"]) : .text("", status: 304)
        }) { outside, source, account in
            let first = try await source.posts(Outside.request(account))
            #expect(first.posts.map(\.keys) == [["guid:g1"]] && first.posts.first?.author == "News")
            let second = try await source.posts(Outside.request(account, memory: first.memory))
            #expect(second.posts.isEmpty && second.memory == first.memory && second.truncatedBy == nil)
            let (one, other) = (try outside.server.requests.at(0), try outside.server.requests.at(1))
            #expect(one.headers["if-none-match"] == nil && other.headers["if-none-match"] == "\"a\"")
            #expect(other.headers["if-modified-since"] == "then")
        }
    }

    @Test func `after a 200 what was kept is replaced, also by nothing`() async throws {
        try await Self.run({ _, count in
            .text(Self.feed, headers: count == 0 ? ["ETag": "\"a\""] : ["Last-Modified": "then"])
        }) {
            outside, source, account in
            let first = try await source.posts(Outside.request(account))
            let second = try await source.posts(Outside.request(account, memory: first.memory))
            _ = try await source.posts(Outside.request(account, memory: second.memory))
            let last = try outside.server.requests.at(2).headers
            #expect(last["if-none-match"] == nil && last["if-modified-since"] == "then")
        }
    }

    @Test func `who has said for a day that nothing changed is asked for all`() async throws {
        try await Self.run({ _, count in count == 0 ? .text(Self.feed, headers: ["ETag": "a"]) : .text("", status: 304)
        }) {
            outside, source, account in
            var memory = try await source.posts(Outside.request(account)).memory
            for _ in 0..<2 {
                outside.clock.advance(.hours(23))
                memory = try await source.posts(Outside.request(account, memory: memory)).memory
            }
            #expect(outside.server.requests.map { $0.headers["if-none-match"] } == [nil, "a", nil])
        }
    }

    @Test func `what is kept of one address is not used for another`() async throws {
        try await Self.run({ _, _ in .text(Self.feed, headers: ["ETag": "a"]) }) { outside, source, account in
            let memory = try await source.posts(Outside.request(account)).memory
            _ = try await source.posts(Outside.request(account + "2", memory: memory))
            #expect(try outside.server.requests.at(1).headers["if-none-match"] == nil)
        }
    }

    @Test(arguments: [301, 308]) func `a move for good counts once it was seen three times`(status: Int) async throws {
        try await Self.run({ request, _ in
            request.path == "/feed" ? .text("", status: status, headers: ["Location": "/new"]) : .text(Self.feed)
        }) { outside, source, account in
            var memory = SourceMemory()
            var moves: [String?] = []
            for _ in 0..<3 {
                let fetched = try await source.posts(Outside.request(account, memory: memory))
                (memory, moves) = (fetched.memory, moves + [fetched.movedTo])
            }
            #expect(moves == [nil, nil, outside.server.origin + "/new"])
            // From then on what was kept is of the new address.
            let after = try await source.posts(Outside.request(outside.server.origin + "/new", memory: memory))
            #expect(after.movedTo == nil && after.posts.count == 1)
        }
    }

    @Test func `a redirect for now moves nothing, and one between starts the count again`() async throws {
        try await Self.run({ request, count in
            request.path == "/feed"
                ? .text("", status: count == 4 ? 302 : 301, headers: ["Location": "/new"]) : .text(Self.feed)
        }) { _, source, account in
            var memory = SourceMemory()
            for _ in 0..<5 {
                let fetched = try await source.posts(Outside.request(account, memory: memory))
                #expect(fetched.movedTo == nil)
                memory = fetched.memory
            }
        }
    }

    @Test(arguments: [
        (410, "gone"), (404, "refused"), (401, "refused"), (403, "refused"), (500, "failed"), (503, "failed"),
        (400, "failed"),
    ]) func `a status has its meaning`(status: Int, kind: String) async throws {
        try await Self.run({ _, _ in .text("", status: status) }) { _, source, account in
            let failure = await failure(SourceFailure.self) { try await source.posts(Outside.request(account)) }
            #expect(failure?.kind == kind)
        }
    }

    @Test(arguments: [
        "<html><body>Welcome</body></html>", "<!DOCTYPE html><html></html>", "{}", "", "<rss><channel><item>",
        "<rss><a></b></rss>",
        "<rss>&nope;</rss>", "<opml/>",
    ]) func `what is no feed fails in words`(body: String) async throws {
        try await Self.run({ _, _ in .text(body) }) { _, source, account in
            let failure = await failure(SourceFailure.self) { try await source.posts(Outside.request(account)) }
            #expect(failure?.kind == "failed" && failure?.sentence.hasPrefix("127.0.0.1 gave") == true)
        }
    }

    @Test func `a feed that is cut off fails, and gives no half`() async throws {
        try await Self.run({ _, _ in .raw("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + Self.feed) }) {
            _, source, account in
            let failure = await failure(SourceFailure.self) { try await source.posts(Outside.request(account)) }
            #expect(failure?.kind == "failed")
        }
    }

    @Test func `a rate limit of two seconds is waited for, one of an hour is told`() async throws {
        try await Self.run({ _, count in
            count == 1 ? .text(Self.feed) : .text("", status: 429, headers: ["Retry-After": count == 0 ? "2" : "3600"])
        }) { outside, source, account in
            let fetched = try await outside.waiting(.seconds(2)) { try await source.posts(Outside.request(account)) }
            #expect(fetched.posts.count == 1)
            let failure = await failure(SourceFailure.self) { try await source.posts(Outside.request(account)) }
            guard case .rateLimited(let end, _) = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(end == outside.clock.now + .hours(1))
        }
    }

    @Test func `ten thousand items are taken, and of more it is said`() async throws {
        let items = (0..<10_001).map { "<item><guid>\($0)</guid><title>t\($0)</title></item>" }.joined()
        try await Self.run({ _, _ in .text("<rss><channel>\(items)</channel></rss>") }) { _, source, account in
            let fetched = try await source.posts(Outside.request(account))
            #expect(fetched.posts.count == 10_000 && fetched.truncatedBy == "limit")
        }
    }

    @Test func `a name that leads outside first and to loopback afterwards fetches nothing from inside`() async throws {
        let asked = Mutex(0)
        let resolver = HostResolver { _ in
            let isFirst = asked.withLock { count in
                count += 1
                return count == 1
            }
            return [IPAddress(isFirst ? "127.0.0.2" : "127.0.0.1")].compactMap { $0 }
        }
        // 127.0.0.2 stands for the address outside: it may be asked, and nobody is there.
        try await Self.run(allow: ["127.0.0.2/32"], resolver: resolver, { _, _ in .text(Self.feed) }) {
            outside, source, _ in
            let account = "http://localhost:\(outside.server.port)/feed"
            let kinds = [
                await failure(SourceFailure.self) { try await source.posts(Outside.request(account)) }?.kind,
                await failure(SourceFailure.self) { try await source.posts(Outside.request(account)) }?.kind,
            ]
            #expect(kinds == ["failed", "refused"] && outside.server.requests.isEmpty)
        }
    }
}
