import Core
import Foundation

/// What Jellyfin's Playback Reporting plugin knows, a row for each time that something was played: `DateCreated`, `UserId`, `ItemId`,
/// `ItemType`, `ItemName`, `PlaybackMethod`, `ClientName`, `DeviceName`, `PlayDuration` (seconds). Its backup has them in that order
/// between tabs, with no heading; a report has a heading, or is a JSON list of objects with those names.
///
/// It says how long something was played, never how far, so a row makes a play and no place. Its moments have no zone and are taken for
/// UTC. A title's id is that of the name `jellyfin:ITEMID`.
extension HistoryFile.Reading {
    private static let columns = [
        "DateCreated", "UserId", "ItemId", "ItemType", "ItemName", "PlaybackMethod", "ClientName", "DeviceName",
        "PlayDuration",
    ]

    mutating func readJellyfin(_ bytes: Data, _ choice: HistoryFile.Choice) throws {
        let rows = try Self.rows(bytes)
        let people = Set(rows.compactMap { $0.cells["UserId"] })
        if choice.person == nil && people.count > 1 {
            throw HistoryFile.Refusal(
                description:
                    "This file is of \(people.count) people: \(people.sorted().joined(separator: ", ")). Say whose history it is with --of."
            )
        }
        for row in rows where choice.person == nil || row.cells["UserId"] == choice.person { take(row, choice) }
    }

    private struct Row {
        let number: Int
        let cells: [String: String]
    }

    private mutating func take(_ row: Row, _ choice: HistoryFile.Choice) {
        guard let item = row.cells["ItemId"], !item.isEmpty else { return refuse(row.number, "it has no ItemId") }
        guard let start = row.cells["DateCreated"].flatMap(Self.instant) else {
            return refuse(row.number, "its DateCreated is no moment")
        }
        guard let seconds = row.cells["PlayDuration"].flatMap({ Int($0) }), (0...10_000_000).contains(seconds) else {
            return refuse(row.number, "its PlayDuration is no number of seconds")
        }
        guard seconds >= choice.leastSeconds else {
            return refuse(row.number, "it was played for \(seconds) s, which is less than \(choice.leastSeconds)")
        }
        let device = [row.cells["ClientName"], row.cells["DeviceName"]].compactMap { $0 }.filter { !$0.isEmpty }
        let id = NamedID.title.id("jellyfin:\(item)")
        let play = Play.imported(
            start + .seconds(seconds), startedAt: start,
            deviceID: device.isEmpty ? nil : device.joined(separator: " · "))
        take(.play(contentID: id, play), row.number)
        name(id, row.cells["ItemName"] ?? "")
    }

    /// `2020-11-02 20:15:30.1234567`, or RFC 3339.
    private static func instant(_ text: String) -> Instant? {
        if let instant = Instant(text) { return instant }
        guard let match = text.firstMatch(of: /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d+)?$/) else { return nil }
        let fraction = match.output.3.map { String($0.prefix(4)) } ?? ""
        return Instant("\(match.output.1)T\(match.output.2)\(fraction)Z")
    }

    private static func rows(_ bytes: Data) throws -> [Row] {
        var text = String(decoding: bytes, as: UTF8.self)
        if text.hasPrefix("\u{FEFF}") { text.removeFirst() }
        if text.first(where: { !$0.isWhitespace }) == "[" { return try objects(Data(text.utf8)) }
        let lines = text.split(whereSeparator: \.isNewline)
        guard let first = lines.first else { return [] }
        let separator: Character = first.contains("\t") ? "\t" : ","
        let heading = cells(first, separator)
        let hasHeading = heading.contains("ItemId")
        let names = hasHeading ? heading : columns
        guard hasHeading || heading.count == columns.count else {
            throw HistoryFile.Refusal(
                description:
                    "This is no export of Jellyfin's Playback Reporting: its rows are to have \(columns.joined(separator: ", "))."
            )
        }
        return lines.enumerated().dropFirst(hasHeading ? 1 : 0).map { index, line in
            Row(
                number: index + 1,
                cells: Dictionary(zip(names, cells(line, separator))) { first, _ in first })
        }
    }

    private static func objects(_ bytes: Data) throws -> [Row] {
        guard let list = try? JSONSerialization.jsonObject(with: bytes) as? [[String: Any]] else {
            throw HistoryFile.Refusal(description: "This is no JSON list of objects.")
        }
        return list.enumerated().map { index, object in
            Row(number: index + 1, cells: object.compactMapValues { $0 is NSNull ? nil : "\($0)" })
        }
    }

    /// The cells of a line; between commas one may stand in quotes, a quote within it twice (RFC 4180).
    private static func cells(_ line: Substring, _ separator: Character) -> [String] {
        var cells = [""]
        var isQuoted = false
        for character in line {
            if character == "\"" && separator == "," {
                if !isQuoted && cells[cells.count - 1].isEmpty == false { cells[cells.count - 1].append(character) }
                isQuoted.toggle()
            } else if character == separator && !isQuoted {
                cells.append("")
            } else {
                cells[cells.count - 1].append(character)
            }
        }
        return cells
    }
}
