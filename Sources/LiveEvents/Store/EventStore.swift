import Changes
import Core
import SQL
import Streams

/// What hosts do with an event as a whole.
struct EventStore: Sendable {
    let rules: EventRules
    let secrets: EventSecrets
    let figures: EventFigures

    /// How many segments an event may have.
    static let mostSegments = 200

    /// Makes an event, with the first of some join codes that no event has.
    func create(_ event: LiveEvent, codes: [String], recovery: String?, _ change: Change) throws -> EventView {
        if let owner = event.ownerID { try change.requireNotErased(owner) }
        let free = try codes.first { try EventRows.find(code: $0, locks: false, on: change.connection) == nil }
        // Of a billion codes five in a row are never taken.
        guard let free else { throw EventRefusal.full("join codes") }
        var event = event
        event.joinCode = free
        try EventRows.insert(event, recovery: recovery.map(secrets.sealed), on: change.connection)
        return try EventViews.event(event, on: change.connection)
    }

    func known(_ id: ID, on connection: any Connection) throws -> LiveEvent {
        guard let event = try EventRows.find(id, on: connection) else { throw EventRefusal.none("event") }
        return event
    }

    func find(_ id: ID, _ part: Part, on connection: any Connection) throws -> EventView {
        let event = try known(id, on: connection)
        if case .presenter(let own) = part {
            guard try SegmentRows.find(own, on: connection).eventID == id else { throw EventRefusal.notYours }
        } else {
            try part.requireHost(of: event)
        }
        let view = try EventViews.event(event, on: connection)
        guard case .presenter(let own) = part else { return view }
        return view.withQuestions(ofSegment: own)
    }

    func list(
        _ part: Part, after cursor: Cursor?, limit: Int, on connection: any Connection
    ) throws -> [EventView] {
        let owner: EventRows.Owner =
            switch part {
            case .app: .anybody
            case .user(let id): .user(id)
            case .host(let events): .ids(Array(events.keys))
            default: .ids([])
            }
        return try EventRows.list(owner, after: cursor, limit: limit, on: connection).compactMap { event in
            if case .host(let events) = part, events[event.id] != event.hostGeneration { return nil }
            return try EventViews.event(event, withQuestions: false, on: connection)
        }
    }

    /// What a host may edit.
    struct Edit: Sendable {
        let title: String?
        let description: String?
        let timePerQuestion: Duration?
    }

    func edit(_ id: ID, _ edit: Edit, _ part: Part, _ change: Change) throws -> EventView {
        try steer(id, part, change) { event in
            event.title = edit.title ?? event.title
            event.description = edit.description ?? event.description
            event.timePerQuestion = edit.timePerQuestion ?? event.timePerQuestion
            EventNews.tell("event-changed", id, ["event_id": .id(id)], change)
        }
    }

    func start(_ id: ID, _ part: Part, _ change: Change) throws -> EventView {
        try steer(id, part, change) { event in
            let before = event.status
            try event.start()
            guard before != event.status else { return }
            EventNews.tell(
                "event-started", id, ["event_id": .id(id), "status": .string(event.status.rawValue)], change)
        }
    }

    func setLocked(_ isLocked: Bool, _ id: ID, _ part: Part, _ change: Change) throws -> EventView {
        try steer(id, part, change) { event in
            guard isLocked != (event.lockedAt != nil) else { return }
            event.lockedAt = isLocked ? change.now : nil
            EventNews.tell("join-locked", id, ["locked": .bool(isLocked)], change)
        }
    }

    /// Ends an event with its running segment and presences; again, it changes nothing.
    func end(_ id: ID, _ part: Part, _ change: Change) throws -> EventView {
        try steer(id, part, change) { event in
            let before = event.status.rawValue
            guard event.end(.userEnded, at: change.now) else { return }
            event.endedSegmentID = nil
            if let current = event.currentSegmentID,
                var segment = try SegmentRows.lockFirst(current, on: change.connection),
                segment.status.isRunning, segment.end(.userEnded, at: change.now)
            {
                try SegmentRows.update(segment, on: change.connection)
                event.endedSegmentID = segment.id
                try AuditRows.append(
                    .init(
                        what: "segment-ended", subject: segment.id, from: segment.ending?.previousStatus ?? "",
                        to: "completed"), to: id, by: part, change)
            }
            try ParticipantRows.endPresences(of: id, on: change.connection)
            try AuditRows.append(
                .init(what: "event-ended", subject: id, from: before, to: "finished"), to: id, by: part, change)
            EventNews.tell(
                "event-ended", id,
                [
                    "event_id": .id(id), "was_ended_at": .instant(change.now),
                    "resumable_until": .optional(event.resumableUntil(rules)) { .instant($0) },
                ], change)
            change.stir(EventNews.stream(of: id))
            change.afterCommit { [figures] in figures.endings.add() }
        }
    }

    /// Takes an ending back, with the segment and the presences that it has ended.
    func resume(_ id: ID, _ part: Part, _ change: Change) throws -> EventView {
        try PlaceLocks.takeAll(on: change.connection)
        return try steer(id, part, change) { event in
            try event.resume(rules, at: change.now)
            var shown: Shown?
            var segment: EventSegment?
            if let ended = event.endedSegmentID,
                var found = try SegmentRows.lockFirst(ended, on: change.connection),
                found.ending != nil
            {
                try found.resume(rules, at: change.now)
                try SegmentRows.update(found, on: change.connection)
                try AuditRows.append(
                    .init(what: "segment-resumed", subject: ended, from: "completed", to: found.status.rawValue),
                    to: id,
                    by: part, change)
                segment = found
                shown = try EventViews.shown(found, counted: false, on: change.connection)
            }
            event.endedSegmentID = nil
            try ParticipantRows.restorePresences(of: id, at: change.now, on: change.connection)
            try AuditRows.append(
                .init(what: "event-resumed", subject: id, from: "finished", to: event.status.rawValue), to: id,
                by: part,
                change)
            EventNews.tell(
                "event-resumed", id,
                [
                    "event_id": .id(id), "status": .string(event.status.rawValue),
                    "segment_id": .optional(segment) { .id($0.id) },
                    "segment_status": .optional(segment) { .string($0.status.rawValue) },
                    "current_question": EventNews.json(shown, at: change.now),
                ], change)
            change.stir(EventNews.stream(of: id))
            change.afterCommit { [figures] in figures.resumptions.add() }
        }
    }

    func clearResume(_ id: ID, _ part: Part, _ change: Change) throws -> EventView {
        try steer(id, part, change) { event in
            try event.clearResume()
            event.endedSegmentID = nil
            try AuditRows.append(
                .init(what: "event-resume-cleared", subject: id, from: "finished", to: "finished"), to: id, by: part,
                change)
            EventNews.tell("resume-cleared", id, ["id": .id(id), "kind": "event"], change)
        }
    }

    /// Takes the last tap back, with clock, answers and scores as they were.
    func undo(_ id: ID, _ part: Part, _ change: Change) throws -> (what: UndoStep.What, view: EventView) {
        var undone = UndoStep.What.next
        try PlaceLocks.takeAll(on: change.connection)
        let view = try steer(id, part, change) { event in
            try event.requireLive(rules)
            let step = try event.takeUndo(rules, at: change.now)
            undone = step.what
            let shown: Shown? =
                switch step.what {
                case .next, .reveal: try takeBackQuiz(step, change)
                case .removal: try takeBackRemoval(step, change)
                case .deletion: try takeBackDeletion(step, &event, change)
                }
            try AuditRows.append(
                .init(what: "undone", subject: step.subject, from: step.what.rawValue, to: Self.state(step)), to: id,
                by: part,
                change)
            let segment = try SegmentRows.first(step.subject, on: change.connection)
            EventNews.tell(
                "undone", id,
                [
                    "what": .string(step.what.rawValue), "segment_id": .optional(segment) { .id($0.id) },
                    "segment_status": .optional(segment) { .string($0.status.rawValue) },
                    "current_question": EventNews.json(shown, at: change.now),
                ], change)
        }
        return (undone, view)
    }

    /// What a tap that was taken back has left, for the audit log.
    private static func state(_ step: UndoStep) -> String {
        switch step.what {
        case .next, .reveal: "question \(step.clock?.index ?? 0)"
        case .removal: RemovalText.read(step.before).presence.rawValue
        case .deletion: "restored"
        }
    }

    private func takeBackQuiz(_ step: UndoStep, _ change: Change) throws -> Shown? {
        let connection = change.connection
        var segment = try SegmentRows.lock(step.subject, on: connection).segment
        guard let stopped = step.clock, let clock = segment.clock, segment.status == .quizzing else {
            throw EventRefusal.nothingToUndo
        }
        let expected = step.what == .next ? stopped.index + 1 : stopped.index
        guard clock.index == expected,
            let question = try QuestionRows.find(segment.id, index: clock.index, on: connection)
        else { throw EventRefusal.nothingToUndo }
        if step.what == .next {
            try AnswerRows.drop(question: question.id, on: connection)
        } else {
            try QuestionRows.setRevealed(question.id, at: nil, on: connection)
        }
        segment.clock = stopped.started(at: change.now)
        try SegmentRows.update(segment, on: connection)
        return try EventViews.shown(segment, counted: false, on: connection)
    }

    /// A participant who has come again meanwhile stays as he is, but for a ban; one whose device is elsewhere now has left.
    private func takeBackRemoval(_ step: UndoStep, _ change: Change) throws -> Shown? {
        let connection = change.connection
        let found = try ParticipantRows.lock(step.subject, on: connection)
        let before = RemovalText.read(step.before)
        let isBackAlready = found.removedAt == nil
        var presence = isBackAlready ? found.presence : before.presence
        if !isBackAlready, presence != .left,
            try ParticipantRows.elsewhere(devices: [found.device], than: found.eventID, on: connection)[found.device]
                != nil
        {
            presence = .left
        }
        try ParticipantRows.setRemoved(
            step.subject, at: isBackAlready ? nil : before.removedAt, presence: presence,
            banned: isBackAlready ? false : before.isBanned, on: connection)
        change.stir(EventNews.stream(of: found.eventID))
        return nil
    }

    private func takeBackDeletion(_ step: UndoStep, _ event: inout LiveEvent, _ change: Change) throws -> Shown? {
        try SegmentRows.setDeleted(step.subject, at: nil, on: change.connection)
        let isCurrent = step.before == "current"
        if isCurrent { event.currentSegmentID = step.subject }
        var segment = try SegmentRows.find(step.subject, on: change.connection)
        if let stopped = step.clock {
            segment.clock = stopped.started(at: change.now)
            try SegmentRows.update(segment, on: change.connection)
        }
        return isCurrent ? try EventViews.shown(segment, counted: false, on: change.connection) : nil
    }

    /// Removes a participant; a banned device may never join again.
    func remove(_ participant: ID, from id: ID, banning: Bool, _ part: Part, _ change: Change) throws {
        _ = try steer(id, part, change) { event in
            let found = try ParticipantRows.lock(participant, on: change.connection)
            guard found.eventID == id else { throw EventRefusal.none("participant") }
            if found.removedAt != nil, found.isBanned || !banning { return }
            try ParticipantRows.setRemoved(
                participant, at: change.now, presence: .left, banned: banning, on: change.connection)
            event.undo = UndoStep(
                what: .removal, subject: participant, at: change.now,
                before: RemovalText.write(found))
            try AuditRows.append(
                .init(
                    what: banning ? "participant-banned" : "participant-removed", subject: participant,
                    from: found.presence.rawValue, to: "removed"), to: id, by: part, change)
            let (told, now): (JSON, Instant) = (["participant_id": .id(participant)], change.now)
            EventNews.tell("participant-removed", id, told, change)
            change.dismiss(
                Dismissal(
                    from: EventNews.stream(of: id), subject: participant.description, before: .max,
                    Notice("participant-removed", told.adding(.init("server_time", .instant(now))))))
            change.stir(EventNews.stream(of: id))
        }
    }

    /// Uses a host's recovery code up: a newer generation of token, and a new code.
    func recoverHost(_ id: ID, code: String, next: String, _ change: Change) throws -> Int {
        guard
            let generation = try EventRows.recoverHost(
                id, code: secrets.sealed(code), next: secrets.sealed(next), on: change.connection)
        else { throw EventRefusal.noSuchRecoveryCode }
        let now = change.now
        change.dismiss(
            Dismissal(
                from: EventNews.stream(of: id), subject: id.description, before: generation,
                Notice("superseded", ["server_time": .instant(now)])))
        return generation
    }

    private func steer(
        _ id: ID, _ part: Part, _ change: Change, _ act: (inout LiveEvent) throws -> Void
    ) throws -> EventView {
        var event = try EventRows.lock(id, on: change.connection)
        try part.requireHost(of: event)
        let before = event
        try act(&event)
        if event != before { try EventRows.update(event, on: change.connection) }
        return try EventViews.event(event, on: change.connection)
    }
}
