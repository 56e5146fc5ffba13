import Core

/// One device playing one title: from opening it until it is closed, handed off, or silent for too long.
struct PlaybackSession: Sendable, Hashable {
    let id: ID
    let userID: ID
    let contentID: ID
    /// 1 to 200 characters.
    let deviceID: String
    /// The last reported position, in whole seconds.
    private(set) var position: Int
    /// The title's length in whole seconds; 0 where it is not known.
    private(set) var duration: Int
    private(set) var state: PlaybackState
    let quality: Quality
    /// The highest sequence number reported.
    private(set) var lastSequence: Int?
    /// When it was at its last position, by the reports' own instants; nil before the first.
    private(set) var positionAt: Instant?
    let startedAt: Instant
    /// When it last reported.
    private(set) var updatedAt: Instant
    private(set) var closedAt: Instant?
    /// The session that took its place.
    private(set) var handedOffTo: ID?
    /// Grows with each change that is stored: of two copies the one with the higher revision is newer.
    private(set) var revision: Int

    init(
        id: ID, userID: ID, contentID: ID, deviceID: String, position: Int, duration: Int, state: PlaybackState,
        quality: Quality, lastSequence: Int? = nil, positionAt: Instant? = nil, startedAt: Instant, updatedAt: Instant,
        closedAt: Instant? = nil, handedOffTo: ID? = nil, revision: Int = 1
    ) {
        self.id = id
        self.userID = userID
        self.contentID = contentID
        self.deviceID = deviceID
        self.position = position
        self.duration = duration
        self.state = state
        self.quality = quality
        self.lastSequence = lastSequence
        self.positionAt = positionAt
        self.startedAt = startedAt
        self.updatedAt = updatedAt
        self.closedAt = closedAt
        self.handedOffTo = handedOffTo
        self.revision = revision
    }

    /// A session that opens now, at the beginning.
    static func opening(
        _ id: ID, userID: ID, contentID: ID, deviceID: String, duration: Int, quality: Quality = .auto,
        at now: Instant
    ) -> PlaybackSession {
        PlaybackSession(
            id: id, userID: userID, contentID: contentID, deviceID: deviceID, position: 0, duration: duration,
            state: .playing, quality: quality, startedAt: now, updatedAt: now)
    }

    /// As it is stored after a change.
    var revised: PlaybackSession {
        var next = self
        next.revision += 1
        return next
    }

    /// Whether it is neither closed nor lapsed, given how long a session lives after its last report.
    func isKnown(at now: Instant, lifetime: Duration) -> Bool {
        closedAt == nil && now - updatedAt <= lifetime
    }

    /// Refuses what only a session takes that holds its place: a report, a hand-off.
    func requireLive(at now: Instant, lifetime: Duration) throws(PlaybackRefusal) {
        if let next = handedOffTo { throw .handedOff(to: next) }
        guard isKnown(at: now, lifetime: lifetime) else { throw .noSession }
    }

    /// Whether a report with this sequence number comes after one that is already in.
    func isStale(sequence: Int?) -> Bool {
        guard let sequence, let lastSequence else { return false }
        return sequence <= lastSequence
    }

    /// Whether a report tells of a time before the session's last position. A position from the future was noted while a
    /// clock was ahead, and is taken for one of the present.
    func isPast(_ instant: Instant, at now: Instant) -> Bool {
        positionAt.map { instant < min($0, now) } ?? false
    }

    /// Whether a report may move the place; one that cannot needs no place to be read for it. A report of another duration
    /// may move too: its position is held to the duration.
    func mayBeMoved(by report: PositionReport) -> Bool {
        report.position != position || report.duration != nil
    }

    /// Notes that the session is there, from a report that tells of its past.
    mutating func hear(_ report: PositionReport, at now: Instant) {
        lastSequence = report.sequence ?? lastSequence
        updatedAt = now
    }

    /// Takes a report; whether it moved the session.
    ///
    /// A position past a known duration is kept as the duration, and reaching it ends the session; a later move reopens it.
    mutating func take(_ report: PositionReport, at now: Instant) -> Bool {
        if let reported = report.duration, reported > 0 { duration = reported }
        let target = duration > 0 ? min(report.position, duration) : report.position
        let moved = target != position
        position = target
        positionAt = report.instant
        hear(report, at: now)
        if duration > 0 && position == duration {
            state = .ended
        } else if let reported = report.state {
            state = reported
        } else if moved && state == .ended {
            state = .playing
        }
        return moved
    }

    /// Closes it. Closing is not movement: no position is written.
    mutating func close(at now: Instant) {
        closedAt = now
    }

    /// Hands the place to another device at the exact position, in a new session; this one is fenced from now on.
    mutating func handOff(to id: ID, onDevice device: String, at now: Instant) -> PlaybackSession {
        handedOffTo = id
        return PlaybackSession(
            id: id, userID: userID, contentID: contentID, deviceID: device, position: position, duration: duration,
            state: state, quality: quality, startedAt: now, updatedAt: now)
    }
}

/// What a player is doing.
enum PlaybackState: String, Sendable, CaseIterable {
    case playing, paused, buffering, stopped, ended
}

/// How good the picture is to be.
enum Quality: String, Sendable, CaseIterable {
    case auto, low, medium, high, ultra
}
