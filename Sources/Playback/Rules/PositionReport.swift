import Core

/// What a player says about where it is.
struct PositionReport: Sendable, Hashable {
    /// In whole seconds.
    let position: Int
    var state: PlaybackState?
    /// Its own count of reports, where it keeps one.
    var sequence: Int?
    /// The title's length in whole seconds, where it says so.
    var duration: Int?
    /// How fast it plays; 1 is the title's own speed.
    var rate = 1.0
    /// Whether the person wants to begin anew, so that an older place is given up at once.
    var startsOver = false
    /// When it was there.
    let instant: Instant

    /// When a report was true, by the server's clock.
    ///
    /// Where the client says both when it was there and when it sent the report, the difference of the two cancels its
    /// clock's error. A moment of observation alone is ignored, and nothing is true in the future or before 1970.
    static func instant(receivedAt now: Instant, reportedAt: Instant?, sentAt: Instant?) -> Instant {
        guard let reportedAt, let sentAt else { return now }
        return max(Instant(milliseconds: 0), min(now, reportedAt + (now - sentAt)))
    }

    /// Within which a report without a session is of the present.
    static let presence = Duration.minutes(5)

    /// Whether it opens a session where it names none: it is of the present, and goes on.
    func opensSession(at now: Instant) -> Bool {
        instant >= now - Self.presence && state != .stopped && state != .ended
    }
}
