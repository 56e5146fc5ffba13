import Changes
import Core
import HTTPTypes
import Hummingbird
import NIOCore
import Web

/// What hosts do: make events, steer and end them, and take that back.
struct EventRoutes: Sendable {
    let changes: Changes
    let streams: EventStreams
    let events: EventStore
    let secrets: EventSecrets
    let codes: CodeGuard
    let json: EventJSON

    /// How long a browser keeps a host's cookie.
    private static let cookieSeconds = 30 * 86_400

    func add(to group: RouteGroup) {
        let host = Audience.steering(.writeEvents, [.host])
        group.post("events", for: .users(.writeEvents), use: create)
        group.get("events", for: .users(.readEvents), query: .page, use: list)
        group.get("events/{event_id}", for: .steering(.readEvents, [.host, .presenter]), use: show)
        group.patch("events/{event_id}", for: host, use: edit)
        group.post("events/{event_id}/start", for: host, use: acting { try $0.start($1, $2, $3) })
        group.post("events/{event_id}/complete", for: host, use: acting { try $0.end($1, $2, $3) })
        group.post("events/{event_id}/resume", for: host, use: acting { try $0.resume($1, $2, $3) })
        group.post("events/{event_id}/clear-resume", for: host, use: acting { try $0.clearResume($1, $2, $3) })
        group.post("events/{event_id}/join/lock", for: host, use: acting { try $0.setLocked(true, $1, $2, $3) })
        group.post("events/{event_id}/join/unlock", for: host, use: acting { try $0.setLocked(false, $1, $2, $3) })
        group.post("events/{event_id}/undo", for: host, use: undo)
        group.delete("events/{event_id}/participants/{participant_id}", for: host, query: .knows(["ban"]), use: remove)
        group.post("events/{event_id}/host/recover", for: .anybody, use: recover)
        group.get("events/{event_id}/qr.svg", for: .anybody, use: svg)
        group.get("events/{event_id}/qr.png", for: .anybody, use: png)
    }

    @Sendable private func create(_ request: Request, _ context: DogearContext) async throws -> Response {
        let input = try await request.input(EventInput.self, context)
        let isAnonymous = context.caller == .open
        let code = TypedCode.make(Self.draw(TypedCode.recoveryLength))
        let id = ID.random()
        let joinCodes = (0..<5).map { _ in TypedCode.make(Self.draw(TypedCode.joinLength)) }
        var owner: ID?
        if case .user(let user) = context.caller { owner = user }
        let view = try await changes.make { [events, owner] change in
            let event = LiveEvent(
                id: id, title: input.title, description: input.description, status: .waiting,
                timePerQuestion: .seconds(input.timePerQuestion), joinCode: "", ownerID: owner, hostGeneration: 0,
                createdAt: change.now)
            return try events.create(event, codes: joinCodes, recovery: isAnonymous ? code : nil, change)
        }
        var body = json.event(view, request)
        let token = secrets.token(.host, id, generation: 0)
        guard isAnonymous else {
            let response = Reply(201, body, location: "/api/events/\(id)").response
            // Our own page, by its sign-in cookie: a browser that hosts another event by a cookie hosts this one too.
            let isOwnPage = owner != nil && !request.headers.contains(.authorization)
            return isOwnPage ? withCookie(token, of: id, response) : response
        }
        body = body.adding(.init("host_token", .string(token)), .init("host_recovery_code", .string(code)))
        return withCookie(token, of: id, Reply(201, body, location: "/api/events/\(id)").response)
    }

    static func draw(_ count: Int) -> [UInt64] { (0..<count).map { _ in UInt64.random(in: .min ... .max) } }

    private func withCookie(_ token: String, of id: ID, _ response: Response) -> Response {
        var response = response
        let isSecure = json.address.isSecure
        response.headers[.setCookie] =
            "\(EventTokens.cookie)\(id)=\(token); Max-Age=\(Self.cookieSeconds); Path=/api; HttpOnly; SameSite=Strict\(isSecure ? "; Secure" : "")"
        return response
    }

    @Sendable private func list(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (cursor, limit) = try request.values(context) { ($0.cursor(), $0.limit()) }
        let part = context.caller == .open ? Part.host(context.cookies?.holders ?? [:]) : context.part
        let found = try await changes.read { [events] in try events.list(part, after: cursor, limit: limit + 1, on: $0)
        }
        let next = found.count > limit ? found.prefix(limit).last : nil
        return .ok([
            "events": .array(found.prefix(limit).map { json.event($0, request) }),
            "next_cursor": .optional(next?.event) { .string(Cursor(instant: $0.createdAt, id: $0.id).text) },
        ])
    }

    @Sendable private func show(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (id, part) = (try request.eventID(context), context.part)
        return .ok(json.event(try await changes.read { [events] in try events.find(id, part, on: $0) }, request))
    }

    @Sendable private func edit(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let edit = try await request.input(EventEditInput.self, context).edit
        return try await act(request, context) { try $0.edit($1, edit, $2, $3) }
    }

    private typealias Act = @Sendable (EventStore, ID, Part, Change) throws -> EventView

    private func acting(_ verb: @escaping Act) -> @Sendable (Request, DogearContext) async throws -> Reply {
        { request, context in try await act(request, context, verb) }
    }

    private func act(_ request: Request, _ context: DogearContext, _ verb: @escaping Act) async throws -> Reply {
        let (id, part) = (try request.eventID(context), context.part)
        return .ok(json.event(try await changes.make { [events] in try verb(events, id, part, $0) }, request))
    }

    @Sendable private func undo(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (id, part) = (try request.eventID(context), context.part)
        let (what, view) = try await changes.make { [events] in try events.undo(id, part, $0) }
        return .ok(["undone": .string(what.rawValue), "event": json.event(view, request)])
    }

    @Sendable private func remove(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (id, participant, bans) = try request.values(context) {
            ($0.id("event_id"), $0.id("participant_id"), $0.optionalFlag("ban") ?? false)
        }
        let part = context.part
        try await changes.make { [events] in try events.remove(participant, from: id, banning: bans, part, $0) }
        return .done
    }

    @Sendable private func recover(_ request: Request, _ context: DogearContext) async throws -> Response {
        let id = try request.eventID(context)
        let code = try await request.input(HostRecoverInput.self, context).code
        try codes.requireRoom(for: context.address)
        let next = TypedCode.make(Self.draw(TypedCode.recoveryLength))
        do {
            let generation = try await changes.make { [events] in
                try events.recoverHost(id, code: code, next: next, $0)
            }
            let token = secrets.token(.host, id, generation: generation)
            let body: JSON = ["host_token": .string(token), "host_recovery_code": .string(next)]
            return withCookie(token, of: id, Reply.ok(body).response)
        } catch let refusal as EventRefusal {
            codes.fail(context.address)
            throw refusal
        }
    }

    @Sendable private func svg(_ request: Request, _ context: DogearContext) async throws -> Response {
        let code = try await code(request, context)
        return image(Array(code.svg.utf8), "image/svg+xml")
    }

    @Sendable private func png(_ request: Request, _ context: DogearContext) async throws -> Response {
        guard let bytes = try await code(request, context).png(scale: 8) else {
            throw Problem.unavailable("The picture could not be made just now. Ask again shortly.")
        }
        return image(bytes, "image/png")
    }

    private func code(_ request: Request, _ context: DogearContext) async throws -> QRCode {
        let id = try request.eventID(context)
        let event = try await changes.read { [events] in try events.known(id, on: $0) }
        guard let code = QRCode(json.joinURL(event, request)) else {
            throw Problem.malformed("The join address is too long for a QR code. Set a shorter PUBLIC_URL.")
        }
        return code
    }

    private func image(_ bytes: [UInt8], _ type: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
