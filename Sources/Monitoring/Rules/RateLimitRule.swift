import Core

/// When somebody who was asked too often may be asked again.
enum RateLimitRule {
    /// What is waited for within a run; what takes longer frees the job meanwhile.
    static let longestWait = Duration.seconds(60)
    /// What is waited at least, so that a limit that has just ended is not met by a rush.
    static let shortestWait = Duration.seconds(1)

    /// When the limit ends, as the headers say: `Retry-After` (seconds or a date), or the reset of X and of Mastodon, an epoch or an
    /// instant. Nil where they do not say.
    static func end(_ header: (String) -> String?, at now: Instant) -> Instant? {
        if let text = header("retry-after") {
            if let seconds = Double(text), seconds.isFinite { return now + .seconds(min(max(seconds, 0), 31_536_000)) }
            if let date = WebDate.instant(text) { return date }
        }
        for name in ["x-rate-limit-reset", "x-ratelimit-reset"] {
            if let end = header(name).flatMap(reset) { return end }
        }
        return nil
    }

    /// What to wait for; nil where it is too long, or nobody says.
    static func wait(until end: Instant?, at now: Instant) -> Instant? {
        guard let end, end - now <= longestWait else { return nil }
        return max(end, now + shortestWait)
    }

    /// An epoch in seconds or milliseconds, or an instant. A small number is no moment.
    private static func reset(_ text: String) -> Instant? {
        guard let number = Double(text) else { return WebDate.instant(text) }
        guard number > 1e9, number < 1e13 else { return nil }
        return Instant(milliseconds: Int64(number < 1e11 ? number * 1_000 : number))
    }
}
