import Core

/// Where a user is in a title: one row of the watch history.
struct WatchPlace: Sendable, Hashable {
    let userID: ID
    let contentID: ID
    /// The true last position, in whole seconds.
    var position = 0
    /// The title's length in whole seconds, as it was last stated; 0 where it never was.
    var duration = 0
    /// The largest length that was stated and that a position has proved wrong; 0 where none was.
    var outgrown = 0
    /// Whether the player said that this is the end, or the person that they have seen it.
    var isEnded = false
    /// When the place last moved; nil for one that has been made but never moved.
    var lastMovedAt: Instant?
    /// The seed's column, which lags `lastMovedAt` by less than 60 seconds.
    var lastWatchedAt: Instant?
    /// Which session moved it last.
    var lastSessionID: ID?
    var deviceID: String?
    /// How many plays there are.
    var playCount = 0
    /// When the user cleared it; nil while it stands.
    var clearedAt: Instant?
    /// Which clearing of the whole history cleared it.
    var clearID: ID?
    /// When the user took it out of "continue watching"; nil while it is there.
    var hiddenAt: Instant?
    /// What the app told of the title.
    var title = TitleFacts()

    /// How much `lastWatchedAt` may lag.
    private static let watchedLag = Duration.seconds(60)

    /// Notes that the place moved at a moment.
    mutating func moved(at instant: Instant) {
        lastMovedAt = instant
        if let lastWatchedAt, instant >= lastWatchedAt, instant - lastWatchedAt < Self.watchedLag { return }
        lastWatchedAt = instant
    }

    /// The title's length as far as is known; 0 where it is not.
    var knownDuration: Int { Length.known([duration, title.duration], at: position, outgrown: outgrown) }

    /// What the finish line looks at.
    var standing: Standing {
        Standing(position: position, duration: knownDuration, isEnded: isEnded, creditsAt: title.creditsAt)
    }

    /// Lets go of what it was before it was cleared.
    mutating func beginAnew() {
        (position, duration, outgrown, isEnded, playCount) = (0, 0, 0, false, 0)
        (clearedAt, clearID, lastSessionID) = (nil, nil, nil)
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
        /// The user said that they have seen it, or took back that they had.
        case mark
        /// A report from before the last move: kept on record, never applied, nothing to undo.
        case lateReport = "late-report"
    }

    let kind: Kind
    let at: Instant
    /// The position before it; for a late report, the position it told of.
    let position: Int
    let duration: Int
    let outgrown: Int
    let isEnded: Bool
    let playCount: Int
    /// Whether there was a place at all.
    var stood = true
    /// The device that made it.
    let deviceID: String?
    /// The session that made it.
    let sessionID: ID?
}

extension WatchMove {
    /// What a place is before it changes.
    init(_ kind: Kind, from place: WatchPlace, at: Instant, deviceID: String? = nil, sessionID: ID? = nil) {
        self.init(
            kind: kind, at: at, position: place.position, duration: place.duration, outgrown: place.outgrown,
            isEnded: place.isEnded, playCount: place.playCount, stood: place.stands, deviceID: deviceID,
            sessionID: sessionID)
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

extension PlaybackSession {
    /// Whose device it is on, and in which title.
    var device: DeviceInTitle { DeviceInTitle(userID: userID, contentID: contentID, deviceID: deviceID) }
}
