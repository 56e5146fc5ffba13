import Core

/// One clearing of a user's whole history, which may hold more places than one transaction should.
///
/// It goes on in steps, each of some places. Cut off in the middle, it is gone on with by whoever clears next; undone in the
/// middle, what it had cleared comes back and it ends.
struct Clearing: Sendable, Hashable {
    enum State: String, Sendable, CaseIterable {
        /// Places that stood when it began are being cleared.
        case clearing
        /// All of them are.
        case cleared
        /// They are being brought back.
        case undoing
    }

    let id: ID
    let userID: ID
    /// Places that were moved later stay.
    let clearedAt: Instant
    private(set) var state = State.clearing

    /// Whether somebody who clears the history goes on with this clearing instead of beginning another.
    func isGoneOnWith(at now: Instant) -> Bool {
        state == .clearing && UndoRule.window(clearedAt: clearedAt).isOpen(at: now)
    }

    /// Notes that all places were cleared.
    mutating func finish() {
        if state == .clearing { state = .cleared }
    }

    /// Begins to bring the places back; a return that has begun is never too late.
    mutating func undo(at now: Instant) throws(PlaybackRefusal) {
        if state != .undoing { try UndoRule.requireUndoable(clearedAt: clearedAt, at: now) }
        state = .undoing
    }
}

extension Clearing {
    init(id: ID, userID: ID, clearedAt: Instant, storedState: String) {
        self.init(id: id, userID: userID, clearedAt: clearedAt, state: State(rawValue: storedState) ?? .cleared)
    }
}
