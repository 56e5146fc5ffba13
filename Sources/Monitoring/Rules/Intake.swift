package import Core

/// Which of the posts that a source gave are new to a job.
package enum Intake {
    /// A first run of a feed takes at most so many.
    package static let firstRunLimit = 50
    /// How far a first run looks back.
    package static let firstWindow = Duration.hours(24)
    /// A fetch begins so much before its window: a post that its source shows late is not lost.
    package static let overlap = Duration.minutes(15)

    /// What is done with a post.
    package enum Verdict: Sendable, Hashable {
        /// It is summarised.
        case new
        /// It is noted as seen, and never summarised: a feed's first run finds what is long read.
        case seen
        /// It was known, or came twice.
        case known
    }

    /// What is done with each post.
    /// - Parameters:
    ///   - known: Keys that the job knows.
    ///   - isFirst: Whether the job has fetched nothing before.
    package static func verdicts(
        _ posts: [Post], of source: SourceName, known: Set<String>, isFirst: Bool, since: Instant
    ) -> [Verdict] {
        var known = known
        var verdicts = posts.map { post -> Verdict in
            defer { known.formUnion(post.keys) }
            guard known.isDisjoint(with: post.keys) else { return .known }
            guard source.countsFromFirstSight, isFirst else { return .new }
            return post.postedAt.map { $0 >= since } ?? true ? .new : .seen
        }
        if source.countsFromFirstSight, isFirst { keepNewest(posts, &verdicts) }
        return verdicts
    }

    /// The newest by their dates; what has none comes after those that have one, in the feed's order.
    private static func keepNewest(_ posts: [Post], _ verdicts: inout [Verdict]) {
        let new = verdicts.indices.filter { verdicts[$0] == .new }
        let oldest = Instant(milliseconds: .min)
        let ranked = new.sorted {
            (posts[$0].postedAt ?? oldest, -$0) > (posts[$1].postedAt ?? oldest, -$1)
        }
        for index in ranked.dropFirst(firstRunLimit) { verdicts[index] = .seen }
    }

    /// What of a fetch lies in a window of the past. A feed holds what it holds: where its oldest post is younger than the window's
    /// beginning, what came before is not there any more.
    package static func within(_ window: Span, _ fetched: FetchedPosts, of source: SourceName) -> FetchedPosts {
        let inside = fetched.posts.filter { post in
            post.postedAt.map { $0 >= window.from && $0 < window.to } ?? false
        }
        let oldest = fetched.posts.compactMap(\.postedAt).min()
        let isShort = source.countsFromFirstSight && (oldest.map { $0 > window.from } ?? true)
        return FetchedPosts(
            posts: inside, truncatedBy: fetched.truncatedBy ?? (isShort ? "feed-begins-later" : nil),
            memory: fetched.memory, movedTo: fetched.movedTo)
    }
}
