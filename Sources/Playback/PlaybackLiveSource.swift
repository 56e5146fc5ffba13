import Core
import SQL
import Web

/// Devices that play, among what is live.
struct PlaybackLiveSource: LiveSource {
    /// From which moment on a session was heard of that is not silent.
    let heardSince: @Sendable (Instant) -> Instant

    var area: Scope.Area { .playback }

    func live(_ seek: Seek, at now: Instant, on connection: any Connection) throws -> [Live] {
        let silence = heardSince(now)
        return try SessionRows.shown(seek, at: now, on: connection).map {
            $0.live(isSilent: $0.session.updatedAt < silence)
        }
    }

    func counts(at now: Instant, on connection: any Connection) throws -> [Live.Kind: Int] {
        [
            .playbackSession: try SessionRows.count(
                heardSince: heardSince(now), atMost: Live.counted + 1, on: connection)
        ]
    }
}

extension SessionRows.Shown {
    fileprivate func live(isSilent: Bool) -> Live {
        let place =
            session.duration > 0
            ? "\(clock(session.position)) of \(clock(session.duration))" : clock(session.position)
        return Live(
            .playbackSession, session.id, id: "\(session.id)", title: title ?? "Unknown Content \(session.contentID)",
            user: session.userID, device: session.deviceID,
            words: isSilent ? "Left off at \(place)" : "At \(place), \(session.state.rawValue)",
            status: isSilent ? "silent" : session.state.rawValue, since: session.startedAt,
            lastActivity: session.updatedAt, link: url)
    }
}
