import Core
import SQL
import Web

/// Places in live events that go on, among what somebody can go on with. The device that holds one comes back by itself; another
/// joins by the code, or takes it over by the recovery code.
struct EventResumeSource: ResumeSource {
    var scope: Scope { .readEvents }

    func resumable(
        of user: ID, after cursor: Cursor?, limit: Int, at now: Instant, on connection: any Connection
    ) throws -> [Resumable] {
        // Several devices of one person in one event are one thing to go back to.
        var seen: Set<ID> = []
        return try ParticipantRows.open(of: user, on: connection).filter { seen.insert($0.event).inserted }
            .filter { cursor.map($0.cursor.isBehind) ?? true }.prefix(limit).map(\.resumable)
    }
}

extension ParticipantRows.Open {
    fileprivate var resumable: Resumable {
        Resumable(
            .event, participant, title: title,
            words: presence == .connected ? "Playing as \(displayName)" : "Left off as \(displayName)", at: heardAt,
            link: "/join/\(joinCode)",
            details: [
                "event_id": .id(event), "participant_id": .id(participant), "display_name": .string(displayName),
                "presence": .string(presence.rawValue), "status": .string(status.rawValue),
            ])
    }
}
