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
    let moved: Bool
}

/// Takes reports, many at once: rows locked in one order, one write for each row that changed.
struct ReportStore: Sendable {
    let rules: PlaybackRules
    let figures: PlaybackFigures
    var mirror: SessionMirror?

    private var rule: ReportRule { ReportRule(resume: rules.resume) }

    /// Takes reports in the order of their instants, whatever order they came in, and answers each in its place.
    func take(_ reports: [SentReport], _ change: Change) throws -> [Result<ReportOutcome, any Error>] {
        var rows = try read(for: reports, change)
        try refuseGone(reports, &rows, change)
        var outcomes = [Result<ReportOutcome, any Error>?](repeating: nil, count: reports.count)
        for index in Self.order(of: reports) {
            outcomes[index] = Result { try take(reports[index], &rows, at: change.now) }
        }
        try count(&rows, change)
        try write(rows, change)
        let answers = outcomes.compactMap { $0 }
        let stale = answers.count { (try? $0.get().refusal) != nil }
        if stale > 0 { change.afterCommit { [figures] in figures.staleReports.add(stale) } }
        return answers
    }

    /// By instant, then by the client's own count, then as they came.
    private static func order(of reports: [SentReport]) -> [Int] {
        reports.indices.sorted { left, right in
            let (one, other) = (reports[left].report, reports[right].report)
            return (one.instant, one.sequence ?? -1, left) < (other.instant, other.sequence ?? -1, right)
        }
    }

    /// The rows that a batch works on, and what has changed in them.
    fileprivate struct Rows {
        var sessionOfDevice: [DeviceInTitle: ID]
        var erased: [ID: PersonErased] = [:]
        var gone: [AskedSession: PersonErased] = [:]
        var sessions: [ID: PlaybackSession]
        var places: [UserTitle: WatchPlace] = [:]
        var created: [ID]
        var changedSessions: Set<ID> = []
        var changedPlaces: Set<UserTitle> = []
        var readPlaces: [UserTitle: WatchPlace] = [:]
        var visible: Set<ID> = []
        var moves: [(title: UserTitle, move: WatchMove)] = []
        var finishes: [UserTitle: [Finish]] = [:]
        var plays: [PlayRows.New] = []

        func session(of target: SentReport.Target) -> PlaybackSession? {
            switch target {
            case .session(let id): sessions[id]
            case .device(let device): sessionOfDevice[device].flatMap { sessions[$0] }
            }
        }
    }

    private func read(for reports: [SentReport], _ change: Change) throws -> Rows {
        let (devices, made, erased) = try sessions(ofDevicesIn: reports, change)
        let created = made.filter { !$0.isPassing }
        try SessionRows.insert(created, on: change.connection)
        let passing = made.filter(\.isPassing)
        var ids = Set(devices.values).subtracting(passing.map(\.id))
        for case .session(let id) in reports.map(\.target) { ids.insert(id) }
        var rows = Rows(
            sessionOfDevice: devices, sessions: try SessionRows.lock(Array(ids), on: change.connection),
            created: created.map(\.id))
        rows.erased = erased
        for session in passing { rows.sessions[session.id] = session }
        var titles: Set<UserTitle> = []
        var new: Set<UserTitle> = []
        for sent in reports {
            guard let session = rows.session(of: sent.target), sent.reach.covers(session.userID),
                session.mayChangePlace(by: sent.report)
            else { continue }
            titles.insert(UserTitle(session))
            // Where the session has not moved yet, there may be no place.
            if session.positionAt == nil || session.position == 0 { new.insert(UserTitle(session)) }
        }
        rows.places = try PlaceRows.lock(titles, new: new, at: change.now, on: change.connection)
        rows.readPlaces = rows.places
        return rows
    }

    /// Whoever reports to a session that went with an erased person is told so. Only where one is not there anything is read for it.
    private func refuseGone(_ reports: [SentReport], _ rows: inout Rows, _ change: Change) throws {
        let missing = reports.compactMap { sent -> AskedSession? in
            guard case .session(let id) = sent.target, rows.sessions[id] == nil else { return nil }
            return AskedSession(id: id, reach: sent.reach)
        }
        rows.gone = try change.refusals(ofMissing: Set(missing))
    }

    /// The sessions of reports that name only a device: the newest that is live, else one that is made for them. It is kept where one of
    /// them is of the present and goes on; otherwise it only passes, and leaves nothing behind.
    private func sessions(
        ofDevicesIn reports: [SentReport], _ change: Change
    ) throws -> (known: [DeviceInTitle: ID], made: [PlaybackSession], erased: [ID: PersonErased]) {
        var told: [DeviceInTitle: [PositionReport]] = [:]
        for sent in reports {
            guard case .device(let device) = sent.target, sent.reach.covers(device.userID) else { continue }
            told[device, default: []].append(sent.report)
        }
        guard !told.isEmpty else { return ([:], [], [:]) }
        let oldest = change.now - rules.lifetime
        var newest = try SessionRows.newest(of: Array(told.keys), since: oldest, on: change.connection)
        func isMissing(_ device: DeviceInTitle) -> Bool {
            guard let session = newest[device] else { return true }
            return told[device]?.contains { session.isReturned(by: $0) } ?? false
        }
        // Only where there is no session to go on with somebody may be made rows of who was erased.
        let erased = try change.erased(among: Set(told.keys.filter(isMissing).map(\.userID)))
        told = told.filter { erased[$0.key.userID] == nil }
        let opening = told.filter { isMissing($0.key) && $0.value.contains { $0.opensSession(at: change.now) } }
        if !opening.isEmpty {
            try SessionRows.lockOpening(Array(opening.keys), on: change.connection)
            newest.merge(
                try SessionRows.newest(of: Array(opening.keys), since: oldest, on: change.connection)
            ) { $1 }
        }
        var known: [DeviceInTitle: ID] = [:]
        var made: [PlaybackSession] = []
        for (device, reports) in told {
            guard isMissing(device) else {
                known[device] = newest[device]?.id
                continue
            }
            let session = PlaybackSession.opening(
                .random(), userID: device.userID, contentID: device.contentID, deviceID: device.deviceID,
                position: newest[device]?.position ?? 0, duration: reports.compactMap(\.duration).last ?? 0,
                at: change.now)
            known[device] = session.id
            made.append(opening[device] == nil ? session.passing : session)
        }
        return (known, made, erased)
    }

    private func take(_ sent: SentReport, _ rows: inout Rows, at now: Instant) throws -> ReportOutcome {
        guard var session = rows.session(of: sent.target), sent.reach.covers(session.userID) else {
            throw rows.refusal(ofMissing: sent) ?? PlaybackRefusal.noSession
        }
        try session.requireLive(
            of: sent.report.instant, wasOwed: sent.takenAt != nil, at: sent.takenAt ?? now, lifetime: rules.lifetime)
        let title = UserTitle(session)
        // A report that cannot change the place needs none, so none was read for it.
        let read = rows.places[title]
        var place = read ?? WatchPlace(userID: session.userID, contentID: session.contentID)
        let effect = rule.apply(sent.report, to: &session, &place, at: now)
        guard read != nil || effect.move == nil && !effect.changesPlace && effect.finish == nil else {
            throw SQLError.failed("a report moved a place that was not read for it", sql: "")
        }
        rows.sessions[session.id] = session
        if effect.changesSession && !session.isPassing { rows.changedSessions.insert(session.id) }
        if effect.isVisible && !session.isPassing && session.closedAt == nil { rows.visible.insert(session.id) }
        if effect.changesPlace {
            rows.places[title] = place
            rows.changedPlaces.insert(title)
        }
        if let move = effect.move { rows.moves.append((title, move)) }
        if let finish = effect.finish { rows.finishes[title, default: []].append(finish) }
        return ReportOutcome(session: session, refusal: effect.refusal, moved: effect.moved)
    }

    /// Makes plays of the finishes of a batch: the only reports for which plays are read.
    private func count(_ rows: inout Rows, _ change: Change) throws {
        guard !rows.finishes.isEmpty else { return }
        let known = try PlayRows.moments(
            of: rows.finishes.map { title, finishes in
                let nearness = PlayRule.nearness(length: finishes.map(\.length).max() ?? 0)
                return (
                    title, (finishes.map(\.at).min() ?? change.now) - nearness,
                    (finishes.map(\.at).max() ?? change.now) + nearness
                )
            }, on: change.connection)
        for (title, finishes) in rows.finishes.sorted(by: { $0.key < $1.key }) {
            for finish in PlayRule.plays(among: finishes, known: known[title] ?? []) {
                rows.add(finish, of: title)
            }
        }
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
        try PlayRows.insert(rows.plays, at: change.now, on: connection)
        for session in rows.created.compactMap({ rows.sessions[$0] }) { PlaybackNews.created(session).tell(change) }
        for session in rows.visible.sorted().compactMap({ rows.sessions[$0] }) {
            PlaybackNews.moved(session).tell(change)
        }
    }
}

extension ReportStore.Rows {
    /// What refuses a report that has no session; nil where nobody was erased.
    fileprivate func refusal(ofMissing sent: SentReport) -> (any Error)? {
        switch sent.target {
        case .session(let id): gone[AskedSession(id: id, reach: sent.reach)]
        case .device(let device): sent.reach.covers(device.userID) ? erased[device.userID] : nil
        }
    }

    /// Adds a play. One from before a clearing comes back with it only.
    fileprivate mutating func add(_ finish: Finish, of title: UserTitle) {
        guard var place = places[title] else { return }
        let play = Play(
            id: .random(), startedAt: finish.startedAt, finishedAt: finish.at, deviceID: finish.deviceID,
            source: .watched)
        plays.append(PlayRows.New(title: title, play: play, clearedAt: place.clearedAt))
        guard place.clearedAt == nil else { return }
        place.playCount += 1
        places[title] = place
        changedPlaces.insert(title)
    }
}
