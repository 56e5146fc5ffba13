import Foundation

/// Picks the sentences that say most of some posts: those whose words come up in many of them, and what the reader asked for. The same
/// posts give the same sentences.
struct ExtractRule {
    /// How many sentences there are at most.
    static let sentenceLimit = 7
    /// How much of one post is looked at, and how long a sentence may be, in characters.
    private static let postLimit = 2_000
    private static let lengthLimit = 300

    private static let stopWords: Set<String> = Set(
        """
        the and for that this with you are was were have has had not but from they his her she him our your all can will just \
        what when who how out about get its it's into than then them there here been would could should more some like rt \
        der die das und ist nicht ein eine einen einem einer des dem den mit für auf von sich auch als wir ich sie ihr aus bei \
        nach wie noch nur aber oder wenn war hat haben sind wird werden zum zur über im am es \
        les des est pas une pour que qui dans sur avec par plus vous nous ils elle sont aux mais ont cette ces été \
        los las una por con para del que como más pero sus muy fue son está esta este hay todo
        """.split(separator: " ").map(String.init))

    private struct Candidate {
        let post: Int
        let text: String
        /// The words that count, none twice.
        let words: [String]
        let length: Int
        var score = 0.0
    }

    private let topics: [[String]]
    private let postCount: Int
    private var candidates: [Candidate] = []

    private init(_ request: SummaryRequest) {
        topics = request.topics.map { Words.of($0) }.filter { !$0.isEmpty }
        postCount = request.posts.count
        for (index, post) in request.posts.enumerated() {
            for sentence in Sentences.of(String(post.text.prefix(Self.postLimit)), limit: 30) {
                let words = Words.of(sentence)
                guard !words.isEmpty else { continue }
                candidates.append(
                    Candidate(post: index, text: sentence, words: Self.unique(words), length: words.count))
            }
        }
    }

    /// The sentences, in the order of their posts.
    static func sentences(_ request: SummaryRequest) -> [SummaryText.Sentence] {
        var rule = ExtractRule(request)
        rule.score()
        let chosen = rule.chosen()
        guard chosen.isEmpty else {
            return chosen.map { .init(text: PostText.cut($0.text, to: lengthLimit), posts: [$0.post]) }
        }
        // Nothing but pictures or signs: they are shown as they are, or counted.
        let shown = request.posts.enumerated().filter { !$0.element.text.isEmpty }.prefix(sentenceLimit)
        if shown.isEmpty { return [.init(text: "Posts without words: \(request.posts.count).", posts: [0])] }
        return shown.map { .init(text: PostText.cut($0.element.text, to: lengthLimit), posts: [$0.offset]) }
    }

    private static func unique(_ words: [String]) -> [String] {
        var seen: Set<String> = []
        return words.filter { word in
            let isShort = word.utf8.count < 3 && word.utf8.allSatisfy { $0 < 0x80 }
            return !isShort && !stopWords.contains(word) && seen.insert(word).inserted
        }
    }

    private mutating func score() {
        var counts: [String: Int] = [:]
        for candidate in candidates { for word in candidate.words { counts[word, default: 0] += 1 } }
        // What nearly every sentence has tells nothing.
        let most = candidates.count < 10 ? candidates.count : candidates.count / 2
        for index in candidates.indices {
            let candidate = candidates[index]
            var sum = 0.0
            for word in candidate.words {
                let count = counts[word] ?? 0
                if count <= most { sum += log(1 + Double(count)) }
            }
            let recency = 1 + 0.1 * Double(candidate.post) / Double(max(postCount, 1))
            let brevity = candidate.words.count < 3 ? 0.3 : 1
            candidates[index].score =
                (sum + 0.1) / (8 + Double(candidate.length)) * recency * brevity * (1 + 2 * Double(matches(candidate)))
        }
    }

    /// How many of the topics a sentence is about: all words of a topic are in it, a long word also where it goes on (`ship`, `shipping`).
    private func matches(_ candidate: Candidate) -> Int {
        guard !topics.isEmpty else { return 0 }
        let words = Set(Words.of(candidate.text))
        return topics.count { topic in
            topic.allSatisfy { wanted in
                words.contains(wanted) || wanted.count >= 4 && words.contains { $0.hasPrefix(wanted) }
            }
        }
    }

    private func chosen() -> [Candidate] {
        let order = candidates.indices.sorted { left, right in
            let (first, second) = (candidates[left].score, candidates[right].score)
            return first == second ? left < right : first > second
        }
        let wanted = candidates.count <= 3 ? candidates.count : min(Self.sentenceLimit, (candidates.count + 1) / 2)
        var chosen: [(index: Int, words: Set<String>)] = []
        for index in order {
            if chosen.count >= wanted { break }
            let words = Set(candidates[index].words)
            let text = candidates[index].text
            let isKnown = chosen.contains { candidates[$0.index].text == text || Self.areAlike($0.words, words) }
            if !isKnown { chosen.append((index, words)) }
        }
        return chosen.map(\.index).sorted().map { candidates[$0] }
    }

    /// Whether two sentences say nearly the same: most words of the shorter are in the longer.
    private static func areAlike(_ first: Set<String>, _ second: Set<String>) -> Bool {
        let shorter = min(first.count, second.count)
        guard shorter > 0 else { return first == second }
        return Double(first.intersection(second).count) / Double(shorter) > 0.6
    }
}
