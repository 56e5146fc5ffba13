import Core
import Foundation

/// Summaries by a model behind `/chat/completions`, which Ollama, vLLM and the hosted ones all speak.
package struct ChatSummariser: Summariser {
    /// What the settings say of it.
    package struct Configuration: Sendable {
        /// The base URL, with its version: `http://localhost:11434/v1`.
        package let url: String
        /// The model's name.
        package let model: String
        /// The bearer key; empty where none is needed.
        package let key: String
        /// How many tokens a prompt and its answer may take together.
        package let tokenBudget: Int

        /// A configuration from its parts.
        package init(url: String, model: String, key: String = "", tokenBudget: Int = 4_096) {
            self.url = url
            self.model = model
            self.key = key
            self.tokenBudget = tokenBudget
        }
    }

    /// Models on small machines take their time.
    private static let patience = Duration.minutes(2)

    private let configuration: Configuration
    private let outbound: Outbound
    private let fence: @Sendable () -> String

    /// A summariser.
    /// - Parameter fence: Draws the line that posts stand between; it must not be guessed.
    package init(
        _ configuration: Configuration, outbound: Outbound, fence: @escaping @Sendable () -> String = Self.randomFence
    ) {
        self.configuration = configuration
        self.outbound = outbound
        self.fence = fence
    }

    /// A line of 32 digits that nobody can guess.
    package static let randomFence: @Sendable () -> String = {
        var generator = SystemRandomNumberGenerator()
        return "posts-" + String(generator.next(), radix: 16) + String(generator.next(), radix: 16)
    }

    /// Summarises the posts, in parts where they pass the budget, and then the parts' sentences where those fit in one prompt.
    package func summarise(_ request: SummaryRequest) async throws -> SummaryText {
        guard !request.posts.isEmpty else { throw SummaryFailure.failed("There are no posts to summarise.") }
        let room = SummaryPrompt.room(request, budget: configuration.tokenBudget)
        let parts = try await offPool {
            PartRule.parts(request.posts.count, budget: room) { index, characters in
                SummaryPrompt.line(request.posts[index], number: index + 1, characters: characters)
            }
        }
        guard let parts else {
            throw SummaryFailure.failed(
                "There are too many posts for SUMMARISER_TOKEN_BUDGET (\(configuration.tokenBudget)); whoever runs this server makes it larger."
            )
        }
        var tally = Tally(writer: configuration.model)
        var first = 1
        var sentences: [SummaryText.Sentence] = []
        for lines in parts {
            let numbers = first..<(first + lines.count)
            first = numbers.upperBound
            sentences += try await ask(request, lines: lines, numbers: numbers, &tally).map { sentence in
                .init(text: sentence.text, posts: sentence.numbers.map { $0 - 1 })
            }
        }
        guard !sentences.isEmpty else { throw Self.nothing }
        if parts.count > 1 { sentences = try await joined(sentences, request, room: room, &tally) }
        return tally.summary(sentences)
    }

    private static let nothing = SummaryFailure.failed(
        "The summariser wrote nothing that names the posts it is from. The next attempt may go better.")

    /// One summary of the parts' summaries, where they fit in one prompt; their sentences one after another where not, or where that
    /// does not work out: what they say is good already.
    private func joined(
        _ sentences: [SummaryText.Sentence], _ request: SummaryRequest, room: Int, _ tally: inout Tally
    ) async throws -> [SummaryText.Sentence] {
        let lines = sentences.enumerated().map { index, sentence in
            SummaryPrompt.line(sentence.text, number: index + 1, characters: Post.textLimit)
        }
        guard lines.map(TokenRule.count).reduce(0, +) <= room else { return sentences }
        do {
            let answer = try await ask(
                request, lines: lines, numbers: 1..<(lines.count + 1), areSentences: true, &tally)
            let joined = answer.map { sentence in
                let posts = Set(sentence.numbers.flatMap { sentences[$0 - 1].posts }).sorted()
                return SummaryText.Sentence(text: sentence.text, posts: posts)
            }
            return joined.isEmpty ? sentences : joined
        } catch SummaryFailure.failed {
            return sentences
        }
    }

    private func ask(
        _ request: SummaryRequest, lines: [String], numbers: Range<Int>, areSentences: Bool = false,
        _ tally: inout Tally
    ) async throws -> [(text: String, numbers: [Int])] {
        let prompt = SummaryPrompt(request, lines: lines, fence: fence(), areSentences: areSentences)
        let reply = try ChatReply(try await send(prompt), sent: prompt.tokens)
        tally.add(reply)
        return SummaryAnswer.sentences(reply.text, numbers: numbers)
    }

    private func send(_ prompt: SummaryPrompt) async throws -> OutboundReply {
        var request = OutboundRequest(pageAddress(configuration.url, "/chat/completions"), to: .operators)
        request.body = Data(
            JSON.object([
                .init("model", .string(configuration.model)), .init("stream", false),
                .init(
                    "messages",
                    [
                        ["role": "system", "content": .string(prompt.system)],
                        ["role": "user", "content": .string(prompt.user)],
                    ]),
            ]).bytes)
        if !configuration.key.isEmpty { request.secrets = [("Authorization", "Bearer \(configuration.key)")] }
        request.patience = Self.patience
        request.isHopeless = ChatReply.isUsedUp
        do {
            return try await outbound.send(request)
        } catch OutboundFailure.rateLimited(let end) {
            let when = end.map { " and answers again at \($0)" } ?? ""
            throw SummaryFailure.rateLimited(until: end, "The summariser was asked too often\(when).")
        } catch OutboundFailure.failed(let reason), OutboundFailure.refused(let reason) {
            throw SummaryFailure.failed("The summariser \(reason). The next attempt may go better.")
        }
    }

    /// What the answers to several prompts took together.
    private struct Tally {
        var writer: String
        var promptTokens: Int?
        var completionTokens: Int?

        mutating func add(_ reply: ChatReply) {
            writer = reply.model ?? writer
            if let tokens = reply.promptTokens { promptTokens = (promptTokens ?? 0) + tokens }
            if let tokens = reply.completionTokens { completionTokens = (completionTokens ?? 0) + tokens }
        }

        func summary(_ sentences: [SummaryText.Sentence]) -> SummaryText {
            SummaryText(
                sentences: sentences, writer: writer, promptTokens: promptTokens, completionTokens: completionTokens)
        }
    }
}
