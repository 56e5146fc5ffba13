import DequeModule
import Foundation
import Synchronization

/// A few threads of our own that may block, fed from one bounded queue.
///
/// Swift's cooperative pool has as many threads as cores; one blocking database call on it would stall every request.
package final class Workers: Sendable {
    /// Work for a thread, told which one it runs on (0 to count − 1).
    package typealias Job = @Sendable (Int) -> Void

    private struct State: Sendable {
        var jobs: Deque<Job> = []
        var closed = false
        var running: Int
    }

    private let state: Mutex<State>
    private let capacity: Int
    private let wake = DispatchSemaphore(value: 0)
    private let count: Int

    /// Starts the threads.
    /// - Parameters:
    ///   - name: What the threads are called, for a debugger.
    ///   - count: How many there are.
    ///   - capacity: How many jobs may wait.
    ///   - onEnd: Run on each thread as it ends.
    package init(name: String, count: Int, capacity: Int, onEnd: @escaping Job = { _ in }) {
        self.count = count
        self.capacity = capacity
        state = Mutex(State(running: count))
        for index in 0..<count {
            let thread = Thread { [self] in
                run(index)
                onEnd(index)
                state.withLock { $0.running -= 1 }
            }
            thread.name = "\(name)-\(index)"
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    /// Gives a job to the next free thread.
    /// - Throws: `SQLError.overloaded` when the queue is full, `SQLError.unavailable` after `close`.
    package func submit(_ job: @escaping Job) throws {
        try state.withLock { state in
            guard !state.closed else { throw SQLError.unavailable("the server is stopping") }
            guard state.jobs.count < capacity else { throw SQLError.overloaded }
            state.jobs.append(job)
        }
        wake.signal()
    }

    /// Runs a closure on a thread and waits for its result without blocking the caller's.
    package func run<Result: Sendable>(_ body: @escaping @Sendable (Int) throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try submit { index in continuation.resume(with: Swift.Result { try body(index) }) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    /// Takes no more work; the threads end when what they have is done.
    package func close() {
        state.withLock { $0.closed = true }
        for _ in 0..<count { wake.signal() }
    }

    private func run(_ index: Int) {
        while true {
            wake.wait()
            let (job, closed) = state.withLock { ($0.jobs.popFirst(), $0.closed) }
            if let job { job(index) } else if closed { return }
        }
    }
}
