import Core
import SQL
import Web

/// Events that go on and who plays along, among what is live.
struct EventLiveSource: LiveSource {
    let secrets: EventSecrets

    var area: Scope.Area { .events }

    func live(_ seek: Seek, at now: Instant, on connection: any Connection) throws -> [Live] {
        let players = try LiveEventRows.players(seek, device: secrets.device, on: connection)
        return try LiveEventRows.events(seek, on: connection).map(\.live) + players.map(\.live)
    }

    func counts(at now: Instant, on connection: any Connection) throws -> [Live.Kind: Int] {
        let bound = Live.counted + 1
        return [
            .event: try LiveEventRows.eventCount(atMost: bound, on: connection),
            .participant: try LiveEventRows.playerCount(atMost: bound, on: connection),
        ]
    }
}

extension LiveEventRows.Event {
    fileprivate var live: Live {
        Live(
            .event, id, id: "\(id)", title: title, user: owner,
            words: "\(connected) here" + (segment.map { ", segment \($0)" } ?? ""), status: EventStatus.active.rawValue,
            since: beganAt, lastActivity: touchedAt, link: "/events/\(id)/host")
    }
}

extension LiveEventRows.Player {
    fileprivate var live: Live {
        Live(
            .participant, id, id: "\(id)", title: name, user: user, words: "In \(event)",
            status: Presence.connected.rawValue, since: joinedAt, lastActivity: heardAt)
    }
}
