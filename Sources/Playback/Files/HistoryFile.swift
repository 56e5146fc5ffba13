package import Core
package import Foundation
import Web

/// A history as a file: Dogear's own lines, or what another program exports.
package struct HistoryFile: Sendable {
    /// Whose form a file has.
    package enum Form: String, Sendable, CaseIterable {
        /// NDJSON: a line for each place and each play.
        case dogear
        /// Trakt's history as JSON, as `GET /sync/history` and its data export have it.
        case trakt
        /// What Jellyfin's Playback Reporting plugin exports: its backup (tabs, no heading), or a report as CSV, TSV or JSON.
        case jellyfin
    }

    /// What is asked of a file beside its form.
    package struct Choice: Sendable {
        /// Whose rows of Jellyfin's file are taken; nil for all, where there is one person in it.
        let person: String?
        /// Jellyfin says how long something was played, not how far: what was played for less is no play.
        let leastSeconds: Int

        /// A choice from its parts.
        package init(person: String? = nil, leastSeconds: Int = 300) {
            self.person = person
            self.leastSeconds = leastSeconds
        }
    }

    /// What an import is to take.
    let lines: [ImportLine]
    /// What titles are called, as far as the file says.
    let titles: [ContentStore.Content]
    /// What is not taken, by line or by place in the list, and why.
    package let refused: [(line: Int, reason: String)]

    /// How many lines are taken.
    package var count: Int { lines.count }

    /// Reads a file.
    /// - Throws: `Refusal` where it is not of that form at all.
    package init(_ bytes: Data, _ form: Form, _ choice: Choice, at now: Instant) throws {
        var reading = Reading()
        switch form {
        case .dogear: try reading.readLines(bytes)
        case .trakt: try reading.readTrakt(bytes)
        case .jellyfin: try reading.readJellyfin(bytes, choice)
        }
        reading.refuse(at: now)
        lines = reading.lines.map(\.line)
        titles = reading.titles.values.sorted { $0.id < $1.id }
        refused = reading.refused.sorted { $0.line < $1.line }
    }

    /// Why a file cannot be read at all.
    package struct Refusal: Error, CustomStringConvertible {
        /// In one sentence.
        package let description: String
    }

    /// What has been read so far.
    struct Reading {
        var lines: [(number: Int, line: ImportLine)] = []
        var titles: [ID: ContentStore.Content] = [:]
        var refused: [(line: Int, reason: String)] = []

        mutating func take(_ line: ImportLine, _ number: Int) { lines.append((number, line)) }

        mutating func refuse(_ number: Int, _ reason: String) { refused.append((number, reason)) }

        /// Names a title; the first name stays.
        mutating func name(_ id: ID, _ title: String, _ episode: ContentStore.Episode? = nil) {
            guard titles[id] == nil, !title.isEmpty else { return }
            titles[id] = ContentStore.Content(
                id: id, title: String(title.prefix(500)), thumbnailURL: nil, duration: nil, platform: nil,
                creditsAt: nil, episode: episode)
        }

        /// Refuses what can be no moment of a viewing.
        mutating func refuse(at now: Instant) {
            let read = lines
            lines = read.filter { ImportRule.refusal(of: $0.line, at: now) == nil }
            for (number, line) in read {
                if let reason = ImportRule.refusal(of: line, at: now) { refuse(number, reason) }
            }
        }

        mutating func readLines(_ bytes: Data) throws {
            for (number, result) in try Web.readLines(ImportInput.self, from: bytes, most: .max) {
                switch result {
                case .success(let input): take(input.line, number)
                case .failure(let problem): refuse(number, ImportInput.reason(problem))
                }
            }
        }
    }
}
