import Foundation
import Synchronization

/// A few threads of our own that may block, fed from one bounded queue.
///
/// Swift's cooperative pool has as many threads as cores; one blocking database call on it would stall every request.
package final class Workers: Sendable {
    /// Work for a thread, told which one it runs on (0 to count − 1).
    package typealias Job = @Sendable (Int) -> Void

    /// What a job does: each kind leaves threads to the other.
    package enum Kind: Sendable {
        /// It only reads.
        case read
        /// It writes, or may wait for somebody else's lock.
        case write
    }

    private let queue: Mutex<JobQueue<Job>>
    private let wake = DispatchSemaphore(value: 0)
    private let count: Int

    /// Starts the threads.
    /// - Parameters:
    ///   - name: What the threads are called, for a debugger.
    ///   - count: How many there are.
    ///   - reserved: How many of them each kind of job leaves to the other.
    ///   - capacity: How many jobs of each kind may wait.
    ///   - onEnd: Run on each thread as it ends.
    package init(
        name: String, count: Int, reserved: Int = 0, capacity: Int, onEnd: @escaping Job = { _ in }
    ) {
        self.count = count
        queue = Mutex(JobQueue(threads: count, reserved: reserved, capacity: capacity))
        for index in 0..<count {
            let thread = Thread { [self] in
                run(index)
                onEnd(index)
            }
            thread.name = "\(name)-\(index)"
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    /// Gives a job to the next free thread.
    /// - Throws: `SQLError.overloaded` when the queue is full, `SQLError.unavailable` after `close`.
    package func submit(_ kind: Kind, _ job: @escaping Job) throws {
        switch queue.withLock({ $0.add(job, kind == .read ? .read : .write) }) {
        case .wakesThread: wake.signal()
        case .waits: break
        case .full: throw SQLError.overloaded
        case .closed: throw SQLError.unavailable("the server is stopping")
        }
    }

    /// Runs a closure on a thread and waits for its result without blocking the caller's.
    package func run<Result: Sendable>(
        _ kind: Kind, _ body: @escaping @Sendable (Int) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try submit(kind) { index in continuation.resume(with: Swift.Result { try body(index) }) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    /// Takes no more work; the threads end when what they have is done.
    package func close() {
        queue.withLock { $0.close() }
        for _ in 0..<count { wake.signal() }
    }

    private func run(_ index: Int) {
        while true {
            let (next, isDone) = queue.withLock { ($0.next(), $0.isDone) }
            if let next {
                next.job(index)
                queue.withLock { $0.finished(next.kind) }
            } else if isDone {
                // Another may have looked while the last jobs were at work, and waits again.
                wake.signal()
                return
            } else {
                wake.wait()
            }
        }
    }
}
