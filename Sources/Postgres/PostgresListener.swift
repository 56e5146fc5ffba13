import CPostgres
import Foundation
import Logging
import SQL
import Synchronization

/// Hears what is said on one channel: a thread with a connection of its own, made anew when lost.
final class PostgresListener: Sendable {
    /// What was said; an empty text where something may have been missed.
    let stream: AsyncStream<String>

    private let continuation: AsyncStream<String>.Continuation
    private let address: ConnectionAddress
    private let channel: String
    private let logger: Logger
    private let end = WakePipe()

    /// How many notices wait for a slow reader.
    private static let buffer = 1_024

    init(_ address: ConnectionAddress, channel: String, logger: Logger) {
        self.address = address
        self.channel = channel
        self.logger = logger
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.buffer))
        continuation.onTermination = { [end] _ in end.wake() }
        let thread = Thread { [self] in
            run()
            continuation.finish()
        }
        thread.name = "postgres-listen"
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Whether nobody wants to hear any more.
    var isStopped: Bool { end.isAwake }

    /// Ends the stream and closes the connection.
    func stop() { end.wake() }

    private func run() {
        var failures = 0
        while !end.isAwake {
            do {
                let handle = try connect()
                defer { PQfinish(handle) }
                if failures > 0 { logger.notice("Postgres is heard again", metadata: ["channel": "\(channel)"]) }
                failures = 0
                hand("")
                listen(handle)
            } catch {
                if failures == 0 {
                    logger.warning("Postgres cannot be heard; trying again", metadata: ["reason": "\(error)"])
                }
            }
            failures += 1
            let pause = Reachability.pauseMilliseconds(after: failures)
            PostgresSocket.wait(for: [end.descriptor], milliseconds: Int32(pause))
        }
    }

    private func connect() throws -> OpaquePointer {
        guard let handle = address.connect() else { throw SQLError.unavailable("libpq has no memory for a connection") }
        let name = "\"" + channel.replacing("\"", with: "\"\"") + "\""
        let answer = PQexec(handle, "LISTEN \(name)")
        defer { PQclear(answer) }
        guard PQresultStatus(answer) == PGRES_COMMAND_OK else {
            let reason = address.redacted(message(of: handle))
            PQfinish(handle)
            throw SQLError.unavailable(reason)
        }
        return handle
    }

    /// Returns when the connection is lost or nobody wants to hear any more.
    private func listen(_ handle: OpaquePointer) {
        while PQstatus(handle) == CONNECTION_OK {
            while let notice = PQnotifies(handle) {
                hand(String(cString: notice.pointee.extra))
                PQfreemem(notice)
            }
            PostgresSocket.wait(for: [PQsocket(handle), end.descriptor], milliseconds: -1)
            if end.isAwake { return }
            PQconsumeInput(handle)
        }
    }

    /// Where the reader is so slow that something is dropped, it is told by what stands at the end.
    private func hand(_ notice: String) {
        if case .dropped = continuation.yield(notice) { continuation.yield("") }
    }
}

/// Something that a thread can wait for together with a socket.
final class WakePipe: Sendable {
    /// Has something to read once woken.
    let descriptor: Int32
    private let writing: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        if pipe(&ends) == 0 {
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        }
        descriptor = ends[0]
        writing = ends[1]
    }

    deinit {
        close(descriptor)
        close(writing)
    }

    /// Whether it was woken.
    var isAwake: Bool { PostgresSocket.hasInput(descriptor) }

    /// Wakes whoever waits, now and from now on.
    func wake() {
        // More than a few bytes are of no use; a pipe that is full has woken everybody.
        _ = withUnsafeBytes(of: UInt8(1)) { write(writing, $0.baseAddress, 1) }
    }
}
