import Changes
import Core
import SQL

/// One position report on its way to the rules: what it is about and whose rows its sender may touch.
struct SentReport: Sendable {
    enum Target: Sendable, Hashable {
        case session(ID)
        case device(DeviceInTitle)
    }

    let target: Target
    let reach: Reach
    let report: PositionReport
    /// When it was taken, where that was not now but while the database was away.
    var takenAt: Instant?
}

/// Where a report left its session; `refusal` where it did not move the place.
struct ReportOutcome: Sendable {
    let session: PlaybackSession
    let refusal: ReportRule.Refusal?
}

/// Takes reports, many at once: rows locked in one order, one write for each row that changed.
struct ReportStore: Sendable {
    let rules: PlaybackRules
    let figures: PlaybackFigures
    var mirror: SessionMirror?

    private var rule: ReportRule { ReportRule(resume: rules.resume) }

    /// Takes reports in the order given and answers each; all of them are received now.
    func take(_ reports: [SentReport], _ change: Change) throws -> [Result<ReportOutcome, any Error>] {
        var rows = try read(for: reports, change)
        let outcomes = reports.map { sent in
            Result<ReportOutcome, any Error> { try take(sent, &rows, at: change.now) }
        }
        try write(rows, change)
        let stale = outcomes.count { (try? $0.get().refusal) != nil }
        if stale > 0 { change.afterCommit { [figures] in figures.staleReports.add(stale) } }
        return outcomes
    }

    /// The rows that a batch works on, and what has changed in them.
    private struct Rows {
        var sessionOfDevice: [DeviceInTitle: ID]
        var sessions: [ID: PlaybackSession]
        var places: [UserTitle: WatchPlace] = [:]
        var created: [ID]
        var changedSessions: Set<ID> = []
        var changedPlaces: Set<UserTitle> = []
        var readPlaces: [UserTitle: WatchPlace] = [:]
        var visible: Set<ID> = []
        var moves: [(title: UserTitle, move: WatchMove)] = []

        func session(of target: SentReport.Target) -> PlaybackSession? {
            switch target {
            case .session(let id): sessions[id]
            case .device(let device): sessionOfDevice[device].flatMap { sessions[$0] }
            }
        }
    }

    private func read(for reports: [SentReport], _ change: Change) throws -> Rows {
        let (devices, created) = try sessions(ofDevicesIn: reports, change)
        try SessionRows.insert(created, on: change.connection)
        var ids = Set(devices.values)
        for case .session(let id) in reports.map(\.target) { ids.insert(id) }
        var rows = Rows(
            sessionOfDevice: devices, sessions: try SessionRows.lock(Array(ids), on: change.connection),
            created: created.map(\.id))
        var titles: Set<UserTitle> = []
        var new: Set<UserTitle> = []
        for sent in reports {
            guard let session = rows.session(of: sent.target), sent.reach.covers(session.userID),
                session.mayBeMoved(by: sent.report)
            else { continue }
            titles.insert(UserTitle(session))
            // Where the session has not moved yet, there may be no place.
            if session.positionAt == nil || session.position == 0 { new.insert(UserTitle(session)) }
        }
        rows.places = try PlaceRows.lock(titles, new: new, at: change.now, on: change.connection)
        rows.readPlaces = rows.places
        return rows
    }

    /// The sessions of reports that name only a device: the newest that is live, else a new one.
    private func sessions(
        ofDevicesIn reports: [SentReport], _ change: Change
    ) throws -> (known: [DeviceInTitle: ID], created: [PlaybackSession]) {
        var durations: [DeviceInTitle: Int] = [:]
        for sent in reports {
            guard case .device(let device) = sent.target, sent.reach.covers(device.userID) else { continue }
            durations[device] = sent.report.duration ?? durations[device] ?? 0
        }
        guard !durations.isEmpty else { return ([:], []) }
        let oldest = change.now - rules.lifetime
        var known = try SessionRows.newest(of: Array(durations.keys), since: oldest, on: change.connection)
        let missing = durations.keys.filter { known[$0] == nil }
        guard !missing.isEmpty else { return (known, []) }
        try SessionRows.lockOpening(missing, on: change.connection)
        known.merge(try SessionRows.newest(of: missing, since: oldest, on: change.connection)) { first, _ in first }
        var created: [PlaybackSession] = []
        for (device, duration) in durations where known[device] == nil {
            let session = PlaybackSession.opening(
                .random(), userID: device.userID, contentID: device.contentID, deviceID: device.deviceID,
                duration: duration, at: change.now)
            known[device] = session.id
            created.append(session)
        }
        return (known, created)
    }

    private func take(_ sent: SentReport, _ rows: inout Rows, at now: Instant) throws -> ReportOutcome {
        guard var session = rows.session(of: sent.target), sent.reach.covers(session.userID) else {
            throw PlaybackRefusal.noSession
        }
        try session.requireLive(at: sent.takenAt ?? now, lifetime: rules.lifetime)
        let title = UserTitle(session)
        // A report that cannot move its session needs no place, so none was read for it.
        let read = rows.places[title]
        var place = read ?? WatchPlace(userID: session.userID, contentID: session.contentID)
        let effect = rule.apply(sent.report, to: &session, &place, at: now)
        guard read != nil || effect.move == nil && !effect.changesPlace else {
            throw SQLError.failed("a report moved a place that was not read for it", sql: "")
        }
        rows.sessions[session.id] = session
        if effect.changesSession { rows.changedSessions.insert(session.id) }
        if effect.isVisible { rows.visible.insert(session.id) }
        if effect.changesPlace {
            rows.places[title] = place
            rows.changedPlaces.insert(title)
        }
        if let move = effect.move { rows.moves.append((title, move)) }
        return ReportOutcome(session: session, refusal: effect.refusal)
    }

    private func write(_ rows: Rows, _ change: Change) throws {
        let connection = change.connection
        let stored = try SessionRows.update(
            rows.changedSessions.sorted().compactMap { rows.sessions[$0] }, on: connection)
        mirror?.note(
            stored + rows.created.filter { !rows.changedSessions.contains($0) }.compactMap { rows.sessions[$0] }, change
        )
        try PlaceRows.update(
            rows.changedPlaces.compactMap { rows.places[$0] }, was: Array(rows.readPlaces.values), at: change.now,
            on: connection)
        try MoveRows.append(rows.moves, on: connection)
        for session in rows.created.compactMap({ rows.sessions[$0] }) { PlaybackNews.created(session).tell(change) }
        for session in rows.visible.sorted().compactMap({ rows.sessions[$0] }) {
            PlaybackNews.moved(session).tell(change)
        }
    }
}
