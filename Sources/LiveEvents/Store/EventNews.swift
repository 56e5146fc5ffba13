import Changes
import Core
import SQL
import Streams

/// What followers of a live event are told. Every notice says what time it is here, so that a phone whose clock is wrong counts
/// down right.
enum EventNews {
    static let kind = StreamKind("event", keeps: .always)

    static func stream(of event: ID) -> StreamName { kind.stream(event) }

    /// The number of the newest notice of an event.
    static func offset(of event: ID, on connection: any Connection) throws -> Int {
        try connection.first("SELECT last_offset FROM streams WHERE name = $1", [.text(stream(of: event).text)]) {
            try $0.integer()
        } ?? 0
    }

    static func tell(_ name: String, _ event: ID, _ data: JSON, _ change: Change) {
        let stamped = data.adding(.init("server_time", .instant(change.now)))
        change.notify(stream(of: event), Notice(name, stamped))
    }

    /// What passes: who is there, and how the open question is being answered.
    static func pulse(_ streams: [StreamName], at now: Instant, on connection: any Connection) throws -> [Passed] {
        try streams.flatMap { stream -> [Passed] in
            guard let id = ID(String(stream.text.dropFirst(kind.name.count + 1))),
                let event = try EventRows.find(id, on: connection)
            else { return [] }
            let tally = try ParticipantRows.tally(of: id, on: connection)
            let presence: JSON = [
                "connected": .integer(tally.connected), "away": .integer(tally.away),
                "total": .integer(tally.connected + tally.away), "server_time": .instant(now),
            ]
            var notices = [Passed(stream, Notice("presence", presence))]
            let segment = try event.currentSegmentID.flatMap { try SegmentRows.first($0, on: connection) }
            if let shown = try EventViews.shown(segment, counted: true, on: connection), let counts = shown.counts {
                let answers: JSON = [
                    "question_id": .id(shown.question.id), "counts": .array(counts.map { .integer($0) }),
                    "answered": .integer(counts.reduce(0, +)), "server_time": .instant(now),
                ]
                notices.append(Passed(stream, Notice("answers", answers)))
            }
            return notices
        }
    }

    /// A question as it is told to everybody.
    static func json(_ shown: Shown?, at now: Instant) -> JSON {
        .optional(shown) { shown in
            let clock = shown.clock
            var members: [JSON.Member] = [
                .init("segment_id", .id(shown.segment)), .init("question_index", .integer(clock.index)),
                .init("question_count", .integer(shown.count)), .init("id", .id(shown.question.id)),
                .init("question_text", .string(shown.question.text)),
                .init("answers", .array(shown.question.answers.map { .string($0) })),
                .init("shown_at", .instant(clock.shownAt)), .init("duration_ms", .integer(clock.duration.milliseconds)),
                .init("time_remaining_seconds", .number(clock.isRevealed ? 0 : clock.remaining(at: now).seconds)),
                .init("revealed", .bool(clock.isRevealed)),
            ]
            if clock.isRevealed { members.append(.init("correct_answer", .string(shown.question.correctAnswer))) }
            if let counts = shown.counts { members.append(.init("counts", .array(counts.map { .integer($0) }))) }
            return .object(members)
        }
    }

    static func json(_ places: [AnswerRows.Place], from first: Int) -> JSON {
        .array(
            places.enumerated().map { index, place in
                [
                    "rank": .integer(first + index + 1), "participant_id": .id(place.participant),
                    "display_name": .string(place.displayName), "avatar": .optional(place.avatar) { .string($0) },
                    "score": .integer(place.score),
                ]
            })
    }
}
