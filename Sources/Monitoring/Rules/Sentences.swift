/// Cuts texts into sentences, in any script.
enum Sentences {
    private static let enders: Set<Unicode.Scalar> = [
        ".", "!", "?", "…", "。", "！", "？", "｡", "।", "؟", "۔", "։", "။", "።",
    ]
    /// These end a sentence whatever follows: their scripts write no space.
    private static let wideEnders: Set<Unicode.Scalar> = ["。", "！", "？", "｡"]
    private static let closers: Set<Unicode.Scalar> = ["\"", "'", "”", "’", "»", "«", ")", "]", "」", "』", "）", "“"]
    private static let abbreviations: Set<String> = [
        "mr", "mrs", "ms", "dr", "prof", "st", "vs", "no", "nr", "ca", "bzw", "z.b", "d.h", "e.g", "i.e", "fig", "inc",
        "ltd",
        "jr", "sr", "approx", "u.a", "usw", "p.ex", "mme", "gen", "sen", "rep", "gov", "vgl", "bsp", "str", "tel",
        "u.s", "u.k",
    ]

    /// The sentences of a text, each trimmed and on one line, none empty; of a very long text those of its begin.
    static func of(_ text: String, limit: Int = 200) -> [String] {
        let scalars = Array(text.unicodeScalars)
        var sentences: [String] = []
        var start = 0
        var index = 0
        while index < scalars.count, sentences.count < limit {
            let scalar = scalars[index]
            index += 1
            if scalar == "\n" {
                add(scalars[start..<index], to: &sentences)
                start = index
            } else if enders.contains(scalar) {
                while index < scalars.count, enders.contains(scalars[index]) || closers.contains(scalars[index]) {
                    index += 1
                }
                guard isEnd(scalars, start: start, mark: scalar, next: index) else { continue }
                add(scalars[start..<index], to: &sentences)
                start = index
            }
        }
        if sentences.count < limit { add(scalars[start...], to: &sentences) }
        return sentences
    }

    private static func add(_ scalars: ArraySlice<Unicode.Scalar>, to sentences: inout [String]) {
        var line = String.UnicodeScalarView()
        var hasSpace = false
        for scalar in scalars {
            if scalar.properties.isWhitespace {
                hasSpace = !line.isEmpty
            } else {
                if hasSpace { line.append(" ") }
                hasSpace = false
                line.append(scalar)
            }
        }
        if !line.isEmpty { sentences.append(String(line)) }
    }

    private static func isEnd(_ scalars: [Unicode.Scalar], start: Int, mark: Unicode.Scalar, next: Int) -> Bool {
        if wideEnders.contains(mark) || next >= scalars.count { return true }
        guard scalars[next].properties.isWhitespace else { return false }
        // “Come!” she says: what is quoted ends, the sentence goes on.
        guard mark == "." || mark == "…" || closers.contains(scalars[next - 1]) else { return true }
        let follower = scalars[next...].prefix(8).first { !$0.properties.isWhitespace }
        if let follower, follower.properties.isLowercase { return false }
        guard mark == "." else { return true }
        let word = scalars[start..<next].suffix(12).reversed().prefix { !$0.properties.isWhitespace }.reversed()
        let plain = String(String.UnicodeScalarView(word)).lowercased().drop { !$0.isLetter }.prefix { $0 != "…" }
        let name = plain.last == "." ? plain.dropLast() : plain
        return !(abbreviations.contains(String(name)) || name.count == 1)
    }
}

/// The words of a text, as they are compared: in lower case, without addresses and names of accounts; of scripts that write no spaces,
/// every two characters that stand side by side.
enum Words {
    /// A text's words, in their order.
    static func of(_ text: String) -> [String] {
        var words: [String] = []
        for part in text.unicodeScalars.split(whereSeparator: {
            $0.value <= 0x20 || $0.value == 0xA0 || $0.value == 0x3000
        }) {
            if part.first == "@" || isAddress(part) { continue }
            add(part, to: &words)
        }
        return words
    }

    private static func isAddress(_ part: Substring.UnicodeScalarView) -> Bool {
        part.starts(with: "http".unicodeScalars) || part.starts(with: "www.".unicodeScalars)
    }

    private static func add(_ part: Substring.UnicodeScalarView, to words: inout [String]) {
        var word = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        for scalar in part {
            if isUnspaced(scalar) {
                flush(&word, to: &words)
                if let previous { words.append(String(String.UnicodeScalarView([previous, scalar]))) }
                previous = scalar
                continue
            }
            previous = nil
            if isLetter(scalar) { word.append(scalar) } else { flush(&word, to: &words) }
        }
        flush(&word, to: &words)
    }

    private static func flush(_ word: inout String.UnicodeScalarView, to words: inout [String]) {
        guard !word.isEmpty else { return }
        words.append(String(word).lowercased())
        word = String.UnicodeScalarView()
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x80 {
            return (0x61...0x7A).contains(scalar.value | 0x20) || (0x30...0x39).contains(scalar.value)
        }
        return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            || scalar.properties.generalCategory == .nonspacingMark
    }

    /// Han, kana, Thai, Lao, Khmer and Burmese.
    static func isUnspaced(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
            0xF900...0xFAFF, 0x20000...0x3FFFF:
            true
        default: false
        }
    }
}
