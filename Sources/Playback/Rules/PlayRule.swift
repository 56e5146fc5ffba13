import Core

/// What counts as one viewing of a title.
///
/// Crossing the finish line is a finish. Two finishes that are nearer to each other than half of the title's length are one play:
/// retries, replays, uploads in any order, and two devices that play together.
enum PlayRule {
    /// Where the length is not known.
    static let nearWhereUnknown = Duration.seconds(60)

    /// Finishes that are nearer than this are one play.
    static func nearness(length: Int) -> Duration {
        length > 0 ? .milliseconds(length * 500) : nearWhereUnknown
    }

    /// The finishes that are plays of their own, given the moments of plays that are known.
    static func plays(among finishes: [Finish], known: [Instant]) -> [Finish] {
        var taken = known
        return finishes.filter { finish in
            let isNew = taken.allSatisfy { distance($0, finish.at) >= nearness(length: finish.length) }
            if isNew { taken.append(finish.at) }
            return isNew
        }
    }

    private static func distance(_ one: Instant, _ other: Instant) -> Duration {
        one < other ? other - one : one - other
    }
}

/// A crossing of the finish line.
struct Finish: Sendable, Hashable {
    let at: Instant
    /// When the viewing began, where that is known.
    var startedAt: Instant?
    /// The title's length in seconds; 0 where it is not known.
    let length: Int
    var deviceID: String?
}

/// One viewing, as it is kept.
struct Play: Sendable, Hashable {
    /// Who says so.
    enum Source: String, Sendable, CaseIterable {
        /// A player crossed the finish line.
        case watched
        /// A person marked it.
        case marked
        /// A file said so.
        case imported
    }

    let id: ID
    let startedAt: Instant?
    let finishedAt: Instant
    let deviceID: String?
    let source: Source
}
