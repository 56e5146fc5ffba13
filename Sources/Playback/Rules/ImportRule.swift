import Core

/// One line of an import: a place, or a play.
enum ImportLine: Sendable, Hashable {
    case place(ImportedPlace)
    case play(contentID: ID, Play)

    var contentID: ID {
        switch self {
        case .place(let place): place.contentID
        case .play(let content, _): content
        }
    }
}

/// Where somebody was, as another program has it.
struct ImportedPlace: Sendable, Hashable {
    let contentID: ID
    let position: Int
    let duration: Int
    let isEnded: Bool
    let at: Instant
    let deviceID: String?
    /// When it was taken out of "continue watching"; nil where nothing is said of that.
    let hiddenAt: Instant?
}

/// What an import does to a title: quietly, and to nothing that is newer.
enum ImportRule {
    /// How many lines one import may have.
    static let mostLines = 10_000

    /// No moment before the pictures learnt to move.
    static let earliest = Instant(milliseconds: -2_208_988_800_000)

    /// Why a moment is none at which something was watched; nil where it is one.
    static func refusal(of moment: Instant, at now: Instant) -> String? {
        moment > now ? "is in the future" : moment < earliest ? "is before 1900" : nil
    }

    /// Why a line is refused; nil where it is taken.
    static func refusal(of line: ImportLine, at now: Instant) -> String? {
        switch line {
        case .place(let place):
            refusal(of: place.at, at: now).map { "`at` \($0)" }
                ?? place.hiddenAt.flatMap { refusal(of: $0, at: now) }.map { "`hidden_at` \($0)" }
        case .play(_, let play): refusal(of: play, at: now).map { "`\($0.field)` \($0.reason)" }
        }
    }

    /// Why a play is refused: which field of it, and why.
    static func refusal(of play: Play, at now: Instant) -> (field: String, reason: String)? {
        if let reason = refusal(of: play.finishedAt, at: now) { return ("finished_at", reason) }
        guard let started = play.startedAt else { return nil }
        if let reason = refusal(of: started, at: now) { return ("started_at", reason) }
        return started > play.finishedAt ? ("started_at", "is after `finished_at`") : nil
    }

    /// Puts a place where an import says, unless what is known is as new; what goes into the undo log where it was put there.
    static func take(_ told: ImportedPlace, into place: inout WatchPlace) -> (isTaken: Bool, move: WatchMove?) {
        let known = [place.lastMovedAt, place.clearedAt].compactMap { $0 }
        guard known.allSatisfy({ told.at > $0 }) else { return (false, nil) }
        let move = place.stands ? WatchMove(.sessionChange, from: place, at: told.at, deviceID: told.deviceID) : nil
        if place.clearedAt != nil { place.beginAnew() }
        place.position = told.position
        if told.duration > 0 { place.duration = told.duration }
        if place.duration > 0 && place.position - Length.slackSeconds > place.duration {
            place.outgrown = max(place.outgrown, place.duration)
        }
        place.isEnded = told.isEnded
        place.moved(at: told.at)
        place.lastSessionID = nil
        place.deviceID = told.deviceID
        if let hidden = told.hiddenAt { place.hiddenAt = hidden }
        return (true, move)
    }

    /// The plays among those of a file that are new, oldest first. What is older than a clearing stays away.
    static func plays(_ told: [Play], of place: WatchPlace, known: [Instant]) -> [Play] {
        let length = place.knownDuration
        var taken = known
        return told.sorted { $0.finishedAt < $1.finishedAt }.filter { play in
            if let cleared = place.clearedAt, play.finishedAt <= cleared { return false }
            let finish = Finish(at: play.finishedAt, length: length)
            guard !PlayRule.plays(among: [finish], known: taken).isEmpty else { return false }
            taken.append(play.finishedAt)
            return true
        }
    }
}
