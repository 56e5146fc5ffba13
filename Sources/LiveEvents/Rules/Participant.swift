import Core

/// Somebody who plays along, on one device.
struct Participant: Sendable, Hashable {
    let id: ID
    let eventID: ID
    /// What the device's own id is kept as (`EventSecrets.device`).
    var device: ID
    var displayName: String
    var avatar: String?
    /// Which of the participant's tokens is the newest.
    var generation: Int
    var presence: Presence
    let joinedAt: Instant
    var removedAt: Instant?
    /// Whether the device may never join this event again.
    var isBanned: Bool

    /// Whether the participant holds the device's place: neither left nor removed.
    var isThere: Bool { presence != .left && removedAt == nil }

    /// Refuses a token that is not the newest, or whose participant was removed.
    func requireCurrent(_ generation: Int) throws(EventRefusal) {
        guard generation == self.generation else { throw .superseded }
        guard removedAt == nil else { throw .removed }
    }
}

/// Whether somebody is there.
enum Presence: String, Sendable, CaseIterable {
    case connected
    case away = "temporarily_disconnected"
    /// He said so, or the event ended.
    case left
}

/// From how long a silence on somebody is away.
struct PresenceRule: Sendable, Hashable {
    let silence = Duration.seconds(30)
    /// Browsers slow the timers of a hidden tab to one a minute.
    let hiddenSilence = Duration.seconds(75)
    /// How often it is looked who is silent.
    let swept = Duration.seconds(5)
}

/// Where a participant is in the event's course.
enum ParticipantState: String, Sendable {
    case joined
    case waitingForSegment = "waiting_for_segment"
    case activeInQuiz = "active_in_quiz"
    case segmentComplete = "segment_complete"

    init(event: EventStatus, segment: SegmentStatus?) {
        self =
            switch (event, segment) {
            case (.waiting, _): .joined
            case (_, .quizzing): .activeInQuiz
            case (_, .completed): .segmentComplete
            default: .waitingForSegment
            }
    }
}

/// What the event is at, in one word.
enum EventPhase {
    static func of(event: EventStatus, segment: SegmentStatus?) -> String {
        switch (event, segment) {
        case (.waiting, _), (.finished, _): event.rawValue
        case (_, .completed): "segment_complete"
        case (_, .pending?), (_, nil): event.rawValue
        case (_, let segment?): segment.rawValue
        }
    }
}

/// On whose behalf something is done in live events.
enum Part: Sendable, Hashable {
    /// The app's own backend, for any event.
    case app
    /// A user of the app, for events of their own.
    case user(ID)
    /// Whoever holds host tokens: of which events, and which of each event's tokens.
    case host([ID: Int])
    /// Whoever holds a presenter's token, for one segment.
    case presenter(ID)
    /// A participant, by one of their tokens.
    case participant(ID, generation: Int)
    /// Nobody who may do anything.
    case nobody

    /// Refuses whoever may not steer an event.
    func requireHost(of event: LiveEvent) throws(EventRefusal) {
        switch self {
        case .app: return
        case .user(let own) where event.ownerID == own: return
        case .user: throw .none("event")
        case .host(let events):
            guard let generation = events[event.id] else { throw .notYours }
            guard generation == event.hostGeneration else { throw .superseded }
        case .presenter, .participant, .nobody: throw .notHost
        }
    }

    /// Refuses whoever may steer neither an event nor this segment of it.
    func requireSteering(_ segment: ID, of event: LiveEvent) throws(EventRefusal) {
        if case .presenter(let own) = self {
            guard own == segment else { throw .notYours }
            return
        }
        try requireHost(of: event)
    }

    /// Who it is, for the audit log.
    var name: String {
        switch self {
        case .app: "app"
        case .user(let id): "user:\(id)"
        case .host: "host"
        case .presenter(let segment): "presenter:\(segment)"
        case .participant(let id, _): "participant:\(id)"
        case .nobody: "nobody"
        }
    }
}
