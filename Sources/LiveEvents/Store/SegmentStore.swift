import Changes
import Core
import SQL

/// What hosts and presenters do with segments and their quizzes.
struct SegmentStore: Sendable {
    let rules: EventRules
    let figures: EventFigures

    /// How many questions a segment may have.
    static let mostQuestions = 200
    /// How many all segments of an event may have together: each tap is answered with them.
    static let mostQuestionsOfEvent = 1_000

    /// A segment with its questions and what its quiz shows.
    struct View: Sendable {
        let segment: EventSegment
        let questions: [Question]
        let shown: Shown?
    }

    func add(_ segment: EventSegment, order: Int?, _ part: Part, _ change: Change) throws -> View {
        let event = try EventRows.lock(segment.eventID, on: change.connection)
        try part.requireHost(of: event)
        try event.requireLive(rules)
        let others = try SegmentRows.all(of: event.id, on: change.connection)
        guard others.count < EventStore.mostSegments else { throw EventRefusal.full("segments") }
        var segment = segment
        segment.order = order ?? (others.map(\.order).max() ?? 0) + 1
        try SegmentRows.insert(segment, on: change.connection)
        EventNews.tell("event-changed", event.id, ["event_id": .id(event.id)], change)
        return View(segment: segment, questions: [], shown: nil)
    }

    /// What may be edited of a segment.
    struct Edit: Sendable {
        let presenterName: String?
        let title: String?
        let order: Int?
    }

    func edit(_ id: ID, _ edit: Edit, _ part: Part, _ change: Change) throws -> View {
        try steer(id, part, change) { _, segment in
            segment.presenterName = edit.presenterName ?? segment.presenterName
            segment.title = edit.title ?? segment.title
            segment.order = edit.order ?? segment.order
            EventNews.tell("event-changed", segment.eventID, ["event_id": .id(segment.eventID)], change)
        }
    }

    func delete(_ id: ID, _ part: Part, _ change: Change) throws {
        var (event, segment) = try SegmentRows.lock(id, on: change.connection)
        try part.requireHost(of: event)
        try event.requireLive(rules)
        let isCurrent = event.currentSegmentID == id
        event.undo = UndoStep(
            what: .deletion, subject: id, at: change.now, clock: segment.clock?.stopped(at: change.now),
            before: isCurrent ? "current" : "other")
        if isCurrent { event.currentSegmentID = nil }
        try SegmentRows.setDeleted(id, at: change.now, on: change.connection)
        try EventRows.update(event, on: change.connection)
        try AuditRows.append(
            .init(what: "segment-deleted", subject: id, from: segment.status.rawValue, to: "deleted"), to: event.id,
            by: part, change)
        EventNews.tell("segment-deleted", event.id, ["segment_id": .id(id)], change)
    }

    /// Adds questions behind those that are there.
    func add(_ questions: [Question], to id: ID, _ part: Part, _ change: Change) throws -> [Question] {
        var added: [Question] = []
        _ = try steer(id, part, change) { _, segment in
            let known = try QuestionRows.all(of: id, on: change.connection)
            let all = try QuestionRows.count(ofEvent: segment.eventID, on: change.connection)
            guard known.count + questions.count <= Self.mostQuestions,
                all + questions.count <= Self.mostQuestionsOfEvent
            else { throw EventRefusal.full("questions") }
            let first = (known.map(\.order).max() ?? -1) + 1
            added = questions.enumerated().map { index, question in
                Question(
                    id: question.id, segmentID: id, order: first + index, text: question.text,
                    correctAnswer: question.correctAnswer, otherAnswers: question.otherAnswers,
                    answers: question.answers, isRevealed: false)
            }
            try QuestionRows.insert(added, on: change.connection)
            EventNews.tell("event-changed", segment.eventID, ["event_id": .id(segment.eventID)], change)
        }
        return added
    }

    func record(_ id: ID, _ action: EventSegment.Recording, _ part: Part, _ change: Change) throws -> View {
        try steer(id, part, change) { event, segment in
            try event.requireActive()
            guard try segment.record(action) else { return }
            if action == .start { try makeCurrent(&event, segment, change) }
            tellStatus(action == .start ? "segment-started" : "segment-changed", segment, change)
        }
    }

    private func makeCurrent(_ event: inout LiveEvent, _ segment: EventSegment, _ change: Change) throws {
        if let current = event.currentSegmentID, current != segment.id,
            let other = try SegmentRows.first(current, on: change.connection), other.status.isRunning
        {
            throw EventRefusal.wrongState(
                current: other.status.rawValue, why: "the segment \u{201C}\(other.title)\u{201D} is still running")
        }
        // What was taken out before stays out once something else has begun.
        if event.currentSegmentID != segment.id, event.undo?.what == .deletion { event.undo = nil }
        event.currentSegmentID = segment.id
    }

    private func tellStatus(_ name: String, _ segment: EventSegment, _ change: Change) {
        EventNews.tell(
            name, segment.eventID,
            [
                "segment_id": .id(segment.id), "title": .string(segment.title),
                "presenter_name": .string(segment.presenterName), "status": .string(segment.status.rawValue),
            ], change)
    }

    func startQuiz(_ id: ID, _ part: Part, _ change: Change) throws -> View {
        try steer(id, part, change) { event, segment in
            try event.requireActive()
            let count = try QuestionRows.count(of: id, on: change.connection)
            guard try segment.startQuiz(questions: count, event.timePerQuestion, at: change.now) else { return }
            try makeCurrent(&event, segment, change)
            tellStatus("segment-changed", segment, change)
            try tellShown("question-shown", segment, change)
        }
    }

    func next(_ id: ID, seen: Int?, _ part: Part, _ change: Change) throws -> View {
        try steer(id, part, change) { event, segment in
            try event.requireActive()
            let count = try QuestionRows.count(of: id, on: change.connection)
            guard
                let before = try segment.next(seen: seen, questions: count, event.timePerQuestion, at: change.now)
            else { return }
            event.undo = UndoStep(what: .next, subject: id, at: change.now, clock: before)
            try AuditRows.append(
                .init(what: "question-next", subject: id, from: "\(before.index)", to: "\(before.index + 1)"),
                to: event.id, by: part, change)
            try tellShown("question-shown", segment, change)
        }
    }

    func reveal(_ id: ID, seen: Int?, _ part: Part, _ change: Change) throws -> View {
        try steer(id, part, change) { event, segment in
            try event.requireActive()
            guard let before = try segment.reveal(seen: seen, at: change.now),
                let question = try QuestionRows.find(id, index: before.index, on: change.connection)
            else { return }
            event.undo = UndoStep(what: .reveal, subject: id, at: change.now, clock: before)
            try QuestionRows.setRevealed(question.id, at: change.now, on: change.connection)
            try tellShown("question-revealed", segment, change)
            let best = try AnswerRows.leaderboard(of: event.id, from: 0, limit: 20, on: change.connection)
            EventNews.tell(
                "leaderboard", event.id,
                [
                    "entries": EventNews.json(best, from: 0),
                    "total": .integer(try ParticipantRows.count(in: event.id, on: change.connection)),
                ], change)
        }
    }

    private func tellShown(_ name: String, _ segment: EventSegment, _ change: Change) throws {
        let shown = try EventViews.shown(segment, counted: false, on: change.connection)
        EventNews.tell(name, segment.eventID, EventNews.json(shown, at: change.now), change)
    }

    /// Ends a segment from whatever state; again, it changes nothing.
    func end(_ id: ID, _ part: Part, _ change: Change) throws -> View {
        try steer(id, part, requiresLive: false, change) { event, segment in
            let before = segment.status.rawValue
            if segment.status != .completed { try event.requireLive(rules) }
            guard segment.end(.userEnded, at: change.now) else { return }
            if event.currentSegmentID == nil { event.currentSegmentID = id }
            try AuditRows.append(
                .init(what: "segment-ended", subject: id, from: before, to: "completed"), to: event.id, by: part, change
            )
            EventNews.tell(
                "segment-ended", event.id,
                [
                    "segment_id": .id(id),
                    "resumable_until": .optional(segment.ending) { .instant(rules.resumption(of: $0).closes) },
                ], change)
            change.afterCommit { [figures] in figures.endings.add() }
        }
    }

    /// Takes an ending back, with question, time and answers as they were.
    func resume(_ id: ID, _ part: Part, _ change: Change) throws -> View {
        try steer(id, part, change) { event, segment in
            try segment.resume(rules, at: change.now)
            if segment.status.isRunning { try makeCurrent(&event, segment, change) }
            try AuditRows.append(
                .init(what: "segment-resumed", subject: id, from: "completed", to: segment.status.rawValue),
                to: event.id,
                by: part, change)
            let shown = try EventViews.shown(segment, counted: false, on: change.connection)
            EventNews.tell(
                "segment-resumed", event.id,
                [
                    "segment_id": .id(id), "status": .string(segment.status.rawValue),
                    "current_question": EventNews.json(shown, at: change.now),
                ], change)
            change.afterCommit { [figures] in figures.resumptions.add() }
        }
    }

    func clearResume(_ id: ID, _ part: Part, _ change: Change) throws -> View {
        try steer(id, part, change) { event, segment in
            try segment.clearResume()
            try AuditRows.append(
                .init(what: "segment-resume-cleared", subject: id, from: "completed", to: "completed"), to: event.id,
                by: part, change)
            EventNews.tell("resume-cleared", event.id, ["id": .id(id), "kind": "segment"], change)
        }
    }

    private func steer(
        _ id: ID, _ part: Part, requiresLive: Bool = true, _ change: Change,
        _ act: (inout LiveEvent, inout EventSegment) throws -> Void
    ) throws -> View {
        var (event, segment) = try SegmentRows.lock(id, on: change.connection)
        try part.requireSteering(id, of: event)
        if requiresLive { try event.requireLive(rules) }
        let (eventBefore, before) = (event, segment)
        try act(&event, &segment)
        if event != eventBefore { try EventRows.update(event, on: change.connection) }
        if segment != before { try SegmentRows.update(segment, on: change.connection) }
        return View(
            segment: segment, questions: try QuestionRows.all(of: id, on: change.connection),
            shown: try EventViews.shown(segment, counted: true, on: change.connection))
    }
}
