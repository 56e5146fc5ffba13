import Changes
import Core
import SQL
import Streams

/// How devices come into an event, and back.
struct JoinStore: Sendable {
    let rules: EventRules
    let secrets: EventSecrets
    let figures: EventFigures

    /// How many participants an event may have.
    static let mostParticipants = 20_000

    /// A join on its way: what the device sent, and what was drawn at random for it.
    struct Sent: Sendable {
        let code: String
        let scan: String?
        let device: ID
        let name: DisplayName
        let avatar: String?
        let leavesOther: Bool
        let newID: ID
        let recoveryCode: String
    }

    /// Somebody who has a place now.
    struct Joined: Sendable {
        let view: PlayerView
        let token: String
        let isRejoining: Bool
        /// Shown once; nil for somebody who comes back.
        let recoveryCode: String?
    }

    /// What a join page shows before joining.
    func look(_ code: String, on connection: any Connection) throws -> LiveEvent {
        guard let event = try EventRows.find(code: code, locks: false, on: connection) else {
            throw EventRefusal.noSuchCode
        }
        try event.requireLive(rules)
        return event
    }

    /// Whether whoever joins has the QR's key, or holds a place already: nobody like that is ever held up.
    func isTrusted(_ key: String?, _ device: ID, code: String, on connection: any Connection) throws -> Bool {
        guard let event = try EventRows.find(code: code, locks: false, on: connection) else { return false }
        if let key, secrets.isJoinKey(key, of: event.id) { return true }
        return try ParticipantRows.find(device: secrets.device(device), in: event.id, on: connection) != nil
    }

    /// Lets devices in, in the order given; the events' rows keep two joins of one device apart.
    /// - Throws: what the database refuses, which spoils the whole transaction; the batch is made again in halves then.
    func join(_ sent: [Sent], _ change: Change) throws -> [Result<Joined, any Error>] {
        // In one order on every node.
        let order = sent.indices.sorted { sent[$0].code < sent[$1].code }
        var results = [Result<Joined, any Error>?](repeating: nil, count: sent.count)
        for index in order {
            do {
                results[index] = .success(try join(sent[index], change))
            } catch let refusal as EventRefusal {
                results[index] = .failure(refusal)
            }
        }
        return results.compactMap { $0 }
    }

    private func join(_ sent: Sent, _ change: Change) throws -> Joined {
        let connection = change.connection
        guard let event = try EventRows.find(code: sent.code, locks: true, on: connection) else {
            throw EventRefusal.noSuchCode
        }
        try event.requireLive(rules)
        let device = secrets.device(sent.device)
        let known = try ParticipantRows.find(device: device, in: event.id, on: connection)
        if let known, known.isBanned { throw EventRefusal.banned }
        let scannedAt = sent.scan.flatMap { secrets.scannedAt($0, of: event.id) }
        if known == nil || known?.removedAt != nil, !event.admitsNewcomer(scannedAt: scannedAt, rules) {
            throw EventRefusal.locked
        }
        let others = try others(of: device, than: event.id, leavesOther: sent.leavesOther, change)
        let joined =
            if let known { try comeBack(known, event, change) } else { try come(sent, device, event, change) }
        // Last, when nothing can be refused any more.
        for other in others {
            try ParticipantRows.setPresence(.left, of: other.id, on: connection)
            change.stir(EventNews.stream(of: other.eventID))
        }
        return joined
    }

    /// Who holds the device's place in other live events.
    private func others(
        of device: ID, than event: ID, leavesOther: Bool, _ change: Change
    ) throws -> [Participant] {
        let others = try ParticipantRows.elsewhere(device: device, than: event, on: change.connection)
        if let first = others.first, !leavesOther {
            throw EventRefusal.elsewhere(event: first.participant.eventID, title: first.title)
        }
        return others.map(\.participant)
    }

    private func comeBack(_ known: Participant, _ event: LiveEvent, _ change: Change) throws -> Joined {
        var participant = known
        let token = renew(&participant)
        try ParticipantRows.rejoin(
            participant, token: secrets.digest(token), on: change.connection, at: change.now)
        dismissOlder(participant, change)
        change.afterCommit { [figures] in figures.rejoins.add() }
        return Joined(
            view: try EventViews.player(participant, on: change.connection), token: token, isRejoining: true,
            recoveryCode: nil)
    }

    private func come(_ sent: Sent, _ device: ID, _ event: LiveEvent, _ change: Change) throws -> Joined {
        guard try ParticipantRows.count(in: event.id, on: change.connection) < Self.mostParticipants else {
            throw EventRefusal.full("participants")
        }
        let (name, key) = try free(sent.name, in: event.id, but: nil, change)
        let participant = Participant(
            id: sent.newID, eventID: event.id, device: device, displayName: name, avatar: sent.avatar, generation: 0,
            presence: .connected, joinedAt: change.now, removedAt: nil, isBanned: false)
        let token = secrets.token(.participant, participant.id, generation: 0)
        try ParticipantRows.insert(
            participant, key: key, token: secrets.digest(token), recovery: secrets.digest(sent.recoveryCode),
            on: change.connection)
        change.stir(EventNews.stream(of: event.id))
        change.afterCommit { [figures] in figures.joins.add() }
        return Joined(
            view: try EventViews.player(participant, on: change.connection), token: token, isRejoining: false,
            recoveryCode: sent.recoveryCode)
    }

    /// The name, or the first of `Name 2`, `Name 3` that nobody has.
    private func free(
        _ name: DisplayName, in event: ID, but own: ID?, _ change: Change
    ) throws -> (name: String, key: String) {
        let taken = try ParticipantRows.takenKeys(name.key, in: event, but: own, on: change.connection)
        guard !taken.isEmpty else { return (name.text, name.key) }
        for number in 2...Self.mostParticipants + 1 {
            let numbered = name.numbered(number)
            let key = DisplayName.key(numbered)
            if !taken.contains(key) { return (numbered, key) }
        }
        throw EventRefusal.full("participants of that name")
    }

    private func renew(_ participant: inout Participant) -> String {
        participant.generation += 1
        participant.presence = .connected
        participant.removedAt = nil
        return secrets.token(.participant, participant.id, generation: participant.generation)
    }

    private func dismissOlder(_ participant: Participant, _ change: Change) {
        let (stream, now) = (EventNews.stream(of: participant.eventID), change.now)
        change.dismiss(
            Dismissal(
                from: stream, subject: participant.id.description, before: participant.generation,
                Notice("superseded", ["server_time": .instant(now)])))
        change.stir(stream)
    }

    /// Has a new phone take a participant over, by the code that the old one was shown.
    func recover(_ code: String, in id: ID, onDevice sent: ID, next: String, _ change: Change) throws -> Joined {
        let connection = change.connection
        let event = try EventRows.lock(id, on: connection)
        try event.requireLive(rules)
        guard let found = try ParticipantRows.find(recovery: secrets.digest(code), in: id, on: connection) else {
            throw EventRefusal.noSuchRecoveryCode
        }
        var participant = try ParticipantRows.lock(found, on: connection)
        let device = secrets.device(sent)
        if participant.isBanned { throw EventRefusal.banned }
        if let own = try ParticipantRows.find(device: device, in: id, on: connection) {
            if own.isBanned { throw EventRefusal.banned }
            guard own.id == participant.id else { throw EventRefusal.hasParticipant }
        }
        _ = try others(of: device, than: id, leavesOther: false, change)
        participant.device = device
        let token = renew(&participant)
        try ParticipantRows.rejoin(participant, token: secrets.digest(token), on: connection, at: change.now)
        try ParticipantRows.setRecovery(participant.id, secrets.digest(next), on: connection)
        dismissOlder(participant, change)
        return Joined(
            view: try EventViews.player(participant, on: connection), token: token, isRejoining: true,
            recoveryCode: next)
    }

    /// Gives another name, made distinct.
    func rename(_ participant: ID, _ generation: Int, in event: ID, to name: DisplayName, _ change: Change) throws
        -> PlayerView
    {
        let found = try EventRows.lock(event, on: change.connection)
        try found.requireLive(rules)
        var own = try PlayStore.current(participant, generation, in: event, on: change.connection)
        let (text, key) = try free(name, in: event, but: participant, change)
        try ParticipantRows.rename(participant, to: text, key: key, on: change.connection)
        own.displayName = text
        change.stir(EventNews.stream(of: event))
        return try EventViews.player(own, on: change.connection)
    }
}
