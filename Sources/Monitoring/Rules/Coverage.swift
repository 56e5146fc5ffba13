package import Core

/// A stretch of time; its end does not belong to it.
package struct Span: Sendable, Hashable {
    /// Its beginning.
    package let from: Instant
    /// Its end.
    package let to: Instant

    /// A stretch from its ends.
    package init(_ from: Instant, _ to: Instant) {
        self.from = from
        self.to = to
    }
}

/// Which time a job's completed runs cover.
package enum Coverage {
    /// What of a stretch none of the others covers: all of it, in order, nothing twice.
    package static func gaps(in whole: Span, coveredBy spans: [Span]) -> [Span] {
        var gaps: [Span] = []
        var reached = whole.from
        for span in spans.sorted(by: { ($0.from, $0.to) < ($1.from, $1.to) })
        where span.to > reached && span.from < span.to {
            guard span.from < whole.to else { break }
            if span.from > reached { gaps.append(Span(reached, span.from)) }
            reached = span.to
        }
        if reached < whole.to { gaps.append(Span(reached, whole.to)) }
        return gaps
    }
}

extension Coverage {
    /// A stretch cut at the ends of others that lie within it.
    static func pieces(of whole: Span, apart others: Set<Span>) -> [Span] {
        let inside = others.filter { $0.from >= whole.from && $0.to <= whole.to }
        let cuts = Set(inside.flatMap { [$0.from, $0.to] } + [whole.from, whole.to]).sorted()
        return zip(cuts, cuts.dropFirst()).map { Span($0, $1) }
    }
}
