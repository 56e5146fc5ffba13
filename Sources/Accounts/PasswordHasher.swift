package import Core
import DequeModule
import Dispatch
import Synchronization

/// Hashes passwords: at most two at once, on threads of their own, since each takes 32 MiB and a tenth of a second.
package final class PasswordHasher: Sendable {
    fileprivate struct State: Sendable {
        var running = 0
        var waiting: Deque<CheckedContinuation<Void, Never>> = []
    }

    fileprivate static let atOnce = 2
    fileprivate static let mostWaiting = 32

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "dogear.passwords", attributes: .concurrent)
    private let hashes: Counter
    private let cost: PasswordCost

    /// A hasher of one node.
    package init(cost: PasswordCost = .standard, metrics registry: MetricRegistry) {
        self.cost = cost
        hashes = registry.register(
            Counter("dogear_account_password_hashes_total", "Passwords that were hashed, to be kept or to be compared.")
        )
    }

    /// What is kept of a password.
    /// - Throws: 503 where too many wait.
    func hash(_ password: String) async throws -> String {
        let salt = Draw.bytes(PasswordHash.saltBytes)
        return try await work { [cost] in try PasswordHash.make(password, salt: salt, cost) }
    }

    /// Whether a password is the one; without a hash it is not, after the same work.
    /// - Throws: 503 where too many wait.
    func matches(_ password: String, _ hash: String?) async throws -> Bool {
        try await work { [cost] in try PasswordHash.matches(password, hash, cost) }
    }

    private func work<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await enter()
        defer { leave() }
        hashes.add()
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result(catching: work)) }
        }
    }

    private func enter() async throws {
        guard try state.withLock({ try $0.enter() }) else { return }
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                // Somebody may have left since.
                if state.running < Self.atOnce {
                    state.running += 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if goesOn { continuation.resume() }
        }
    }

    private func leave() {
        let next = state.withLock { state in
            let next = state.waiting.popFirst()
            if next == nil { state.running -= 1 }
            return next
        }
        next?.resume()
    }
}

extension PasswordHasher.State {
    /// Whether one has to wait.
    fileprivate mutating func enter() throws(Problem) -> Bool {
        if running < PasswordHasher.atOnce {
            running += 1
            return false
        }
        guard waiting.count < PasswordHasher.mostWaiting else {
            throw .unavailable(
                "Too many passwords are being looked at. Nothing was stored. Send the same request again shortly.")
        }
        return true
    }
}
