package import Core

/// When a run that failed is tried again.
package enum RetryRule {
    /// A run has so many attempts in all.
    package static let attempts = 4
    private static let base = Duration.seconds(10)
    private static let ceiling = Duration.minutes(10)

    /// When the next attempt comes after one that failed for a while; nil after the last.
    /// - Parameters:
    ///   - until: When whoever refused said that it is worth trying again.
    ///   - fraction: A number drawn from 0 to 1: full jitter, so that what failed together does not come back together.
    package static func next(
        afterAttempt attempt: Int, failedAt now: Instant, until: Instant? = nil, fraction: Double
    ) -> Instant? {
        guard attempt < attempts else { return nil }
        if let until, until > now { return until }
        let doubled = base.milliseconds << Int64(min(max(attempt - 1, 0), 10))
        let most = min(doubled, ceiling.milliseconds)
        return now + .milliseconds(Int64(Double(most) * min(max(fraction, 0), 1)))
    }
}
