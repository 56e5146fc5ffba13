package import Changes
package import Core
import SQL

/// Histories as files: for whoever comes from elsewhere, or goes there.
package struct HistoryLibrary: Sendable {
    private static let pageSize = 500
    private let changes: Changes

    /// The histories of one database.
    package init(changes: Changes) {
        self.changes = changes
    }

    /// Takes a file into a user's history, quietly; how many places and plays changed. Titles that have no name get the file's.
    package func take(_ file: HistoryFile, of user: ID) async throws -> (places: Int, plays: Int) {
        for start in stride(from: 0, to: file.titles.count, by: Self.pageSize) {
            let some = Array(file.titles[start..<min(start + Self.pageSize, file.titles.count)])
            try await changes.make { change in
                for title in some { try ContentStore.nameIfUnknown(title, change) }
            }
        }
        let taken = try await ImportStore().take(file.lines, of: user, with: changes)
        return (taken.places, taken.plays)
    }

    /// Hands a user's history to a writer, line by line, as `HistoryFile.Form.dogear` has it. A title's place comes before its plays.
    package func export(of user: ID, to write: (String) throws -> Void) async throws {
        let history = HistoryStore(resume: ResumeRule())
        var cursor: Cursor?
        while true {
            let (from, size) = (cursor, Self.pageSize)
            let entries = try await changes.read {
                try history.page(of: user, after: from, limit: size, on: $0)
            }
            for entry in entries {
                try write(entry.place.line.text)
                for play in try await plays(of: UserTitle(entry.place)) {
                    try write(play.line(of: entry.place.contentID).text)
                }
            }
            cursor = entries.last.flatMap(\.cursor)
            if entries.count < size { return }
        }
    }

    private func plays(of title: UserTitle) async throws -> [Play] {
        var plays: [Play] = []
        var cursor: Cursor?
        while true {
            let (from, size) = (cursor, Self.pageSize)
            let some = try await changes.read { try PlayRows.page(of: title, after: from, limit: size, on: $0) }
            plays += some
            cursor = some.last.map { Cursor(instant: $0.finishedAt, id: $0.id) }
            if some.count < size { return plays }
        }
    }
}

extension WatchPlace {
    fileprivate var line: JSON {
        [
            "kind": "place", "content_id": .id(contentID), "position_seconds": .integer(position),
            "duration_seconds": .integer(duration), "ended": .bool(isEnded),
            "at": .optional(lastMovedAt) { .instant($0) }, "device_id": .optional(deviceID) { .string($0) },
            "hidden_at": .optional(hiddenAt) { .instant($0) },
        ]
    }
}

extension Play {
    fileprivate func line(of content: ID) -> JSON {
        [
            "kind": "play", "content_id": .id(content), "finished_at": .instant(finishedAt),
            "started_at": .optional(startedAt) { .instant($0) }, "device_id": .optional(deviceID) { .string($0) },
            "source": .string(source.rawValue),
        ]
    }
}
