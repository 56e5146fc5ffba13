import Core
import Web

/// Keeps codes from being guessed: twenty wrong ones a minute for an address, then none is looked at, right ones included.
struct CodeGuard: Sendable {
    private let failures: RateLimiter

    init(clock: Clock) {
        failures = RateLimiter(TokenBucket.Rate(20, per: .minutes(1)), clock: clock)
    }

    /// Refuses an address that has guessed too often.
    /// - Throws: 429.
    func requireRoom(for address: String) throws(Problem) {
        guard let seconds = failures.pause(for: address) else { return }
        throw Problem(
            429, "too-many-codes", "Too many wrong codes",
            "Twenty wrong codes came from this address within a minute, so no code is looked at just now. Scan the QR code instead, or try again after the pause."
        ).retryAfter(seconds: seconds)
    }

    /// Notes a wrong code.
    func fail(_ address: String) { _ = failures.take(for: address) }
}
