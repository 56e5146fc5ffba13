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

    /// Marks a title as seen: its place is past the finish line, wherever it stands. What goes into the undo log.
    /// - Parameter seenAt: When it was seen.
    static func mark(_ place: inout WatchPlace, seenAt: Instant, at now: Instant) -> WatchMove {
        let move = WatchMove(.mark, from: place, at: now)
        if !place.stands {
            place.beginAnew()
            place.moved(at: min(seenAt, now))
        }
        place.isEnded = true
        return move
    }

    /// Takes a place back to what it was before its newest move.
    ///
    /// A place that was cleared comes back as it was. Any other counts as moved now, so that a report from before the undo
    /// cannot overwrite what it brought back. Plays that come and go with it are the store's.
    static func undo(_ move: WatchMove?, of place: inout WatchPlace, at now: Instant) throws(PlaybackRefusal) {
        if let cleared = place.clearedAt { try requireUndoable(clearedAt: cleared, at: now) }
        guard let move else { throw .nothingToUndo }
        if move.kind == .clear || move.kind == .mark { try requireUndoable(clearedAt: move.at, at: now) }
        guard move.kind != .mark else { return takeBack(move, of: &place) }
        if place.clearedAt == nil {
            place.moved(at: now)
            place.lastSessionID = nil
        }
        place.position = move.position
        place.duration = move.duration
        place.outgrown = move.outgrown
        place.isEnded = move.isEnded
        place.clearedAt = nil
        place.clearID = nil
    }

    /// A mark says nothing of where somebody is: one who has moved since stays there.
    private static func takeBack(_ mark: WatchMove, of place: inout WatchPlace) {
        guard place.position == mark.position else { return }
        place.isEnded = mark.isEnded
        if !mark.stood { place.lastMovedAt = nil }
    }
}
