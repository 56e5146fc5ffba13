import Core
import Foundation
import TestSupport
import Testing
@testable import Monitoring

/// Posts in files.
@Suite struct FolderSourceTests {
    private static func withFolder(_ body: (String, FolderSource) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "/posts-\(UInt64.random(in: .min ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder, FolderSource(folder: folder, logger: quietLogger))
    }

    private static func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    private static func line(_ id: Int, _ at: String = "2026-11-21T08:00:00Z", _ text: String = "hello") -> String {
        #"{"id":"\#(id)","text":"\#(text)","created_at":"\#(at)"}"# + "\n"
    }

    @Test func `the posts of the window are read, in the order of their dates, none twice`() async throws {
        try await Self.withFolder { folder, source in
            let lines = [
                Self.line(3, "2026-11-21T09:00:00+00:00"), Self.line(2, "2026-11-20T12:00:00Z"),
                Self.line(1, "2026-11-20T11:59:59Z"),
                Self.line(3), Self.line(4, "2026-11-21T12:00:00Z"), "\n",
                #"{"id":5,"text":"n","created_at":"2026-11-21T10:00:00Z","url":"https://e.org/5","author":"Ada"}"#
                    + "\n",
            ]
            try Self.write(lines.joined(), to: folder + "/ann.jsonl")
            let fetched = try await source.posts(Outside.request("ann"))
            #expect(fetched.posts.map(\.keys) == [["id:2"], ["id:3"], ["id:5"]] && fetched.truncatedBy == nil)
            #expect(
                fetched.posts.map(\.author) == ["ann", "ann", "Ada"] && fetched.posts.last?.url == "https://e.org/5")
        }
    }

    @Test func `bad lines are passed over, unless all are bad`() async throws {
        try await Self.withFolder { folder, source in
            try Self.write("{\n[]\n{\"id\":\"1\"}\n" + Self.line(2) + "\u{0}\n", to: folder + "/some.jsonl")
            #expect(try await source.posts(Outside.request("some")).posts.map(\.keys) == [["id:2"]])
            try Self.write("{\nnothing\n", to: folder + "/bad.jsonl")
            let failure = await failure(SourceFailure.self) { try await source.posts(Outside.request("bad")) }
            #expect(failure?.kind == "failed" && failure?.sentence.contains("2 lines") == true)
            try Self.write("", to: folder + "/empty.jsonl")
            #expect(try await source.posts(Outside.request("empty")).posts.isEmpty)
        }
    }

    @Test func `a line that is half written counts the next time`() async throws {
        try await Self.withFolder { folder, source async throws in
            let whole = Self.line(1) + Self.line(2)
            try Self.write(String(whole.dropLast(20)), to: folder + "/ann.jsonl")
            #expect(try await source.posts(Outside.request("ann")).posts.map(\.keys) == [["id:1"]])
            // Alone, it is no file of bad lines either.
            try Self.write(String(Self.line(1).dropLast(20)), to: folder + "/half.jsonl")
            #expect(try await source.posts(Outside.request("half")).posts.isEmpty)
            try Self.write(String(whole.dropLast()), to: folder + "/ann.jsonl")
            #expect(try await source.posts(Outside.request("ann")).posts.map(\.keys) == [["id:1"], ["id:2"]])
        }
    }

    @Test func `of a long file its end is read, and that is said where something may lack`() async throws {
        try await Self.withFolder { folder, _ in
            let source = FolderSource(folder: folder, byteLimit: 1 << 20, logger: quietLogger)
            let filler = Self.line(0, "2026-11-20T12:30:00Z", String(repeating: "x", count: 9_900))
            let text = Self.line(9, "2026-11-20T12:10:00Z") + String(repeating: filler, count: 120) + Self.line(1)
            try Self.write(text, to: folder + "/big.jsonl")
            let fetched = try await source.posts(Outside.request("big"))
            #expect(fetched.posts.map(\.keys) == [["id:0"], ["id:1"]] && fetched.truncatedBy == "1-mb")
            try Self.write(
                text.replacing("2026-11-20T12:30:00Z", with: "2026-11-19T12:30:00Z"), to: folder + "/old.jsonl")
            let known = try await source.posts(Outside.request("old"))
            #expect(known.posts.map(\.keys) == [["id:1"]] && known.truncatedBy == nil)
        }
    }

    @Test func `ten thousand posts are read, of more the newest`() async throws {
        try await Self.withFolder { folder, source in
            try Self.write((0...10_000).map { Self.line($0) }.joined(), to: folder + "/ann.jsonl")
            let fetched = try await source.posts(Outside.request("ann"))
            #expect(
                fetched.posts.count == 10_000 && fetched.truncatedBy == "limit"
                    && fetched.posts.last?.keys == ["id:10000"])
        }
    }

    @Test(arguments: ["../secret", "a/b", "", ".", "a.jsonl", "@ann", "nobody"])
    func `a name that is none, or has no file, is refused`(name: String) async throws {
        try await Self.withFolder { folder, source in
            let inner = FolderSource(folder: folder + "/inner", logger: quietLogger)
            try FileManager.default.createDirectory(atPath: folder + "/inner", withIntermediateDirectories: true)
            try Self.write(Self.line(1), to: folder + "/secret.jsonl")
            for source in [source, inner] {
                let failure = await failure(SourceFailure.self) { try await source.posts(Outside.request(name)) }
                #expect(failure?.kind == "refused" && failure?.sentence.contains(folder) == false)
            }
        }
    }

    @Test func `the sample is written once, with real dates, and summed up`() async throws {
        let sample = try String(
            contentsOfFile: repository + "/Sources/CConsole/assets/posts/dogear_news.jsonl", encoding: .utf8)
        try await Self.withFolder { folder, _ in
            let place = folder + "/new"
            #expect(try FolderSource.writeSample("dogear_news", sample, into: place, at: Outside.until))
            #expect(try !FolderSource.writeSample("dogear_news", "", into: place, at: Outside.until))
            #expect(try !FolderSource.writeSample("../x", sample, into: place, at: Outside.until))
            let source = FolderSource(folder: place, logger: quietLogger)
            let week = PostRequest(account: "dogear_news", from: Outside.until - .days(7), until: Outside.until)
            let posts = try await source.posts(week).posts
            #expect(posts.count == 40 && posts.allSatisfy { $0.author == "Dogear News" })
            let summary = try await ExtractiveSummariser().summarise(
                SummaryRequest(account: "dogear_news", topics: ["lanterns"], language: nil, posts: posts))
            #expect(
                summary.sentences.count == 7 && summary.sentences.contains { $0.text.lowercased().contains("lantern") })
        }
    }
}
