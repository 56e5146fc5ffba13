import Changes
import Core
import Hummingbird
import Web

/// What participants do, and what everybody with a part looks at.
struct PlayerRoutes: Sendable {
    let changes: Changes
    let streams: EventStreams
    let events: EventStore
    let play: PlayStore
    let join: JoinStore
    let beats: Batch<PlayStore.Beat, PlayStore.Heard>
    let answers: Batch<PlayStore.Sent, PlayStore.Taken>
    let json: EventJSON

    func add(to group: RouteGroup) {
        let player = Audience.roles([.participant])
        let anyPart = Audience.steering(.readEvents, [.host, .presenter, .participant])
        group.post("events/{event_id}/heartbeat", for: player, use: heartbeat)
        group.get("events/{event_id}/reconnect", for: player, use: reconnect)
        group.post("segments/{segment_id}/answers", for: player, use: answer)
        group.patch("events/{event_id}/me", for: player, use: rename)
        group.post("events/{event_id}/me/recovery-code", for: player, use: newRecoveryCode)
        group.post("events/{event_id}/leave", for: player, use: leave)
        group.get("events/{event_id}/participants", for: anyPart, query: .page, use: participants)
        group.get("events/{event_id}/leaderboard", for: anyPart, query: .page, use: leaderboard)
        group.get("events/{event_id}/stream", for: anyPart, query: .stream, use: stream)
    }

    @Sendable private func heartbeat(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let event = try request.eventID(context)
        let input = try readOptionalInput(HeartbeatInput.self, from: try await request.bodyBytes(context))
        let (id, generation) = try context.participant()
        let heard = try await beats.submit(
            PlayStore.Beat(participant: id, generation: generation, event: event, isHidden: input.isHidden))
        return Self.reply(heard, at: changes.clock.now)
    }

    private static func reply(_ heard: PlayStore.Heard, at now: Instant) -> Reply {
        .ok([
            "state": heard.hasNews ? "changed" : "unchanged", "stream_offset": .integer(heard.offset),
            "server_time": .instant(now),
        ])
    }

    /// The same decoding and reply as a heartbeat's, and no database.
    static func addNoOp(to routes: RouteGroup, clock: Clock) {
        routes.post("bench/events/{event_id}/heartbeat", for: .anybody) { request, context in
            _ = try request.eventID(context)
            _ = try readOptionalInput(HeartbeatInput.self, from: try await request.bodyBytes(context))
            return reply(PlayStore.Heard(hasNews: false, offset: 0), at: clock.now)
        }
    }

    @Sendable private func reconnect(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (event, own) = (try request.eventID(context), try context.participant())
        let view = try await changes.read { [play] in try play.look(own.id, own.generation, in: event, on: $0) }
        return .ok(json.state(view))
    }

    @Sendable private func answer(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (segment, own) = (try request.segmentID(context), try context.participant())
        let input = try await request.input(AnswerInput.self, context)
        let taken = try await answers.submit(
            PlayStore.Sent(
                participant: own.id, generation: own.generation, segment: segment, question: input.question,
                answer: input.answer))
        return Reply(
            taken.isNew ? 201 : 200,
            [
                "accepted": true, "question_id": .id(input.question), "answer": .string(taken.answer),
                "points": .optional(taken.points) { .integer($0) }, "server_time": .instant(changes.clock.now),
            ])
    }

    @Sendable private func rename(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (event, own) = (try request.eventID(context), try context.participant())
        guard let name = try await request.input(RenameInput.self, context).name else {
            throw Problem.invalid([FieldProblem("display_name", "is missing")])
        }
        let view = try await changes.make { [join] in try join.rename(own.id, own.generation, in: event, to: name, $0) }
        return .ok(json.state(view))
    }

    @Sendable private func newRecoveryCode(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (event, own) = (try request.eventID(context), try context.participant())
        let code = TypedCode.make(EventRoutes.draw(TypedCode.recoveryLength))
        try await changes.make { [play] in try play.newRecoveryCode(own.id, own.generation, in: event, code, $0) }
        return .ok(["recovery_code": .string(code)])
    }

    @Sendable private func leave(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (event, own) = (try request.eventID(context), try context.participant())
        try await changes.make { [play] in try play.leave(own.id, own.generation, in: event, $0) }
        return .done
    }

    @Sendable private func participants(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (event, cursor, limit) = try request.values(context) {
            ($0.id("event_id"), $0.cursor(), $0.limit(default: 100, max: 500))
        }
        let part = context.part
        let (list, scores, isHost) = try await changes.read { [play] in
            try play.participants(of: event, part, after: cursor, limit: limit + 1, on: $0)
        }
        let next = list.count > limit ? list.prefix(limit).last : nil
        return .ok([
            "participants": .array(
                list.prefix(limit).map { json.participant($0, score: scores[$0.id] ?? 0, isHost: isHost) }),
            "next_cursor": .optional(next) { .string(Cursor(instant: $0.joinedAt, id: $0.id).text) },
        ])
    }

    @Sendable private func leaderboard(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (event, from, limit) = try request.values(context) {
            ($0.id("event_id"), $0.optionalInteger("cursor", 0...1_000_000) ?? 0, $0.limit(default: 100, max: 500))
        }
        let part = context.part
        let places = try await changes.read { [play] in
            try play.leaderboard(of: event, part, from: from, limit: limit + 1, on: $0)
        }
        return .ok([
            "entries": EventNews.json(Array(places.prefix(limit)), from: from),
            "next_cursor": places.count > limit ? .string("\(from + limit)") : .null,
        ])
    }

    @Sendable private func stream(_ request: Request, _ context: DogearContext) async throws -> Response {
        let (event, part) = (try request.eventID(context), context.part)
        // Who comes back with a number is not asked by the snapshot, so everybody is asked here.
        _ = try await changes.read { [play] in try play.admit(part, to: event, on: $0) }
        let snapshot: EventStreams.Snapshot =
            if case .participant(let id, let generation) = part {
                { [play, json] in json.state(try play.look(id, generation, in: event, on: $0)) }
            } else {
                { [events, json] in json.event(try events.find(event, part, on: $0), request) }
            }
        return try await streams.response(
            following: EventNews.stream(of: event), request: request, context: context, snapshot: snapshot)
    }
}
