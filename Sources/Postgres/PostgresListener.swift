import CPostgres
import Core
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
    /// The channel that only this listener hears and speaks on.
    private let echo = "dogear_echo_\(ID.random())"

    private static let echoMilliseconds: UInt64 = 10_000

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
            end.wait(milliseconds: Int32(pause))
        }
    }

    private func connect() throws -> OpaquePointer {
        guard let handle = address.connect() else { throw SQLError.unavailable("libpq has no memory for a connection") }
        do {
            for name in [channel, echo] { try run("LISTEN \(Self.quoted(name))", on: handle) }
            return handle
        } catch {
            PQfinish(handle)
            throw error
        }
    }

    private func run(_ statement: String, on handle: OpaquePointer) throws {
        let answer = PQexec(handle, statement)
        defer { PQclear(answer) }
        guard PQresultStatus(answer) == PGRES_COMMAND_OK else {
            throw SQLError.unavailable(address.redacted(message(of: handle)))
        }
    }

    private static func quoted(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }

    /// Returns when the connection is lost or nobody wants to hear any more.
    ///
    /// A connection may be open and deaf: the server hangs, or a firewall has forgotten it. So each ten seconds the listener says
    /// something to itself, on a channel that only it hears; what has not come back ten seconds later will not come.
    private func listen(_ handle: OpaquePointer) {
        var (asked, heard) = (DispatchTime.now().uptimeNanoseconds, true)
        while PQstatus(handle) == CONNECTION_OK {
            while let notice = PQnotifies(handle) {
                if String(cString: notice.pointee.relname) == echo {
                    heard = true
                } else {
                    hand(String(cString: notice.pointee.extra))
                }
                PQfreemem(notice)
            }
            while PQisBusy(handle) == 0, let answer = PQgetResult(handle) { PQclear(answer) }
            let waited = DispatchTime.now().uptimeNanoseconds - asked
            if waited >= Self.echoMilliseconds * 1_000_000 {
                guard heard, PQsendQuery(handle, "NOTIFY \(Self.quoted(echo))") == 1 else { return }
                (asked, heard) = (DispatchTime.now().uptimeNanoseconds, false)
                continue
            }
            end.wait(
                besides: PQsocket(handle), milliseconds: Int32(Self.echoMilliseconds - waited / 1_000_000))
            if end.isAwake { return }
            PQconsumeInput(handle)
        }
    }

    /// Where the reader is so slow that something is dropped, it is told by what stands at the end.
    private func hand(_ notice: String) {
        if case .dropped = continuation.yield(notice) { continuation.yield("") }
    }
}
