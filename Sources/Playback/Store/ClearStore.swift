import Changes
import Core
import SQL

/// Clearing a place or the whole history, and bringing a whole history back.
///
/// A whole history is cleared in steps of a few hundred places: nobody else's write waits for more than one of them.
struct ClearStore: Sendable {
    /// How many places one transaction clears or brings back.
    static let stepSize = 300

    /// Clears one place.
    func clear(_ title: UserTitle, as clearID: ID, _ change: Change) throws {
        guard let place = try PlaceRows.lock([title], on: change.connection)[title], place.stands else {
            throw PlaybackRefusal.noPlace
        }
        try clear([place], clearID, at: change.now, change)
    }

    private func clear(_ places: [WatchPlace], _ clearID: ID, at clearedAt: Instant, _ change: Change) throws {
        var cleared = places
        var moves: [(title: UserTitle, move: WatchMove)] = []
        for index in cleared.indices {
            let move = UndoRule.clear(&cleared[index], clearID: clearID, at: clearedAt)
            moves.append((UserTitle(cleared[index]), move))
        }
        try MoveRows.append(moves, on: change.connection)
        try PlayRows.clear(moves.map(\.title), at: clearedAt, on: change.connection)
        try PlaceRows.update(cleared, was: places, at: change.now, on: change.connection)
    }

    /// Clears a user's whole history; how many places.
    func clearAll(of user: ID, as newID: ID, with changes: Changes) async throws -> Int {
        let clearing = try await changes.make { try begin(user, newID, $0) }
        var place: ID?
        repeat {
            let from = place
            place = try await changes.make { try step(clearing, after: from, $0) }
        } while place != nil
        return try await changes.make { try finish(clearing, $0) }
    }

    func begin(_ user: ID, _ newID: ID, _ change: Change) throws -> Clearing {
        try change.requireNotErased(user)
        if let begun = try ClearingRows.last(of: user, on: change.connection), begun.isGoneOnWith(at: change.now) {
            return begun
        }
        let clearing = Clearing(id: newID, userID: user, clearedAt: change.now)
        try ClearingRows.insert(clearing, on: change.connection)
        return clearing
    }

    /// Clears some places that stood when the clearing began; the title to go on after, nil at the end.
    func step(_ clearing: Clearing, after place: ID?, _ change: Change) throws -> ID? {
        // An undo that came in between has ended the clearing.
        guard try ClearingRows.lock(clearing.id, on: change.connection)?.state == .clearing else { return nil }
        let places = try change.connection.all(
            Self.standingText,
            [
                .id(clearing.userID), .id(place ?? ID(high: 0, low: 0)), .instant(clearing.clearedAt),
                .integer(Self.stepSize),
            ], PlaceRows.place)
        try clear(places, clearing.id, at: clearing.clearedAt, change)
        return places.count == Self.stepSize ? places.last?.contentID : nil
    }

    private static let standingText = SQLText(
        """
        SELECT \(PlaceRows.columns)
        FROM watch_history AS place
        WHERE user_id = $1 AND content_id > $2 AND last_moved_at IS NOT NULL AND last_moved_at <= $3
            AND cleared_at IS NULL
        ORDER BY content_id
        LIMIT $4
        {for_update}
        """)

    private func finish(_ clearing: Clearing, _ change: Change) throws -> Int {
        let count = try ClearingRows.count(clearing, on: change.connection)
        if var begun = try ClearingRows.lock(clearing.id, on: change.connection) {
            begun.finish()
            // One that found nothing does not stand in the way of undoing the one before it.
            if count == 0 {
                try ClearingRows.delete(clearing.id, on: change.connection)
            } else {
                try ClearingRows.update(begun, on: change.connection)
            }
        }
        return count
    }

    /// Brings back some of the last clearing's places, so that `undoAll` has little left to do.
    /// - Throws: `PlaybackRefusal` where there is nothing to undo, or no longer.
    func undoMost(of user: ID, with changes: Changes) async throws {
        var place: ID? = ID(high: 0, low: 0)
        while let from = place {
            place = try await changes.make { try undoStep(user, after: from, $0) }
        }
    }

    /// The title to go on after; nil where less than a whole step is left.
    private func undoStep(_ user: ID, after place: ID, _ change: Change) throws -> ID? {
        let clearing = try beginUndo(user, change)
        let places = try cleared(by: clearing, after: place, change)
        guard places.count == Self.stepSize else { return nil }
        try bringBack(places, of: clearing, change)
        return places.last?.contentID
    }

    /// Takes back the last clearing of the whole history, but for titles that have been watched since: those keep their newer
    /// place. How many came back.
    /// - Throws: `PlaybackRefusal` where there is nothing to undo, or no longer.
    func undoAll(of user: ID, _ change: Change) throws -> Int {
        let clearing = try beginUndo(user, change)
        try bringBack(try cleared(by: clearing, after: ID(high: 0, low: 0), change), of: clearing, change)
        let count = try ClearingRows.restored(clearing.id, on: change.connection)
        try ClearingRows.delete(clearing.id, on: change.connection)
        return count
    }

    private func beginUndo(_ user: ID, _ change: Change) throws -> Clearing {
        guard let last = try ClearingRows.last(of: user, on: change.connection),
            var clearing = try ClearingRows.lock(last.id, on: change.connection)
        else { throw PlaybackRefusal.nothingToUndo }
        let before = clearing
        try clearing.undo(at: change.now)
        if clearing != before { try ClearingRows.update(clearing, on: change.connection) }
        return clearing
    }

    private func bringBack(_ places: [WatchPlace], of clearing: Clearing, _ change: Change) throws {
        // As of the clearing: a return that has begun goes on past the window.
        try MoveRows.undo(places, asOf: clearing.clearedAt, change)
        try ClearingRows.addRestored(places.count, to: clearing.id, on: change.connection)
    }

    private static let clearedText = SQLText(
        """
        SELECT \(PlaceRows.columns)
        FROM watch_history AS place
        WHERE user_id = $1 AND clear_id = $2 AND content_id > $3
        ORDER BY content_id
        LIMIT $4
        {for_update}
        """)

    private func cleared(by clearing: Clearing, after place: ID, _ change: Change) throws -> [WatchPlace] {
        try change.connection.all(
            Self.clearedText,
            [.id(clearing.userID), .id(clearing.id), .id(place), .integer(Self.stepSize)], PlaceRows.place)
    }

    /// Empties some of what was cleared and can be undone no longer: the user asked for it to be gone. What stays is that it
    /// was cleared and when, so that an older report does not bring it back. What is being brought back is left alone. How many
    /// places, or clearings where those are more.
    static func sweep(limit: Int, _ change: Change) throws -> Int {
        let connection = change.connection
        let oldest = Value.instant(UndoRule.clearedForGood(at: change.now))
        let clearings = try connection.changed(
            ClearingRows.sweepText, [oldest, .instant(change.now - .days(1)), .integer(limit)])
        let titles = try connection.all(sweptText, [oldest, .integer(limit)]) {
            UserTitle(userID: try $0.id(), contentID: try $0.id())
        }
        try MoveRows.removeCleared(titles, on: connection)
        try PlaceRows.empty(titles, on: connection)
        let plays = try PlayRows.sweep(
            clearedBefore: UndoRule.clearedForGood(at: change.now), limit: limit, on: connection)
        return max(titles.count, clearings, plays)
    }

    private static let sweptText = SQLText(
        """
        SELECT user_id, content_id
        FROM watch_history
        WHERE id IN (
            SELECT id
            FROM watch_history
            WHERE clear_id IS NOT NULL AND cleared_at < $1
                AND NOT EXISTS (
                    SELECT 1
                    FROM history_clearings
                    WHERE history_clearings.clear_id = watch_history.clear_id AND state = 'undoing'
                )
            ORDER BY cleared_at
            LIMIT $2
        )
        ORDER BY user_id, content_id
        {for_update}
        """)
}

/// Clearings as rows of `history_clearings`.
private enum ClearingRows {
    private static let columns = "clear_id, user_id, cleared_at, state"

    private static func clearing(_ row: any Row) throws -> Clearing {
        Clearing(id: try row.id(), userID: try row.id(), clearedAt: try row.instant(), storedState: try row.text())
    }

    static func last(of user: ID, on connection: any Connection) throws -> Clearing? {
        try connection.first(lastText, [.id(user)], clearing)
    }

    private static let lastText = SQLText(
        "SELECT \(columns) FROM history_clearings WHERE user_id = $1 ORDER BY cleared_at DESC, clear_id LIMIT 1")

    static func lock(_ id: ID, on connection: any Connection) throws -> Clearing? {
        try connection.first(lockText, [.id(id)], clearing)
    }

    private static let lockText = SQLText(
        "SELECT \(columns) FROM history_clearings WHERE clear_id = $1 {for_update}")

    static func insert(_ clearing: Clearing, on connection: any Connection) throws {
        try connection.execute(
            "INSERT INTO history_clearings (clear_id, user_id, cleared_at, state) VALUES ($1, $2, $3, $4)",
            [
                .id(clearing.id), .id(clearing.userID), .instant(clearing.clearedAt), .text(clearing.state.rawValue),
            ])
    }

    static func update(_ clearing: Clearing, on connection: any Connection) throws {
        try connection.execute(
            "UPDATE history_clearings SET state = $2 WHERE clear_id = $1",
            [.id(clearing.id), .text(clearing.state.rawValue)])
    }

    static func delete(_ id: ID, on connection: any Connection) throws {
        try connection.execute("DELETE FROM history_clearings WHERE clear_id = $1", [.id(id)])
    }

    /// How many places the clearing holds.
    static func count(_ clearing: Clearing, on connection: any Connection) throws -> Int {
        try connection.one(
            "SELECT COUNT(*) FROM watch_history WHERE user_id = $1 AND clear_id = $2",
            [.id(clearing.userID), .id(clearing.id)]
        ) { try $0.integer() }
    }

    static func addRestored(_ count: Int, to id: ID, on connection: any Connection) throws {
        try connection.execute(
            "UPDATE history_clearings SET restored = restored + $2 WHERE clear_id = $1", [.id(id), .integer(count)])
    }

    static func restored(_ id: ID, on connection: any Connection) throws -> Int {
        try connection.one("SELECT restored FROM history_clearings WHERE clear_id = $1", [.id(id)]) {
            try $0.integer()
        }
    }

    static let sweepText: SQLText = """
        DELETE FROM history_clearings
        WHERE clear_id IN (
            SELECT clear_id
            FROM history_clearings
            WHERE cleared_at < $1 AND (state <> 'undoing' OR cleared_at < $2)
            LIMIT $3
        )
        """
}
