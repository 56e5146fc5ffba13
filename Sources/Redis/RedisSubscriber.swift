import Core
import Foundation
package import Logging
import Synchronization

/// Hears what is published on one channel: a thread with a connection of its own, made anew when lost.
package final class RedisSubscriber: Sendable {
    /// What was said; an empty text where something may have been missed: each time that listening begins, and where more was said
    /// than is kept for a slow reader.
    package let stream: AsyncStream<String>

    private static let buffer = 1_024
    /// How long nothing may be said before Redis is asked whether it is there.
    private static let quietMilliseconds: Int32 = 5_000

    private let continuation: AsyncStream<String>.Continuation
    private let address: RedisAddress
    private let channel: String
    private let warnings: Warnings
    private let end = WakePipe()

    /// A subscriber, which begins at once.
    package init(_ address: RedisAddress, channel: String, logger: Logger) {
        self.address = address
        self.channel = channel
        warnings = Warnings(logger)
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.buffer))
        continuation.onTermination = { [end] _ in end.wake() }
        let thread = Thread { [self] in
            run()
            continuation.finish()
        }
        thread.name = "redis-listen"
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Ends the stream and closes the connection.
    package func stop() { end.wake() }

    private func run() {
        blockBrokenPipes()
        var failures = 0
        while !end.isAwake {
            do {
                let connection = try RedisConnection(address, limits: .init(), writes: false)
                _ = try connection.exchange([RedisCommand("SUBSCRIBE", channel)])
                warnings.isBack()
                failures = 0
                hand("")
                try listen(connection)
            } catch {
                warnings.isAway(error)
            }
            failures += 1
            end.wait(milliseconds: Int32(min(5_000, 100 << min(failures - 1, 6))))
        }
    }

    /// Returns when nobody wants to hear any more.
    private func listen(_ connection: RedisConnection) throws {
        while !end.isAwake {
            while let reply = try connection.next() { take(reply) }
            if end.wait(besides: connection.descriptor, milliseconds: Self.quietMilliseconds) {
                if !end.isAwake { try connection.receive() }
            } else {
                // Whatever comes first, a message or the answer, says that Redis is there.
                take(try connection.exchange([RedisCommand("PING")]).first ?? .nothing)
            }
        }
    }

    private func take(_ reply: RedisReply) {
        let parts = reply.list
        guard parts.count == 3, parts[0].text == "message", let message = parts[2].text else { return }
        hand(message)
    }

    private func hand(_ message: String) {
        if case .dropped = continuation.yield(message) { continuation.yield("") }
    }
}
