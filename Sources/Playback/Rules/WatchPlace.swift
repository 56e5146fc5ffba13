import Core

/// Where a user is in a title: one row of the watch history.
struct WatchPlace: Sendable, Hashable {
    let userID: ID
    let contentID: ID
    /// The true last position, in whole seconds.
    var position = 0
    /// The title's length in whole seconds; 0 where it is not known.
    var duration = 0
    /// When the place last moved; nil for one that has been made but never moved.
    var lastMovedAt: Instant?
    /// The seed's column, which lags `lastMovedAt` by less than 60 seconds.
    var lastWatchedAt: Instant?
    /// Which session moved it last.
    var lastSessionID: ID?
    var deviceID: String?
    /// How often the title has been finished.
    var playCount = 0
    /// Whether crossing the finished threshold would count.
    var isPassOpen = true
    /// When the user cleared it; nil while it stands.
    var clearedAt: Instant?
    /// Which clearing of the whole history cleared it.
    var clearID: ID?
    /// When the user took it out of "continue watching"; nil while it is there.
    var hiddenAt: Instant?

    /// How much `lastWatchedAt` may lag.
    private static let watchedLag = Duration.seconds(60)

    /// Notes that the place moved at a moment.
    mutating func moved(at instant: Instant) {
        lastMovedAt = instant
        if let lastWatchedAt, instant >= lastWatchedAt, instant - lastWatchedAt < Self.watchedLag { return }
        lastWatchedAt = instant
    }

    /// Whether there is anything to show: it has moved, and is not cleared.
    var stands: Bool { lastMovedAt != nil && clearedAt == nil }

    /// Whether a moment comes after everything that is known of the place. What is noted of the future was noted while a clock
    /// was ahead, and is taken for the present.
    func isBehind(_ instant: Instant, at now: Instant) -> Bool {
        [lastMovedAt, clearedAt].allSatisfy { known in known.map { instant >= min($0, now) } ?? true }
    }
}

/// One entry of a title's undo log: what the place was before it changed.
struct WatchMove: Sendable, Hashable {
    /// What kind of change it was.
    enum Kind: String, Sendable, CaseIterable {
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

    let kind: Kind
    let at: Instant
    /// The position before it; for a late report, the position it told of.
    let position: Int
    let duration: Int
    let playCount: Int
    let isPassOpen: Bool
    /// The device that made it.
    let deviceID: String?
    /// The session that made it.
    let sessionID: ID?
}

extension WatchMove {
    /// What a place is before it changes.
    init(_ kind: Kind, from place: WatchPlace, at: Instant, deviceID: String? = nil, sessionID: ID? = nil) {
        self.init(
            kind: kind, at: at, position: place.position, duration: place.duration, playCount: place.playCount,
            isPassOpen: place.isPassOpen, deviceID: deviceID, sessionID: sessionID)
    }
}

/// One user's place in one title.
struct UserTitle: Sendable, Hashable, Comparable {
    let userID: ID
    let contentID: ID

    init(userID: ID, contentID: ID) {
        self.userID = userID
        self.contentID = contentID
    }

    init(_ place: WatchPlace) {
        self.init(userID: place.userID, contentID: place.contentID)
    }

    init(_ session: PlaybackSession) {
        self.init(userID: session.userID, contentID: session.contentID)
    }

    /// In the order in which every node locks.
    static func < (left: UserTitle, right: UserTitle) -> Bool {
        (left.userID, left.contentID) < (right.userID, right.contentID)
    }
}

/// One user's device in one title: what a report names that has no session.
struct DeviceInTitle: Sendable, Hashable {
    let userID: ID
    let contentID: ID
    let deviceID: String
}
