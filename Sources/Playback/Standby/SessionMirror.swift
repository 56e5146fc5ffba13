import Changes
import Core
import Synchronization

/// Brings changed sessions to the cache: after the commit, never before, and on nobody's way. Of a session that changes faster
/// than they go out, the newest goes.
final class SessionMirror: Sendable {
    private struct State: Sendable {
        var sessions: [ID: PlaybackSession] = [:]
        var forgotten: [ID: Set<ID>] = [:]
        var isSending = false
        var idle: [CheckedContinuation<Void, Never>] = []
        var trust = CacheTrust()
        /// Until when sessions may be there that the database does not know: a node that has just begun cannot tell.
        var mayOweUntil: Instant
    }

    private static let mayOweFor = Duration.minutes(1)

    /// What waits is bounded: past this it is owed.
    private static let capacity = 20_000
    private static let atOnce = 500

    let cache: any SessionCache
    let lifetime: Duration
    private let clock: Clock
    private let state: Mutex<State>

    init(cache: any SessionCache, lifetime: Duration, clock: Clock) {
        self.cache = cache
        self.lifetime = lifetime
        self.clock = clock
        state = Mutex(State(mayOweUntil: clock.now + Self.mayOweFor))
    }

    /// Whether there may be sessions that the database does not know yet.
    var mayOwe: Bool {
        let now = clock.now
        return state.withLock { now < $0.mayOweUntil }
    }

    /// Notes whether something is, or may be, owed to the database.
    func owes(_ something: Bool) {
        let until = something ? clock.now + Self.mayOweFor : Instant(milliseconds: 0)
        state.withLock { $0.mayOweUntil = until }
    }

    /// What makes a look at the cache one that may be shown.
    var seal: CacheTrust.Seal? { state.withLock { $0.trust.seal } }

    /// How often something could not be written, and is not told of yet.
    var failures: Int { state.withLock { $0.trust.failures } }

    /// Changes what is known of the cache.
    func trust<Result: Sendable>(_ change: @Sendable (inout CacheTrust) -> Result) -> Result {
        state.withLock { change(&$0.trust) }
    }

    /// Has sessions brought to the cache once a change is durable.
    func note(_ sessions: [PlaybackSession], _ change: Change) {
        guard !sessions.isEmpty else { return }
        change.afterCommit { self.put(sessions) }
    }

    /// Has a user's list and sessions dropped once a change is durable.
    func noteErasure(of user: ID, _ sessions: [ID], _ change: Change) {
        change.afterCommit {
            self.begin { state in
                for id in sessions { state.sessions[id] = nil }
                state.forgotten[user, default: []].formUnion(sessions)
            }
        }
    }

    private func put(_ sessions: [PlaybackSession]) {
        begin { state in
            for session in sessions {
                if let known = state.sessions[session.id], known.revision > session.revision { continue }
                state.sessions[session.id] = session
            }
        }
    }

    private func begin(_ add: (inout State) -> Void) {
        let begins = state.withLock { state in
            add(&state)
            if state.sessions.count + state.forgotten.count > Self.capacity {
                (state.sessions, state.forgotten) = ([:], [:])
                state.trust.failed()
            }
            defer { state.isSending = true }
            return !state.isSending
        }
        if begins { Task { await send() } }
    }

    private func send() async {
        while let (sessions, forgotten) = next() {
            do {
                try await cache.set(sessions.map { CachedSession($0).record(lifetime: lifetime) })
                for (user, ids) in forgotten { try await cache.forget(user, Array(ids)) }
            } catch {
                state.withLock { $0.trust.failed() }
            }
        }
    }

    private func next() -> (sessions: [PlaybackSession], forgotten: [ID: Set<ID>])? {
        let (batch, idle) = state.withLock {
            state -> ((sessions: [PlaybackSession], forgotten: [ID: Set<ID>])?, [CheckedContinuation<Void, Never>]) in
            guard !state.sessions.isEmpty || !state.forgotten.isEmpty else {
                state.isSending = false
                defer { state.idle = [] }
                return (nil, state.idle)
            }
            let sessions = Array(state.sessions.values.prefix(Self.atOnce))
            for session in sessions { state.sessions[session.id] = nil }
            let forgotten = state.sessions.isEmpty ? state.forgotten : [:]
            if !forgotten.isEmpty { state.forgotten = [:] }
            return ((sessions, forgotten), [])
        }
        for waiting in idle { waiting.resume() }
        return batch
    }

    /// Waits until all that was to be brought has been, or is owed.
    func settle() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if state.isSending { state.idle.append(continuation) }
                return !state.isSending
            }
            if isIdle { continuation.resume() }
        }
    }
}
