/// How many tokens a text takes of a model, guessed: no two models count alike, and none says before it is asked.
enum TokenRule {
    /// A guess: four letters of ASCII are a token, three of other alphabets, a sign is one, three characters of Han or kana are two and a
    /// bit. A character that goes on and on counts a few times only, since models pack those.
    static func count(_ text: String) -> Int {
        var quarters = 0
        var previous: Unicode.Scalar?
        var run = 0
        for scalar in text.unicodeScalars {
            run = scalar == previous ? run + 1 : 0
            previous = scalar
            if run < 4 { quarters += weight(scalar) }
        }
        return (quarters + 11) / 12
    }

    /// In twelfths of a token.
    private static func weight(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x20, 0x0A, 0x0D, 0x09: return 1
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: return 3
        case 0..<0x80: return 8
        default: return Words.isUnspaced(scalar) ? 9 : 4
        }
    }
}

/// Parts of posts that each fit in a prompt.
enum PartRule {
    /// How many parts there are at most; posts are cut shorter until there are no more.
    static let limit = 256
    /// What a post is not cut below, in characters.
    private static let shortest = 40

    /// Lines in parts of at most so many tokens, each line in one part; a line that is longer than a part is cut. Nil where they do not fit
    /// in so many parts however they are cut.
    static func parts(_ count: Int, budget: Int, line: (_ index: Int, _ characters: Int) -> String) -> [[String]]? {
        var characters = Post.textLimit
        while characters >= shortest {
            let lines = (0..<count).map { index in fitted(budget) { line(index, min($0, characters)) } }
            let parts = packed(lines, budget: budget)
            if parts.count <= limit { return parts }
            characters /= 2
        }
        return nil
    }

    private static func fitted(_ budget: Int, _ line: (Int) -> String) -> String {
        var characters = Post.textLimit
        var text = line(characters)
        while TokenRule.count(text) > budget, characters > 1 {
            characters /= 2
            text = line(characters)
        }
        return text
    }

    private static func packed(_ lines: [String], budget: Int) -> [[String]] {
        var parts: [[String]] = []
        var room = 0
        for line in lines {
            let tokens = TokenRule.count(line)
            if tokens > room || parts.isEmpty {
                parts.append([])
                room = budget
            }
            parts[parts.count - 1].append(line)
            room -= tokens
        }
        return parts
    }
}
