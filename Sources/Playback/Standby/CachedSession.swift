import Core
import Foundation

/// A session as it is kept aside: all that the database has of it, and whether the database has it at all.
struct CachedSession: Sendable, Hashable {
    var session: PlaybackSession
    /// Opened while the database was away, which does not know it yet.
    var isOwed = false

    /// As the cache takes it.
    func record(lifetime: Duration) -> CacheRecord {
        CacheRecord(
            id: session.id, user: session.userID, revision: session.revision, startedAt: session.startedAt,
            isLive: session.closedAt == nil && session.handedOffTo == nil, lifetime: lifetime, text: json.text)
    }

    private var json: JSON {
        session.json.adding(
            .init("revision", .integer(session.revision)), .init("owed", .bool(isOwed)),
            .init("last_sequence", .optional(session.lastSequence) { .integer($0) }),
            .init("position_at", .optional(session.positionAt) { .instant($0) }),
            .init("closed_at", .optional(session.closedAt) { .instant($0) }),
            .init("handed_off_to", .optional(session.handedOffTo) { .id($0) }),
            .init("superseded_by", .optional(session.supersededBy) { .id($0) }),
            .init("outgrown", .integer(session.outgrown)))
    }

    /// Reads what `record` wrote; nil for anything else.
    init?(text: String) {
        guard let read = WrittenObject(text), let id = read.id("id"), let user = read.id("user_id"),
            let content = read.id("content_id"), let device = read.text("device_id"),
            let position = read.integer("position_seconds"), let duration = read.integer("duration_seconds"),
            let state = read.text("playback_state").flatMap(PlaybackState.init),
            let startedAt = read.instant("started_at"),
            let quality = read.text("quality").flatMap(Quality.init), let updatedAt = read.instant("updated_at"),
            let revision = read.integer("revision")
        else { return nil }
        session = PlaybackSession(
            id: id, userID: user, contentID: content, deviceID: device, position: position, duration: duration,
            state: state, quality: quality, lastSequence: read.integer("last_sequence"),
            positionAt: read.instant("position_at"), startedAt: startedAt, updatedAt: updatedAt,
            closedAt: read.instant("closed_at"), handedOffTo: read.id("handed_off_to"),
            supersededBy: read.id("superseded_by"), outgrown: read.integer("outgrown") ?? 0, revision: revision)
        isOwed = read.bool("owed") ?? false
    }

    init(_ session: PlaybackSession, isOwed: Bool = false) {
        self.session = session
        self.isOwed = isOwed
    }
}

/// A JSON object that we wrote ourselves.
struct WrittenObject {
    private let document: JSONDocument

    init?(_ text: String) {
        guard let document = JSONDocument(Data(text.utf8)), document.kind(of: JSONDocument.root) == .object else {
            return nil
        }
        self.document = document
    }

    func text(_ name: String) -> String? { member(name).flatMap { document.text(of: $0) } }
    func integer(_ name: String) -> Int? { member(name).flatMap { document.integer(of: $0) } }
    func number(_ name: String) -> Double? { member(name).flatMap { document.number(of: $0) } }
    func bool(_ name: String) -> Bool? { member(name).flatMap { document.bool(of: $0) } }
    func id(_ name: String) -> ID? { text(name).flatMap { ID($0) } }
    func instant(_ name: String) -> Instant? { text(name).flatMap { Instant($0) } }

    private func member(_ name: String) -> JSONDocument.Index? { document.member(name, of: JSONDocument.root) }
}
