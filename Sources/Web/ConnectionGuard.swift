import Core
import NIOCore
import NIOHTTP1

/// What is asked of a connection by the code that answers its request.
enum ConnectionWish: Sendable {
    /// The body is about to be read: a client that waits for leave to send it is given it.
    case sendBody
    /// Somebody wants to be told, once, when the client has left or sends no more.
    case tellOfLeaving(@Sendable () -> Void)
}

/// Stands between a connection and the requests that come by it, and does what HTTP/1.1 (RFC 9112) asks of a server and what
/// the layers above do not do: it answers what cannot be parsed with a problem, refuses a request with two hosts, closes after the
/// answer where the client wants that or where the rest of a body is not wanted, and answers `Expect: 100-continue`. A client that
/// does not take its answer is left after `WriteProgress.patience`.
final class ConnectionGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let connections: Connections
    private var entry: Connections.Entry?
    /// Whether somebody in front took the connection in.
    private let isIn: Bool
    private var exchange = HTTPExchange()
    private var progress = WriteProgress()
    private var hasLeft = false
    private var onLeaving: (@Sendable () -> Void)?

    /// - Parameter entry: The connection's place, where it has one already.
    init(_ connections: Connections, _ entry: Connections.Entry? = nil) {
        self.connections = connections
        self.entry = entry
        isIn = entry != nil
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { enter(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        enter(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let entry, !isIn { connections.leave(entry) }
        entry = nil
        leave()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let look = event as? WriteLook {
            let waiting = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)
            if progress.look(waiting: waiting ?? 0, at: look.now) { context.close(promise: nil) }
            return
        }
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { leave() }
        context.fireUserInboundEventTriggered(event)
    }

    private func leave() {
        hasLeft = true
        onLeaving?()
        onLeaving = nil
    }

    private func enter(_ context: ChannelHandlerContext) {
        guard entry == nil else { return }
        entry = connections.enter(context.channel)
        guard entry == nil else { return }
        perform(
            exchange.refuse(
                .unavailable("This node serves as many connections as it may. Send the request again shortly.")),
            context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(var head):
            entry?.begin()
            switch exchange.begin(&head) {
            case .forward: context.fireChannelRead(wrapInboundOut(.head(head)))
            case let action: perform(action, context)
            }
        case .body(let bytes):
            if exchange.receive(bytes.readableBytes) { context.fireChannelRead(data) }
        case .end:
            if exchange.received() { context.fireChannelRead(data) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !exchange.isOver else { return }
        if let error = error as? HTTPParserError { perform(exchange.refuse(Self.problem(for: error)), context) }
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // What was refused here has had its answer.
        guard !exchange.isOver else {
            promise?.succeed()
            return
        }
        let promise = progress.takesMark() ? marked(promise, context) : promise
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status.code >= 200:
            exchange.answer(&head)
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            context.write(data, promise: promise)
            onLeaving = nil
            let action = exchange.answered()
            if exchange.isIdle { entry?.end() }
            perform(action, context)
        default:
            context.write(data, promise: promise)
        }
    }

    private func marked(_ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext) -> EventLoopPromise<Void>
    {
        let promise = promise ?? context.eventLoop.makePromise()
        promise.futureResult.assumeIsolated().whenComplete { _ in self.progress.markArrived() }
        return promise
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        switch event as? ConnectionWish {
        case .sendBody?:
            if exchange.giveLeave() {
                context.writeAndFlush(
                    wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
            }
        case .tellOfLeaving(let tell)?:
            onLeaving = tell
            if hasLeft { leave() }
        case nil:
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        promise?.succeed()
    }

    private func perform(_ action: HTTPExchange.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .forward, .drop: break
        case .refuse(let problem):
            write(problem, context)
            linger(context)
        case .linger: linger(context)
        case .close:
            context.flush()
            context.close(promise: nil)
        }
    }

    private func write(_ problem: Problem, _ context: ChannelHandlerContext) {
        connections.counts.count(method: "other", route: nil, status: problem.status)
        let body = ByteBuffer(bytes: problem.json.bytes)
        var headers: HTTPHeaders = [
            "Content-Type": "application/problem+json", "Content-Length": String(body.readableBytes),
            "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Connection": "close",
        ]
        for header in problem.headers { headers.add(name: header.name, value: header.value) }
        let status = HTTPResponseStatus(statusCode: problem.status)
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    /// Closes when the client has had time to read the answer: a connection that is closed while bytes still arrive is reset, and
    /// with it the answer may be lost.
    private func linger(_ context: ChannelHandlerContext) {
        context.flush()
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        context.eventLoop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
    }

    private static func problem(for error: HTTPParserError) -> Problem {
        switch error {
        case .headerOverflow:
            Problem(
                431, "headers-too-large", "The request's headers are too large",
                "All headers together may have 80 KiB. Nothing was stored. Send fewer or shorter ones.")
        case .invalidEOFState:
            .malformed("The request ended before it was whole. Nothing was stored. Send it again.")
        default:
            .malformed(
                "This is not HTTP/1.1 as RFC 9112 has it (\(error)). Nothing was stored. Correct it and send it again.")
        }
    }
}
