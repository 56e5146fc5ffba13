import Core

/// Something that was taken while the database was away, with the moment at which it was: what the history is told later.
struct OwedEntry: Sendable {
    enum Work: Sendable {
        case open(PlaybackSession)
        case report(SentReport)
        case close(ID, Reach)
    }

    let work: Work
    /// When it was taken.
    let takenAt: Instant
    /// The run of Redis that took it.
    let runID: String

    /// As it is kept.
    var text: String {
        let own: JSON = ["run": .string(runID), "taken_at": .instant(takenAt)]
        return (Self.members(of: work).reduce(own) { $0.adding($1) }).text
    }

    private static func members(of work: Work) -> [JSON.Member] {
        switch work {
        case .open(let session):
            [.init("kind", "open"), .init("session", .string(CachedSession(session).record(lifetime: .zero).text))]
        case .close(let id, let reach):
            [.init("kind", "close"), .init("session_id", .id(id)), .init("reach", json(reach))]
        case .report(let sent): [.init("kind", "report")] + members(of: sent)
        }
    }

    private static func members(of sent: SentReport) -> [JSON.Member] {
        let target: [JSON.Member] =
            switch sent.target {
            case .session(let id): [.init("session_id", .id(id))]
            case .device(let device):
                [
                    .init("user_id", .id(device.userID)), .init("content_id", .id(device.contentID)),
                    .init("device_id", .string(device.deviceID)),
                ]
            }
        return target + [
            .init("reach", json(sent.reach)), .init("position", .integer(sent.report.position)),
            .init("state", .optional(sent.report.state) { .string($0.rawValue) }),
            .init("sequence", .optional(sent.report.sequence) { .integer($0) }),
            .init("duration", .optional(sent.report.duration) { .integer($0) }),
            .init("rate", .number(sent.report.rate)), .init("start_over", .bool(sent.report.startsOver)),
            .init("instant", .instant(sent.report.instant)),
        ]
    }

    private static func json(_ reach: Reach) -> JSON { if case .user(let id) = reach { .id(id) } else { .null } }
}

extension OwedEntry {
    /// Reads what `text` wrote; nil for anything else.
    init?(text: String) {
        guard let read = WrittenObject(text), let runID = read.text("run"), let takenAt = read.instant("taken_at"),
            let work = Self.work(read, takenAt: takenAt)
        else { return nil }
        self.init(work: work, takenAt: takenAt, runID: runID)
    }

    private static func work(_ read: WrittenObject, takenAt: Instant) -> Work? {
        let reach = read.id("reach").map { Reach.user($0) } ?? .anybody
        switch read.text("kind") {
        case "open": return read.text("session").flatMap { CachedSession(text: $0) }.map { .open($0.session) }
        case "close": return read.id("session_id").map { .close($0, reach) }
        case "report":
            guard let target = target(read), let position = read.integer("position"),
                let instant = read.instant("instant")
            else { return nil }
            let report = PositionReport(
                position: position, state: read.text("state").flatMap(PlaybackState.init),
                sequence: read.integer("sequence"), duration: read.integer("duration"), rate: read.number("rate") ?? 1,
                startsOver: read.bool("start_over") ?? false, instant: instant)
            return .report(SentReport(target: target, reach: reach, report: report, takenAt: takenAt))
        default: return nil
        }
    }

    private static func target(_ read: WrittenObject) -> SentReport.Target? {
        if let id = read.id("session_id") { return .session(id) }
        guard let user = read.id("user_id"), let content = read.id("content_id"), let device = read.text("device_id")
        else { return nil }
        return .device(DeviceInTitle(userID: user, contentID: content, deviceID: device))
    }
}
