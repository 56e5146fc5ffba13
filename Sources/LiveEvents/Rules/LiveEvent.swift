import Core

/// A live event: one host, some segments, and the people who play along.
struct LiveEvent: Sendable, Hashable {
    let id: ID
    var title: String
    var description: String
    var status: EventStatus
    /// For how long a question may be answered, where nothing else is said.
    var timePerQuestion: Duration
    var joinCode: String
    /// Since when newcomers are refused; nil while they are welcome.
    var lockedAt: Instant?
    var currentSegmentID: ID?
    var ending: Ending?
    /// The segment that the event's ending has ended with it.
    var endedSegmentID: ID?
    /// The last tap that can be taken back.
    var undo: UndoStep?
    /// The user of the app whom it belongs to; nil for one that belongs to its host token, or to the app as a whole.
    let ownerID: ID?
    /// Which of its host tokens is the newest.
    var hostGeneration: Int
    let createdAt: Instant

    var isLive: Bool { status != .finished }

    /// Begins; again, it changes nothing.
    mutating func start() throws(EventRefusal) {
        guard status != .active else { return }
        guard status == .waiting else { throw .wrongState(current: status.rawValue, why: "the event has ended") }
        status = .active
    }

    func requireActive() throws(EventRefusal) {
        guard status == .active else {
            throw .wrongState(current: status.rawValue, why: "the event has to be started first")
        }
    }

    /// Refuses what participants may not do in an event that has ended.
    func requireLive(_ rules: EventRules) throws(EventRefusal) {
        guard isLive else { throw .ended(at: ending?.at ?? createdAt, resumableUntil: resumableUntil(rules)) }
    }

    /// Until when the ending can be taken back; nil where nothing has ended or the way back was given up.
    func resumableUntil(_ rules: EventRules) -> Instant? { ending.flatMap(rules.resumableUntil) }

    /// Ends; whether it was not over already.
    mutating func end(_ reason: EndReason, at now: Instant) -> Bool {
        guard isLive else { return false }
        ending = Ending(previousStatus: status.rawValue, at: now, reason: reason)
        status = .finished
        return true
    }

    mutating func resume(_ rules: EventRules, at now: Instant) throws(EventRefusal) {
        guard let ending else { throw .nothingToResume }
        status = try ending.before(rules, at: now)
        self.ending = nil
    }

    /// Gives the way back up.
    mutating func clearResume() throws(EventRefusal) {
        guard var given = ending else { throw .nothingToResume }
        try given.giveUp()
        ending = given
    }

    /// Takes the last tap back.
    mutating func takeUndo(_ rules: EventRules, at now: Instant) throws(EventRefusal) -> UndoStep {
        guard let step = undo else { throw .nothingToUndo }
        do { try rules.undoing(step).requireOpen(at: now) } catch { throw .undoClosed(error) }
        undo = nil
        return step
    }

    /// Whether a device that looked the event up before it was locked may still join it.
    func admitsNewcomer(scannedAt: Instant?, _ rules: EventRules) -> Bool {
        guard let lockedAt else { return true }
        guard let scannedAt, scannedAt <= lockedAt else { return false }
        return Window(opened: scannedAt, lasts: rules.scanGrace).isOpen(at: lockedAt)
    }
}

/// A tap of the host's that can be taken back for a short while.
struct UndoStep: Sendable, Hashable {
    enum What: String, Sendable, CaseIterable {
        case next = "quiz-next"
        case reveal = "quiz-reveal"
        case removal = "participant-removed"
        case deletion = "segment-deleted"
    }

    let what: What
    /// The segment or participant that it was about.
    let subject: ID
    let at: Instant
    /// The quiz as it stood before.
    var clock: StoppedTimer?
    /// A participant's presence before, or whether a segment was the event's current one.
    var before: String = ""
}

/// The windows of live events, from the settings.
package struct EventRules: Sendable {
    let resumeFor: Duration
    let undoFor: Duration
    let scanGrace = Duration.seconds(5)
    let presence = PresenceRule()

    /// The rules by these windows; the contract's where none are given.
    package init(resumeFor: Duration = .minutes(30), undoFor: Duration = .seconds(30)) {
        self.resumeFor = resumeFor
        self.undoFor = undoFor
    }

    func resumption(of ending: Ending) -> Window { Window(opened: ending.at, lasts: resumeFor) }

    /// Until when an ending can be taken back; nil where that was given up.
    func resumableUntil(_ ending: Ending) -> Instant? {
        ending.previousStatus == nil ? nil : resumption(of: ending).closes
    }

    func undoing(_ step: UndoStep) -> Window { Window(opened: step.at, lasts: undoFor) }

    func requireResumable(_ ending: Ending, at now: Instant) throws(EventRefusal) {
        do { try resumption(of: ending).requireOpen(at: now) } catch { throw .resumeClosed(error) }
    }
}
