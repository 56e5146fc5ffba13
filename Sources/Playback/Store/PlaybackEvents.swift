import Core
import Outbox
import SQL
import Web

/// Tells followers, and what is owed to the outside, of what happened to sessions.
struct PlaybackEvents: Sendable {
    let outbox: Outbox

    /// One thing that happened to a session.
    enum Event: Sendable {
        case created(PlaybackSession)
        case moved(PlaybackSession)
        case ended(PlaybackSession)

        var session: PlaybackSession {
            switch self {
            case .created(let session), .moved(let session), .ended(let session): session
            }
        }

        var name: String {
            switch self {
            case .created: "session-created"
            case .moved: "position-updated"
            case .ended: "session-ended"
            }
        }

        /// What is told, as the contract lists it.
        func payload(at now: Instant) -> JSON {
            let own: JSON = [
                "session_id": .id(session.id), "user_id": .id(session.userID), "content_id": .id(session.contentID),
                "device_id": .string(session.deviceID),
            ]
            let timestamp = JSON.Member("timestamp", .instant(now))
            switch self {
            case .created:
                return own.adding(
                    .init("duration_seconds", .integer(session.duration)),
                    .init("quality", .string(session.quality.rawValue)), timestamp)
            case .moved:
                return own.adding(
                    .init("position_seconds", .integer(session.position)),
                    .init("playback_state", .string(session.state.rawValue)), timestamp)
            case .ended:
                let share = session.duration > 0 ? Double(session.position) / Double(session.duration) : 0
                return own.adding(
                    .init("final_position_seconds", .integer(session.position)),
                    .init("duration_seconds", .integer(session.duration)),
                    .init("completion_rate", .number((min(1, share) * 10_000).rounded() / 10_000)), timestamp)
            }
        }
    }

    /// The stream that a user's devices follow.
    static func stream(of user: ID) -> String { "playback:\(user)" }

    /// Writes events in the transaction of their change; the streams that were told.
    func record(_ events: [Event], at now: Instant, on connection: any Connection) throws -> [String] {
        guard !events.isEmpty else { return [] }
        try outbox.append(
            outbox.isOn
                ? events.map {
                    Outbox.Event(name: $0.name, key: $0.session.id.description, payload: $0.payload(at: now))
                } : [], at: now, on: connection)
        let byStream = Dictionary(grouping: events) { Self.stream(of: $0.session.userID) }
        let followed = try StreamLog.followed(Set(byStream.keys), at: now, on: connection).sorted()
        for stream in followed {
            let news = byStream[stream, default: []].map { (name: $0.name, data: $0.payload(at: now)) }
            try StreamLog.append(news, to: stream, at: now, on: connection)
        }
        return followed
    }
}
