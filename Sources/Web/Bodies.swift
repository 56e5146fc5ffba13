package import Core
import NIOCore
import Synchronization

/// The request bodies that are in memory on this node, which together have a bound, and each a time to arrive in.
package final class Bodies: Sendable {
    private struct Arriving: Sendable {
        let deadline: Instant
        let channel: any Channel
    }

    private struct State: Sendable {
        var arriving: [Int: Arriving] = [:]
        var next = 0
    }

    private let clock: Clock
    private let limit: Int
    private let bytes = Atomic<Int>(0)
    private let state = Mutex(State())

    /// Bodies of one node.
    package init(clock: Clock, limit: Int = Limits.allBodiesBytes) {
        self.clock = clock
        self.limit = limit
    }

    /// How many bytes are in memory.
    package var count: Int { bytes.load(ordering: .relaxed) }

    /// Closes the connections of bodies that have not arrived in time, each second until the task is cancelled.
    package func run() async throws {
        while true {
            try await clock.sleep(for: .seconds(1))
            closeLate()
        }
    }

    func closeLate() {
        let now = clock.now
        let late = state.withLock { state in
            let late = state.arriving.filter { $0.value.deadline < now }
            for key in late.keys { state.arriving[key] = nil }
            return late.values.map(\.channel)
        }
        for channel in late { channel.close(promise: nil) }
    }

    func begin(on channel: any Channel) -> Int {
        let deadline = clock.now + Limits.bodyArrives
        return state.withLock { state in
            state.next += 1
            state.arriving[state.next] = Arriving(deadline: deadline, channel: channel)
            return state.next
        }
    }

    func end(_ number: Int) {
        state.withLock { _ = $0.arriving.removeValue(forKey: number) }
    }

    /// - Throws: 503 where all bodies together would have more bytes than they may.
    func take(_ count: Int) throws(Problem) {
        guard bytes.add(count, ordering: .relaxed).newValue <= limit else {
            bytes.subtract(count, ordering: .relaxed)
            throw .unavailable(
                "More is being sent to this node than it can hold. Nothing was stored. Send the same request again shortly."
            )
        }
    }

    func give(back count: Int) {
        if count > 0 { bytes.subtract(count, ordering: .relaxed) }
    }
}

/// What one request's body takes of the memory for bodies, until the request is answered.
final class BodyClaim: Sendable {
    let bodies: Bodies
    private let taken = Atomic<Int>(0)

    init(_ bodies: Bodies) {
        self.bodies = bodies
    }

    func take(_ count: Int) throws(Problem) {
        try bodies.take(count)
        taken.add(count, ordering: .relaxed)
    }

    func release() {
        bodies.give(back: taken.exchange(0, ordering: .relaxed))
    }
}
