import Core
import Hummingbird
import Web

/// Live events as the API shows them.
struct EventJSON: Sendable {
    let rules: EventRules
    let secrets: EventSecrets
    let address: PublicAddress
    let clock: Clock

    /// Where a join page is, with the key that the QR carries.
    func joinURL(_ event: LiveEvent, _ request: Request) -> String {
        "\(address.origin(for: request))/join/\(event.joinCode)?key=\(secrets.joinKey(of: event.id))"
    }

    func event(_ event: LiveEvent, _ request: Request) -> JSON {
        [
            "id": .id(event.id), "title": .string(event.title), "description": .string(event.description),
            "status": .string(event.status.rawValue), "time_per_question": .number(event.timePerQuestion.seconds),
            "join_code": .string(event.joinCode), "join_url": .string(joinURL(event, request)),
            "join_locked": .bool(event.lockedAt != nil),
            "previous_status": .optional(event.ending?.previousStatus) { .string($0) },
            "was_ended_at": .optional(event.ending) { .instant($0.at) },
            "end_reason": .optional(event.ending) { .string($0.reason.rawValue) },
            "resumable_until": .optional(event.resumableUntil(rules)) { .instant($0) },
            "undo": .optional(event.undo) {
                ["what": .string($0.what.rawValue), "until": .instant(rules.undoing($0).closes)]
            }, "created_at": .instant(event.createdAt), "server_time": .instant(clock.now),
        ]
    }

    func event(_ view: EventView, _ request: Request) -> JSON {
        let segments = view.segments.map { segment, questions, count in
            self.segment(
                segment, questions, count, view.shown.flatMap { $0.segment == segment.id ? $0 : nil })
        }
        let current = view.segments.firstIndex { $0.segment.id == view.event.currentSegmentID }
        return event(view.event, request).adding(
            .init("current_segment", .optional(current) { segments[$0] }), .init("segments", .array(segments)),
            .init(
                "participants",
                [
                    "total": .integer(view.connected + view.away), "connected": .integer(view.connected),
                    "away": .integer(view.away),
                ]), .init("stream_offset", .integer(view.offset)))
    }

    func segment(_ view: SegmentStore.View) -> JSON {
        segment(view.segment, view.questions, view.questions.count, view.shown)
    }

    private func segment(
        _ segment: EventSegment, _ questions: [Question], _ count: Int, _ shown: Shown?
    ) -> JSON {
        [
            "id": .id(segment.id), "event_id": .id(segment.eventID), "presenter_name": .string(segment.presenterName),
            "title": .string(segment.title), "order": .integer(segment.order),
            "status": .string(segment.status.rawValue),
            "question_index": .optional(segment.clock) { .integer($0.index) },
            "question_count": .integer(count),
            "previous_status": .optional(segment.ending?.previousStatus) { .string($0) },
            "was_ended_at": .optional(segment.ending) { .instant($0.at) },
            "end_reason": .optional(segment.ending) { .string($0.reason.rawValue) },
            "resumable_until": .optional(segment.ending.flatMap(rules.resumableUntil)) { .instant($0) },
            "questions": .array(questions.map(question)), "current_question": EventNews.json(shown, at: clock.now),
        ]
    }

    func question(_ question: Question) -> JSON {
        [
            "id": .id(question.id), "question_text": .string(question.text),
            "correct_answer": .string(question.correctAnswer),
            "other_answers": .array(question.otherAnswers.map { .string($0) }),
        ]
    }

    /// What a participant sees: the body of `reconnect`.
    func state(_ view: PlayerView) -> JSON {
        let (event, shown, now) = (view.event, view.shown, clock.now)
        let status = view.segment?.status
        return [
            "reconnected": true, "event_id": .id(event.id), "title": .string(event.title),
            "participant_id": .id(view.participant.id), "display_name": .string(view.participant.displayName),
            "avatar": .optional(view.participant.avatar) { .string($0) },
            "current_segment_id": .optional(view.segment) { .id($0.id) },
            "current_segment_title": .optional(view.segment) { .string($0.title) },
            "current_question_index": .optional(shown) { .integer($0.clock.index) }, "score": .integer(view.score),
            "participant_state": .string(ParticipantState(event: event.status, segment: status).rawValue),
            "event_phase": .string(EventPhase.of(event: event.status, segment: status)),
            "current_question": EventNews.json(shown, at: now),
            "your_answer": .optional(view.answer) { .string($0.answer) },
            "your_points": shown?.clock.isRevealed == true ? .optional(view.answer) { .integer($0.points) } : .null,
            "time_remaining_seconds": .optional(shown) {
                .number($0.clock.isRevealed ? 0 : $0.clock.remaining(at: now).seconds)
            },
            "was_ended_at": .optional(event.ending) { .instant($0.at) },
            "resumable_until": .optional(event.resumableUntil(rules)) { .instant($0) },
            "server_time": .instant(now), "stream_offset": .integer(view.offset),
        ]
    }

    func joined(_ joined: JoinStore.Joined, device: ID) -> JSON {
        [
            "event_id": .id(joined.view.event.id), "participant_id": .id(joined.view.participant.id),
            "device_id": .id(device), "session_token": .string(joined.token),
            "display_name": .string(joined.view.participant.displayName), "is_rejoining": .bool(joined.isRejoining),
            "recovery_code": .optional(joined.recoveryCode) { .string($0) },
            "stream_offset": .integer(joined.view.offset), "state": state(joined.view),
        ]
    }

    func participant(_ participant: Participant, score: Int, isHost: Bool) -> JSON {
        var members: [JSON.Member] = [
            .init("id", .id(participant.id)), .init("display_name", .string(participant.displayName)),
            .init("avatar", .optional(participant.avatar) { .string($0) }),
            .init("joined_at", .instant(participant.joinedAt)), .init("score", .integer(score)),
        ]
        if isHost {
            members.append(.init("presence", .string(participant.presence.rawValue)))
            members.append(.init("banned", .bool(participant.isBanned)))
        }
        return .object(members)
    }
}
