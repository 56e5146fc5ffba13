package import Core

/// A summary as it is kept: of a job's run, or of the playground, which is there from its beginning.
package struct Summary: Sendable, Hashable {
    /// Its number.
    package let id: Int
    /// The job's; nil for the playground.
    package let jobID: Int?
    /// The run's.
    package let executionID: Int?
    /// Whether it is of the playground.
    package let isPlayground: Bool
    /// Whose posts: the seed's `x_username`.
    package let account: String?
    /// What the reader wanted to know about.
    package let topics: [String]
    /// How far back a playground run looked.
    package let hoursBack: Int?
    /// The text, with the numbers of posts behind each sentence.
    package let content: String
    /// How many posts it is of.
    package let postsCount: Int
    /// Sentences and posts, as JSON.
    package let rawData: String?
    /// When it was made.
    package let createdAt: Instant
    /// Whose playground it is of.
    package let userID: ID?
    /// How far a playground run is.
    package let status: ExecutionStatus
    /// What a playground run is at: `fetching`, `summarising`.
    package let stage: String?
    /// What went wrong.
    package let errorMessage: String?
    /// Where the posts are from.
    package let source: SourceName?
    /// The language that was asked for.
    package let language: String?
    /// What wrote it.
    package let writer: String?
    /// Tokens sent.
    package let promptTokens: Int?
    /// Tokens that came back.
    package let completionTokens: Int?
}

/// A summary with the posts that it is of, as it is written down.
package struct WrittenSummary: Sendable {
    /// The sentences.
    package let text: SummaryText
    private let posts: [Post]

    /// So much of a post is kept beside the summary.
    private static let excerpt = 280

    /// A summary of posts.
    package init(_ text: SummaryText, of posts: [Post]) {
        self.text = text
        self.posts = posts
    }

    /// How many posts it is of.
    package var postsCount: Int { posts.count }

    /// The sentences one after the other, each with the numbers of its posts: "It rains. [1] [3]".
    package var content: String {
        let numbers = self.numbers
        return text.sentences.map { sentence in
            ([sentence.text] + sentence.posts.compactMap { numbers[$0] }.map { "[\($0)]" }).joined(separator: " ")
        }.joined(separator: "\n")
    }

    /// Which number each post that is cited has: in the order in which it is cited first.
    private var numbers: [Int: Int] {
        text.sentences.flatMap(\.posts).reduce(into: [:]) { numbers, post in
            if numbers[post] == nil { numbers[post] = numbers.count + 1 }
        }
    }

    /// What the seed calls `raw_data`: how many posts, those that are cited, and each sentence with its posts' numbers.
    package var rawData: String {
        let numbers = self.numbers
        let cited = numbers.sorted { $0.value < $1.value }.map { (posts[$0.key], $0.value) }
        return JSON.object([
            .init("count", .integer(posts.count)),
            .init(
                "sentences",
                .array(
                    text.sentences.map { sentence in
                        [
                            "text": .string(sentence.text),
                            "posts": .array(sentence.posts.compactMap { numbers[$0] }.map { .integer($0) }),
                        ]
                    })),
            .init(
                "tweets",
                .array(
                    cited.map { post, number in
                        [
                            "number": .integer(number), "id": .string(post.keys.first ?? ""),
                            "author": .string(post.author), "text": .string(String(post.text.prefix(Self.excerpt))),
                            "url": .optional(post.url) { .string($0) },
                            "posted_at": .optional(post.postedAt) { .instant($0) },
                        ]
                    })),
        ]).text
    }

    /// Where the posts that are cited can be read: "[1] https://…".
    package var links: [String] {
        numbers.sorted { $0.value < $1.value }.compactMap { post, number in
            posts[post].url.map { "[\(number)] \($0)" }
        }
    }
}
