import Core

/// What one position report does to its session and to the user's place in the title.
struct ReportRule: Sendable, Hashable {
    let resume: ResumeRule

    private var line: FinishLine { resume.line }

    /// Back by this many seconds or more is a jump.
    static let jumpBackSeconds = 10
    /// Forward by more than this many seconds beyond twice what the time that has passed allows is a jump.
    static let jumpForwardSlackSeconds = 30

    /// Why a report was not applied to the place.
    enum Refusal: String, Sendable {
        /// A report with this or a higher sequence number is already in: nothing changed.
        case staleSequence = "stale-sequence"
        /// The place has moved, or was cleared, since: only the session, plays and the record of late reports changed.
        case olderInstant = "older-instant"
    }

    /// What a report did.
    struct Effect: Sendable, Hashable {
        /// Why it was not applied; nil where it was.
        var refusal: Refusal?
        /// Whether its position differs from its session's last one.
        var moved = false
        /// Whether the session's row changed.
        var changesSession = false
        /// Whether the session's position or state changed, which followers want to see.
        var isVisible = false
        /// Whether the place's row changed.
        var changesPlace = false
        /// What goes into the undo log.
        var move: WatchMove?
        /// Where it crossed the finish line.
        var finish: Finish?
    }

    /// Applies a report to a session and to the place; `place` is where the user is in the session's title.
    func apply(
        _ report: PositionReport, to session: inout PlaybackSession, _ place: inout WatchPlace, at now: Instant
    ) -> Effect {
        guard !session.isStale(sequence: report.sequence) else { return Effect(refusal: .staleSequence) }
        guard !session.isPast(report.instant, at: now) else { return late(report, of: &session, in: place, at: now) }
        let before = session
        let isOn = place.isBehind(report.instant, at: now)
        // A session's first report compares with the place, so that reopening a finished title counts nothing.
        let wasPast =
            line.isPast(before, in: place)
            || before.positionAt == nil && !before.isPassing && isOn && place.stands && line.isPast(place)
        let moved = session.take(report, at: now)
        var effect = Effect(
            moved: moved, changesSession: true, isVisible: moved || session.state != before.state)
        if !wasPast && line.isPast(session, in: place) { effect.finish = finish(report, of: session, in: place) }
        guard moved || report.startsOver else {
            effect.changesPlace = isOn && learn(from: report, of: session, in: &place)
            return effect
        }
        guard isOn else {
            effect.refusal = .olderInstant
            effect.move = lateMove(session.position, report, of: session, in: place)
            return effect
        }
        guard !keepsOffer(of: place, before, report) else { return effect }
        effect.changesPlace = true
        effect.move = move(of: session, from: place, report)
        write(session, report, to: &place, at: now)
        return effect
    }

    /// A report of what is past: on record and counted, but neither the place nor a session's newer position changes.
    ///
    /// A late report older than its session's own last position leaves that position too: else the next heartbeat of a
    /// paused player would look like a move, and carry an old place over a newer one.
    private func late(
        _ report: PositionReport, of session: inout PlaybackSession, in place: WatchPlace, at now: Instant
    ) -> Effect {
        session.hear(report, at: now)
        var effect = Effect(refusal: .olderInstant, changesSession: true)
        // A heartbeat of a paused player that the next one has overtaken tells nothing of the past that is not known.
        guard report.position != session.position || report.instant < session.startedAt else { return effect }
        effect.move = lateMove(report.position, report, of: session, in: place)
        let then = session.standing(at: report)
        if line.isPast(then, in: place) { effect.finish = finish(report, of: then, in: place) }
        return effect
    }

    private func lateMove(
        _ position: Int, _ report: PositionReport, of session: PlaybackSession, in place: WatchPlace
    ) -> WatchMove {
        WatchMove(
            kind: .lateReport, at: report.instant, position: position, duration: session.duration,
            outgrown: session.outgrown, isEnded: report.state == .ended, playCount: place.playCount,
            deviceID: session.deviceID, sessionID: session.keptID)
    }

    private func finish(_ report: PositionReport, of session: PlaybackSession, in place: WatchPlace) -> Finish {
        let isOfIt = !session.isPassing && session.startedAt <= report.instant
        return Finish(
            at: report.instant, startedAt: isOfIt ? session.startedAt : nil,
            length: line.length(of: session, in: place), deviceID: session.deviceID)
    }

    /// Takes what a report says of the end, or of the title's length, where its session made the place and has not moved.
    private func learn(
        from report: PositionReport, of session: PlaybackSession, in place: inout WatchPlace
    ) -> Bool {
        guard place.stands, let last = place.lastSessionID, last == session.id else { return false }
        let before = place
        if session.duration > 0 { place.duration = session.duration }
        place.outgrown = max(place.outgrown, session.outgrown)
        if report.state == .ended { place.isEnded = true }
        return place != before
    }

    /// Whether a place stays on offer: a start over is real once it has passed the minimum, or the person says so.
    private func keepsOffer(of place: WatchPlace, _ before: PlaybackSession, _ report: PositionReport) -> Bool {
        guard !report.startsOver, before.position < resume.minimumSeconds, report.position < resume.minimumSeconds,
            place.lastSessionID != before.id
        else { return false }
        return resume.offer(of: place, asking: report.duration ?? before.duration) != nil
    }

    /// What the undo log keeps of a move: nothing for steady play, nor for the first move in a title that was never
    /// watched or has been cleared, before which there was no place to go back to.
    private func move(of session: PlaybackSession, from place: WatchPlace, _ report: PositionReport) -> WatchMove? {
        guard let lastMovedAt = place.lastMovedAt, place.clearedAt == nil else { return nil }
        let advance = session.position - place.position
        let elapsed = (report.instant - lastMovedAt).seconds
        let kind: WatchMove.Kind
        if place.lastSessionID != session.keptID || session.isPassing && place.deviceID != session.deviceID {
            kind = .sessionChange
        } else if advance <= -Self.jumpBackSeconds {
            kind = .jumpBack
        } else if Double(advance) > 2 * elapsed * report.rate + Double(Self.jumpForwardSlackSeconds) {
            kind = .jumpForward
        } else {
            return nil
        }
        return WatchMove(
            kind, from: place, at: report.instant, deviceID: session.deviceID, sessionID: session.keptID)
    }

    private func write(
        _ session: PlaybackSession, _ report: PositionReport, to place: inout WatchPlace, at now: Instant
    ) {
        if place.clearedAt != nil { place.beginAnew() }
        place.position = session.position
        if session.duration > 0 { place.duration = session.duration }
        place.outgrown = max(place.outgrown, session.outgrown)
        place.isEnded = report.state == .ended
        place.moved(at: report.instant)
        place.lastSessionID = session.keptID
        place.deviceID = session.deviceID
        if let hidden = place.hiddenAt, report.instant > min(hidden, now) { place.hiddenAt = nil }
    }
}
