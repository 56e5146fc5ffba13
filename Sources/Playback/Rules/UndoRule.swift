package import Core

/// Clearing a place, and going one move back. There is no redo: a later report simply moves on.
package enum UndoRule {
    /// How long a clearing can be undone; its last millisecond still can.
    package static let window = Span.minutes(30)
    /// How many moves of a title are kept.
    package static let keptMoves = 10

    /// Why there is no way back.
    package enum Refusal: Error, Sendable, Hashable {
        /// Nothing was logged.
        case nothingToUndo
        /// The clearing can be undone no longer, since this moment.
        case expired(Instant)
    }

    /// Clears a place; what goes into the undo log.
    package static func clear(_ place: inout WatchPlace, clearID: ID?, at now: Instant) -> WatchMove {
        let move = WatchMove(.clear, from: place, at: now)
        place.clearedAt = now
        place.clearID = clearID
        return move
    }

    /// Takes a place back to what it was before its newest move.
    ///
    /// A place that was cleared comes back as it was. Any other counts as moved now, so that a report from before the undo
    /// cannot overwrite what it brought back.
    package static func undo(_ move: WatchMove?, of place: inout WatchPlace, at now: Instant) throws(Refusal) {
        if let cleared = place.clearedAt, now - cleared > window { throw .expired(cleared + window) }
        guard let move else { throw .nothingToUndo }
        if move.kind == .clear, now - move.at > window { throw .expired(move.at + window) }
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
