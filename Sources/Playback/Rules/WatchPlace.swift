package import Core

/// Where a user is in a title: one row of the watch history.
package struct WatchPlace: Sendable, Hashable {
    /// Who watches.
    package let userID: ID
    /// What is watched.
    package let contentID: ID
    /// The true last position, in whole seconds.
    package var position: Int
    /// The title's length in whole seconds; 0 where it is not known.
    package var duration: Int
    /// When the place last moved; nil for one that has been made but never moved.
    package var lastMovedAt: Instant?
    /// When it was last watched, to the minute: the seed's column, which lags `lastMovedAt` by less than 60 seconds.
    package var lastWatchedAt: Instant?
    /// Which session moved it last.
    package var lastSessionID: ID?
    /// On what device.
    package var deviceID: String?
    /// How often the title has been finished.
    package var playCount: Int
    /// Whether crossing the finished threshold would count.
    package var isPassOpen: Bool
    /// When the user cleared it; nil while it stands.
    package var clearedAt: Instant?
    /// Which clearing of the whole history cleared it.
    package var clearID: ID?
    /// When the user took it out of "continue watching"; nil while it is there.
    package var hiddenAt: Instant?

    /// A place from its stored parts.
    package init(
        userID: ID, contentID: ID, position: Int = 0, duration: Int = 0, lastMovedAt: Instant? = nil,
        lastWatchedAt: Instant? = nil, lastSessionID: ID? = nil, deviceID: String? = nil, playCount: Int = 0,
        isPassOpen: Bool = true,
        clearedAt: Instant? = nil, clearID: ID? = nil, hiddenAt: Instant? = nil
    ) {
        self.userID = userID
        self.contentID = contentID
        self.position = position
        self.duration = duration
        self.lastMovedAt = lastMovedAt
        self.lastWatchedAt = lastWatchedAt
        self.lastSessionID = lastSessionID
        self.deviceID = deviceID
        self.playCount = playCount
        self.isPassOpen = isPassOpen
        self.clearedAt = clearedAt
        self.clearID = clearID
        self.hiddenAt = hiddenAt
    }

    /// How much `lastWatchedAt` may lag.
    private static let watchedLag = Span.seconds(60)

    /// Notes that the place moved at a moment.
    mutating func moved(at instant: Instant) {
        lastMovedAt = instant
        if let lastWatchedAt, instant >= lastWatchedAt, instant - lastWatchedAt < Self.watchedLag { return }
        lastWatchedAt = instant
    }

    /// Whether there is anything to show: it has moved, and is not cleared.
    package var stands: Bool { lastMovedAt != nil && clearedAt == nil }
}

/// One entry of a title's undo log: what the place was before it changed.
package struct WatchMove: Sendable, Hashable {
    /// What kind of change it was.
    package enum Kind: String, Sendable, CaseIterable {
        /// Back by 10 seconds or more.
        case jumpBack = "jump-back"
        /// Forward by more than playing could have done.
        case jumpForward = "jump-forward"
        /// Another session went on.
        case sessionChange = "session-change"
        /// The user cleared it.
        case clear
        /// A report from before the last move: kept on record, never applied, nothing to undo.
        case lateReport = "late-report"
    }

    /// What kind of change it was.
    package let kind: Kind
    /// When it happened.
    package let at: Instant
    /// The position before it; for a late report, the position it told of.
    package let position: Int
    /// The duration before it.
    package let duration: Int
    /// The play count before it.
    package let playCount: Int
    /// Whether a pass was open before it.
    package let isPassOpen: Bool
    /// The device that made it.
    package let deviceID: String?
    /// The session that made it.
    package let sessionID: ID?

    /// A move from its stored parts.
    package init(
        kind: Kind, at: Instant, position: Int, duration: Int, playCount: Int, isPassOpen: Bool, deviceID: String?,
        sessionID: ID?
    ) {
        self.kind = kind
        self.at = at
        self.position = position
        self.duration = duration
        self.playCount = playCount
        self.isPassOpen = isPassOpen
        self.deviceID = deviceID
        self.sessionID = sessionID
    }

    /// What a place is before it changes.
    init(_ kind: Kind, from place: WatchPlace, at: Instant, deviceID: String? = nil, sessionID: ID? = nil) {
        self.init(
            kind: kind, at: at, position: place.position, duration: place.duration, playCount: place.playCount,
            isPassOpen: place.isPassOpen, deviceID: deviceID, sessionID: sessionID)
    }
}
