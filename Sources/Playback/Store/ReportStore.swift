import Core
import SQL
import Web

/// One position report on its way to the rules: whom it is for and who sent it.
struct ReportCommand: Sendable {
    enum Target: Sendable, Hashable {
        case session(ID)
        case device(DeviceInTitle)
    }

    let target: Target
    let caller: Caller
    let report: PositionReport
}

/// What a report did, once it is durable.
struct ReportOutcome: Sendable {
    let session: PlaybackSession
    let refusal: ReportRule.Refusal?
    /// The streams that were told of it.
    let streams: [String]
}

/// Applies reports in batches: one transaction, rows locked in one order, one write for each row that changed.
struct ReportStore: Sendable {
    let rule: ReportRule
    let lifetime: Span
    let events: PlaybackEvents

    /// Applies reports in the order given and answers each. Every report is received at `now`.
    func apply(
        _ commands: [ReportCommand], at now: Instant, on connection: any Connection
    ) throws -> [Result<ReportOutcome, any Error>] {
        var batch = try prepare(commands, at: now, on: connection)
        let outcomes = commands.map { command in
            Result<ReportOutcome, any Error> { try apply(command, to: &batch, at: now) }
        }
        let streams = try write(batch, at: now, on: connection)
        return outcomes.map { outcome in
            outcome.map { ReportOutcome(session: $0.session, refusal: $0.refusal, streams: streams) }
        }
    }

    /// The rows that a batch works on, and what has changed in them.
    private struct Batch {
        var sessionOfDevice: [DeviceInTitle: ID]
        var sessions: [ID: PlaybackSession]
        var places: [UserTitle: WatchPlace]
        var created: [ID] = []
        var changedSessions: Set<ID> = []
        var changedPlaces: Set<UserTitle> = []
        var readPlaces: [UserTitle: WatchPlace] = [:]
        var visible: Set<ID> = []
        var moves: [(title: UserTitle, move: WatchMove)] = []
    }

    private func prepare(_ commands: [ReportCommand], at now: Instant, on connection: any Connection) throws -> Batch {
        let (devices, created) = try sessions(of: commands, at: now, on: connection)
        try SessionStore.insert(created, on: connection)
        let ids = Set(commands.compactMap { sessionID(of: $0, devices) })
        var batch = Batch(
            sessionOfDevice: devices, sessions: try SessionStore.lock(Array(ids), on: connection), places: [:],
            created: created.map(\.id))
        let titles = Set(
            commands.compactMap { command -> UserTitle? in
                // A report of another duration may move too: its position is held to the duration.
                guard let session = sessionID(of: command, devices).flatMap({ batch.sessions[$0] }),
                    command.caller.mayTouch(session.userID),
                    command.report.position != session.position || command.report.duration != nil
                else { return nil }
                return UserTitle(session)
            })
        batch.places = try PlaceStore.lock(titles, at: now, on: connection)
        batch.readPlaces = batch.places
        return batch
    }

    /// The sessions of reports that name only a device: the newest that is live, else a new one.
    private func sessions(
        of commands: [ReportCommand], at now: Instant, on connection: any Connection
    ) throws -> (known: [DeviceInTitle: ID], created: [PlaybackSession]) {
        var durations: [DeviceInTitle: Int] = [:]
        for command in commands {
            guard case .device(let device) = command.target, command.caller.mayTouch(device.userID) else { continue }
            durations[device] = command.report.duration ?? durations[device] ?? 0
        }
        var known = try SessionStore.newest(of: Array(durations.keys), since: now - lifetime, on: connection)
        let missing = durations.keys.filter { known[$0] == nil }
        try SessionStore.lockOpening(missing, on: connection)
        known.merge(try SessionStore.newest(of: missing, since: now - lifetime, on: connection)) { first, _ in first }
        var created: [PlaybackSession] = []
        for (device, duration) in durations where known[device] == nil {
            let session = PlaybackSession.opening(
                userID: device.userID, contentID: device.contentID, deviceID: device.deviceID, duration: duration,
                at: now)
            known[device] = session.id
            created.append(session)
        }
        return (known, created)
    }

    private func sessionID(of command: ReportCommand, _ devices: [DeviceInTitle: ID]) -> ID? {
        switch command.target {
        case .session(let id): id
        case .device(let device): devices[device]
        }
    }

    private func apply(_ command: ReportCommand, to batch: inout Batch, at now: Instant) throws -> ReportOutcome {
        guard let id = sessionID(of: command, batch.sessionOfDevice), var session = batch.sessions[id],
            command.caller.mayTouch(session.userID)
        else { throw Problem.notFound("playback session") }
        if let next = session.handedOffTo { throw Problem.handedOff(to: next) }
        guard session.isLive(at: now, lifetime: lifetime) else { throw Problem.notFound("playback session") }
        let title = UserTitle(session)
        // A report that cannot move its session needs no place, so none was read for it.
        let read = batch.places[title]
        var place = read ?? WatchPlace(userID: session.userID, contentID: session.contentID)
        let effect = rule.apply(command.report, to: &session, &place, at: now)
        guard read != nil || effect.move == nil && !effect.changesPlace else {
            throw SQLError.failed("a report moved a place that was not read for it", sql: "")
        }
        batch.sessions[id] = session
        if effect.changesSession { batch.changedSessions.insert(id) }
        if effect.isVisible { batch.visible.insert(id) }
        if effect.changesPlace {
            batch.places[title] = place
            batch.changedPlaces.insert(title)
        }
        if let move = effect.move { batch.moves.append((title, move)) }
        return ReportOutcome(session: session, refusal: effect.refusal, streams: [])
    }

    private func write(_ batch: Batch, at now: Instant, on connection: any Connection) throws -> [String] {
        try SessionStore.update(batch.changedSessions.sorted().compactMap { batch.sessions[$0] }, on: connection)
        try PlaceStore.update(
            batch.changedPlaces.compactMap { batch.places[$0] }, was: batch.readPlaces, at: now, on: connection)
        for (title, move) in batch.moves { try MoveStore.append(move, to: title, on: connection) }
        let created = batch.created.compactMap { batch.sessions[$0] }.map(PlaybackEvents.Event.created)
        let moved = batch.visible.sorted().compactMap { batch.sessions[$0] }.map(PlaybackEvents.Event.moved)
        return try events.record(created + moved, at: now, on: connection)
    }
}

extension Problem {
    /// 409: the place is held by another session now.
    static func handedOff(to session: ID) -> Problem {
        Problem(
            409, "session-handed-off", "This place is held by another device",
            "The session was handed to another device, which keeps the place now. Stop reporting, or take it back with a hand-off of that session.",
            members: [.init("handed_off_to", .id(session))])
    }
}
