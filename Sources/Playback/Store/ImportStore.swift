import Changes
import Core
import SQL

/// Takes a history from elsewhere: no session, no notice, nothing newer overwritten. The same file twice changes nothing.
struct ImportStore: Sendable {
    /// How many titles one transaction takes.
    private static let stepSize = 300

    /// What an import changed.
    struct Taken: Sendable, Hashable {
        var places = 0
        var plays = 0
    }

    /// Takes lines into a user's history, in steps: one that is cut off is sent again.
    func take(_ lines: [ImportLine], of user: ID, with changes: Changes) async throws -> Taken {
        let titles = Dictionary(grouping: lines) { UserTitle(userID: user, contentID: $0.contentID) }
        var left = titles.keys.sorted()[...]
        var taken = Taken()
        while !left.isEmpty {
            let step = left.prefix(Self.stepSize)
            left = left.dropFirst(Self.stepSize)
            let more = try await changes.make { change in
                try take(titles.filter { step.contains($0.key) }, change)
            }
            taken.places += more.places
            taken.plays += more.plays
        }
        return taken
    }

    private func take(_ lines: [UserTitle: [ImportLine]], _ change: Change) throws -> Taken {
        let connection = change.connection
        let titles = Set(lines.keys)
        for user in Set(titles.map(\.userID)) { try change.requireNotErased(user) }
        let before = try PlaceRows.lock(titles, new: titles, at: change.now, on: connection)
        let known = try PlayRows.moments(
            of: titles.sorted().map { ($0, Instant(milliseconds: 0), change.now + .days(1)) }, on: connection)
        var work = Work(places: before)
        for title in titles.sorted() {
            work.take(lines[title] ?? [], of: title, known: known[title] ?? [], at: change.now)
        }
        try MoveRows.append(work.moves, on: connection)
        try PlayRows.insert(work.plays, at: change.now, on: connection)
        try PlaceRows.update(
            work.changed.compactMap { work.places[$0] }, was: Array(before.values), at: change.now, on: connection)
        return work.taken
    }

    /// What one step does.
    private struct Work {
        var places: [UserTitle: WatchPlace]
        var changed: Set<UserTitle> = []
        var moves: [(title: UserTitle, move: WatchMove)] = []
        var plays: [PlayRows.New] = []
        var taken = Taken()

        mutating func take(_ lines: [ImportLine], of title: UserTitle, known: [Instant], at now: Instant) {
            guard var place = places[title] else { return }
            let newest = lines.compactMap { if case .place(let place) = $0 { place } else { nil } }.max {
                $0.at < $1.at
            }
            if let newest {
                let result = ImportRule.take(newest, into: &place)
                if let move = result.move { moves.append((title, move)) }
                if result.isTaken { taken.places += 1 }
            }
            let told = lines.compactMap { if case .play(_, let play) = $0 { play } else { nil } }
            for play in ImportRule.plays(told, of: place, known: known) {
                plays.append(PlayRows.New(title: title, play: play))
                taken.plays += 1
                // Whoever has no place in it has seen it, and stands behind its end.
                if !place.stands { _ = UndoRule.mark(&place, seenAt: play.finishedAt, at: now) }
                place.playCount += 1
            }
            guard place != places[title] else { return }
            places[title] = place
            changed.insert(title)
        }
    }
}
