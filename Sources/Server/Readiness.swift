import Core
import Synchronization

/// Whether the database does its work, found out once for all who ask at about the same time.
///
/// Anybody may ask, so what it costs has a bound: one look is under way at a time, what it finds is good for a second, and nobody
/// waits for it longer than two. A look that gets no answer stays under way until it does: more of them would only wait with it.
final class Readiness: Sendable {
    fileprivate struct State: Sendable {
        var found: (isReady: Bool, at: Instant)?
        /// Since when a look is under way.
        var begun: Instant?
        var waiting: [CheckedContinuation<Bool, Never>] = []
    }

    /// What somebody who asks is to do.
    fileprivate enum Turn {
        case knows(Bool)
        case waits
        case looks(begun: Instant)
    }

    fileprivate static let goodFor = Duration.seconds(1)
    fileprivate static let patience = Duration.seconds(2)

    private let clock: Clock
    private let look: @Sendable () async throws -> Void
    private let state = Mutex(State())

    /// Readiness by a look that throws where it is not so.
    init(clock: Clock, look: @escaping @Sendable () async throws -> Void) {
        self.clock = clock
        self.look = look
    }

    /// Whether the database does its work.
    func isReady() async -> Bool {
        await withCheckedContinuation { continuation in
            let now = clock.now
            switch state.withLock({ $0.turn(continuation, at: now) }) {
            case .knows(let isReady): continuation.resume(returning: isReady)
            case .waits: return
            case .looks(let begun): begin(begun)
            }
        }
    }

    private func begin(_ begun: Instant) {
        let patience = Task {
            try await clock.sleep(until: begun + Self.patience)
            answer(false) { $0.begun == begun }
        }
        Task {
            let isReady: Bool
            do {
                try await look()
                isReady = true
            } catch {
                isReady = false
            }
            patience.cancel()
            answer(isReady) { state in
                state.begun = nil
                return true
            }
        }
    }

    private func answer(_ isReady: Bool, if isMine: (inout State) -> Bool) {
        let now = clock.now
        let waiting = state.withLock { state -> [CheckedContinuation<Bool, Never>] in
            guard isMine(&state) else { return [] }
            state.found = (isReady, now)
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: isReady) }
    }
}

extension Readiness.State {
    fileprivate mutating func turn(
        _ continuation: CheckedContinuation<Bool, Never>, at now: Instant
    ) -> Readiness.Turn {
        if let found, (.zero..<Readiness.goodFor).contains(now - found.at) { return .knows(found.isReady) }
        if let begun, now - begun >= Readiness.patience { return .knows(false) }
        waiting.append(continuation)
        guard begun == nil else { return .waits }
        begun = now
        return .looks(begun: now)
    }
}
