import Changes
import Core
import Hummingbird
import Web

/// Opening, looking at, handing off and closing playback sessions.
struct SessionRoutes: Sendable {
    let changes: Changes
    let streams: EventStreams
    let sessions: SessionStore
    let standby: Standby?
    /// Every how many seconds players report now.
    let cadenceSeconds: @Sendable () -> Int

    func add(to group: RouteGroup) {
        group.post("sessions", for: .users(.writePlayback), use: create)
        group.get("sessions/{session_id}", for: .users(.readPlayback), use: show)
        group.delete("sessions/{session_id}", for: .users(.writePlayback), use: close)
        group.post("sessions/{session_id}/handoff", for: .users(.writePlayback), use: handOff)
        group.get("users/{user_id}/sessions", for: .users(.readPlayback), use: list)
        group.get("users/{user_id}/playback/stream", for: .users(.readPlayback), query: .stream, use: stream)
    }

    private struct CreateInput: Input {
        let userID: ID
        let contentID: ID
        let deviceID: String
        let duration: Int
        let quality: Quality
        let position: Int?

        init(_ fields: Fields) {
            userID = fields.id("user_id")
            contentID = fields.id("content_id")
            deviceID = fields.text("device_id", length: 1...200)
            duration = fields.seconds("duration_seconds")
            quality = fields.optionalChoice("quality", Quality.self) ?? .auto
            position = fields.optionalSeconds("position_seconds")
        }

        func session(_ id: ID, at now: Instant) -> PlaybackSession {
            .opening(
                id, userID: userID, contentID: contentID, deviceID: deviceID, position: position ?? 0,
                duration: duration, quality: quality, at: now)
        }
    }

    @Sendable private func create(_ request: Request, _ context: DogearContext) async throws -> Response {
        let body = try await request.bodyBytes(context)
        let input = try readInput(CreateInput.self, from: body)
        try context.caller.requireReach(to: input.userID)
        let once = standby == nil ? nil : request.onceID(context)
        let id = once ?? .random()
        return try await standby.serve { [changes, sessions] in
            try await changes.reply(to: request, context, body: body) { change in
                let (session, resumeAt) = try sessions.open(
                    input.session(id, at: change.now), isOnce: once != nil, change)
                return opened(session, resumingAt: resumeAt, 201)
            }
        } otherwise: { standby in
            await standby.open(input.session(id, at: changes.clock.now)).map {
                opened($0, resumingAt: nil, 202).owed("The history is away: where this was left is not known.")
            }
        }
    }

    private func opened(_ session: PlaybackSession, resumingAt second: Int?, _ status: Int) -> Reply {
        Reply(
            status, session.json.adding(.init("resume_position_seconds", .optional(second) { .integer($0) })),
            location: "/api/v1/sessions/\(session.id)")
    }

    @Sendable private func show(_ request: Request, _ context: DogearContext) async throws -> Response {
        let id = try sessionID(request, context)
        let (reach, now) = (context.caller.reach, changes.clock.now)
        return try await standby.serve(of: id) { [changes, sessions] in
            Reply.ok(try await changes.read { try sessions.find(id, reach, at: now, on: $0) }.json).response
        } otherwise: { standby in
            try await standby.find(id, reach).map { Reply.ok($0.session.json).fromRedis }
        }
    }

    @Sendable private func close(_ request: Request, _ context: DogearContext) async throws -> Response {
        let id = try sessionID(request, context)
        let reach = context.caller.reach
        return try await standby.serve(of: id) { [changes, sessions] in
            try await changes.make { try sessions.close(id, reach, $0) }
            return Reply.done.response
        } otherwise: { standby in
            try await standby.close(id, reach).map {
                Reply(202, $0.json.adding(.init("owed", true))).owed("The history is away and is told later.")
            }
        }
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

    @Sendable private func list(_ request: Request, _ context: DogearContext) async throws -> Response {
        let user = try userID(request, context)
        return try await standby.serve { [changes, sessions] in
            Reply.ok(
                listed(try await changes.read { try sessions.live(of: user, at: changes.clock.now, on: $0) })
            ).response
        } otherwise: { standby in
            await standby.live(of: user).map { Reply.ok(listed($0)).fromRedis }
        }
    }

    @Sendable private func stream(_ request: Request, _ context: DogearContext) async throws -> Response {
        let user = try userID(request, context)
        return try await streams.response(
            following: PlaybackNews.stream(of: user), request: request, context: context, snapshot: live(of: user))
    }

    private func live(of user: ID) -> EventStreams.Snapshot {
        { connection in
            // Whoever follows makes the stream a row; see `ErasedPeople`.
            try changes.people.requireNotErased(.user(user), at: changes.clock.now, on: connection)
            return listed(try sessions.live(of: user, at: changes.clock.now, on: connection))
        }
    }

    /// Of each whether it is silent: nobody can say then whether it still plays.
    private func listed(_ sessions: [PlaybackSession]) -> JSON {
        let (now, cadence) = (changes.clock.now, cadenceSeconds())
        return [
            "sessions": .array(
                sessions.map {
                    $0.json.adding(.init("silent", .bool($0.isSilent(at: now, cadenceSeconds: cadence))))
                })
        ]
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
