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
}
