package import Core
package import SQL

/// Something that somebody can go on with, whichever wing keeps it.
package struct Resumable: Sendable {
    /// What it is.
    package enum Kind: String, Sendable, CaseIterable {
        /// A title that was left in the middle.
        case video
        /// The next episode of a series.
        case nextEpisode = "next-episode"
        /// A questionnaire with answers in it.
        case questionnaire
        /// A live event that a device has a place in.
        case event
        /// A scheduled watch whose last run failed.
        case failedRun = "failed-run"
    }

    /// What it is.
    package let kind: Kind
    /// Tells it from all others of its kind.
    package let key: ID
    /// What it is called.
    package let title: String
    /// How far it got, in words.
    package let words: String
    /// How far it got, in percent; nil where that is no question.
    package let percentage: Double?
    /// When it was touched last.
    package let at: Instant
    /// Until when it can be gone on with; nil where that does not end by itself.
    package let until: Instant?
    /// Where it is gone on with; nil where nobody has said.
    package let link: String?
    /// What its own wing says of it.
    package let details: JSON

    /// Something to go on with, from its parts.
    package init(
        _ kind: Kind, _ key: ID, title: String, words: String, percentage: Double? = nil, at: Instant,
        until: Instant? = nil, link: String?, details: JSON
    ) {
        self.kind = kind
        self.key = key
        self.title = title
        self.words = words
        self.percentage = percentage
        self.at = at
        self.until = until
        self.link = link
        self.details = details
    }

    /// Where it stands in a list, newest first.
    package var cursor: Cursor { Cursor(instant: at, id: key) }
}

/// What knows what somebody can go on with in one wing.
package protocol ResumeSource: Sendable {
    /// What a service key needs to be told of it.
    var scope: Scope { get }

    /// What somebody can go on with, newest first, and at most so many: those behind a place in the list.
    func resumable(
        of user: ID, after cursor: Cursor?, limit: Int, at now: Instant, on connection: any Connection
    ) throws -> [Resumable]
}
