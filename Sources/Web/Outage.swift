package import Core
import SQL
import Synchronization

/// Whether the database is away, so that those who have something to go on with need not wait to find it out each for themselves.
///
/// A look each second finds it out: a database that says nothing for two seconds is away (a server that hangs would keep a request
/// for twenty). Whoever waits at that moment is let go, and until it is back nobody begins to wait.
package final class Outage: Sendable {
    private struct State: Sendable {
        var until = Instant(milliseconds: 0)
        var next = 0
        var waiting: [Int: @Sendable () -> Void] = [:]
    }

    /// What one failure, or one look, says is believed for this long.
    private static let believed = Duration.seconds(3)
    private static let away = SQLError.unavailable("it was away a moment ago")

    private let clock: Clock
    private let isReady: @Sendable () async -> Bool
    private let state = Mutex(State())

    /// An outage that is found out by a look which answers within a few seconds.
    package init(clock: Clock, isReady: @escaping @Sendable () async -> Bool) {
        self.clock = clock
        self.isReady = isReady
    }

    /// Whether the database was away a moment ago.
    package var isOn: Bool {
        let now = clock.now
        return state.withLock { now < $0.until }
    }

    /// Looks each second, until the task is cancelled.
    package func run() async throws {
        while true {
            await look()
            try await clock.sleep(for: .seconds(1))
        }
    }

    /// Looks once.
    package func look() async {
        guard await isReady() else { return begin() }
        state.withLock { $0.until = Instant(milliseconds: 0) }
    }

    private func begin() {
        let until = clock.now + Self.believed
        let waiting = state.withLock { state in
            state.until = until
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for letGo in waiting { letGo() }
    }

    /// Does work that needs the database, and waits for it no longer than the database is there. Work that is not waited for goes
    /// on all the same, and may succeed: what it does must bear being done again.
    /// - Throws: what the work throws; `SQLError.unavailable` where the database is away.
    package func watching<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let once = Once(continuation)
            let now = clock.now
            let number = state.withLock { state -> Int? in
                guard now >= state.until else { return nil }
                state.next += 1
                state.waiting[state.next] = { once.resume(.failure(Self.away)) }
                return state.next
            }
            guard let number else { return once.resume(.failure(Self.away)) }
            Task {
                let result: Swift.Result<Result, any Error>
                do { result = .success(try await work()) } catch { result = .failure(error) }
                note(result, number)
                once.resume(result)
            }
        }
    }

    private func note<Result>(_ result: Swift.Result<Result, any Error>, _ number: Int) {
        let now = clock.now
        state.withLock { state in
            state.waiting[number] = nil
            if case .failure(SQLError.unavailable) = result { state.until = max(state.until, now + .seconds(1)) }
        }
    }
}

/// Somebody who waits for whichever comes first.
private final class Once<Result: Sendable>: Sendable {
    private let waiting: Mutex<CheckedContinuation<Result, any Error>?>

    init(_ continuation: CheckedContinuation<Result, any Error>) {
        waiting = Mutex(continuation)
    }

    func resume(_ result: Swift.Result<Result, any Error>) {
        let continuation = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume(with: result)
    }
}
