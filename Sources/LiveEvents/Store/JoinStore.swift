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
        /// Who plays on the device, where that is known.
        let user: ID?
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
        var results = [Result<Joined, any Error>](repeating: .failure(EventRefusal.noSuchCode), count: sent.count)
        let erased = try change.erased(among: Set(sent.compactMap(\.user)))
        try PlaceLocks.share(devices: sent.map { secrets.device($0.device) }, on: change.connection)
        // Events are locked in one order on every node, then the places that may change, as heartbeats lock them.
        var events: [(event: LiveEvent, indices: [Int])] = []
        for (code, indices) in Dictionary(grouping: sent.indices, by: { sent[$0].code }).sorted(by: { $0.key < $1.key })
        {
            guard let event = try EventRows.find(code: code, locks: true, on: change.connection) else { continue }
            events.append((event, indices))
        }
        var places: [ID] = []
        for (event, indices) in events where change.connection.dialect == .postgres {
            let devices = indices.map { secrets.device(sent[$0].device) }
            places += try ParticipantRows.find(devices: devices, in: event.id, on: change.connection).values.map(\.id)
            places += try ParticipantRows.elsewhere(devices: devices, than: event.id, on: change.connection).values
                .flatMap { $0.map(\.participant.id) }
        }
        _ = try ParticipantRows.lock(places, on: change.connection)
        for (event, indices) in events {
            var room = try Room(event, indices.map { sent[$0] }, secrets, change)
            for index in indices {
                if let refusal = sent[index].user.flatMap({ erased[$0] }) {
                    results[index] = .failure(refusal)
                    continue
                }
                do {
                    results[index] = .success(try join(sent[index], &room, change))
                } catch let refusal as EventRefusal {
                    results[index] = .failure(refusal)
                }
            }
        }
        return results
    }

    /// What the joins of a batch that want into one event have to know, read for all of them at once.
    private struct Room {
        let event: LiveEvent
        /// What everybody sees of the event; the participant is put in later.
        let scene: EventViews.Scene
        var byDevice: [ID: Participant]
        let elsewhere: [ID: [(participant: Participant, title: String)]]
        var takenKeys: Set<String>
        /// All names that begin as one does, of those that are taken.
        var families: [String: Set<String>] = [:]
        var count: Int

        init(_ event: LiveEvent, _ sent: [Sent], _ secrets: EventSecrets, _ change: Change) throws {
            let connection = change.connection
            let devices = sent.map { secrets.device($0.device) }
            self.event = event
            scene = try EventViews.scene(event, on: connection)
            byDevice = try ParticipantRows.find(devices: devices, in: event.id, on: connection)
            elsewhere = try ParticipantRows.elsewhere(devices: devices, than: event.id, on: connection)
            takenKeys = try ParticipantRows.taken(Set(sent.map(\.name.key)), in: event.id, on: connection)
            count = try ParticipantRows.count(in: event.id, on: connection)
        }
    }

    private func join(_ sent: Sent, _ room: inout Room, _ change: Change) throws -> Joined {
        try room.event.requireLive(rules)
        let device = secrets.device(sent.device)
        let known = room.byDevice[device]
        if let known, known.isBanned { throw EventRefusal.banned }
        let scannedAt = sent.scan.flatMap { secrets.scannedAt($0, of: room.event.id) }
        if known == nil || known?.removedAt != nil, !room.event.admitsNewcomer(scannedAt: scannedAt, rules) {
            throw EventRefusal.locked
        }
        let others = room.elsewhere[device] ?? []
        if let first = others.first, !sent.leavesOther {
            throw EventRefusal.elsewhere(event: first.participant.eventID, title: first.title)
        }
        let joined: Joined
        if let known {
            joined = try comeBack(known, by: sent.user, change)
        } else {
            joined = try come(sent, device, &room, change)
        }
        room.byDevice[device] = joined.view.participant
        // Last, when nothing can be refused any more.
        for other in others {
            try ParticipantRows.setPresence(.left, of: other.participant.id, on: change.connection)
            change.stir(EventNews.stream(of: other.participant.eventID))
        }
        return joined
    }

    private func come(_ sent: Sent, _ device: ID, _ room: inout Room, _ change: Change) throws -> Joined {
        guard room.count < Self.mostParticipants else { throw EventRefusal.full("participants") }
        var name = (text: sent.name.text, key: sent.name.key)
        if room.takenKeys.contains(name.key) {
            var family =
                try room.families[name.key]
                ?? ParticipantRows.takenKeys(name.key, in: room.event.id, but: nil, on: change.connection)
            family.formUnion(room.takenKeys)
            name = try Self.free(sent.name, family)
            family.insert(name.key)
            room.families[sent.name.key] = family
        }
        room.takenKeys.insert(name.key)
        room.count += 1
        let participant = Participant(
            id: sent.newID, eventID: room.event.id, device: device, displayName: name.text, avatar: sent.avatar,
            generation: 0, presence: .connected, joinedAt: change.now, removedAt: nil, isBanned: false)
        let token = secrets.token(.participant, participant.id, generation: 0)
        try ParticipantRows.insert(
            participant, key: name.key, token: secrets.digest(token), recovery: secrets.sealed(sent.recoveryCode),
            user: sent.user, on: change.connection)
        change.stir(EventNews.stream(of: room.event.id))
        change.afterCommit { [figures] in figures.joins.add() }
        return Joined(
            view: room.scene.view(of: participant, answer: nil, score: 0), token: token, isRejoining: false,
            recoveryCode: sent.recoveryCode)
    }

    /// The name, or the first of `Name 2`, `Name 3` that nobody has.
    private static func free(_ name: DisplayName, _ taken: Set<String>) throws(EventRefusal) -> (
        text: String, key: String
    ) {
        guard taken.contains(name.key) else { return (name.text, name.key) }
        for number in 2...mostParticipants + 1 {
            let numbered = name.numbered(number)
            let key = DisplayName.key(numbered)
            if !taken.contains(key) { return (numbered, key) }
        }
        throw .full("participants of that name")
    }

    private func comeBack(_ known: Participant, by user: ID?, _ change: Change) throws -> Joined {
        var participant = known
        let token = renew(&participant)
        try ParticipantRows.rejoin(
            participant, token: secrets.digest(token), by: user, on: change.connection, at: change.now)
        dismissOlder(participant, change)
        change.afterCommit { [figures] in figures.rejoins.add() }
        return Joined(
            view: try EventViews.player(participant, on: change.connection), token: token, isRejoining: true,
            recoveryCode: nil)
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
        try PlaceLocks.share(devices: [secrets.device(sent)], on: connection)
        let event = try EventRows.lock(id, on: connection)
        try event.requireLive(rules)
        guard let found = try ParticipantRows.find(recovery: secrets.sealed(code), in: id, on: connection) else {
            throw EventRefusal.noSuchRecoveryCode
        }
        var participant = try ParticipantRows.lock(found, on: connection)
        let device = secrets.device(sent)
        if participant.isBanned { throw EventRefusal.banned }
        if participant.removedAt != nil, event.lockedAt != nil { throw EventRefusal.locked }
        if let own = try ParticipantRows.find(device: device, in: id, on: connection) {
            if own.isBanned { throw EventRefusal.banned }
            guard own.id == participant.id else { throw EventRefusal.hasParticipant }
        }
        let elsewhere = try ParticipantRows.elsewhere(devices: [device], than: id, on: connection)[device]?.first
        if let elsewhere {
            throw EventRefusal.elsewhere(event: elsewhere.participant.eventID, title: elsewhere.title)
        }
        participant.device = device
        let token = renew(&participant)
        try ParticipantRows.rejoin(
            participant, token: secrets.digest(token), by: nil, on: connection, at: change.now)
        try ParticipantRows.setRecovery(participant.id, secrets.sealed(next), on: connection)
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
        var own = try PlayStore.current(participant, generation, in: event, change)
        let taken = try ParticipantRows.takenKeys(name.key, in: event, but: participant, on: change.connection)
        let (text, key) = try Self.free(name, taken)
        try ParticipantRows.rename(participant, to: text, key: key, on: change.connection)
        own.displayName = text
        change.stir(EventNews.stream(of: event))
        return try EventViews.player(own, on: change.connection)
    }
}
