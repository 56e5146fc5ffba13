import Changes
import Core
import NIOCore
import SQL
import Synchronization
import TestSupport
import Testing

@testable import Streams

/// What is told as it passes: with no number, to whoever follows here.
@Suite struct PassingTests {
    private static let kept = StreamKind("kept", keeps: .always)

    @Test func `what passes is read once for all that was stirred, and has no number`() async throws {
        try await TestEngine.sqlite.withDatabase { database in
            let node = TailerNode(database)
            let stream = Self.kept.stream("a")
            node.tailer.onPulse(of: Self.kept) { streams, _ in streams.map { Passed($0, Notice("presence", 7)) } }
            let (first, _) = try await node.follow(stream)
            let (second, _) = try await node.follow(stream)
            for _ in 0..<3 { try await node.changes.make { $0.stir(stream) } }
            await node.tailer.look()
            for follower in [first, second] { #expect(await TailerNode.notices(1, of: follower) == ["presence 7;"]) }
            await node.tailer.look()
            if case .notices = first.take() { Issue.record("nothing was stirred") }
        }
    }

    @Test func `what comes by the passing of time is read every so often, and told when it changes`() async throws {
        try await TestEngine.sqlite.withDatabase { database in
            let node = TailerNode(database)
            let (stream, still) = (Self.kept.stream("a"), Self.kept.stream("b"))
            let count = Mutex(0)
            node.tailer.onPulse(of: Self.kept, every: .seconds(5)) { streams, _ in
                streams.map { one in
                    let count = one == stream ? count.withLock { $0 } : 0
                    return Passed(one, Notice("count", .integer(count)), isNothing: count == 0)
                }
            }
            let (follower, _) = try await node.follow(stream)
            let (bystander, _) = try await node.follow(still)
            func look(after seconds: Int) async {
                node.clock.advance(.seconds(seconds))
                await node.tailer.look()
            }
            func hears() -> Bool {
                if case .notices = follower.take() { true } else { false }
            }
            await look(after: 5)
            #expect(!hears(), "there was nothing before")
            count.withLock { $0 = 2 }
            await look(after: 4)
            #expect(!hears(), "its time has not come")
            await look(after: 1)
            #expect(await TailerNode.notices(1, of: follower) == ["count 2;"])
            await look(after: 5)
            #expect(!hears(), "that is known")
            count.withLock { $0 = 0 }
            await look(after: 5)
            #expect(await TailerNode.notices(1, of: follower) == ["count 0;"])
            let (newcomer, _) = try await node.follow(stream)
            count.withLock { $0 = 1 }
            await look(after: 5)
            for one in [follower, newcomer] { #expect(await TailerNode.notices(1, of: one) == ["count 1;"]) }
            if case .notices = bystander.take() { Issue.record("nothing ever was so in the other stream") }
        }
    }

    @Test func `whoever follows by an older token is told why, and ends`() async throws {
        try await TestEngine.sqlite.withDatabase { database in
            let node = TailerNode(database)
            let stream = Self.kept.stream("a")
            func pass(_ subject: String, _ generation: Int) -> StreamPass {
                StreamPass(holder: "\(subject).\(generation)", subject: subject, generation: generation)
            }
            let (old, _) = try await node.follow(stream, pass: pass("ann", 1))
            let (new, _) = try await node.follow(stream, pass: pass("ann", 2))
            let (other, _) = try await node.follow(stream, pass: pass("bob", 1))
            try await node.changes.make {
                $0.dismiss(Dismissal(from: stream, subject: "ann", before: 2, Notice("superseded", 0)))
            }
            #expect(await TailerNode.notices(1, of: old) == ["superseded 0;"])
            for await _ in old.signals {}
            try await node.tell(stream, "n")
            #expect(await TailerNode.notices(1, of: new) == ["1 n 0;"])
            #expect(await TailerNode.notices(1, of: other) == ["1 n 0;"])
        }
    }

    @Test(.timeLimit(.minutes(30))) func `on Postgres another node stirs and dismisses too`() async throws {
        try await TestEngine.postgres.withDatabase { database in
            let (here, there) = (TailerNode(database), TailerNode(database))
            let stream = Self.kept.stream("a")
            here.tailer.onPulse(of: Self.kept) { streams, _ in streams.map { Passed($0, Notice("presence", 7)) } }
            let (old, _) = try await here.follow(stream, pass: StreamPass(holder: "h", subject: "ann", generation: 1))
            let (other, _) = try await here.follow(stream)
            let running = Task { try await here.tailer.run() }
            // The safety net, those who tend, and the two that listen: whatever is told from now on is heard.
            await here.clock.sleepers(3)
            try await there.tell(stream, "first")
            _ = await TailerNode.notices(1, of: other)
            try await eventually("a stir is heard") {
                try await there.changes.make { $0.stir(stream) }
                await here.tailer.look()
                if case .notices(let buffers) = other.take() {
                    return buffers.map { String(buffer: $0) } == ["presence 7;"]
                }
                return false
            }
            try await there.changes.make {
                $0.dismiss(Dismissal(from: stream, subject: "ann", before: 2, Notice("superseded", ["a": "b\tc\n"])))
            }
            var texts: [String] = []
            for await _ in old.signals {
                if case .notices(let buffers) = old.take() { texts += buffers.map { String(buffer: $0) } }
            }
            #expect(texts.last == #"superseded {"a":"b\u0009c\u000a"};"#)
            running.cancel()
            _ = try? await running.value
        }
    }
}
