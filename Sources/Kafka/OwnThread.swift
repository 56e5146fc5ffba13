import Foundation
import Synchronization

/// A thread that may block, which does one thing after the other. It is there from the first thing on.
final class OwnThread: Sendable {
    private struct State: Sendable {
        var jobs: [@Sendable () -> Void] = []
        var isRunning = false
    }

    private let name: String
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    init(name: String) {
        self.name = name
    }

    /// Does something on the thread, without blocking the caller's.
    func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            add { continuation.resume(with: Swift.Result { try work() }) }
        }
    }

    /// Lets the thread end once it has nothing to do; another begins with the next thing.
    func close() {
        let wasRunning = state.withLock { state in
            defer { state.isRunning = false }
            return state.isRunning
        }
        if wasRunning { wake.signal() }
    }

    private func add(_ job: @escaping @Sendable () -> Void) {
        let isNew = state.withLock { state in
            state.jobs.append(job)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if isNew {
            let thread = Thread { [self] in work() }
            thread.name = name
            thread.stackSize = 1 << 20
            thread.start()
        }
        wake.signal()
    }

    private func work() {
        while true {
            wake.wait()
            let (job, goesOn) = state.withLock { state in
                (state.jobs.isEmpty ? nil : state.jobs.removeFirst(), state.isRunning)
            }
            job?()
            if job == nil && !goesOn { return }
        }
    }
}
