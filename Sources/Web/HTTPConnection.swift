package import HummingbirdCore
package import Logging
package import NIOCore
import NIOHTTP1

/// HTTP/1.1 as Hummingbird speaks it, with a `ConnectionGuard` in front.
package struct HTTPConnection: ServerChildChannel {
    /// What Hummingbird reads requests from.
    package typealias Value = HTTP1Channel.Value

    private let channel: HTTP1Channel
    private let connections: Connections

    /// How a server speaks with those who connect.
    /// - Parameter idle: How long a connection may have nothing to do.
    package static func server(_ connections: Connections, idle: TimeAmount) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            HTTPConnection(
                channel: HTTP1Channel(responder: responder, configuration: .init(idleTimeout: idle)),
                connections: connections)
        }
    }

    /// Prepares a connection that was taken.
    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        self.channel.setup(channel: channel, logger: logger).flatMapThrowing { [connections] value in
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(ConnectionGuard(connections), position: .after(decoder))
            // What a connection read last is kept in a buffer for the next; it grows where requests are larger.
            try channel.syncOptions?.setOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 1_024, maximum: 65_536))
            return value
        }
    }

    /// Answers requests until the connection ends.
    package func handle(value: Value, logger: Logger) async {
        await channel.handle(value: value, logger: logger)
    }
}
