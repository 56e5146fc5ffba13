import Core
import SQL

/// A question as the screens show it.
struct Shown: Sendable {
    let segment: ID
    let question: Question
    let clock: QuestionTimer
    let count: Int
    /// How often each answer was given, in the order of the answers; nil where that is not told.
    var counts: [Int]?
}

/// An event with all that its host sees of it.
struct EventView: Sendable {
    let event: LiveEvent
    let segments: [(segment: EventSegment, questions: [Question], count: Int)]
    let shown: Shown?
    let connected: Int
    let away: Int
    let offset: Int

    /// As a presenter sees it, who knows the right answers of one segment alone.
    func withQuestions(ofSegment own: ID) -> EventView {
        EventView(
            event: event, segments: segments.map { ($0.segment, $0.segment.id == own ? $0.questions : [], $0.count) },
            shown: shown,
            connected: connected, away: away, offset: offset)
    }
}

/// What a participant sees: the body of `reconnect`.
struct PlayerView: Sendable {
    let event: LiveEvent
    let participant: Participant
    let segment: EventSegment?
    let shown: Shown?
    let answer: AnswerRows.Given?
    let score: Int
    let offset: Int
}

/// Reads what people see of events, each from one state of the data.
enum EventViews {
    static func shown(
        _ segment: EventSegment?, counted: Bool, on connection: any Connection
    ) throws -> Shown? {
        guard let segment, let clock = segment.clock,
            let question = try QuestionRows.find(segment.id, index: clock.index, on: connection)
        else { return nil }
        var shown = Shown(
            segment: segment.id, question: question, clock: clock,
            count: try QuestionRows.count(of: segment.id, on: connection))
        if counted || clock.isRevealed {
            let counts = try AnswerRows.counts(of: question.id, on: connection)
            shown.counts = question.answers.map { counts[$0] ?? 0 }
        }
        return shown
    }

    /// - Parameter withQuestions: Whether all questions are read, or how many there are alone.
    static func event(
        _ event: LiveEvent, withQuestions: Bool = true, on connection: any Connection
    ) throws -> EventView {
        let segments = try SegmentRows.all(of: event.id, on: connection)
        let questions = withQuestions ? try QuestionRows.all(ofEvent: event.id, on: connection) : [:]
        let counts =
            withQuestions ? questions.mapValues(\.count) : try QuestionRows.counts(ofEvent: event.id, on: connection)
        let tally = try ParticipantRows.tally(of: event.id, on: connection)
        let current = segments.first { $0.id == event.currentSegmentID }
        return EventView(
            event: event, segments: segments.map { ($0, questions[$0.id] ?? [], counts[$0.id] ?? 0) },
            shown: try shown(current, counted: true, on: connection), connected: tally.connected, away: tally.away,
            offset: try EventNews.offset(of: event.id, on: connection))
    }

    /// What all participants of an event see alike.
    struct Scene: Sendable {
        let event: LiveEvent
        let segment: EventSegment?
        let shown: Shown?
        let offset: Int

        func view(of participant: Participant, answer: AnswerRows.Given?, score: Int) -> PlayerView {
            PlayerView(
                event: event, participant: participant, segment: segment, shown: shown, answer: answer, score: score,
                offset: offset)
        }
    }

    static func scene(_ event: LiveEvent, on connection: any Connection) throws -> Scene {
        let segment = try event.currentSegmentID.flatMap { id in
            try SegmentRows.all(of: event.id, on: connection).first { $0.id == id }
        }
        return Scene(
            event: event, segment: segment, shown: try shown(segment, counted: false, on: connection),
            offset: try EventNews.offset(of: event.id, on: connection))
    }

    static func player(_ participant: Participant, on connection: any Connection) throws -> PlayerView {
        guard let event = try EventRows.find(participant.eventID, on: connection) else {
            throw EventRefusal.none("event")
        }
        let scene = try scene(event, on: connection)
        let given = try scene.shown.flatMap { shown in
            try AnswerRows.given([(shown.question.id, participant.id)], on: connection).values.first
        }
        return scene.view(
            of: participant, answer: given,
            score: try AnswerRows.scores(of: [participant.id], on: connection)[participant.id] ?? 0)
    }
}
