import Core
import Hummingbird
import SQL
import Web

/// Opening, looking at, handing off and closing playback sessions.
struct SessionRoutes: Sendable {
    let area: PlaybackArea

    func add(to group: RouterGroup<DogearContext>) {
        group.post("sessions", use: create)
        group.get("sessions/{session_id}", use: show)
        group.delete("sessions/{session_id}", use: close)
        group.post("sessions/{session_id}/handoff", use: handOff)
        group.get("users/{user_id}/sessions", use: list)
        group.get("users/{user_id}/playback/stream", use: stream)
    }

    private struct CreateInput: Input {
        let userID: ID
        let contentID: ID
        let deviceID: String
        let duration: Int
        let quality: Quality

        init(_ fields: Fields) {
            userID = fields.id("user_id")
            contentID = fields.id("content_id")
            deviceID = fields.text("device_id", length: 1...200)
            duration = fields.seconds("duration_seconds")
            quality = fields.optionalChoice("quality", Quality.self) ?? .auto
        }
    }

    @Sendable private func create(_ request: Request, _ context: DogearContext) async throws -> Response {
        try context.caller.require(Scope(.playback, .write))
        let body = try await request.bodyBytes()
        let input = try readInput(CreateInput.self, from: body)
        try context.caller.require(Scope(.playback, .write), for: input.userID)
        let now = area.clock.now
        let session = PlaybackSession.opening(
            userID: input.userID, contentID: input.contentID, deviceID: input.deviceID, duration: input.duration,
            quality: input.quality, at: now)
        return try await area.changes.answer(request, context, body: body) { [area] connection in
            let place = try PlaceStore.find(UserTitle(session), on: connection)
            let resume = place.flatMap { $0.stands ? $0 : nil }.flatMap {
                area.rules.resume.resumePosition(position: $0.position, duration: $0.duration)
            }
            try SessionStore.insert([session], on: connection)
            let streams = try area.events.record([.created(session)], at: now, on: connection)
            return Answer(
                201, session.json.adding(.init("resume_position_seconds", .optional(resume) { .integer($0) })),
                location: "/api/v1/sessions/\(session.id)", streams: streams,
                then: { area.metrics.opened(resumingAt: resume) })
        }
    }

    @Sendable private func show(_ request: Request, _ context: DogearContext) async throws -> Answer {
        try context.caller.require(Scope(.playback, .read))
        let id = try sessionID(request, context)
        let now = area.clock.now
        let session = try await area.database.read { try SessionStore.find(id, on: $0) }
        guard let session, context.caller.mayTouch(session.userID),
            session.isKnown(at: now, lifetime: area.rules.lifetime)
        else { throw Problem.notFound("playback session") }
        return .ok(session.json)
    }

    @Sendable private func close(_ request: Request, _ context: DogearContext) async throws -> Response {
        try context.caller.require(Scope(.playback, .write))
        let id = try sessionID(request, context)
        let caller = context.caller
        let now = area.clock.now
        let answer = try await area.database.write { [area] connection in
            guard var session = try SessionStore.lock([id], on: connection)[id], caller.mayTouch(session.userID),
                session.isKnown(at: now, lifetime: area.rules.lifetime)
            else { throw Problem.notFound("playback session") }
            session.close(at: now)
            try SessionStore.update([session], on: connection)
            // A handed-off session has told of its end already.
            let ended: [PlaybackEvents.Event] = session.handedOffTo == nil ? [.ended(session)] : []
            return Answer(204, nil, streams: try area.events.record(ended, at: now, on: connection))
        }
        area.hub.wake(answer.streams)
        return answer.response
    }

    private struct HandOffInput: Input {
        let deviceID: String

        init(_ fields: Fields) {
            deviceID = fields.text("device_id", length: 1...200)
        }
    }

    @Sendable private func handOff(_ request: Request, _ context: DogearContext) async throws -> Response {
        try context.caller.require(Scope(.playback, .write))
        let id = try sessionID(request, context)
        let body = try await request.bodyBytes()
        let input = try readInput(HandOffInput.self, from: body)
        let caller = context.caller
        let now = area.clock.now
        return try await area.changes.answer(request, context, body: body) { [area] connection in
            guard var session = try SessionStore.lock([id], on: connection)[id], caller.mayTouch(session.userID) else {
                throw Problem.notFound("playback session")
            }
            if let next = session.handedOffTo { throw Problem.handedOff(to: next) }
            guard session.isLive(at: now, lifetime: area.rules.lifetime) else {
                throw Problem.notFound("playback session")
            }
            let next = session.handOff(toDevice: input.deviceID, at: now)
            try SessionStore.insert([next], on: connection)
            try SessionStore.update([session], on: connection)
            let streams = try area.events.record([.ended(session), .created(next)], at: now, on: connection)
            return Answer(201, next.json, location: "/api/v1/sessions/\(next.id)", streams: streams)
        }
    }

    @Sendable private func list(_ request: Request, _ context: DogearContext) async throws -> Answer {
        let user = try userID(request, context, .read)
        let oldest = area.clock.now - area.rules.lifetime
        let sessions = try await area.database.read { try SessionStore.live(of: user, since: oldest, on: $0) }
        return .ok(["sessions": .array(sessions.map(\.json))])
    }

    @Sendable private func stream(_ request: Request, _ context: DogearContext) async throws -> Response {
        let user = try userID(request, context, .read)
        return try await area.streams.response(
            for: PlaybackEvents.stream(of: user), request: request, context: context
        ) { [area] connection in
            let oldest = area.clock.now - area.rules.lifetime
            return ["sessions": .array(try SessionStore.live(of: user, since: oldest, on: connection).map(\.json))]
        }
    }

    private func sessionID(_ request: Request, _ context: DogearContext) throws -> ID {
        let values = RequestValues(request, context)
        let id = values.pathID("session_id")
        try values.check()
        return id
    }
}

/// The user named in the path, whom the caller may act for.
func userID(_ request: Request, _ context: DogearContext, _ access: Scope.Access) throws -> ID {
    try context.caller.require(Scope(.playback, access))
    let values = RequestValues(request, context)
    let user = values.pathID("user_id")
    try values.check()
    try context.caller.require(Scope(.playback, access), for: user)
    return user
}

extension PlaybackSession {
    /// The session, exactly as seed 003 has it.
    var json: JSON {
        [
            "id": .id(id), "user_id": .id(userID), "content_id": .id(contentID), "device_id": .string(deviceID),
            "position_seconds": .integer(position), "duration_seconds": .integer(duration),
            "playback_state": .string(state.rawValue), "quality": .string(quality.rawValue),
            "started_at": .instant(startedAt), "updated_at": .instant(updatedAt),
        ]
    }
}
