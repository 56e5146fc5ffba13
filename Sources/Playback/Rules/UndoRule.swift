import Core

/// Clearing a place, and going one move back. There is no redo: a later report simply moves on.
enum UndoRule {
    /// How many moves of a title are kept.
    static let keptMoves = 10

    /// Within which a clearing can be undone.
    static func window(clearedAt: Instant) -> Window { Window(opened: clearedAt, lasts: .minutes(30)) }

    /// Before this moment a place was cleared for good.
    static func clearedForGood(at now: Instant) -> Instant { now - window(clearedAt: now).lasts }

    /// Clears a place; what goes into the undo log.
    static func clear(_ place: inout WatchPlace, clearID: ID?, at now: Instant) -> WatchMove {
        let move = WatchMove(.clear, from: place, at: now)
        place.clearedAt = now
        place.clearID = clearID
        return move
    }

    /// Refuses to take back a clearing of the whole history that is not there or too long ago.
    static func requireUndoable(clearedAt: Instant?, at now: Instant) throws(PlaybackRefusal) {
        guard let clearedAt else { throw .nothingToUndo }
        do { try window(clearedAt: clearedAt).requireOpen(at: now) } catch { throw .undoClosed(error) }
    }

    /// Takes a place back to what it was before its newest move.
    ///
    /// A place that was cleared comes back as it was. Any other counts as moved now, so that a report from before the undo
    /// cannot overwrite what it brought back.
    static func undo(_ move: WatchMove?, of place: inout WatchPlace, at now: Instant) throws(PlaybackRefusal) {
        if let cleared = place.clearedAt { try requireUndoable(clearedAt: cleared, at: now) }
        guard let move else { throw .nothingToUndo }
        if move.kind == .clear { try requireUndoable(clearedAt: move.at, at: now) }
        if place.clearedAt == nil {
            place.moved(at: now)
            place.lastSessionID = nil
        }
        place.position = move.position
        place.duration = move.duration
        place.playCount = move.playCount
        place.isPassOpen = move.isPassOpen
        place.clearedAt = nil
        place.clearID = nil
    }
}
