import Core
import Foundation
import SQL

/// Erasures as rows of `erasures`.
enum ErasureRows {
    private static let columns = "id, state, hashes, people, counts, is_logged, requested_at, finished_at"

    private static func erasure(_ row: any Row) throws -> Erasure {
        let (id, state) = (try row.id(), Erasure.State(rawValue: try row.text()) ?? .done)
        let hashes = try row.optional(row.text)?.split(separator: " ").map(String.init) ?? []
        let people = try row.optional(row.text)?.split(separator: "\n").compactMap { Person(String($0)) } ?? []
        let counts = Counts.read(try row.text())
        return Erasure(
            id: id, state: state, hashes: hashes, people: people, counts: counts.gone, emptied: counts.emptied,
            isLogged: try row.bool(), requestedAt: try row.instant(), finishedAt: try row.optional(row.instant))
    }

    private static func values(_ erasure: Erasure) -> [Value] {
        let isOver = erasure.state == .done
        let people = erasure.people.map(\.description).joined(separator: "\n")
        return [
            .id(erasure.id), .text(erasure.state.rawValue),
            isOver ? .null : .text(erasure.hashes.joined(separator: " ")),
            erasure.state == .running ? .text(people) : .null, .text(Counts.write(erasure.counts, erasure.emptied)),
            .bool(erasure.isLogged), .instant(erasure.requestedAt),
            .optional(erasure.finishedAt) { .instant($0) },
        ]
    }

    static func insert(_ erasure: Erasure, on connection: any Connection) throws {
        try connection.execute(
            SQLText("INSERT INTO erasures (\(columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"), values(erasure))
    }

    static func update(_ erasure: Erasure, on connection: any Connection) throws {
        try connection.execute(
            """
            UPDATE erasures
            SET state = $2, hashes = $3, people = $4, counts = $5, is_logged = $6, finished_at = $7
            WHERE id = $1
            """, Array(values(erasure)[0..<6]) + [values(erasure)[7]])
    }

    static func find(_ id: ID, on connection: any Connection) throws -> Erasure? {
        try connection.first(SQLText("SELECT \(columns) FROM erasures WHERE id = $1"), [.id(id)], erasure)
    }

    static func lock(_ id: ID, on connection: any Connection) throws -> Erasure? {
        try connection.first(SQLText("SELECT \(columns) FROM erasures WHERE id = $1 {for_update}"), [.id(id)], erasure)
    }

    /// The one that is under way for these people.
    static func running(_ hashes: [String], on connection: any Connection) throws -> Erasure? {
        try connection.first(
            SQLText("SELECT \(columns) FROM erasures WHERE state = 'running' AND hashes = $1"),
            [.text(hashes.joined(separator: " "))], erasure)
    }

    /// Those that are not done, the oldest first.
    static func open(limit: Int, on connection: any Connection) throws -> [Erasure] {
        try connection.all(
            SQLText("SELECT \(columns) FROM erasures WHERE state <> 'done' ORDER BY requested_at, id LIMIT $1"),
            [.integer(limit)], erasure)
    }

    /// Which of some ids erasures have here.
    static func known(_ ids: [ID], on connection: any Connection) throws -> Set<ID> {
        Set(try connection.all(knownText, ids.map { [.id($0)] }) { try $0.id() })
    }

    private static let knownText = BulkText(
        "SELECT id FROM erasures WHERE id IN ({rows})", sqlite: "SELECT id FROM erasures WHERE id = $1", [.uuid])
}

/// Counts by kind, as a JSON object. What was only emptied stands there under a name of its own, which an older server keeps as it is.
private enum Counts {
    private static let mark = "emptied "

    static func write(_ gone: [String: Int], _ emptied: [String: Int]) -> String {
        let all = gone.merging(emptied.map { (mark + $0.key, $0.value) }) { first, _ in first }
        return JSON.object(all.sorted { $0.key < $1.key }.map { .init($0.key, .integer($0.value)) }).text
    }

    static func read(_ text: String) -> (gone: [String: Int], emptied: [String: Int]) {
        let all = (try? JSONDecoder().decode([String: Int].self, from: Data(text.utf8))) ?? [:]
        return all.reduce(into: ([:], [:])) { read, count in
            if count.key.hasPrefix(mark) {
                read.1[String(count.key.dropFirst(mark.count))] = count.value
            } else {
                read.0[count.key] = count.value
            }
        }
    }
}
