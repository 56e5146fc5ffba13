/// Where a title is finished: one line for resuming, plays, "continue watching", `is_completed` and analytics.
///
/// The first that is known of decides: where the title's credits begin; else a share of its length and, where a bound on what may
/// be left is set, that too: of ten hours of an audiobook 4 % are 24 minutes.
package struct FinishLine: Sendable, Hashable {
    /// Past this share of the length is finished; exactly this share is not.
    let ratio: Double
    /// Only with at most this many seconds left; 0 where that does not matter.
    let maxRemainingSeconds: Int

    /// A line by these thresholds; the seed's where none are given.
    package init(ratio: Double = 0.95, maxRemainingSeconds: Int = 0) {
        self.ratio = ratio
        self.maxRemainingSeconds = maxRemainingSeconds
    }

    /// Whether somebody who stands there is past it.
    func isPast(_ standing: Standing) -> Bool {
        if standing.isEnded { return true }
        if let credits = standing.creditsAt { return standing.position > credits }
        guard standing.duration > 0 else { return false }
        let left = standing.duration - standing.position
        return Double(standing.position) / Double(standing.duration) > ratio
            && (maxRemainingSeconds == 0 || left <= maxRemainingSeconds)
    }

    /// Whether a place is past it.
    func isPast(_ place: WatchPlace) -> Bool { isPast(place.standing) }

    /// Whether a session is past it; what is known of its title comes from the place.
    func isPast(_ session: PlaybackSession, in place: WatchPlace) -> Bool {
        isPast(
            Standing(
                position: session.position, duration: length(of: session, in: place),
                isEnded: session.state == .ended, creditsAt: place.title.creditsAt))
    }

    /// How long a session's title is, as far as is known; 0 where it is not.
    func length(of session: PlaybackSession, in place: WatchPlace) -> Int {
        Length.known(
            [session.duration, place.duration, place.title.duration], at: session.position,
            outgrown: max(session.outgrown, place.outgrown))
    }
}

/// What the line looks at.
struct Standing: Sendable, Hashable {
    let position: Int
    /// 0 where it is not known.
    let duration: Int
    /// Whether the player said that this is the end.
    var isEnded = false
    /// Where the credits begin; nil where nobody said.
    var creditsAt: Int?
}

/// What an app told of a title by `PUT /content/{content_id}`.
struct TitleFacts: Sendable, Hashable {
    /// In whole seconds; 0 where it is not known.
    var duration = 0
    /// Where the credits begin.
    var creditsAt: Int?
}

/// How long a title is, by what was said of it.
enum Length {
    /// A player may report so many seconds past the end that it stated.
    static let slackSeconds = 2

    /// The first statement that no position has proved wrong; 0 where there is none.
    /// - Parameter outgrown: The largest statement that was proved wrong: only a larger one is believed.
    static func known(_ statements: [Int], at position: Int, outgrown: Int) -> Int {
        statements.first { $0 > outgrown && position - slackSeconds <= $0 } ?? 0
    }
}
