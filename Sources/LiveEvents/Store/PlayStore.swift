import Changes
import Core
import SQL

/// What participants do once they are in: they say that they are there, answer, look, and leave.
struct PlayStore: Sendable {
    let rules: EventRules
    let secrets: EventSecrets
    let figures: EventFigures

    /// A participant by a token that is the newest.
    static func current(
        _ id: ID, _ generation: Int, in event: ID, _ change: Change
    ) throws -> Participant {
        guard let participant = try ParticipantRows.lock([id], on: change.connection)[id] else {
            try change.requireNotGone(.participant(id))
            throw EventRefusal.none("participant")
        }
        guard participant.eventID == event else { throw EventRefusal.notYours }
        try participant.requireCurrent(generation)
        return participant
    }

    /// Where a participant is, all read in one transaction.
    func look(_ id: ID, _ generation: Int, in event: ID, on connection: any Connection) throws -> PlayerView {
        guard let participant = try ParticipantRows.find(id, on: connection) else {
            throw EventRefusal.none("participant")
        }
        guard participant.eventID == event else { throw EventRefusal.notYours }
        try participant.requireCurrent(generation)
        return try EventViews.player(participant, on: connection)
    }

    // MARK: Heartbeats

    /// A sign of life on its way.
    struct Beat: Sendable {
        let participant: ID
        let generation: Int
        let event: ID
        let isHidden: Bool
    }

    /// Whether anything changed in the event since the participant's last sign of life.
    struct Heard: Sendable {
        let hasNews: Bool
        let offset: Int
    }

    /// Takes signs of life, many at once.
    func hear(_ beats: [Beat], _ change: Change) throws -> [Result<Heard, any Error>] {
        let found = try HeartbeatRows.find(beats.map(\.participant), on: change.connection)
        let gone = try Self.gone(Set(beats.map(\.participant)).subtracting(found.keys), change)
        var seen: [ID: Beat] = [:]
        let results = beats.map { beat in
            Result<Heard, any Error> {
                guard let row = found[beat.participant] else {
                    throw gone[beat.participant] ?? EventRefusal.none("participant")
                }
                guard row.participant.eventID == beat.event else { throw EventRefusal.notYours }
                try row.participant.requireCurrent(beat.generation)
                guard row.isLive else {
                    let until = row.isResumable ? row.endedAt.map { $0 + rules.resumeFor } : nil
                    throw EventRefusal.ended(at: row.endedAt ?? change.now, resumableUntil: until)
                }
                guard row.participant.presence != .left else { throw EventRefusal.left }
                seen[beat.participant] = beat
                return Heard(hasNews: row.offset != row.seenOffset, offset: row.offset)
            }
        }
        try HeartbeatRows.update(
            seen.values.map { beat in
                let row = found[beat.participant]
                return (beat.participant, beat.isHidden, row?.offset ?? 0, row?.participant.presence == .away)
            }, at: change.now, on: change.connection)
        for beat in seen.values where found[beat.participant]?.participant.presence == .away {
            change.stir(EventNews.stream(of: beat.event))
        }
        return results
    }

    /// Those among participants who are not there that were erased, each with what refuses them.
    private static func gone(_ missing: Set<ID>, _ change: Change) throws -> [ID: PersonErased] {
        let erased = try change.gone(among: Set(missing.map { .participant($0) }))
        return missing.reduce(into: [:]) { $0[$1] = erased[.participant($1)] }
    }

    /// Finds who has been silent for too long; how many were, at most `limit`.
    func sweep(limit: Int, _ change: Change) throws -> Int {
        let events = try HeartbeatRows.sweep(rules.presence, limit: limit, change)
        for event in Set(events) { change.stir(EventNews.stream(of: event)) }
        return events.count
    }

    func leave(_ id: ID, _ generation: Int, in event: ID, _ change: Change) throws {
        _ = try Self.current(id, generation, in: event, change)
        try ParticipantRows.leave(id, on: change.connection)
        change.stir(EventNews.stream(of: event))
    }

    func newRecoveryCode(_ id: ID, _ generation: Int, in event: ID, _ code: String, _ change: Change) throws {
        _ = try Self.current(id, generation, in: event, change)
        try EventRows.find(event, on: change.connection)?.requireLive(rules)
        try ParticipantRows.setRecovery(id, secrets.sealed(code), on: change.connection)
    }

    // MARK: Answers

    /// An answer on its way.
    struct Sent: Sendable {
        let participant: ID
        let generation: Int
        let segment: ID
        let question: ID
        let answer: String
    }

    /// An answer that counts: this one, or the first that the participant gave.
    struct Taken: Sendable {
        let isNew: Bool
        let answer: String
        /// Nil until the right answer is on the screens.
        let points: Int?
    }

    /// Takes answers, many at once: rows locked in one order, one statement for all that are new.
    func take(_ answers: [Sent], _ change: Change) throws -> [Result<Taken, any Error>] {
        let connection = change.connection
        let segments = try SegmentRows.share(Array(Set(answers.map(\.segment))), on: connection)
        let questions = try segments.mapValues { try QuestionRows.all(of: $0.id, on: connection) }
        let events = try Set(segments.values.map(\.eventID)).reduce(into: [ID: LiveEvent]()) {
            $0[$1] = try EventRows.find($1, on: connection)
        }
        let participants = try HeartbeatRows.find(answers.map(\.participant), on: connection).mapValues(\.participant)
        let gone = try Self.gone(Set(answers.map(\.participant)).subtracting(participants.keys), change)
        var given = try AnswerRows.given(answers.map { ($0.question, $0.participant) }, on: connection)
        var new: [AnswerRows.New] = []
        let results = answers.map { sent in
            Result<Taken, any Error> {
                guard let participant = participants[sent.participant] else {
                    throw gone[sent.participant] ?? EventRefusal.none("participant")
                }
                try participant.requireCurrent(sent.generation)
                guard let segment = segments[sent.segment], let event = events[segment.eventID],
                    participant.eventID == event.id
                else { throw segments[sent.segment] == nil ? EventRefusal.none("segment") : EventRefusal.notYours }
                try event.requireLive(rules)
                guard participant.presence != .left else { throw EventRefusal.left }
                guard let question = questions[sent.segment]?.first(where: { $0.id == sent.question }) else {
                    throw EventRefusal.none("question in this segment")
                }
                let key = AnswerRows.Key(question: question.id, participant: participant.id)
                if let first = given[key] {
                    return Taken(isNew: false, answer: first.answer, points: question.isRevealed ? first.points : nil)
                }
                let answer = try Self.judge(
                    sent, question, of: segment, among: questions[sent.segment] ?? [], at: change.now)
                given[key] = AnswerRows.Given(answer: answer.answer, points: answer.points)
                new.append(answer)
                change.stir(EventNews.stream(of: event.id))
                return Taken(isNew: true, answer: answer.answer, points: nil)
            }
        }
        try AnswerRows.insert(new, at: change.now, on: connection)
        let count = new.count
        change.afterCommit { [figures] in figures.answers.add(count) }
        return results
    }

    private static func judge(
        _ sent: Sent, _ question: Question, of segment: EventSegment, among all: [Question], at now: Instant
    ) throws(EventRefusal) -> AnswerRows.New {
        // Two spellings of one text are one answer: the question's own is kept.
        guard let answer = question.answers.first(where: { $0 == sent.answer }) else { throw .noSuchAnswer }
        guard segment.status == .quizzing, let clock = segment.clock, all.indices.contains(clock.index),
            all[clock.index].id == question.id
        else { throw .tooLate }
        let taken = try clock.time(ofAnswerAt: now)
        return AnswerRows.New(
            question: question.id, participant: sent.participant, answer: answer, taken: taken,
            points: Points.of(isRight: answer == question.correctAnswer, after: taken, of: clock.duration))
    }

    // MARK: Lists

    func participants(
        of event: ID, _ part: Part, after cursor: Cursor?, limit: Int, on connection: any Connection
    ) throws -> (list: [Participant], scores: [ID: Int], isHost: Bool) {
        let isHost = try admit(part, to: event, on: connection)
        let list = try ParticipantRows.list(of: event, after: cursor, limit: limit, on: connection)
        let scores = try AnswerRows.scores(of: list.map(\.id), on: connection)
        return (list, scores, isHost)
    }

    func leaderboard(
        of event: ID, _ part: Part, from offset: Int, limit: Int, on connection: any Connection
    ) throws -> [AnswerRows.Place] {
        _ = try admit(part, to: event, on: connection)
        return try AnswerRows.leaderboard(of: event, from: offset, limit: limit, on: connection)
    }

    /// Refuses whoever has no part in an event; whether it is its host.
    func admit(_ part: Part, to id: ID, on connection: any Connection) throws -> Bool {
        guard let event = try EventRows.find(id, on: connection) else { throw EventRefusal.none("event") }
        switch part {
        case .participant(let own, let generation):
            guard let found = try ParticipantRows.find(own, on: connection) else {
                throw EventRefusal.none("participant")
            }
            guard found.eventID == id else { throw EventRefusal.notYours }
            try found.requireCurrent(generation)
            return false
        case .presenter(let segment):
            guard try SegmentRows.find(segment, on: connection).eventID == id else { throw EventRefusal.notYours }
            return false
        default:
            try part.requireHost(of: event)
            return true
        }
    }
}
