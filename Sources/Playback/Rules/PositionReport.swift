package import Core

/// What a player says about where it is.
package struct PositionReport: Sendable, Hashable {
    /// Where it is, in whole seconds.
    package let position: Int
    /// What it is doing, where it says so.
    package let state: PlaybackState?
    /// Its own count of reports, where it keeps one.
    package let sequence: Int?
    /// The title's length in whole seconds, where it says so.
    package let duration: Int?
    /// When it was there.
    package let instant: Instant

    /// A report from its parts.
    package init(
        position: Int, state: PlaybackState? = nil, sequence: Int? = nil, duration: Int? = nil, instant: Instant
    ) {
        self.position = position
        self.state = state
        self.sequence = sequence
        self.duration = duration
        self.instant = instant
    }

    /// When a report was true, by the server's clock.
    ///
    /// Where the client says both when it was there and when it sent the report, the difference of the two cancels its
    /// clock's error. A moment of observation alone is ignored, and nothing is true in the future or before 1970.
    package static func instant(receivedAt now: Instant, reportedAt: Instant?, sentAt: Instant?) -> Instant {
        guard let reportedAt, let sentAt else { return now }
        return max(Instant(milliseconds: 0), min(now, reportedAt + (now - sentAt)))
    }
}
