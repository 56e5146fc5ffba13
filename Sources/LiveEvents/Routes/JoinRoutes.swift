import Changes
import Core
import Hummingbird
import Web

/// How people come in: by the QR's address, a typed code, or the recovery code of their old phone.
struct JoinRoutes: Sendable {
    let changes: Changes
    let joins: Batch<JoinStore.Sent, JoinStore.Joined>
    let join: JoinStore
    let codes: CodeGuard
    let secrets: EventSecrets
    let json: EventJSON

    /// These routes count requests themselves: a class behind one address comes in at once.
    static let path = "/api/events/join"

    func add(to group: RouteGroup) {
        group.post("events/join", for: .anybody, use: enter)
        group.get("events/join/{code}", for: .anybody, query: .knows(["key"]), use: look)
        group.post("events/{event_id}/recover", for: .anybody, use: recover)
    }

    @Sendable private func enter(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let input = try await request.input(JoinInput.self, context)
        guard let name = input.name else { throw Problem.invalid([FieldProblem("display_name", "is missing")]) }
        let user = try context.caller.person(input.user)
        let isTrusted = try await isTrusted(input)
        if !isTrusted { try count(context) }
        let sent = JoinStore.Sent(
            code: input.code, scan: input.scan, device: input.device, name: name, avatar: input.avatar,
            leavesOther: input.leavesOther, user: user, newID: .random(),
            recoveryCode: TypedCode.make(EventRoutes.draw(TypedCode.recoveryLength)))
        do {
            return .ok(json.joined(try await joins.submit(sent), device: input.device))
        } catch EventRefusal.noSuchCode {
            codes.fail(context.address)
            throw EventRefusal.noSuchCode
        }
    }

    /// Counts a request that shows nothing but a typed code.
    /// - Throws: 429.
    private func count(_ context: DogearContext) throws(Problem) {
        try codes.requireRoom(for: context.address)
        try context.countRequest()
    }

    /// Whether a join may never be held up: with the QR's key, and from a device that holds a place.
    private func isTrusted(_ input: JoinInput) async throws -> Bool {
        try await changes.read { [join] in
            try join.isTrusted(input.key, input.device, code: input.code, on: $0)
        }
    }

    @Sendable private func look(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (typed, key) = try request.values(context) {
            ($0.text("code", length: 1...100), $0.optionalText("key", length: 1...200))
        }
        let code = TypedCode.read(typed)
        do {
            // Without the key, an address that has guessed too often learns nothing.
            if key == nil { try count(context) }
            let event = try await changes.read { [join] in try join.look(code, on: $0) }
            if let key, !secrets.isJoinKey(key, of: event.id) { try count(context) }
            return .ok([
                "event_id": .id(event.id), "title": .string(event.title), "description": .string(event.description),
                "status": .string(event.status.rawValue), "join_locked": .bool(event.lockedAt != nil),
                "scan_id": .string(secrets.scan(of: event.id, at: changes.clock.now)),
                "server_time": .instant(changes.clock.now),
            ])
        } catch let ended as EventRefusal where ended != .noSuchCode {
            if key != nil { try count(context) }
            throw ended
        } catch EventRefusal.noSuchCode {
            if key != nil { try count(context) }
            codes.fail(context.address)
            throw EventRefusal.noSuchCode
        }
    }

    @Sendable private func recover(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let id = try request.eventID(context)
        let input = try await request.input(RecoverInput.self, context)
        try codes.requireRoom(for: context.address)
        let next = TypedCode.make(EventRoutes.draw(TypedCode.recoveryLength))
        do {
            let joined = try await changes.make { [join] change in
                try join.recover(input.code, in: id, onDevice: input.device, next: next, change)
            }
            return .ok(json.joined(joined, device: input.device))
        } catch EventRefusal.noSuchRecoveryCode {
            codes.fail(context.address)
            throw EventRefusal.noSuchRecoveryCode
        }
    }
}
