import Core
import Dispatch
import Foundation
import Logging
import SQL
import Synchronization

/// One worker thread's connection: made when needed, made anew when lost.
///
/// Only the thread that owns it calls it; the mutex states that to the compiler and is never contended.
final class PostgresLink: Sendable {
    private let backoff: Backoff
    private let connect: @Sendable () throws -> PostgresConnection
    private let open = Mutex<PostgresConnection?>(nil)

    init(backoff: Backoff, connect: @escaping @Sendable () throws -> PostgresConnection) {
        self.backoff = backoff
        self.connect = connect
    }

    /// Runs a closure as one transaction, again where that may help.
    /// - Throws: what the closure throws, `RunAgain` where it was run as often as it may be, or `SQLError`.
    func run<Result>(
        _ begin: String, onlyReads: Bool, _ body: (any SQL.Connection) throws -> Result
    ) throws -> Result {
        var attempts = Attempts()
        while true {
            do {
                return try connection().transaction(begin, onlyReads: onlyReads, body)
            } catch let failure as RunAgain {
                guard attempts.mayRunAgain(after: failure) else { throw failure }
                pauseThread(milliseconds: Int.random(in: 0...attempts.longestPauseMilliseconds))
            }
        }
    }

    /// The open connection.
    /// - Throws: `SQLError.unavailable` when the server cannot be reached, or was not a moment ago.
    func connection() throws -> PostgresConnection {
        try open.withLock { known in
            if let known, known.isAlive { return known }
            known = nil
            guard !backoff.isWaiting else { throw SQLError.unavailable("waiting before the next attempt to connect") }
            do {
                let opened = try connect()
                backoff.succeeded()
                known = opened
                return opened
            } catch {
                backoff.failed("\(error)")
                throw error
            }
        }
    }

    func close() {
        open.withLock { $0 = nil }
    }
}

/// How long a server has been away, and when to try it again: plain values.
struct Reachability: Sendable, Equatable {
    /// Failures since the server was last reached.
    private(set) var failures = 0
    private var notBefore: UInt64 = 0

    /// Whether it is too early to try again, at a moment in nanoseconds.
    func isWaiting(at now: UInt64) -> Bool { now < notBefore }

    /// Counts a failure: the pause doubles from 0.1 s to 5 s.
    mutating func failed(at now: UInt64) {
        failures += 1
        notBefore = now + UInt64(Self.pauseMilliseconds(after: failures)) * 1_000_000
    }

    /// The pause after a number of failures.
    static func pauseMilliseconds(after failures: Int) -> Int {
        min(5_000, 100 << min(max(failures, 1) - 1, 6))
    }
}

/// The pause between two attempts to reach a server, shared by the connections of a pool.
final class Backoff: Sendable {
    private let state = Mutex(Reachability())
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    /// Whether it is too early to try again.
    var isWaiting: Bool {
        state.withLock { $0.isWaiting(at: DispatchTime.now().uptimeNanoseconds) }
    }

    func failed(_ reason: String) {
        let failures = state.withLock { state in
            state.failed(at: DispatchTime.now().uptimeNanoseconds)
            return state.failures
        }
        if failures == 1 || failures % 20 == 0 {
            logger.warning("Postgres cannot be reached; trying again", metadata: ["reason": "\(reason)"])
        }
    }

    func succeeded() {
        let wasDown = state.withLock { state in
            defer { state = Reachability() }
            return state.failures > 0
        }
        if wasDown { logger.notice("Postgres is back") }
    }
}
