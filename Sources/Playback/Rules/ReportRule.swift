import Core

/// What one position report does to its session and to the user's place in the title.
struct ReportRule: Sendable, Hashable {
    let resume: ResumeRule

    /// Back by this many seconds or more is a jump.
    static let jumpBackSeconds = 10
    /// Forward by more than this many seconds beyond twice the time that has passed is a jump.
    static let jumpForwardSlackSeconds = 30

    /// Why a report was not applied to the place.
    enum Refusal: String, Sendable {
        /// A report with this or a higher sequence number is already in: nothing changed.
        case staleSequence = "stale-sequence"
        /// The place has moved, or was cleared, since: only the session and the record of late reports changed.
        case olderInstant = "older-instant"
    }

    /// What a report did.
    struct Effect: Sendable, Hashable {
        /// Why it was not applied; nil where it was.
        var refusal: Refusal?
        /// Whether the session's row changed.
        var changesSession = false
        /// Whether the session's position or state changed, which followers want to see.
        var isVisible = false
        /// Whether the place's row changed.
        var changesPlace = false
        /// What goes into the undo log.
        var move: WatchMove?
    }

    /// Applies a report to a session and to the place; `place` is where the user is in the session's title.
    func apply(
        _ report: PositionReport, to session: inout PlaybackSession, _ place: inout WatchPlace, at now: Instant
    ) -> Effect {
        guard !session.isStale(sequence: report.sequence) else { return Effect(refusal: .staleSequence) }
        guard !session.isPast(report.instant, at: now) else {
            session.hear(report, at: now)
            // A heartbeat of a paused player that the next one has overtaken tells nothing of the past that is not known.
            guard report.position != session.position else {
                return Effect(refusal: .olderInstant, changesSession: true)
            }
            return late(report, position: report.position, of: session, in: place)
        }
        let stateBefore = session.state
        let moved = session.take(report, at: now)
        var effect = Effect(changesSession: true, isVisible: moved || session.state != stateBefore)
        guard moved else { return effect }
        guard place.isBehind(report.instant, at: now) else {
            effect = late(report, position: session.position, of: session, in: place)
            effect.isVisible = true
            return effect
        }
        effect.changesPlace = true
        effect.move = move(of: session, from: place, at: report.instant)
        write(session, to: &place, at: report.instant)
        return effect
    }

    /// A report of what is past: on record, but neither the place nor a session's newer position changes.
    ///
    /// A late report older than its session's own last position leaves that position too: else the next heartbeat of a
    /// paused player would look like a move, and carry an old place over a newer one.
    private func late(
        _ report: PositionReport, position: Int, of session: PlaybackSession, in place: WatchPlace
    ) -> Effect {
        Effect(
            refusal: .olderInstant, changesSession: true,
            move: WatchMove(
                kind: .lateReport, at: report.instant, position: position, duration: session.duration,
                playCount: place.playCount, isPassOpen: place.isPassOpen, deviceID: session.deviceID,
                sessionID: session.id))
    }

    /// What the undo log keeps of a move: nothing for steady play, nor for the first move in a title that was never
    /// watched or has been cleared, before which there was no place to go back to.
    private func move(of session: PlaybackSession, from place: WatchPlace, at instant: Instant) -> WatchMove? {
        guard let lastMovedAt = place.lastMovedAt, place.clearedAt == nil else { return nil }
        let advance = session.position - place.position
        let elapsed = (instant - lastMovedAt).seconds
        let kind: WatchMove.Kind
        if place.lastSessionID != session.id {
            kind = .sessionChange
        } else if advance <= -Self.jumpBackSeconds {
            kind = .jumpBack
        } else if Double(advance) > 2 * elapsed + Double(Self.jumpForwardSlackSeconds) {
            kind = .jumpForward
        } else {
            return nil
        }
        return WatchMove(kind, from: place, at: instant, deviceID: session.deviceID, sessionID: session.id)
    }

    private func write(_ session: PlaybackSession, to place: inout WatchPlace, at instant: Instant) {
        if place.clearedAt != nil {
            place.playCount = 0
            place.isPassOpen = true
            place.clearedAt = nil
            place.clearID = nil
        }
        place.position = session.position
        if session.duration > 0 { place.duration = session.duration }
        place.moved(at: instant)
        place.lastSessionID = session.id
        place.deviceID = session.deviceID
        place.hiddenAt = nil
        if place.position < resume.minimumSeconds { place.isPassOpen = true }
        if place.isPassOpen && resume.isFinished(position: place.position, duration: place.duration) {
            place.playCount += 1
            place.isPassOpen = false
        }
    }
}
