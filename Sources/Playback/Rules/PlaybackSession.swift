package import Core

/// One device playing one title: from opening it until it is closed, handed off, or silent for too long.
package struct PlaybackSession: Sendable, Hashable {
    /// The session's id.
    package let id: ID
    /// Who watches.
    package let userID: ID
    /// What is watched.
    package let contentID: ID
    /// On what: 1 to 200 characters.
    package let deviceID: String
    /// The last reported position, in whole seconds.
    package private(set) var position: Int
    /// The title's length in whole seconds; 0 where it is not known.
    package private(set) var duration: Int
    /// What the player is doing.
    package private(set) var state: PlaybackState
    /// The picture's quality.
    package let quality: Quality
    /// The highest sequence number reported.
    package private(set) var lastSequence: Int?
    /// When it was at its last position, by the reports' own instants; nil before the first.
    package private(set) var positionAt: Instant?
    /// When it was opened.
    package let startedAt: Instant
    /// When it last reported.
    package private(set) var updatedAt: Instant
    /// When it was closed.
    package private(set) var closedAt: Instant?
    /// The session that took its place.
    package private(set) var handedOffTo: ID?

    /// A session from its stored parts.
    package init(
        id: ID, userID: ID, contentID: ID, deviceID: String, position: Int, duration: Int, state: PlaybackState,
        quality: Quality, lastSequence: Int? = nil, positionAt: Instant? = nil, startedAt: Instant, updatedAt: Instant,
        closedAt: Instant? = nil,
        handedOffTo: ID? = nil
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
    }

    /// A session that opens now, at the beginning.
    package static func opening(
        userID: ID, contentID: ID, deviceID: String, duration: Int, quality: Quality = .auto, at now: Instant
    ) -> PlaybackSession {
        PlaybackSession(
            id: .random(), userID: userID, contentID: contentID, deviceID: deviceID, position: 0, duration: duration,
            state: .playing, quality: quality, startedAt: now, updatedAt: now)
    }

    /// Whether it is neither closed nor lapsed, given how long a session lives after its last report.
    package func isKnown(at now: Instant, lifetime: Span) -> Bool {
        closedAt == nil && now - updatedAt <= lifetime
    }

    /// Whether it still takes reports: it is known and has not been handed off.
    package func isLive(at now: Instant, lifetime: Span) -> Bool {
        handedOffTo == nil && isKnown(at: now, lifetime: lifetime)
    }

    /// Whether a report with this sequence number comes after one that is already in.
    package func isStale(sequence: Int?) -> Bool {
        guard let sequence, let lastSequence else { return false }
        return sequence <= lastSequence
    }

    /// Whether a report tells of a time before the session's last position.
    package func isPast(_ instant: Instant) -> Bool {
        positionAt.map { instant < $0 } ?? false
    }

    /// Notes that the session is there, from a report that tells of its past.
    mutating func hear(_ report: PositionReport, at now: Instant) {
        lastSequence = report.sequence ?? lastSequence
        updatedAt = max(updatedAt, now)
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
    package mutating func close(at now: Instant) {
        closedAt = now
    }

    /// Hands the place to another device at the exact position; this session is fenced from now on.
    package mutating func handOff(toDevice device: String, at now: Instant) -> PlaybackSession {
        let next = PlaybackSession(
            id: .random(), userID: userID, contentID: contentID, deviceID: device, position: position,
            duration: duration, state: state, quality: quality, startedAt: now, updatedAt: now)
        handedOffTo = next.id
        return next
    }
}

/// What a player is doing.
package enum PlaybackState: String, Sendable, CaseIterable {
    /// The picture moves.
    case playing
    /// The viewer has paused it.
    case paused
    /// It waits for data.
    case buffering
    /// The viewer has stopped it.
    case stopped
    /// It has reached the end.
    case ended
}

/// How good the picture is.
package enum Quality: String, Sendable, CaseIterable {
    /// As the player sees fit.
    case auto
    /// Low.
    case low
    /// Medium.
    case medium
    /// High.
    case high
    /// The best there is.
    case ultra
}
