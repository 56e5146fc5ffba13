import Changes
import Core
import Outbox
import SQL
import Streams

/// What followers, and the outside, are told of sessions.
enum PlaybackNews {
    static let kind = StreamKind("playback", keeps: .whileFollowed)
    /// How often it is looked which of the followed sessions are silent.
    static let silenceLooked = Duration.seconds(5)

    /// The stream that the devices of a user follow.
    static func stream(of user: ID) -> StreamName { kind.stream(user) }

    /// What passes: which sessions are silent. That they are comes by nobody's doing, so nobody can tell it when it happens.
    static func pulse(
        _ streams: [StreamName], silentAt cutoff: Instant, since oldest: Instant, on connection: any Connection
    ) throws -> [Passed] {
        let followed = streams.compactMap { stream in
            ID(String(stream.text.dropFirst(kind.name.count + 1))).map { (user: $0, stream: stream) }
        }
        let silent = try SessionRows.silent(of: followed.map(\.user), at: cutoff, since: oldest, on: connection)
        return followed.map { user, stream in
            let ids = silent[user, default: []].sorted()
            return Passed(
                stream, Notice("silent", ["session_ids": .array(ids.map { .id($0) })]), isNothing: ids.isEmpty)
        }
    }

    case created(PlaybackSession)
    case moved(PlaybackSession)
    case ended(PlaybackSession)

    /// Tells followers, and owes the outside, what happened in a change.
    func tell(_ change: Change) {
        let now = change.now
        change.notify(Self.stream(of: session.userID), Notice(name, payload(at: now)))
        change.owe(to: destinations) {
            Message(name: name, key: session.id.description, payload: payload(at: now), to: destinations)
        }
    }

    private var session: PlaybackSession {
        switch self {
        case .created(let session), .moved(let session), .ended(let session): session
        }
    }

    private var name: String {
        switch self {
        case .created: "session-created"
        case .moved: "position-updated"
        case .ended: "session-ended"
        }
    }

    /// The sync service wants positions only.
    private var destinations: Set<Outbox.Destination> {
        if case .moved = self { [.kafka, .sync] } else { [.kafka] }
    }

    /// As the contract lists it.
    private func payload(at now: Instant) -> JSON {
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
