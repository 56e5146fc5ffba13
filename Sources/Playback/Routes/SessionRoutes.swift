import Changes
import Core
import Hummingbird
import Web

/// Opening, looking at, handing off and closing playback sessions.
struct SessionRoutes: Sendable {
    let changes: Changes
    let streams: EventStreams
    let sessions: SessionStore

    func add(to group: RouteGroup) {
        group.post("sessions", for: .users(.writePlayback), use: create)
        group.get("sessions/{session_id}", for: .users(.readPlayback), use: show)
        group.delete("sessions/{session_id}", for: .users(.writePlayback), use: close)
        group.post("sessions/{session_id}/handoff", for: .users(.writePlayback), use: handOff)
        group.get("users/{user_id}/sessions", for: .users(.readPlayback), use: list)
        group.get("users/{user_id}/playback/stream", for: .users(.readPlayback), use: stream)
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

        func session(_ id: ID, at now: Instant) -> PlaybackSession {
            .opening(
                id, userID: userID, contentID: contentID, deviceID: deviceID, duration: duration, quality: quality,
                at: now)
        }
    }

    @Sendable private func create(_ request: Request, _ context: DogearContext) async throws -> Response {
        let body = try await request.bodyBytes(context)
        let input = try readInput(CreateInput.self, from: body)
        try context.caller.requireReach(to: input.userID)
        let id = ID.random()
        return try await changes.reply(to: request, context, body: body) { [sessions] change in
            let (session, resumeAt) = try sessions.open(input.session(id, at: change.now), change)
            return Reply(
                201, session.json.adding(.init("resume_position_seconds", .optional(resumeAt) { .integer($0) })),
                location: "/api/v1/sessions/\(session.id)")
        }
    }

    @Sendable private func show(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let id = try sessionID(request, context)
        let (reach, now) = (context.caller.reach, changes.clock.now)
        let session = try await changes.read { [sessions] in
            try sessions.find(id, reach, at: now, on: $0)
        }
        return .ok(session.json)
    }

    @Sendable private func close(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let id = try sessionID(request, context)
        let reach = context.caller.reach
        try await changes.make { [sessions] in try sessions.close(id, reach, $0) }
        return .done
    }

    private struct HandOffInput: Input {
        let deviceID: String

        init(_ fields: Fields) {
            deviceID = fields.text("device_id", length: 1...200)
        }
    }

    @Sendable private func handOff(_ request: Request, _ context: DogearContext) async throws -> Response {
        let id = try sessionID(request, context)
        let body = try await request.bodyBytes(context)
        let device = try readInput(HandOffInput.self, from: body).deviceID
        let (reach, nextID) = (context.caller.reach, ID.random())
        return try await changes.reply(to: request, context, body: body) { [sessions] change in
            let next = try sessions.handOff(id, to: nextID, onDevice: device, reach, change)
            return Reply(201, next.json, location: "/api/v1/sessions/\(next.id)")
        }
    }

    @Sendable private func list(_ request: Request, _ context: DogearContext) async throws -> Reply {
        .ok(try await changes.read(live(of: try userID(request, context))))
    }

    @Sendable private func stream(_ request: Request, _ context: DogearContext) async throws -> Response {
        let user = try userID(request, context)
        return try await streams.response(
            following: PlaybackNews.stream(of: user), request: request, context: context, snapshot: live(of: user))
    }

    private func live(of user: ID) -> EventStreams.Snapshot {
        { [sessions, clock = changes.clock] connection in
            ["sessions": .array(try sessions.live(of: user, at: clock.now, on: connection).map(\.json))]
        }
    }
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
