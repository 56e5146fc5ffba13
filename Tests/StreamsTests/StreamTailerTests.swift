import Changes
import Core
import NIOCore
import Outbox
import SQL
import TestSupport
import Testing

@testable import Streams

/// One node's followers: what they are sent, and what that costs.
@Suite struct StreamTailerTests {
    private static let watched = StreamKind("watched", keeps: .whileFollowed)
    private static let kept = StreamKind("kept", keeps: .always)

    private static func offset(_ opening: StreamTailer.Opening) -> Int? {
        if case .snapshot(_, let offset, _) = opening { offset } else { nil }
    }

    @Test(arguments: TestEngine.allCases, [watched, kept]) func `each change reaches every follower once, in order`(
        engine: TestEngine, kind: StreamKind
    ) async throws {
        try await engine.withDatabase { database in
            let node = TailerNode(database)
            let stream = kind.stream("a")
            let (one, opening) = try await node.follow(stream)
            let (two, _) = try await node.follow(stream)
            let start = try #require(Self.offset(opening))
            try await node.tell(stream, "a", "b")
            try await node.tell(stream, "c")
            let expected = ["\(start + 1) a 0;", "\(start + 2) b 0;", "\(start + 3) c 0;"]
            #expect(await TailerNode.notices(3, of: one) == expected)
            #expect(await TailerNode.notices(3, of: two) == expected)
        }
    }

    @Test(arguments: TestEngine.allCases) func `one notice to many followers is read once and encoded once`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { database in
            let node = TailerNode(database, node: 600, holder: 600)
            let stream = Self.watched.stream("room")
            var followers: [Follower] = []
            for _ in 0..<500 { followers.append(try await node.follow(stream).follower) }
            #expect(node.tailer.count == 500)
            try await node.tell(stream, "n")
            for follower in followers { #expect(await TailerNode.notices(1, of: follower).count == 1) }
            #expect(node.figure("dogear_stream_reads_total") == 1)
            #expect(node.figure("dogear_stream_notices_total") == 1)
        }
    }

    @Test(arguments: TestEngine.allCases) func `who comes back is given what was missed, or told of a gap`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { database in
            let node = TailerNode(database)
            let stream = Self.watched.stream("a")
            let (follower, opening) = try await node.follow(stream)
            let start = try #require(Self.offset(opening))
            follower.end()
            try await node.tell(stream, "a", "b")
            let (_, missed) = try await node.follow(stream, after: "\(start)")
            guard case .missed(let notices) = missed else {
                Issue.record("\(missed)")
                return
            }
            #expect(notices.map(\.name) == ["a", "b"])
            for unknown in ["0", "-1", "x", "\(start + 3)", "99999999999999999999"] {
                let (_, opening) = try await node.follow(stream, after: unknown)
                guard case .snapshot(_, let offset, isGap: true) = opening else {
                    Issue.record("\(opening)")
                    return
                }
                #expect(offset == start + 2)
            }
        }
    }

    @Test(arguments: TestEngine.allCases) func `a follower who is too slow for what is at hand opens again`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { database in
            let node = TailerNode(database)
            let stream = Self.watched.stream("a")
            let (slow, _) = try await node.follow(stream)
            let (quick, _) = try await node.follow(stream)
            for part in 0..<11 {
                try await node.changes.make { change in
                    for number in 0..<100 { change.notify(stream, Notice("n\(part * 100 + number)", 0)) }
                }
                #expect(await TailerNode.notices(100, of: quick).count == 100)
            }
            guard case .hole = slow.take() else {
                Issue.record("notices past the bound were kept")
                return
            }
            guard case .snapshot(_, _, isGap: true) = try await node.tailer.reopen(slow, snapshot: { _ in "now" })
            else {
                Issue.record("1,100 notices are more than one page")
                return
            }
            try await node.tell(stream, "last")
            #expect(await TailerNode.notices(1, of: slow).last?.contains("last") == true)
        }
    }

    @Test(arguments: TestEngine.allCases) func `what another node wrote is found by the look every second`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { database in
            let (here, there) = (TailerNode(database), TailerNode(database))
            let stream = Self.kept.stream("a")
            let (follower, _) = try await here.follow(stream)
            try await there.tell(stream, "elsewhere")
            await here.tailer.look()
            #expect(await TailerNode.notices(1, of: follower) == ["1 elsewhere 0;"])
        }
    }

    @Test(.timeLimit(.minutes(30))) func `on Postgres another node's news is told at once`() async throws {
        try await TestEngine.postgres.withDatabase { database in
            let (here, there) = (TailerNode(database), TailerNode(database))
            let stream = Self.watched.stream("a")
            let (follower, _) = try await here.follow(stream)
            // The clock stands still, so that the look every second never comes.
            let running = Task { try await here.tailer.run() }
            await here.clock.sleepers(1)
            // Whether it was written before listening began or after: the beginning has everything looked at.
            try await there.tell(stream, "elsewhere")
            #expect(await TailerNode.notices(1, of: follower).last?.hasSuffix("elsewhere 0;") == true)
            try await there.tell(stream, "again")
            #expect(await TailerNode.notices(1, of: follower).last?.hasSuffix("again 0;") == true)
            running.cancel()
            _ = try? await running.value
        }
    }

    @Test func `a stream ends with its pass: by its time, or because it was revoked`() async throws {
        try await TestEngine.sqlite.withDatabase { database in
            let node = TailerNode(database)
            let stream = Self.watched.stream("a")
            let expiring = StreamPass(holder: "u", expiresAt: node.clock.now + .seconds(30))
            let revoked = StreamPass(holder: "k", isGood: { false })
            let good = StreamPass(holder: "g", isGood: { true })
            let (first, _) = try await node.follow(stream, pass: expiring)
            let (second, _) = try await node.follow(stream, pass: revoked)
            let (third, _) = try await node.follow(stream, pass: good)
            node.clock.advance(.seconds(4))
            await node.tailer.look()
            #expect(node.tailer.count == 3)
            node.clock.advance(.seconds(25))
            await node.tailer.look()
            #expect(node.tailer.count == 2)
            node.clock.advance(.seconds(1))
            await node.tailer.look()
            for await _ in first.signals {}
            for await _ in second.signals {}
            #expect(node.tailer.count == 1)
            try await node.tell(stream, "n")
            #expect(await TailerNode.notices(1, of: third).count == 1)
        }
    }

    @Test func `streams are bounded for a node and for a holder, and a place is given back`() async throws {
        try await TestEngine.sqlite.withDatabase { database in
            let node = TailerNode(database, node: 3, holder: 2)
            let stream = Self.watched.stream("a")
            let mine = StreamPass(holder: "me")
            let (first, _) = try await node.follow(stream, pass: mine)
            _ = try await node.follow(stream, pass: mine)
            await #expect(throws: StreamTailer.Refusal.tooMany(limit: 2)) {
                _ = try await node.follow(stream, pass: mine)
            }
            _ = try await node.follow(stream, pass: StreamPass(holder: "you"))
            await #expect(throws: StreamTailer.Refusal.full) {
                _ = try await node.follow(stream, pass: StreamPass(holder: "they"))
            }
            first.end()
            _ = try await node.follow(stream, pass: mine)
            node.tailer.close()
            #expect(node.tailer.count == 0)
            await #expect(throws: StreamTailer.Refusal.full) {
                _ = try await node.follow(stream, pass: StreamPass(holder: "they"))
            }
        }
    }

    @Test func `whoever was sent nothing for 15 seconds is sent a comment`() async throws {
        try await TestEngine.sqlite.withDatabase { database in
            let node = TailerNode(database)
            let (follower, _) = try await node.follow(Self.watched.stream("a"))
            if case .heartbeat = follower.take() { Issue.record("too soon") }
            node.clock.advance(.seconds(15))
            await node.tailer.look()
            guard case .heartbeat = follower.take() else {
                Issue.record("no comment")
                return
            }
            if case .heartbeat = follower.take() { Issue.record("twice") }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a node that stood still tells its followers that they may have missed something`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { database in
            let node = TailerNode(database)
            let stream = Self.watched.stream("a")
            let (follower, opening) = try await node.follow(stream)
            let before = try #require(Self.offset(opening))
            node.clock.advance(.minutes(6))
            // Nobody is noted as following now, so this is told to nobody.
            try await node.tell(stream, "missed")
            await node.tailer.look()
            guard case .hole = follower.take() else {
                Issue.record("the follower believes that it has seen everything")
                return
            }
            let again = try await node.tailer.reopen(follower) { _ in "now" }
            guard case .snapshot(_, let offset, isGap: true) = again else {
                Issue.record("\(again)")
                return
            }
            #expect(offset > before)
            try await node.tell(stream, "seen")
            #expect(await TailerNode.notices(1, of: follower).last == "\(offset + 1) seen 0;")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a stream whose row was cleared away while somebody follows is kept again`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { database in
            let node = TailerNode(database)
            let stream = Self.watched.stream("a")
            let (follower, _) = try await node.follow(stream)
            try await database.write { try $0.execute("DELETE FROM streams") }
            node.clock.advance(.seconds(1))
            await node.tailer.look()
            guard case .hole = follower.take() else {
                Issue.record("the follower hears nothing any more")
                return
            }
            _ = try await node.tailer.reopen(follower) { _ in "now" }
            try await node.tell(stream, "seen")
            #expect(await TailerNode.notices(1, of: follower).last?.hasSuffix("seen 0;") == true)
        }
    }
}
