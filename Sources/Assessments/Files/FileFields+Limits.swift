import Core

extension FileFields {
    /// When, how often and for how long a questionnaire can be answered.
    mutating func limits() -> Limits {
        var limits = Limits()
        limits.opensAt = instant("opens")
        limits.closesAt = instant("closes")
        limits.responsesAtMost = integer("responses_at_most", 1...2_000_000_000)
        limits.time = integer("time_limit_minutes", 1...525_600).map { .minutes($0) }
        limits.allowsPausing = flag("pausing") ?? false
        if let opens = limits.opensAt, let closes = limits.closesAt, opens > closes {
            refuse("closes", "must not be before it opens")
        }
        if limits.allowsPausing, limits.time == nil { refuse("pausing", "belongs to a time limit: time_limit_minutes") }
        return limits
    }
}
