package import Core

/// What somebody has posted, as a source gives it: plain text, whatever it was made of.
package struct Post: Sendable, Hashable {
    /// What the post is told from others of its account by; of several, any one that is known means that it is known. A feed's item
    /// has up to two (`guid:…`, `link:…`), or the hash of its title and text; everything else has one (`id:…`). Each has at most
    /// 200 bytes.
    package let keys: [String]
    /// Who wrote it, as people know them there: `ann`, `ann@example.social`; the feed's title for a feed without authors.
    package let author: String
    /// The whole text without markup; at most `Post.textLimit` characters.
    package let text: String
    /// Where it can be read; only http and https.
    package let url: String?
    /// When it was posted, as the source says; nil where it says nothing that can be read.
    package let postedAt: Instant?

    /// How much of one post is kept, in characters: what is longer is cut there and ends in "…".
    package static let textLimit = 10_000

    /// A post from its parts.
    package init(keys: [String], author: String, text: String, url: String?, postedAt: Instant?) {
        self.keys = keys
        self.author = author
        self.text = text
        self.url = url
        self.postedAt = postedAt
    }
}

/// Where posts come from.
package enum SourceName: String, Sendable, CaseIterable {
    /// Files of JSON lines in a folder of the server's: the embedded default.
    case folder
    /// The X API, version 2.
    case x
    /// twitterapi.io, which sells the same posts.
    case twitterapi
    /// An account of any Mastodon server.
    case mastodon
    /// An RSS or Atom feed.
    case feed

    /// Whether what has no date, or one of long ago, counts from when it was first seen.
    package var countsFromFirstSight: Bool { self == .feed }
}

/// What a source is asked for.
package struct PostRequest: Sendable {
    /// Whose posts: a name, `name@instance` of Mastodon, a feed's address.
    package let account: String
    /// From when, that instant included.
    package let from: Instant
    /// Until when, that instant not included.
    package let until: Instant
    /// How many posts are taken at most; past it what comes is not complete.
    package let limit: Int
    /// What the source wanted kept the last time.
    package let memory: SourceMemory

    /// A request from its parts.
    package init(
        account: String, from: Instant, until: Instant, limit: Int = 10_000, memory: SourceMemory = SourceMemory()
    ) {
        self.account = account
        self.from = from
        self.until = until
        self.limit = limit
        self.memory = memory
    }
}

/// What a source wants kept between two runs of a job; opaque to everybody else.
package struct SourceMemory: Sendable, Hashable {
    /// Names and their values: `etag`, `last-modified`.
    package var values: [String: String]

    /// A memory of these values.
    package init(_ values: [String: String] = [:]) {
        self.values = values
    }
}

/// What a source gave.
package struct FetchedPosts: Sendable {
    /// The posts. Those of a feed are all that it holds, dated or not; those of other sources lie in what was asked for.
    package let posts: [Post]
    /// What keeps them from being all of what was asked for, in a few words (`3200-newest`, `limit`); nil where they are all.
    package let truncatedBy: String?
    /// What the source wants kept.
    package let memory: SourceMemory
    /// Where the account has moved to for good, if it has: the job is changed to that.
    package let movedTo: String?

    /// What was fetched, from its parts.
    package init(posts: [Post], truncatedBy: String? = nil, memory: SourceMemory, movedTo: String? = nil) {
        self.posts = posts
        self.truncatedBy = truncatedBy
        self.memory = memory
        self.movedTo = movedTo
    }
}

/// Gives somebody's posts.
package protocol PostSource: Sendable {
    /// The posts of an account in a window, oldest first where they have dates. A rate limit that ends within 60 s is waited for;
    /// nothing else is tried again: that is the run's affair.
    /// - Throws: `SourceFailure`, or `CancellationError`.
    func posts(_ request: PostRequest) async throws -> FetchedPosts
}

/// Why a source gave nothing. Each has a sentence for the owner of the job: what happened and what to do.
package enum SourceFailure: Error, Sendable, Equatable {
    /// Asked too often; good again then, if it said when.
    case rateLimited(until: Instant?, String)
    /// The month's allowance is used up: trying again does not help.
    case capExceeded(String)
    /// Gone for good (410): the job is switched off.
    case gone(String)
    /// What was asked is wrong (no such account, a bad key, an address inside): trying again does not help.
    case refused(String)
    /// It did not work this time.
    case failed(String)
}

/// What is to be summarised.
package struct SummaryRequest: Sendable {
    /// Whose posts they are.
    package let account: String
    /// What the reader wants to know about; empty for everything.
    package let topics: [String]
    /// What language the summary is to be in, as BCP 47 (`de`); nil for the posts' own.
    package let language: String?
    /// The posts, oldest first; one at least.
    package let posts: [Post]

    /// A request from its parts.
    package init(account: String, topics: [String], language: String?, posts: [Post]) {
        self.account = account
        self.topics = topics
        self.language = language
        self.posts = posts
    }
}

/// A summary, each sentence with the posts that it is from.
package struct SummaryText: Sendable, Equatable {
    /// A sentence, and the places in the request of the posts that it is from: one at least, none twice, in their order.
    package struct Sentence: Sendable, Equatable {
        /// The sentence, as plain text.
        package let text: String
        /// Which posts.
        package let posts: [Int]

        /// A sentence from its parts.
        package init(text: String, posts: [Int]) {
            self.text = text
            self.posts = posts
        }
    }

    /// The sentences, in the order they are to be read.
    package let sentences: [Sentence]
    /// What wrote it: a model's name, or `extractive`.
    package let writer: String
    /// Tokens that were sent and came back, where the model says so.
    package let promptTokens: Int?
    /// Tokens that came back.
    package let completionTokens: Int?

    /// A summary from its parts.
    package init(sentences: [Sentence], writer: String, promptTokens: Int? = nil, completionTokens: Int? = nil) {
        self.sentences = sentences
        self.writer = writer
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
    }
}

/// Writes summaries.
package protocol Summariser: Sendable {
    /// The summary of some posts.
    /// - Throws: `SummaryFailure`, or `CancellationError`.
    func summarise(_ request: SummaryRequest) async throws -> SummaryText
}

/// Why there is no summary. Each has a sentence for the owner of the job.
package enum SummaryFailure: Error, Sendable, Equatable {
    /// Asked too often; good again then, if it said when.
    case rateLimited(until: Instant?, String)
    /// The account has no money or quota left: trying again does not help.
    case capExceeded(String)
    /// The model gave nothing that can be used.
    case failed(String)
}
