/// Summaries without a model and without a network: sentences of the posts themselves.
package struct ExtractiveSummariser: Summariser {
    /// A summariser.
    package init() {}

    /// Picks at most seven sentences, each with its post. The language that was asked for is not looked at: nothing is translated.
    package func summarise(_ request: SummaryRequest) async throws -> SummaryText {
        guard !request.posts.isEmpty else { throw SummaryFailure.failed("There are no posts to summarise.") }
        let sentences = try await offPool { ExtractRule.sentences(request) }
        return SummaryText(sentences: sentences, writer: "extractive")
    }
}
