import Changes
import Core
import SQL

/// Opening, looking at, handing off and closing playback sessions.
struct SessionStore: Sendable {
    let rules: PlaybackRules
    let figures: PlaybackFigures
    var mirror: SessionMirror?

    /// Opens a session; it, and the second to resume at, nil to start from the beginning.
    ///
    /// A device has one live session of a title: whichever was there before ends as stopped.
    /// - Parameter isOnce: Whether one of this id may be there, which is left as it is then.
    func open(
        _ session: PlaybackSession, isOnce: Bool = false, _ change: Change
    ) throws -> (session: PlaybackSession, resumeAt: Int?) {
        try change.requireNotErased(session.userID)
        try SessionRows.lockOpening([session.device], on: change.connection)
        let place = try PlaceRows.find(UserTitle(session), on: change.connection)
        let resumeAt = place.flatMap { rules.resume.offer(of: $0, asking: session.duration) }
        if isOnce, let known = try SessionRows.find(session.id, on: change.connection), known.userID == session.userID {
            return (known, resumeAt)
        }
        let opened = try supersedeOthers(by: session, change)
        try SessionRows.insert([opened], on: change.connection)
        mirror?.note([opened], change)
        PlaybackNews.created(opened).tell(change)
        change.afterCommit { [figures] in figures.opened(resumingAt: resumeAt) }
        return (opened, resumeAt)
    }

    /// Ends what a device has open of a title; the session that takes its place. One that was opened while the database was away may
    /// be told of when a newer one is there: it is the one that ends then.
    private func supersedeOthers(
        by session: PlaybackSession, except handedOff: ID? = nil, _ change: Change
    ) throws -> PlaybackSession {
        var session = session
        var ended: [PlaybackSession] = []
        for var other in try SessionRows.lockOpen(of: session.device, on: change.connection)
        where other.id != session.id && other.id != handedOff {
            if other.startedAt > session.startedAt {
                session.supersede(by: other.id, at: other.startedAt)
            } else {
                other.supersede(by: session.id, at: session.startedAt)
                ended.append(other)
            }
        }
        let stored = try SessionRows.update(ended, on: change.connection)
        mirror?.note(stored, change)
        for other in ended { PlaybackNews.ended(other).tell(change) }
        return session
    }

    /// A session that has neither been closed nor lapsed.
    func find(_ id: ID, _ reach: Reach, at now: Instant, on connection: any Connection) throws -> PlaybackSession {
        guard let session = try SessionRows.find(id, on: connection), reach.covers(session.userID),
            session.isKnown(at: now, lifetime: rules.lifetime)
        else { throw PlaybackRefusal.noSession }
        return session
    }

    /// A user's sessions that take reports, newest first, at most 100.
    func live(of user: ID, at now: Instant, on connection: any Connection) throws -> [PlaybackSession] {
        try SessionRows.live(of: user, since: now - rules.lifetime, on: connection)
    }

    /// Closes a session.
    /// - Parameter moment: When it was asked for, where that is not now.
    func close(_ id: ID, _ reach: Reach, at moment: Instant? = nil, _ change: Change) throws {
        let moment = moment ?? change.now
        guard var session = try SessionRows.lock([id], on: change.connection)[id] else {
            throw try change.refusal(ofMissing: id, reach)
        }
        guard reach.covers(session.userID), session.isKnown(at: moment, lifetime: rules.lifetime) else {
            throw PlaybackRefusal.noSession
        }
        session.close(at: moment)
        let stored = try SessionRows.update([session], on: change.connection)
        mirror?.note(stored, change)
        // A handed-off session has told of its end already.
        if session.handedOffTo == nil { PlaybackNews.ended(session).tell(change) }
    }

    /// Hands a session's place to another device, in a new session of this id.
    func handOff(
        _ id: ID, to next: ID, onDevice device: String, _ reach: Reach, _ change: Change
    ) throws -> PlaybackSession {
        guard var session = try SessionRows.lock([id], on: change.connection)[id] else {
            throw try change.refusal(ofMissing: id, reach)
        }
        guard reach.covers(session.userID) else { throw PlaybackRefusal.noSession }
        try session.requireLive(at: change.now, lifetime: rules.lifetime)
        let handed = session.handOff(to: next, onDevice: device, at: change.now)
        try SessionRows.lockOpening([handed.device], on: change.connection)
        // The session that is handed off is still open as it is stored, also where it goes to its own device.
        let made = try supersedeOthers(by: handed, except: id, change)
        try SessionRows.insert([made], on: change.connection)
        let stored = try SessionRows.update([session], on: change.connection)
        mirror?.note(stored + [made], change)
        PlaybackNews.ended(session).tell(change)
        PlaybackNews.created(made).tell(change)
        return made
    }
}
