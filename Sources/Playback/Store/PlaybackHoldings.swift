import Changes
import Core
import Outbox
import SQL
import Streams

/// What playback holds of a user. Lines of the kinds `place` and `play` are those that an import takes.
struct PlaybackHoldings: Sendable {
    let changes: Changes
    let mirror: SessionMirror?

    var all: [Holding] {
        [
            sessions, Self.clearings.holding(),
            Self.places.holding(people: HeldTable.users(of: "watch_history")), Self.emptyPlaces.holding(),
            Self.plays.holding(), Self.clearedPlays.holding(), Self.moves.holding(),
            Self.progress.holding(people: HeldTable.users(of: "playback_progress")), Self.stream,
        ]
    }

    private var sessions: Holding {
        Holding(
            Self.sessionTable.kind, read: Self.sessionTable.read, outside: mirror.map(forgetting),
            people: HeldTable.users(of: "playback_sessions"), erase: eraseSessions)
    }

    /// Redis forgets sessions before their rows go: which they are is known from the rows alone. Where it is away nothing goes, and
    /// the erasure is gone on with when it is back.
    private func forgetting(_ mirror: SessionMirror) -> @Sendable (Person) async throws -> Void {
        { [changes] person in
            guard let user = person.user else { return }
            let ids = try await changes.read { try SessionRows.some(of: user, limit: Holding.stepSize, on: $0) }
            try await mirror.cache.forget(user, ids)
        }
    }

    /// With them goes what is owed of them to the outside.
    @Sendable private func eraseSessions(
        _ person: Person, _ place: Holding.Place?, _ change: Change
    ) throws -> Holding.Erased {
        guard let user = person.user else { return Holding.Erased(0) }
        let ids = try SessionRows.erase(of: user, limit: Holding.stepSize, on: change.connection)
        try Outbox.forget(ids.sorted().map(\.description), on: change.connection)
        mirror?.noteErasure(of: user, ids, change)
        return Holding.Erased(
            ids.count, next: ids.count == Holding.stepSize ? [] : nil, names: ids.map { .playbackSession($0) })
    }

    private static let sessionTable = HeldTable(
        "playback-session", in: "playback_sessions",
        [
            .init(.id, "id"), .init(.id, "user_id"), .init(.id, "content_id"), .init(.text, "device_id"),
            .init(.integer, "position_seconds"), .init(.integer, "duration_seconds"), .init(.text, "playback_state"),
            .init(.text, "quality"), .init(.integer, "last_sequence"), .init(.instant, "position_at"),
            .init(.instant, "started_at"), .init(.instant, "updated_at"), .init(.instant, "closed_at"),
            .init(.id, "handed_off_to"), .init(.id, "superseded_by"),
        ]
    ).holding()

    private static let clearings = HeldTable(
        "history-clearing", in: "history_clearings",
        [
            .init(.id, "clear_id"), .init(.id, "user_id"), .init(.instant, "cleared_at"), .init(.text, "state"),
            .init(.integer, "restored"),
        ])

    private static let placeColumns: [HeldTable.Column] = [
        .init(.id, "user_id"), .init(.id, "content_id"),
        .init(.integer, "resume_position_seconds", as: "position_seconds"),
        .init(.integer, "duration_seconds"), .init(.bool, "is_ended", as: "ended"),
        .init(.instant, "last_moved_at", as: "at"), .init(.text, "device_id"), .init(.id, "last_session_id"),
        .init(.integer, "play_count"), .init(.instant, "hidden_at"), .init(.instant, "cleared_at"),
        .init(.id, "clear_id"), .init(.instant, "created_at"),
    ]

    private static let places = HeldTable(
        "place", in: "watch_history", key: 2, placeColumns,
        where: "user_id = $1 AND last_moved_at IS NOT NULL AND cleared_at IS NULL")

    private static let emptyPlaces = HeldTable(
        "cleared-place", in: "watch_history", key: 2, placeColumns,
        where: "user_id = $1 AND (last_moved_at IS NULL OR cleared_at IS NOT NULL)")

    private static let playColumns: [HeldTable.Column] = [
        .init(.id, "id"), .init(.id, "user_id"), .init(.id, "content_id"), .init(.instant, "finished_at"),
        .init(.instant, "started_at"), .init(.text, "device_id"), .init(.text, "source"),
        .init(.instant, "created_at"), .init(.instant, "cleared_at"),
    ]

    private static let plays = HeldTable("play", in: "plays", playColumns, where: "user_id = $1 AND cleared_at IS NULL")

    private static let clearedPlays = HeldTable(
        "cleared-play", in: "plays", playColumns, where: "user_id = $1 AND cleared_at IS NOT NULL")

    private static let moves = HeldTable(
        "move", in: "watch_moves", key: 3,
        [
            .init(.id, "user_id"), .init(.id, "content_id"), .init(.integer, "number"),
            .init(.text, "kind", as: "move"), .init(.instant, "moved_at"), .init(.integer, "from_position_seconds"),
            .init(.integer, "from_duration_seconds"), .init(.text, "device_id"), .init(.id, "session_id"),
        ])

    private static let progress = HeldTable(
        "progress", in: "playback_progress", key: 3,
        [
            .init(.id, "user_id"), .init(.id, "content_id"), .init(.text, "platform_id"),
            .init(.integer, "progress_seconds"), .init(.integer, "duration_seconds"), .init(.bool, "is_completed"),
            .init(.text, "device_id"), .init(.instant, "updated_at"),
        ])

    /// What followers were told; whoever follows is told that it is over and let go.
    private static let stream = Holding("playback-notice") { person, _, change in
        guard let user = person.user else { return Holding.Erased(0) }
        let (stream, now) = (PlaybackNews.stream(of: user), change.now)
        let count = try StreamLog.forget(stream, limit: Holding.stepSize, on: change.connection)
        change.dismiss(Dismissal(allFrom: stream, Notice("person-erased", ["server_time": .instant(now)])))
        return Holding.Erased(count, next: count == Holding.stepSize ? [] : nil)
    }
}
