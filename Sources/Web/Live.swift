package import Core
package import SQL

/// Something that somebody does at this moment, whichever wing keeps it.
package struct Live: Sendable {
    /// What it is.
    package enum Kind: String, Sendable, CaseIterable {
        /// A device that plays a title.
        case playbackSession = "playback-session"
        /// A respondent at a questionnaire.
        case questionnaireSession = "questionnaire-session"
        /// A live event that was begun and is not over.
        case event
        /// Somebody who plays along in one.
        case participant
        /// A job's run at work.
        case run
    }

    /// What it is.
    package let kind: Kind
    /// Tells it from all others, and orders those of one moment.
    package let key: ID
    /// What it is known by to its own wing.
    package let id: String
    /// What it is called.
    package let title: String
    /// Whose it is; nil where nobody said.
    package let user: ID?
    /// On which device; nil where that is no question, or not kept.
    package let device: String?
    /// How far it is, in words.
    package let words: String
    /// How its wing calls its state; `silent` where nothing was heard of it for too long to say.
    package let status: String
    /// Since when.
    package let since: Instant
    /// When something was heard of it last.
    package let lastActivity: Instant
    /// The page that shows it; nil where there is none.
    package let link: String?

    /// Something live, from its parts.
    package init(
        _ kind: Kind, _ key: ID, id: String, title: String, user: ID?, device: String? = nil, words: String,
        status: String, since: Instant, lastActivity: Instant, link: String? = nil
    ) {
        self.kind = kind
        self.key = key
        self.id = id
        self.title = title
        self.user = user
        self.device = device
        self.words = words
        self.status = status
        self.since = since
        self.lastActivity = lastActivity
        self.link = link
    }

    /// Where it stands in a list, newest first.
    package var cursor: Cursor { Cursor(instant: lastActivity, id: key) }

    /// Counting ends here: whoever runs the server is told that there are more.
    package static let counted = 10_000
}

/// What knows what is live in one wing.
package protocol LiveSource: Sendable {
    /// The wing.
    var area: Scope.Area { get }

    /// What is live and what has only just fallen silent, by when it was heard of last, newest first: of each kind at most as many as
    /// are asked for.
    func live(_ seek: Seek, at now: Instant, on connection: any Connection) throws -> [Live]

    /// How much is live, without what is silent; past `Live.counted` one more than that stands for any number.
    func counts(at now: Instant, on connection: any Connection) throws -> [Live.Kind: Int]
}
