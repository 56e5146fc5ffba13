import Changes
import Core
import SQL

/// Plays by hand: what a person says that they have watched, or have not.
struct WatchedStore: Sendable {
    let history: HistoryStore

    /// Plays of a title, newest first.
    func plays(
        of title: UserTitle, after cursor: Cursor?, limit: Int, on connection: any Connection
    ) throws -> [Play] {
        try PlayRows.page(of: title, after: cursor, limit: limit, on: connection)
    }

    /// Adds a play; the one that is there where there is one of that moment already.
    func add(_ play: Play, to title: UserTitle, _ change: Change) throws -> Play {
        var place = try lock(title, change)
        let before = place
        let there = try PlayRows.page(
            of: title, after: Cursor(instant: play.finishedAt, id: .last), limit: 1, on: change.connection)
        if let known = there.first, known.finishedAt == play.finishedAt { return known }
        // Whoever has no place in it has seen it, and stands behind its end.
        if !place.stands { _ = UndoRule.mark(&place, seenAt: play.finishedAt, at: change.now) }
        try insert(play, of: title, &place, was: before, change)
        return play
    }

    /// Takes one play away, which can be undone.
    func remove(_ id: ID, of title: UserTitle, _ change: Change) throws {
        let connection = change.connection
        guard var place = try PlaceRows.lock([title], on: connection)[title], place.stands,
            try PlayRows.find(id, of: title, on: connection) != nil
        else { throw PlaybackRefusal.noPlay }
        let before = place
        try MoveRows.append([(title, WatchMove(.mark, from: place, at: change.now))], on: connection)
        try PlayRows.clear(id, at: change.now, on: connection)
        place.playCount -= 1
        try PlaceRows.update([place], was: [before], at: change.now, on: connection)
    }

    /// Marks a title as watched: a play of that moment, unless there is one near it, and out of "continue watching".
    func mark(_ title: UserTitle, seenAt: Instant?, _ change: Change) throws -> HistoryStore.Entry {
        var place = try lock(title, change)
        let before = place
        let finish = Finish(at: seenAt ?? change.now, length: place.knownDuration)
        let move = UndoRule.mark(&place, seenAt: finish.at, at: change.now)
        let nearness = PlayRule.nearness(length: finish.length)
        let known = try PlayRows.moments(
            of: [(title, finish.at - nearness, finish.at + nearness)], on: change.connection)
        let isNew = !PlayRule.plays(among: [finish], known: known[title] ?? []).isEmpty
        if isNew || place != before { try MoveRows.append([(title, move)], on: change.connection) }
        if isNew {
            let play = Play(id: .random(), startedAt: nil, finishedAt: finish.at, deviceID: nil, source: .marked)
            try insert(play, of: title, &place, was: before, change)
        } else {
            try PlaceRows.update([place], was: [before], at: change.now, on: change.connection)
        }
        return try entry(of: title, change)
    }

    /// Takes a title's plays and its place away, which can be undone.
    func unmark(
        _ title: UserTitle, as clearID: ID, with clearing: ClearStore, _ change: Change
    ) throws -> HistoryStore.Entry {
        try clearing.clear(title, as: clearID, change)
        return try entry(of: title, change)
    }

    private func lock(_ title: UserTitle, _ change: Change) throws -> WatchPlace {
        try change.requireNotErased(title.userID)
        return try PlaceRows.lock([title], new: [title], at: change.now, on: change.connection)[title]
            ?? WatchPlace(userID: title.userID, contentID: title.contentID)
    }

    private func insert(
        _ play: Play, of title: UserTitle, _ place: inout WatchPlace, was before: WatchPlace, _ change: Change
    ) throws {
        place.playCount += 1
        try PlayRows.insert([PlayRows.New(title: title, play: play)], at: change.now, on: change.connection)
        try PlaceRows.update([place], was: [before], at: change.now, on: change.connection)
    }

    private func entry(of title: UserTitle, _ change: Change) throws -> HistoryStore.Entry {
        guard let entry = try history.anyEntry(of: title, on: change.connection) else { throw PlaybackRefusal.noPlace }
        return entry
    }
}

extension ID {
    /// Behind every other id of its moment.
    fileprivate static let last = ID(high: .max, low: .max)
}
