package import Core

/// What each caller may ask of a node: requests, sessions started by strangers, idempotency keys kept, bytes sent.
///
/// A user, an address and whoever else is no service key is held to all of them. A service key, which acts for a whole app, is
/// held to the number of requests that is set for keys; open mode, which serves one machine's own, to nothing.
package struct Rates: Sendable {
    /// How much of each; 0 is without limit.
    package struct Allowance: Sendable {
        let requestsPerSecond: Int
        let requestsPerSecondOfKey: Int
        let startsPerMinute: Int
        let keysPerHour: Int
        let megabytesPerMinute: Int

        /// An allowance from its parts.
        package init(
            requestsPerSecond: Int, requestsPerSecondOfKey: Int, startsPerMinute: Int, keysPerHour: Int,
            megabytesPerMinute: Int
        ) {
            self.requestsPerSecond = requestsPerSecond
            self.requestsPerSecondOfKey = requestsPerSecondOfKey
            self.startsPerMinute = startsPerMinute
            self.keysPerHour = keysPerHour
            self.megabytesPerMinute = megabytesPerMinute
        }
    }

    /// What is counted.
    enum Kind: String, Sendable {
        case requests
        case starts = "questionnaires started"
        case keys = "requests with an Idempotency-Key"
        case bytes = "bytes sent"
    }

    private let requests: RateLimiter?
    private let keyRequests: RateLimiter?
    private let starts: RateLimiter?
    private let keys: RateLimiter?
    private let bytes: RateLimiter?

    /// Rates of one node.
    package init(_ allowance: Allowance, clock: Clock) {
        func limiter(_ count: Int, per length: Duration) -> RateLimiter? {
            count > 0 ? RateLimiter(TokenBucket.Rate(count, per: length), clock: clock) : nil
        }
        // Ten seconds' worth at once: a page that opens asks for many things.
        requests = limiter(allowance.requestsPerSecond * 10, per: .seconds(10))
        keyRequests = limiter(allowance.requestsPerSecondOfKey * 10, per: .seconds(10))
        starts = limiter(allowance.startsPerMinute, per: .minutes(1))
        keys = limiter(allowance.keysPerHour, per: .hours(1))
        bytes = limiter(allowance.megabytesPerMinute << 20, per: .minutes(1))
    }

    /// Counts something of a caller's.
    /// - Throws: 429 where that is more than the caller may.
    func take(_ kind: Kind, _ count: Int = 1, for caller: Caller, holder: String) throws(Problem) {
        try Self.refuse(kind, for: limiter(kind, caller)?.take(count, for: holder))
    }

    /// Looks whether one more of something is left to a caller, and counts nothing.
    /// - Throws: 429 where there is not.
    func requireRoom(_ kind: Kind, for caller: Caller, holder: String) throws(Problem) {
        try Self.refuse(kind, for: limiter(kind, caller)?.pause(for: holder))
    }

    private static func refuse(_ kind: Kind, for seconds: Int?) throws(Problem) {
        guard let seconds else { return }
        throw Problem(
            429, "rate-limited", "Too much at once",
            "That is more than one caller may (\(kind.rawValue)). Nothing was stored. Send the same request again after the pause."
        ).retryAfter(seconds: seconds)
    }

    private func limiter(_ kind: Kind, _ caller: Caller) -> RateLimiter? {
        switch (caller, kind) {
        case (.open, _): nil
        case (.service, .requests): keyRequests
        case (.service, _): nil
        case (_, .requests): requests
        case (_, .starts): starts
        case (_, .keys): keys
        case (_, .bytes): bytes
        }
    }
}

extension DogearContext {
    /// Counts something of this caller's.
    /// - Throws: 429 where that is more than the caller may.
    func take(_ kind: Rates.Kind, _ count: Int = 1) throws(Problem) {
        try rates?.take(kind, count, for: caller, holder: holder)
    }

    /// Looks whether one more of something is left to this caller, and counts nothing.
    /// - Throws: 429 where there is not.
    func requireRoom(_ kind: Rates.Kind) throws(Problem) {
        try rates?.requireRoom(kind, for: caller, holder: holder)
    }

    /// Counts a request to a route that counts for itself.
    /// - Throws: 429 where that is more than the caller may.
    package func countRequest() throws(Problem) { try take(.requests) }

    /// Counts a questionnaire that somebody unknown begins: whoever may begin without a key may begin only so many.
    /// - Throws: 429 where that is more than one address may.
    package func countStart() throws(Problem) {
        guard caller == .anonymous else { return }
        try take(.starts)
    }
}
