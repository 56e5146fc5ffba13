import Foundation

/// The time of day, and the one place in Dogear that sleeps: the system's clock in a server, a hand-moved one in a test.
package struct Clock: Sendable {
    private let read: @Sendable () -> Instant
    private let wait: @Sendable (Instant) async throws -> Void

    /// A clock from what it shows and how one waits for it to show something later.
    package init(
        now: @escaping @Sendable () -> Instant, sleep: @escaping @Sendable (_ until: Instant) async throws -> Void
    ) {
        read = now
        wait = sleep
    }

    /// The present moment.
    package var now: Instant { read() }

    /// Waits until the clock shows a moment; one that has been is not waited for.
    /// - Throws: `CancellationError` where the task is cancelled meanwhile.
    package func sleep(until moment: Instant) async throws {
        try await wait(moment)
    }

    /// Waits for a length of time.
    /// - Throws: `CancellationError` where the task is cancelled meanwhile.
    package func sleep(for length: Duration) async throws {
        try await sleep(until: now + length)
    }

    /// The system's clock. It may be set while somebody sleeps, so it is looked at again every minute.
    package static let system = Clock(now: { systemNow() }) { moment in
        var left = moment - systemNow()
        repeat {
            try await Task.sleep(for: min(max(left, .zero), .minutes(1)))
            left = moment - systemNow()
        } while left > .zero
    }
}

/// Pauses a thread that may block, between two tries to get what another program holds: a lock, a file. It is always real time,
/// since no clock of ours says when that program lets go.
package func pauseThread(milliseconds: Int) {
    Thread.sleep(forTimeInterval: Double(milliseconds) / 1_000)
}

/// Does something that blocks for long, such as copying a database, beside the threads that others need.
package func onOwnThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "alone").async { continuation.resume(with: Swift.Result { try body() }) }
    }
}

private func systemNow() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
}
