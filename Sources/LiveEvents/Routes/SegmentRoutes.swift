import Changes
import Core
import Hummingbird
import Web

/// What hosts and presenters do with segments: the talk, its questions, the quiz, the ending and its way back.
struct SegmentRoutes: Sendable {
    let changes: Changes
    let segments: SegmentStore
    let secrets: EventSecrets
    let json: EventJSON

    func add(to group: RouteGroup) {
        let host = Audience.steering(.writeEvents, [.host])
        let steering = Audience.steering(.writeEvents, [.host, .presenter])
        group.post("events/{event_id}/segments", for: host, use: create)
        group.patch("segments/{segment_id}", for: steering, use: edit)
        group.delete("segments/{segment_id}", for: host, use: delete)
        group.post("segments/{segment_id}/questions", for: steering, use: addQuestions)
        for action in EventSegment.Recording.allCases {
            group.post(
                "segments/{segment_id}/recording/\(action.rawValue)", for: steering,
                use: acting { try $0.record($1, action, $2, $3) })
        }
        group.post("segments/{segment_id}/quiz/start", for: steering, use: acting { try $0.startQuiz($1, $2, $3) })
        group.post("segments/{segment_id}/quiz/next", for: steering, use: tapping { try $0.next($1, seen: $2, $3, $4) })
        group.post(
            "segments/{segment_id}/quiz/reveal", for: steering, use: tapping { try $0.reveal($1, seen: $2, $3, $4) })
        group.post("segments/{segment_id}/complete", for: steering, use: acting { try $0.end($1, $2, $3) })
        group.post("segments/{segment_id}/resume", for: steering, use: acting { try $0.resume($1, $2, $3) })
        group.post("segments/{segment_id}/clear-resume", for: steering, use: acting { try $0.clearResume($1, $2, $3) })
    }

    @Sendable private func create(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (event, part) = (try request.eventID(context), context.part)
        let input = try await request.input(SegmentInput.self, context)
        let id = ID.random()
        let view = try await changes.make { [segments] change in
            let segment = EventSegment(
                id: id, eventID: event, presenterName: input.presenterName, title: input.title, order: 0,
                status: .pending, createdAt: change.now)
            return try segments.add(segment, order: input.order, part, change)
        }
        let token = secrets.token(.presenter, id, generation: 0)
        return Reply(201, json.segment(view).adding(.init("presenter_token", .string(token))))
    }

    @Sendable private func edit(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let edit = try await request.input(SegmentEditInput.self, context).edit
        return try await act(request, context) { try $0.edit($1, edit, $2, $3) }
    }

    @Sendable private func delete(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (id, part) = (try request.segmentID(context), context.part)
        try await changes.make { [segments] in try segments.delete(id, part, $0) }
        return .done
    }

    @Sendable private func addQuestions(_ request: Request, _ context: DogearContext) async throws -> Response {
        let (id, part) = (try request.segmentID(context), context.part)
        let body = try await request.bodyBytes(context)
        let input = try readInput(QuestionsInput.self, from: body)
        let questions = input.questions.map { $0.question(.random(), in: id) { UInt64.random(in: .min ... .max) } }
        return try await changes.reply(to: request, context, body: body) { [segments, json] change in
            let added = try segments.add(questions, to: id, part, change).map(json.question)
            return Reply(201, input.areMany ? ["questions": .array(added)] : added.first ?? .null)
        }
    }

    private typealias Act = @Sendable (SegmentStore, ID, Part, Change) throws -> SegmentStore.View
    private typealias Tap = @Sendable (SegmentStore, ID, Int?, Part, Change) throws -> SegmentStore.View

    private func acting(_ verb: @escaping Act) -> @Sendable (Request, DogearContext) async throws -> Reply {
        { request, context in try await act(request, context, verb) }
    }

    private func tapping(_ verb: @escaping Tap) -> @Sendable (Request, DogearContext) async throws -> Reply {
        { request, context in
            let seen = try readOptionalInput(TapInput.self, from: try await request.bodyBytes(context)).seen
            return try await act(request, context) { try verb($0, $1, seen, $2, $3) }
        }
    }

    private func act(_ request: Request, _ context: DogearContext, _ verb: @escaping Act) async throws -> Reply {
        let (id, part) = (try request.segmentID(context), context.part)
        return .ok(json.segment(try await changes.make { [segments] in try verb(segments, id, part, $0) }))
    }
}
