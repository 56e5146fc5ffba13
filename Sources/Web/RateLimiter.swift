package import Core
import Synchronization

/// A bucket that tokens run into at an even pace, up to what it holds; whoever does something takes some out.
package struct TokenBucket: Sendable, Equatable {
    /// How much may be taken: so many in so long, and as many at once.
    package struct Rate: Sendable, Equatable {
        let count: Int
        let seconds: Double

        /// So many in so long.
        package init(_ count: Int, per length: Duration) {
            self.count = count
            seconds = Double(length.milliseconds) / 1_000
        }
    }

    private var tokens: Double
    private var filled: Instant

    /// A full bucket.
    package init(_ rate: Rate, at now: Instant) {
        tokens = Double(rate.count)
        filled = now
    }

    /// Takes some out.
    /// - Returns: nil where they were there, else how many seconds from now they will be; nothing was taken then. More than the
    ///   bucket holds is given by a full one.
    package mutating func take(_ count: Int, _ rate: Rate, at now: Instant) -> Int? {
        let elapsed = max(0, Double((now - filled).milliseconds) / 1_000)
        tokens = min(Double(rate.count), tokens + elapsed * Double(rate.count) / rate.seconds)
        filled = now
        let wanted = Double(min(count, rate.count))
        guard tokens < wanted else {
            tokens -= wanted
            return nil
        }
        return max(1, Int(((wanted - tokens) * rate.seconds / Double(rate.count)).rounded(.up)))
    }
}

/// A bucket for each holder: a key, a user, an address.
///
/// How many holders are remembered has a bound. Past it those that were not seen for longest are forgotten, which gives each a
/// full bucket: an address that floods is seen all the time, and stays.
package final class RateLimiter: Sendable {
    private struct State: Sendable {
        var fresh: [String: TokenBucket] = [:]
        var old: [String: TokenBucket] = [:]
    }

    private let rate: TokenBucket.Rate
    private let clock: Clock
    private let bound: Int
    private let state = Mutex(State())

    /// Buckets of one rate for at most so many holders.
    package init(_ rate: TokenBucket.Rate, clock: Clock, bound: Int = 20_000) {
        self.rate = rate
        self.clock = clock
        self.bound = bound
    }

    /// How many holders are remembered.
    package var count: Int { state.withLock { $0.fresh.count + $0.old.count } }

    /// Takes from a holder's bucket; nil, or in how many seconds to come back.
    package func take(_ count: Int = 1, for holder: String) -> Int? {
        let now = clock.now
        return state.withLock { state in
            var bucket = state.fresh[holder] ?? state.old.removeValue(forKey: holder) ?? TokenBucket(rate, at: now)
            defer {
                state.fresh[holder] = bucket
                // Half of the bound is for those seen since the last turn, half for those seen in the turn before.
                if state.fresh.count >= bound / 2 { (state.old, state.fresh) = (state.fresh, [:]) }
            }
            return bucket.take(count, rate, at: now)
        }
    }

    /// In how many seconds a holder may take one; nil where that is now. Nothing is taken.
    package func pause(for holder: String) -> Int? {
        let now = clock.now
        var bucket = state.withLock { $0.fresh[holder] ?? $0.old[holder] }
        return bucket?.take(1, rate, at: now)
    }
}
