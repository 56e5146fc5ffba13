package import Core
import Synchronization

/// A clock that stands still until it is moved; whoever sleeps by it wakes when it is moved far enough.
package final class ManualClock: Sendable {
    private struct Sleeper: Sendable {
        let until: Instant
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State: Sendable {
        var now: Instant
        var sleepers: [Int: Sleeper] = [:]
        var next = 0
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state: Mutex<State>

    /// A clock at a moment.
    package init(_ text: String = "2026-11-21T12:00:00.000Z") {
        state = Mutex(State(now: Instant(text) ?? Instant(milliseconds: 0)))
    }

    /// What it shows.
    package var now: Instant { state.withLock { $0.now } }

    /// Moves it on, or back.
    package func advance(_ length: Duration) {
        let woken = state.withLock { state in
            state.now = state.now + length
            let due = state.sleepers.filter { $0.value.until <= state.now }
            for key in due.keys { state.sleepers[key] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in woken { continuation.resume() }
    }

    /// Waits until as many as this sleep by the clock at once, so that moving it finds them asleep.
    package func sleepers(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.sleepers.count >= count { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// The clock as the code under test reads it.
    package var source: Clock {
        Clock(now: { [self] in now }, sleep: { [self] in try await sleep(until: $0) })
    }

    private func sleep(until moment: Instant) async throws {
        let key = state.withLock { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                add(Sleeper(until: moment, continuation: continuation), key)
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: key) }?.continuation.resume(throwing: CancellationError())
        }
    }

    private func add(_ sleeper: Sleeper, _ key: Int) {
        let isCancelled = Task.isCancelled
        let (goesOn, seen) = state.withLock { state in
            guard sleeper.until > state.now, !isCancelled else {
                return (true, [CheckedContinuation<Void, Never>]())
            }
            state.sleepers[key] = sleeper
            let seen = state.watchers.filter { $0.count <= state.sleepers.count }.map(\.continuation)
            state.watchers.removeAll { $0.count <= state.sleepers.count }
            return (false, seen)
        }
        for watcher in seen { watcher.resume() }
        guard goesOn else {
            // A cancellation that came before the sleeper was in the list found nobody to wake.
            if Task.isCancelled {
                state.withLock { $0.sleepers.removeValue(forKey: key) }?.continuation
                    .resume(throwing: CancellationError())
            }
            return
        }
        if isCancelled {
            sleeper.continuation.resume(throwing: CancellationError())
        } else {
            sleeper.continuation.resume()
        }
    }
}
