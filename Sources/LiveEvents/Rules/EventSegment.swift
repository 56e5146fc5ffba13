import Core

/// A part of a live event that one presenter gives: a talk that is recorded, and a quiz after it.
struct EventSegment: Sendable, Hashable {
    let id: ID
    let eventID: ID
    var presenterName: String
    var title: String
    var order: Int
    var status: SegmentStatus
    /// What the quiz shows; nil while there is no quiz under way.
    var clock: QuestionTimer?
    var ending: Ending?
    let createdAt: Instant

    /// What the host or presenter does with the recording.
    enum Recording: String, Sendable, CaseIterable {
        case start, pause, resume, stop
    }

    /// Moves the recording on; whether that changed anything. What is so already is no mistake.
    mutating func record(_ action: Recording) throws(EventRefusal) -> Bool {
        let (from, to): (Set<SegmentStatus>, SegmentStatus) =
            switch action {
            case .start: ([.pending], .recording)
            case .pause: ([.recording], .recordingPaused)
            case .resume: ([.recordingPaused], .recording)
            case .stop: ([.recording, .recordingPaused], .quizReady)
            }
        guard status != to else { return false }
        guard from.contains(status) else { throw wrongState("the recording cannot \(action.rawValue) now") }
        status = to
        return true
    }

    /// Shows the first question; whether that changed anything.
    mutating func startQuiz(questions: Int, _ duration: Duration, at now: Instant) throws(EventRefusal) -> Bool {
        guard status != .quizzing else { return false }
        guard status == .quizReady else { throw wrongState("a quiz begins when the recording has stopped") }
        guard questions > 0 else { throw wrongState("the segment has no questions yet") }
        status = .quizzing
        clock = QuestionTimer(index: 0, shownAt: now, duration: duration)
        return true
    }

    /// Shows the next question; nil where the tap was a repetition, else the clock before it.
    /// - Parameter seen: The question on the screen of whoever taps, so that a double tap skips nobody's question.
    mutating func next(
        seen: Int?, questions: Int, _ duration: Duration, at now: Instant
    ) throws(EventRefusal) -> StoppedTimer? {
        let clock = try quiz()
        if let seen, seen + 1 == clock.index { return nil }
        guard seen ?? clock.index == clock.index else { throw .otherQuestion(current: clock.index) }
        guard clock.index + 1 < questions else { throw wrongState("this is the last question") }
        self.clock = QuestionTimer(index: clock.index + 1, shownAt: now, duration: duration)
        return clock.stopped(at: now)
    }

    /// Shows the right answer; nil where it is shown already, else the clock before.
    mutating func reveal(seen: Int?, at now: Instant) throws(EventRefusal) -> StoppedTimer? {
        let clock = try quiz()
        guard seen ?? clock.index == clock.index else { throw .otherQuestion(current: clock.index) }
        guard !clock.isRevealed else { return nil }
        self.clock?.isRevealed = true
        return clock.stopped(at: now)
    }

    /// Ends; whether it was not over already.
    mutating func end(_ reason: EndReason, at now: Instant) -> Bool {
        guard status != .completed else { return false }
        ending = Ending(previousStatus: status.rawValue, at: now, reason: reason, clock: clock?.stopped(at: now))
        status = .completed
        clock = nil
        return true
    }

    /// Goes on as it was, with the time that was left.
    mutating func resume(_ rules: EventRules, at now: Instant) throws(EventRefusal) {
        guard let ending else { throw .nothingToResume }
        status = try ending.before(rules, at: now)
        clock = ending.clock?.started(at: now)
        self.ending = nil
    }

    mutating func clearResume() throws(EventRefusal) {
        guard var given = ending else { throw .nothingToResume }
        try given.giveUp()
        ending = given
    }

    /// The question that may be answered now.
    func quiz() throws(EventRefusal) -> QuestionTimer {
        guard status == .quizzing, let clock else { throw wrongState("no quiz is under way") }
        return clock
    }

    private func wrongState(_ why: String) -> EventRefusal { .wrongState(current: status.rawValue, why: why) }
}

/// A quiz question; its answers in the order in which every screen shows them.
struct Question: Sendable, Hashable {
    let id: ID
    let segmentID: ID
    let order: Int
    let text: String
    let correctAnswer: String
    let otherAnswers: [String]
    let answers: [String]
    var isRevealed: Bool

    /// A question whose answers are shuffled once, by numbers drawn at random.
    init(id: ID, segment: ID, order: Int, text: String, correct: String, others: [String], draw: [UInt64]) {
        self.init(
            id: id, segmentID: segment, order: order, text: text, correctAnswer: correct, otherAnswers: others,
            answers: zip([correct] + others, draw).sorted { $0.1 < $1.1 }.map(\.0), isRevealed: false)
    }

    init(
        id: ID, segmentID: ID, order: Int, text: String, correctAnswer: String, otherAnswers: [String],
        answers: [String], isRevealed: Bool
    ) {
        self.id = id
        self.segmentID = segmentID
        self.order = order
        self.text = text
        self.correctAnswer = correctAnswer
        self.otherAnswers = otherAnswers
        self.answers = answers
        self.isRevealed = isRevealed
    }
}
