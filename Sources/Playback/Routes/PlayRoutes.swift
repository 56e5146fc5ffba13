import Changes
import Core
import Foundation
import Hummingbird
import Synchronization
import Web

/// Plays: looking at them, and what a person says that they have watched.
struct PlayRoutes: Sendable {
    let changes: Changes
    let watched: WatchedStore
    let clearing: ClearStore
    let importing: ImportStore

    func add(to group: RouteGroup) {
        let history = group.group("users/{user_id}/history")
        history.post("import", for: .users(.writePlayback), use: importHistory)
        let title = history.group("{content_id}")
        title.get("plays", for: .users(.readPlayback), query: .page, use: list)
        title.post("plays", for: .users(.writePlayback), use: add)
        title.delete("plays/{play_id}", for: .users(.writePlayback), use: remove)
        title.put("watched", for: .users(.writePlayback), use: mark)
        title.delete("watched", for: .users(.writePlayback), use: unmark)
    }

    @Sendable private func list(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let title = try userTitle(request, context)
        let (limit, cursor) = try request.values(context) { ($0.limit(), $0.cursor()) }
        // One more than asked for tells whether there is a next page.
        let plays = try await changes.read { [watched] in
            try watched.plays(of: title, after: cursor, limit: limit + 1, on: $0)
        }
        let page = plays.prefix(limit)
        let next = plays.count > limit ? page.last.map { Cursor(instant: $0.finishedAt, id: $0.id) } : nil
        return .ok(["plays": .array(page.map(\.json)), "next_cursor": .optional(next) { .string($0.text) }])
    }

    private struct PlayInput: Input {
        let play: Play

        init(_ fields: Fields) {
            play = Play(fields, source: .marked)
        }
    }

    @Sendable private func add(_ request: Request, _ context: DogearContext) async throws -> Response {
        let title = try userTitle(request, context)
        let body = try await request.bodyBytes(context)
        let play = try readInput(PlayInput.self, from: body).play
        if let refused = ImportRule.refusal(of: play, at: changes.clock.now) {
            throw Problem.invalid([FieldProblem(refused.field, refused.reason)])
        }
        return try await changes.reply(to: request, context, body: body) { [watched] change in
            let added = try watched.add(play, to: title, change)
            return Reply(201, added.json)
        }
    }

    @Sendable private func remove(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let title = try userTitle(request, context)
        let id = try request.values(context) { $0.id("play_id") }
        try await changes.make { [watched] in try watched.remove(id, of: title, $0) }
        return .done
    }

    private struct MarkInput: Input {
        let at: Instant?

        init(_ fields: Fields) {
            at = fields.optionalInstant("at")
        }
    }

    @Sendable private func mark(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let title = try userTitle(request, context)
        let at = try readOptionalInput(MarkInput.self, from: try await request.bodyBytes(context)).at
        if let at, let reason = ImportRule.refusal(of: at, at: changes.clock.now) {
            throw Problem.invalid([FieldProblem("at", reason)])
        }
        return try await changes.make { [watched] change in
            .ok(try watched.mark(title, seenAt: at, change).json(watched.history.resume))
        }
    }

    @Sendable private func unmark(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (title, id) = (try userTitle(request, context), ID.random())
        return try await changes.make { [watched, clearing] change in
            .ok(try watched.unmark(title, as: id, with: clearing, change).json(watched.history.resume))
        }
    }

    @Sendable private func importHistory(_ request: Request, _ context: DogearContext) async throws -> Response {
        let user = try userID(request, context)
        let body = try await request.bodyOfLines(context)
        guard !body.isEmpty else { throw Problem.invalid([FieldProblem("body", "has no lines")]) }
        let (lines, refused) = try ImportInput.read(body, at: changes.clock.now)
        let taken = Mutex(ImportStore.Taken())
        return try await changes.reply(
            to: request, context, body: body,
            preparedBy: { [importing, changes] in
                let done = try await importing.take(lines, of: user, with: changes)
                taken.withLock { $0 = done }
            }
        ) { _ in
            let done = taken.withLock { $0 }
            return .ok([
                "places": .integer(done.places), "plays": .integer(done.plays),
                "refused": .array(refused.map { ["line": .integer($0.line), "reason": .string($0.reason)] }),
            ])
        }
    }
}

extension Play {
    /// What a body, or a line of an import, says of a play.
    init(_ fields: Fields, source: Source) {
        self.init(
            id: .random(), startedAt: fields.optionalInstant("started_at"),
            finishedAt: fields.optionalInstant("finished_at", required: true) ?? Instant(milliseconds: 0),
            deviceID: fields.optionalText("device_id", length: 1...200), source: source)
    }

    fileprivate var json: JSON {
        [
            "id": .id(id), "started_at": .optional(startedAt) { .instant($0) }, "finished_at": .instant(finishedAt),
            "device_id": .optional(deviceID) { .string($0) }, "source": .string(source.rawValue),
        ]
    }
}

/// One line of an import: `{"kind": "place", "content_id", "position_seconds", "at", …}` or `{"kind": "play", "content_id",
/// "finished_at", …}`.
struct ImportInput: Input {
    private enum Kind: String, CaseIterable { case place, play }

    let line: ImportLine

    init(_ fields: Fields) {
        let content = fields.id("content_id")
        guard fields.optionalChoice("kind", Kind.self, required: true) != .play else {
            line = .play(
                contentID: content,
                Play(fields, source: fields.optionalChoice("source", Play.Source.self) ?? .imported))
            return
        }
        line = .place(
            ImportedPlace(
                contentID: content, position: fields.seconds("position_seconds"),
                duration: fields.optionalSeconds("duration_seconds") ?? 0,
                isEnded: fields.optionalFlag("ended") ?? false,
                at: fields.optionalInstant("at", required: true) ?? Instant(milliseconds: 0),
                deviceID: fields.optionalText("device_id", length: 1...200),
                hiddenAt: fields.optionalInstant("hidden_at")))
    }

    /// Why a line cannot be read.
    static func reason(_ refused: Fields.Refused) -> String {
        refused.fields.map { $0.field.isEmpty ? $0.message : "`\($0.field)` \($0.message)" }.joined(separator: "; ")
    }

    /// The lines that can be taken, and why the others cannot.
    static func read(
        _ bytes: Data, at now: Instant
    ) throws(Problem) -> (lines: [ImportLine], refused: [(line: Int, reason: String)]) {
        var lines: [ImportLine] = []
        var refused: [(line: Int, reason: String)] = []
        for (number, result) in try readLines(ImportInput.self, from: bytes, most: ImportRule.mostLines) {
            switch result {
            case .success(let input):
                if let reason = ImportRule.refusal(of: input.line, at: now) {
                    refused.append((number, reason))
                } else {
                    lines.append(input.line)
                }
            case .failure(let problem):
                refused.append((number, reason(problem)))
            }
        }
        return (lines, refused)
    }
}
