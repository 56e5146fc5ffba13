import Foundation

/// What a model answered, and which of it can be used.
enum SummaryAnswer {
    /// How many sentences of one answer are taken, and how long they may be, in characters.
    private static let sentenceLimit = 50
    private static let lengthLimit = 1_000

    /// The sentences that name at least one number that was in the prompt, each with those numbers, in their order and none twice.
    static func sentences(_ text: String, numbers: Range<Int>) -> [(text: String, numbers: [Int])] {
        let text = withoutThoughts(text)
        let claimed = objects(text) ?? marked(text)
        return claimed.prefix(sentenceLimit).compactMap { claim in
            let good = Set(claim.numbers.filter(numbers.contains)).sorted()
            let plain = PostText.clean(
                claim.text.replacing(/\s*\[\d[\d,;\s\-–]*\]/, with: "").replacing("\n", with: " "), limit: lengthLimit)
            return good.isEmpty || !plain.contains(where: \.isLetter) ? nil : (plain, good)
        }
    }

    private typealias Claim = (text: String, numbers: [Int])

    /// Models that think aloud do so first.
    private static func withoutThoughts(_ text: String) -> String {
        guard let end = text.range(of: "</think>", options: .backwards) else { return text }
        return String(text[end.upperBound...])
    }

    /// The JSON that was asked for, also where something stands around it.
    private static func objects(_ text: String) -> [Claim]? {
        for (open, close) in [("{", "}"), ("[", "]")] {
            guard let start = text.range(of: open), let end = text.range(of: close, options: .backwards),
                start.lowerBound < end.lowerBound,
                let json = JSONNode(Data(text[start.lowerBound..<end.upperBound].utf8)),
                let list = json["sentences"].elements ?? json.elements
            else { continue }
            let claims = list.compactMap { node -> Claim? in
                guard let text = node["text"].text else { return nil }
                return (text, (node["posts"].elements ?? [node["posts"]]).compactMap(number))
            }
            if !claims.isEmpty || list.isEmpty { return claims }
        }
        return nil
    }

    private static func number(_ node: JSONNode) -> Int? {
        node.integer ?? node.text.flatMap { Int($0.trimmingCharacters(in: CharacterSet(charactersIn: "[]# "))) }
    }

    /// Plain text with marks: `Ann opened a shop [1]. She sells tea. [2, 3]`. A sentence without a mark has no number.
    private static func marked(_ text: String) -> [Claim] {
        var claims: [Claim] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.trimmingCharacters(in: CharacterSet(charactersIn: " \t-*•#"))
            // A mark behind a sentence's end belongs to that sentence.
            let tied = line.replacing(/([.!?…。！？])\s*((?:\[\d[\d,;\s\-–]*\]\s*)+)/) { match in
                " \(match.output.2.trimmingCharacters(in: .whitespaces))\(match.output.1) "
            }
            for sentence in Sentences.of(tied) { claims.append((sentence, numbers(in: sentence))) }
        }
        return claims.map { claim in
            (claim.text.replacing(/\s+((?:\[[\d,;\s\-–]+\]\s*)+)([.!?…。！？])$/) { "\($0.output.2)" }, claim.numbers)
        }
    }

    private static func numbers(in sentence: String) -> [Int] {
        sentence.matches(of: /\[(\d[\d,;\s\-–]*)\]/).flatMap { match in
            match.output.1.split { ",; ".contains($0) }.flatMap(range)
        }
    }

    /// `3`, or `3-5`.
    private static func range(_ text: Substring) -> [Int] {
        let ends = text.split { "-–".contains($0) }.compactMap { Int($0) }
        guard let first = ends.first, let last = ends.last, first <= last, last - first < 100 else { return [] }
        return Array(first...last)
    }
}
