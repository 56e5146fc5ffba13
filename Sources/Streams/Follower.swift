package import Core
package import NIOCore
import Synchronization

/// Somebody who follows a stream on this node.
///
/// Each element of `signals` says that it is time to look: `take` tells what to send. The sequence ends when the stream does,
/// because the server stops, the credential is no longer good, or the follower was cut off.
package final class Follower: Sendable {
    private struct State: Sendable {
        var offset = 0
        var sentAt: Instant
        /// What passes and was not sent yet, the newest of each name.
        var passing: [(name: String, bytes: ByteBuffer)] = []
        /// What it was last offered, by name: nobody is told twice in a row.
        var told: [(name: String, bytes: ByteBuffer)] = []

        mutating func takePassing() -> [ByteBuffer] {
            defer { passing = [] }
            return passing.map(\.bytes)
        }
    }

    /// A follower that was sent nothing for this long is sent a comment, so that proxies keep the connection.
    static let heartbeat = Duration.seconds(15)

    /// Time to look.
    package let signals: AsyncStream<Void>
    let stream: StreamName
    let pass: StreamPass
    let number: Int
    private let continuation: AsyncStream<Void>.Continuation
    private let state: Mutex<State>
    private weak let tailer: StreamTailer?

    init(_ stream: StreamName, number: Int, pass: StreamPass, at now: Instant, of tailer: StreamTailer) {
        self.stream = stream
        self.number = number
        self.pass = pass
        self.tailer = tailer
        state = Mutex(State(sentAt: now))
        (signals, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        continuation.onTermination = { [weak tailer] _ in tailer?.leave(stream, number) }
    }

    /// What a follower is to be sent now.
    package enum Taken: Sendable {
        /// Nothing.
        case nothing
        /// A comment: nothing was sent for a while.
        case heartbeat
        /// Notices, each encoded once for all followers.
        case notices([ByteBuffer])
        /// Notices are missing at hand: the stream has to be opened again from `offset`.
        case hole
    }

    /// The number of the last notice that it was sent.
    package var offset: Int { state.withLock { $0.offset } }

    /// Takes what is to be sent now, and counts it as sent.
    package func take() -> Taken {
        let now = tailer?.clock.now
        return state.withLock { state in
            switch tailer?.next(in: stream, after: state.offset) ?? .nothing {
            case .notices(let buffers, let last):
                let passing = state.takePassing()
                state.offset = last
                state.sentAt = now ?? state.sentAt
                return .notices(buffers + passing)
            case .hole: return .hole
            case .nothing:
                let passing = state.takePassing()
                guard let now, !passing.isEmpty || now - state.sentAt >= Self.heartbeat else { return .nothing }
                state.sentAt = now
                return passing.isEmpty ? .heartbeat : .notices(passing)
            }
        }
    }

    /// Has something that passes sent with the next that is taken, instead of an older thing of the same name.
    /// - Parameter isNothing: Whether it says that there is nothing.
    /// - Returns: Whether there is something to send: not what it was offered last, nor nothing where there was nothing before.
    @discardableResult func offer(_ name: String, _ bytes: ByteBuffer, isNothing: Bool = false) -> Bool {
        state.withLock { state in
            let before = state.told.firstIndex { $0.name == name }
            guard before.map({ state.told[$0].bytes != bytes }) ?? !isNothing else { return false }
            if let before { state.told.remove(at: before) }
            state.told.append((name, bytes))
            state.passing.removeAll { $0.name == name }
            state.passing.append((name, bytes))
            return true
        }
    }

    /// Notes that it was sent everything up to a number.
    func opened(at offset: Int, _ now: Instant) {
        state.withLock { state in
            state.offset = offset
            state.sentAt = now
        }
    }

    func isQuiet(at now: Instant) -> Bool {
        state.withLock { now - $0.sentAt >= Self.heartbeat }
    }

    func signal() { continuation.yield() }

    /// Ends it.
    package func end() { continuation.finish() }
}

/// What lets somebody follow a stream, and for how long.
package struct StreamPass: Sendable {
    /// Whom open streams are counted for: a key, a user, an address.
    package let holder: String
    /// When it expires; nil where it does not.
    package let expiresAt: Instant?
    /// Asks whether it is still good, for what can be revoked; nil for what cannot.
    package let isGood: (@Sendable () async -> Bool)?
    /// Whom the token was made for, where a newer one makes it void; else nil.
    package let subject: String?
    /// Which of the subject's tokens it is.
    package let generation: Int

    /// A pass of a holder.
    package init(
        holder: String, expiresAt: Instant? = nil, isGood: (@Sendable () async -> Bool)? = nil, subject: String? = nil,
        generation: Int = 0
    ) {
        self.holder = holder
        self.expiresAt = expiresAt
        self.isGood = isGood
        self.subject = subject
        self.generation = generation
    }
}
