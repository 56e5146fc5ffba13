package import HummingbirdCore
package import HummingbirdHTTP2
import HTTPTypes
package import Logging
package import NIOCore
import NIOHTTP1
import NIOHTTPTypes
package import NIOSSL
import NIOTLS

/// TLS, and over it HTTP/2 or HTTP/1.1, whichever the client asks for: as Hummingbird speaks them, with our guards in front.
package struct SecureConnection: ServerChildChannel {
    /// What Hummingbird reads requests from.
    package typealias Value = HTTP2UpgradeChannel.Value

    private let channel: HTTP2UpgradeChannel
    private let connections: Connections

    /// How a server speaks with those who connect.
    /// - Parameters:
    ///   - idle: How long a connection may have nothing to do.
    ///   - tls: By which certificate it is known.
    package static func server(
        _ connections: Connections, idle: TimeAmount, tls: TLSConfiguration
    ) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            SecureConnection(
                channel: try HTTP2UpgradeChannel(
                    tlsConfiguration: tls,
                    configuration: .init(
                        idleTimeout: .nanoseconds(idle.nanoseconds), gracefulCloseTimeout: .seconds(10),
                        streamConfiguration: .init(
                            additionalChannelHandlers: [GuardInstaller(connections)], idleTimeout: idle)),
                    responder: responder),
                connections: connections)
        }
    }

    /// Prepares a connection that was taken.
    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        self.channel.setup(channel: channel, logger: logger).flatMapThrowing { [connections] value in
            let pipeline = channel.pipeline.syncOperations
            let tls = try pipeline.handler(type: NIOSSLServerHandler.self)
            try pipeline.addHandler(Entrance(connections), position: .after(tls))
            return value
        }
    }

    /// Answers requests until the connection ends.
    package func handle(value: Value, logger: Logger) async {
        await channel.handle(value: value, logger: logger)
    }
}

/// Where a connection over TLS comes in: it takes one of the node's places from the moment that it is taken, agrees with the server on
/// how to speak within ten seconds, and knows the requests that come by it at the same time over HTTP/2.
final class Entrance: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    private static let patience = TimeAmount.seconds(10)

    private let connections: Connections
    private(set) var entry: Connections.Entry?
    private var requests: [ObjectIdentifier: any Channel] = [:]
    private var handshake: Scheduled<Void>?

    init(_ connections: Connections) {
        self.connections = connections
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { enter(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        enter(context)
        context.fireChannelActive()
    }

    /// Without a place there is no answer either: to write one, TLS would have to be spoken first, which costs more than it says.
    private func enter(_ context: ChannelHandlerContext) {
        guard entry == nil else { return }
        let channel = context.channel
        entry = connections.enter(channel)
        guard entry != nil else { return context.close(promise: nil) }
        handshake = context.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        handshake?.cancel()
        if let entry { connections.leave(entry) }
        entry = nil
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent { handshake?.cancel() }
        if let look = event as? WriteLook, !requests.isEmpty {
            for request in requests.values { request.pipeline.fireUserInboundEventTriggered(look) }
            return
        }
        context.fireUserInboundEventTriggered(event)
    }

    func begin(_ request: any Channel) {
        if requests.isEmpty { entry?.begin() }
        requests[ObjectIdentifier(request)] = request
    }

    func end(_ request: any Channel) {
        guard requests.removeValue(forKey: ObjectIdentifier(request)) != nil, requests.isEmpty else { return }
        entry?.end()
    }
}

/// Puts the guard in its place once it is known what is spoken, and goes.
private final class GuardInstaller: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let connections: Connections

    init(_ connections: Connections) {
        self.connections = connections
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            if let decoder = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) {
                let entrance = try pipeline.handler(type: Entrance.self)
                try pipeline.addHandler(ConnectionGuard(connections, entrance.entry), position: .after(decoder))
            } else {
                let entrance = try context.channel.parent?.pipeline.syncOperations.handler(type: Entrance.self)
                try pipeline.addHandler(RequestGuard(entrance), position: .before(self))
            }
            pipeline.removeHandler(self, promise: nil)
        } catch {
            // Nothing unguarded is let in.
            context.close(promise: nil)
        }
    }
}

/// Stands in front of one request over HTTP/2: tells of its client's leaving, leaves a client that does not take its answer, and takes no
/// more of a body that nobody wants.
final class RequestGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let entrance: Entrance?
    private var progress = WriteProgress()
    private var waitsForLeave = false
    private var isWhole = false
    private var hasLeft = false
    private var onLeaving: (@Sendable () -> Void)?

    init(_ entrance: Entrance?) {
        self.entrance = entrance
    }

    func handlerAdded(context: ChannelHandlerContext) {
        entrance?.begin(context.channel)
    }

    func channelInactive(context: ChannelHandlerContext) {
        entrance?.end(context.channel)
        hasLeft = true
        tellOfLeaving()
        context.fireChannelInactive()
    }

    private func tellOfLeaving() {
        onLeaving?()
        onLeaving = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let look = event as? WriteLook else { return context.fireUserInboundEventTriggered(event) }
        // How much waits is not told here; whether there is room for more is.
        if progress.look(waiting: context.channel.isWritable ? 0 : 1, at: look.now) { context.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): waitsForLeave = head.headerFields[.expect]?.lowercased() == "100-continue"
        case .body: waitsForLeave = false
        case .end: isWhole = true
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var promise = promise
        if progress.takesMark() {
            let marked = promise ?? context.eventLoop.makePromise()
            marked.futureResult.assumeIsolated().whenComplete { _ in self.progress.markArrived() }
            promise = marked
        }
        switch unwrapOutboundIn(data) {
        case .end where !isWhole:
            let (channel, ended) = (context.channel, promise ?? context.eventLoop.makePromise())
            ended.futureResult.whenComplete { _ in channel.close(promise: nil) }
            context.write(data, promise: ended)
        default: context.write(data, promise: promise)
        }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        switch event as? ConnectionWish {
        case .sendBody?:
            if waitsForLeave {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
            }
            waitsForLeave = false
        case .tellOfLeaving(let tell)?:
            onLeaving = tell
            if hasLeft { tellOfLeaving() }
        case nil:
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        promise?.succeed()
    }
}
