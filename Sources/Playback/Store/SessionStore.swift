import Changes
import Core
import SQL

/// Opening, looking at, handing off and closing playback sessions.
struct SessionStore: Sendable {
    let rules: PlaybackRules
    let figures: PlaybackFigures
    var mirror: SessionMirror?

    /// Opens a session; it, and the second to resume at, nil to start from the beginning.
    /// - Parameter isOnce: Whether one of this id may be there, which is left as it is then.
    func open(
        _ session: PlaybackSession, isOnce: Bool = false, _ change: Change
    ) throws -> (session: PlaybackSession, resumeAt: Int?) {
        let place = try PlaceRows.find(UserTitle(session), on: change.connection)
        let resumeAt = place.flatMap { rules.resume.offer(of: $0) }
        if isOnce, let known = try SessionRows.find(session.id, on: change.connection), known.userID == session.userID {
            return (known, resumeAt)
        }
        try SessionRows.insert([session], on: change.connection)
        mirror?.note([session], change)
        PlaybackNews.created(session).tell(change)
        change.afterCommit { [figures] in figures.opened(resumingAt: resumeAt) }
        return (session, resumeAt)
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
        guard var session = try SessionRows.lock([id], on: change.connection)[id], reach.covers(session.userID),
            session.isKnown(at: moment, lifetime: rules.lifetime)
        else { throw PlaybackRefusal.noSession }
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
        guard var session = try SessionRows.lock([id], on: change.connection)[id], reach.covers(session.userID) else {
            throw PlaybackRefusal.noSession
        }
        try session.requireLive(at: change.now, lifetime: rules.lifetime)
        let made = session.handOff(to: next, onDevice: device, at: change.now)
        try SessionRows.insert([made], on: change.connection)
        let stored = try SessionRows.update([session], on: change.connection)
        mirror?.note(stored + [made], change)
        PlaybackNews.ended(session).tell(change)
        PlaybackNews.created(made).tell(change)
        return made
    }
}
