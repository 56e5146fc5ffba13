import Core
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing
@testable import Web

/// A client that does not take its answer is left; a slow one is not.
@Suite struct WriteProgressTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    /// Looks every ten seconds; which of the looks finds that it is too long.
    private static func looks(_ waiting: [Int]) -> [Bool] {
        var progress = WriteProgress()
        return waiting.enumerated().map { progress.look(waiting: $1, at: start + .seconds(10 * Int64($0))) }
    }

    @Test(arguments: [
        ([70_000, 70_000, 70_000, 70_000], 3), ([10, 10, 20, 30], 3), ([9, 8, 7, 6, 5], nil),
        ([9, 9, 9, 8, 8, 8, 8], 6),
        ([9, 9, 9, 0, 9, 9, 9], nil), ([0, 0, 0, 0, 0], nil), ([10, 5_000, 4_000, 4_000, 3_000], nil),
    ]) func `bytes that wait for thirty seconds and do not get fewer are too much`(waiting: [Int], found: Int?) {
        #expect(Self.looks(waiting).firstIndex(of: true) == found)
    }

    @Test func `a write that was made since the look before and is complete says that it gets on`() {
        var progress = WriteProgress()
        let early = progress.takesMark()
        #expect(!early)
        for second in stride(from: Int64(0), to: 100, by: 10) {
            let isStuck = progress.look(waiting: 70_000, at: Self.start + .seconds(second))
            #expect(!isStuck)
            let marks = [progress.takesMark(), progress.takesMark()]
            #expect(marks == [true, false])
            progress.markArrived()
        }
    }

    /// A connection on which a request is under way and half of the answer is written.
    private func answering() async throws -> (Connections, NIOAsyncTestingChannel) {
        let connections = Connections(limit: 10, counts: RequestCounts(), metrics: MetricRegistry())
        let channel = NIOAsyncTestingChannel()
        try await channel.testingEventLoop.executeInContext {
            try channel.pipeline.syncOperations.addHandlers(HTTPResponseEncoder(), ConnectionGuard(connections))
        }
        try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1))
        let request = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: ["Host": "localhost"])
        try await channel.writeInbound(HTTPServerRequestPart.head(request))
        try await channel.writeInbound(HTTPServerRequestPart.end(nil))
        return (connections, channel)
    }

    private func look(_ connections: Connections, _ channel: NIOAsyncTestingChannel, after seconds: Int64) async {
        for _ in 0..<Connections.turns { connections.look(at: Self.start + .seconds(seconds)) }
        await channel.testingEventLoop.run()
    }

    private func write(_ part: HTTPServerResponsePart, _ channel: NIOAsyncTestingChannel) async throws {
        try await channel.testingEventLoop.executeInContext { channel.pipeline.write(part, promise: nil) }
    }

    @Test func `a connection whose client takes nothing is closed, and makes room`() async throws {
        let (connections, channel) = try await answering()
        try await write(.head(HTTPResponseHead(version: .http1_1, status: .ok)), channel)
        for seconds in [Int64(0), 10, 20, 29] {
            await look(connections, channel, after: seconds)
            #expect(channel.isActive && connections.count == 1)
        }
        await look(connections, channel, after: 30)
        #expect(!channel.isActive && connections.count == 0)
    }

    @Test func `a connection whose client takes what it is sent stays, however long its answer is`() async throws {
        let (connections, channel) = try await answering()
        try await write(.head(HTTPResponseHead(version: .http1_1, status: .ok)), channel)
        for seconds in stride(from: Int64(0), to: 200, by: 10) {
            // Bytes wait at every look, and are as many as at the look before; in between those from before are taken.
            await look(connections, channel, after: seconds)
            #expect(channel.isActive)
            try await write(.body(.byteBuffer(ByteBuffer(string: "data"))), channel)
            try await channel.testingEventLoop.executeInContext { channel.flush() }
            try await write(.body(.byteBuffer(ByteBuffer(string: "data"))), channel)
        }
        for seconds in stride(from: Int64(200), to: 400, by: 10) {
            try await channel.testingEventLoop.executeInContext { channel.flush() }
            await look(connections, channel, after: seconds)
        }
        #expect(channel.isActive)
    }
}
