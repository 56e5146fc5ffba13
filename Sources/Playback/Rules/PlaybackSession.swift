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
    /// The title's length in whole seconds, as it was last stated; 0 where it never was.
    private(set) var duration: Int
    /// The largest length that was stated and that a position has proved wrong; 0 where none was.
    private(set) var outgrown: Int
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
    /// The session by which the device opened the title anew; this one was closed then.
    private(set) var supersededBy: ID?
    /// Whether it is only what reports without a session are applied to, and is not kept.
    private(set) var isPassing = false
    /// Grows with each change that is stored: of two copies the one with the higher revision is newer.
    private(set) var revision: Int

    init(
        id: ID, userID: ID, contentID: ID, deviceID: String, position: Int, duration: Int, state: PlaybackState,
        quality: Quality, lastSequence: Int? = nil, positionAt: Instant? = nil, startedAt: Instant, updatedAt: Instant,
        closedAt: Instant? = nil, handedOffTo: ID? = nil, supersededBy: ID? = nil, outgrown: Int = 0, revision: Int = 1
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
        self.supersededBy = supersededBy
        self.outgrown = outgrown
        self.revision = revision
    }

    /// A session that opens now.
    /// - Parameter position: Where the player says that it stands, which moves nothing.
    static func opening(
        _ id: ID, userID: ID, contentID: ID, deviceID: String, position: Int = 0, duration: Int,
        quality: Quality = .auto, at now: Instant
    ) -> PlaybackSession {
        PlaybackSession(
            id: id, userID: userID, contentID: contentID, deviceID: deviceID, position: position, duration: duration,
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
    ///
    /// What is told of a time before the device opened the title anew was true then, and is taken.
    /// - Parameters:
    ///   - instant: When what it is told of was so; nil for now.
    ///   - wasOwed: Whether it was taken while the database was away: then what is of the same moment came before.
    func requireLive(
        of instant: Instant? = nil, wasOwed: Bool = false, at now: Instant, lifetime: Duration
    ) throws(PlaybackRefusal) {
        if let next = handedOffTo { throw .handedOff(to: next) }
        if let next = supersededBy, let closedAt {
            let instant = instant ?? now
            guard instant < closedAt || wasOwed && instant == closedAt else { throw .superseded(by: next) }
            return
        }
        guard isKnown(at: now, lifetime: lifetime) else { throw .noSession }
    }

    /// Whether nothing has been heard of it for three cadences: nobody can say whether it still plays.
    func isSilent(at now: Instant, cadenceSeconds: Int) -> Bool {
        closedAt == nil && updatedAt < Self.silence(at: now, cadenceSeconds: cadenceSeconds)
    }

    /// A session that was last heard of before this moment is silent.
    static func silence(at now: Instant, cadenceSeconds: Int) -> Instant { now - .seconds(3 * cadenceSeconds) }

    /// Its id where it is kept; nil where it only passes.
    var keptID: ID? { isPassing ? nil : id }

    /// As what reports are applied to that leave no session behind.
    var passing: PlaybackSession {
        var next = self
        next.isPassing = true
        return next
    }

    /// As it was when a late report was true.
    func standing(at report: PositionReport) -> PlaybackSession {
        var then = self
        then.position = report.position
        if let reported = report.duration, reported > 0 { then.duration = reported }
        then.state = report.state == .ended ? .ended : .playing
        return then
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

    /// Whether a report may change the place or be a finish; one that cannot needs no place to be read for it.
    func mayChangePlace(by report: PositionReport) -> Bool {
        report.position != position || report.startsOver || report.instant < startedAt
            || report.state == .ended && state != .ended
            || report.duration.map { $0 > 0 && $0 != duration } ?? false
    }

    /// Notes that the session is there, from a report that tells of its past.
    mutating func hear(_ report: PositionReport, at now: Instant) {
        lastSequence = report.sequence ?? lastSequence
        updatedAt = now
    }

    /// Takes a report; whether it moved the session.
    ///
    /// A position is what was true, and is held to nothing. One past the end that was stated says that the statement is wrong.
    /// Reaching the end ends the session; a later move reopens it.
    mutating func take(_ report: PositionReport, at now: Instant) -> Bool {
        if let reported = report.duration, reported > 0 { duration = reported }
        let moved = report.position != position
        position = report.position
        if duration > 0 && position - Length.slackSeconds > duration { outgrown = max(outgrown, duration) }
        positionAt = report.instant
        hear(report, at: now)
        if closedAt != nil { return moved }
        if duration > outgrown && position >= duration {
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

    /// Ends it as stopped, because its device has opened the title anew.
    mutating func supersede(by next: ID, at moment: Instant) {
        supersededBy = next
        closedAt = moment
        state = .stopped
    }

    /// Hands the place to another device at the exact position, in a new session; this one is fenced from now on.
    mutating func handOff(to id: ID, onDevice device: String, at now: Instant) -> PlaybackSession {
        handedOffTo = id
        updatedAt = now
        return PlaybackSession(
            id: id, userID: userID, contentID: contentID, deviceID: device, position: position, duration: duration,
            state: state, quality: quality, startedAt: now, updatedAt: now, outgrown: outgrown)
    }

    /// Whether its device is heard of again after it was handed off: what is of a time before it, or moves on after a while.
    func isReturned(by report: PositionReport) -> Bool {
        guard handedOffTo != nil else { return false }
        return report.instant < startedAt
            || report.position != position && report.instant >= updatedAt + PositionReport.presence
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
