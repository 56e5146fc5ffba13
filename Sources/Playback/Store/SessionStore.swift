import Changes
import Core
import SQL

/// Opening, looking at, handing off and closing playback sessions.
struct SessionStore: Sendable {
    let rules: PlaybackRules
    let figures: PlaybackFigures

    /// Opens a session; it, and the second to resume at, nil to start from the beginning.
    func open(_ session: PlaybackSession, _ change: Change) throws -> (session: PlaybackSession, resumeAt: Int?) {
        let place = try PlaceRows.find(UserTitle(session), on: change.connection)
        let resumeAt = place.flatMap { rules.resume.offer(of: $0) }
        try SessionRows.insert([session], on: change.connection)
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

    func close(_ id: ID, _ reach: Reach, _ change: Change) throws {
        guard var session = try SessionRows.lock([id], on: change.connection)[id], reach.covers(session.userID),
            session.isKnown(at: change.now, lifetime: rules.lifetime)
        else { throw PlaybackRefusal.noSession }
        session.close(at: change.now)
        try SessionRows.update([session], on: change.connection)
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
        try SessionRows.update([session], on: change.connection)
        PlaybackNews.ended(session).tell(change)
        PlaybackNews.created(made).tell(change)
        return made
    }
}
