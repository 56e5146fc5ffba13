import Core

/// Where a live event is.
enum EventStatus: String, Sendable, CaseIterable {
    /// Made, not begun: people gather.
    case waiting
    /// Under way.
    case active
    /// Ended, by the host or because nobody was left to say so.
    case finished
}

/// Where a segment is.
enum SegmentStatus: String, Sendable, CaseIterable {
    case pending
    case recording
    case recordingPaused = "recording_paused"
    case quizReady = "quiz_ready"
    case quizzing
    case completed

    /// Whether the segment is what the event is at just now.
    var isRunning: Bool { self != .pending && self != .completed }
}

/// Why something ended.
enum EndReason: String, Sendable, CaseIterable {
    /// The host or presenter asked.
    case userEnded = "user_ended"
    case unknown
}

/// What a segment's quiz shows: which question, since when, for how long.
struct QuestionTimer: Sendable, Hashable {
    /// The place of the question among the segment's.
    let index: Int
    /// When it was shown; moved forward by a pause, so that what had passed has passed.
    let shownAt: Instant
    /// How long it may be answered.
    let duration: Duration
    /// Whether the right answer is on the screens.
    var isRevealed = false

    /// An answer that was sent in time may arrive this much later.
    static let grace = Duration.milliseconds(500)

    func elapsed(at now: Instant) -> Duration { max(.zero, now - shownAt) }

    func remaining(at now: Instant) -> Duration { max(.zero, duration - elapsed(at: now)) }

    /// The clock as it stands, to be gone on with later.
    func stopped(at now: Instant) -> StoppedTimer {
        StoppedTimer(index: index, elapsed: elapsed(at: now), duration: duration, isRevealed: isRevealed)
    }

    /// How long an answer took, which counts for its points.
    /// - Throws: `tooLate` past the time and its grace, or once the answer is known.
    func time(ofAnswerAt now: Instant) throws(EventRefusal) -> Duration {
        let taken = elapsed(at: now)
        guard !isRevealed, taken <= duration + Self.grace else { throw .tooLate }
        return min(taken, duration)
    }
}

/// A question's clock that was stopped, by an ending or a tap that may be taken back.
struct StoppedTimer: Sendable, Hashable {
    let index: Int
    let elapsed: Duration
    let duration: Duration
    let isRevealed: Bool

    func started(at now: Instant) -> QuestionTimer {
        QuestionTimer(index: index, shownAt: now - elapsed, duration: duration, isRevealed: isRevealed)
    }
}

/// How an ending can be taken back: what was so before, and since when it is over.
struct Ending: Sendable, Hashable {
    /// Nil where the way back was given up.
    var previousStatus: String?
    let at: Instant
    let reason: EndReason
    /// The quiz as it stood, of a segment that was quizzing.
    var clock: StoppedTimer?
}

extension Ending {
    /// The status that is gone back to.
    func before<Status: RawRepresentable<String>>(_ rules: EventRules, at now: Instant) throws(EventRefusal) -> Status {
        guard let status = previousStatus.flatMap(Status.init) else { throw .nothingToResume }
        try rules.requireResumable(self, at: now)
        return status
    }

    mutating func giveUp() throws(EventRefusal) {
        guard previousStatus != nil else { throw .nothingToResume }
        previousStatus = nil
    }
}

/// How many points a right answer is worth (contract, Live events): all at once, half at the last moment.
enum Points {
    static func of(isRight: Bool, after taken: Duration, of whole: Duration) -> Int {
        guard isRight else { return 0 }
        let share = Double(taken.milliseconds) / Double(max(1, whole.milliseconds))
        return Int((1_000 * (1 - min(1, max(0, share)) / 2)).rounded())
    }
}
