/// A pattern that a whole line must have, such as `[A-Z]{2}[0-9]{4}`.
///
/// It is matched by following all ways at once, so that no pattern and no answer take longer than their lengths multiplied: the
/// writer that stores answers waits for nobody's regular expression. It knows letters, `.`, classes (`[a-z]`, `[^0-9]`), `\d \w \s`,
/// groups, `|`, and `* + ? {2} {2,} {2,4}`, which a browser's `pattern` reads alike.
struct Pattern: Sendable, Hashable {
    let text: String
    private let states: [State]
    private let start: Int

    private static let statesAtMost = 2_000

    fileprivate enum State: Sendable, Hashable {
        case letter(Letters, next: Int)
        case fork(Int, Int)
        case end
    }

    /// Nil for what is none, or one that would grow too large.
    init?(_ text: String) {
        var reader = PatternReader(text)
        guard text.unicodeScalars.count <= 500, let tree = reader.whole() else { return nil }
        var states: [State] = [.end]
        guard let start = Self.add(tree, before: 0, to: &states) else { return nil }
        self.text = text
        self.states = states
        self.start = start
    }

    func matches(_ text: String) -> Bool {
        var current = Array(repeating: false, count: states.count)
        reach(start, &current)
        for scalar in text.unicodeScalars {
            var next = Array(repeating: false, count: states.count)
            for index in states.indices where current[index] {
                if case .letter(let letters, let after) = states[index], letters.contain(scalar) { reach(after, &next) }
            }
            current = next
        }
        return current[0]
    }

    private func reach(_ state: Int, _ reached: inout [Bool]) {
        var waiting = [state]
        while let index = waiting.popLast() {
            if reached[index] { continue }
            reached[index] = true
            if case .fork(let one, let other) = states[index] { waiting += [one, other] }
        }
    }

    /// Adds the states of a part, which leads to `next`; where it begins, or nil where there are too many.
    private static func add(_ part: PatternPart, before next: Int, to states: inout [State]) -> Int? {
        guard states.count < statesAtMost else { return nil }
        switch part {
        case .letters(let letters):
            states.append(.letter(letters, next: next))
            return states.count - 1
        case .row(let parts):
            return parts.reversed().reduce(Optional(next)) { next, part in
                next.flatMap { add(part, before: $0, to: &states) }
            }
        case .either(let parts):
            var begin: Int?
            for part in parts.reversed() {
                guard let one = add(part, before: next, to: &states) else { return nil }
                begin =
                    begin.map { other in
                        states.append(.fork(one, other))
                        return states.count - 1
                    } ?? one
            }
            return begin
        case .times(let part, let least, let most): return add(part, least, most, before: next, to: &states)
        }
    }

    private static func add(
        _ part: PatternPart, _ least: Int, _ most: Int?, before next: Int, to states: inout [State]
    ) -> Int? {
        var begin = next
        if let most {
            for _ in 0..<(most - least) {
                guard let one = add(part, before: begin, to: &states) else { return nil }
                states.append(.fork(one, next))
                begin = states.count - 1
            }
        } else {
            states.append(.fork(next, next))
            let loop = states.count - 1
            guard let one = add(part, before: loop, to: &states) else { return nil }
            states[loop] = .fork(one, next)
            begin = loop
        }
        for _ in 0..<least {
            guard let one = add(part, before: begin, to: &states) else { return nil }
            begin = one
        }
        return begin
    }
}

/// Which letters stand in one place.
private struct Letters: Sendable, Hashable {
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    var isAllBut = false

    func contain(_ scalar: Unicode.Scalar) -> Bool { ranges.contains { $0.contains(scalar) } != isAllBut }

    static let any = Letters(ranges: ["\n"..."\n", "\r"..."\r"], isAllBut: true)
    static let digits: [ClosedRange<Unicode.Scalar>] = ["0"..."9"]
    static let wordly: [ClosedRange<Unicode.Scalar>] = ["a"..."z", "A"..."Z", "0"..."9", "_"..."_"]
    static let spaces: [ClosedRange<Unicode.Scalar>] = [" "..." ", "\t"..."\r", "\u{A0}"..."\u{A0}"]
}

private indirect enum PatternPart {
    case letters(Letters)
    case row([PatternPart])
    case either([PatternPart])
    case times(PatternPart, Int, Int?)
}

/// Reads a pattern from left to right.
private struct PatternReader {
    private var rest: ArraySlice<Unicode.Scalar>
    private var depth = 0

    init(_ text: String) { rest = Array(text.unicodeScalars)[...] }

    mutating func whole() -> PatternPart? {
        // A browser's pattern is anchored anyway; people write it all the same.
        if rest.first == "^" { rest.removeFirst() }
        guard let part = either() else { return nil }
        if rest.first == "$", rest.count == 1 { rest.removeFirst() }
        return rest.isEmpty ? part : nil
    }

    private mutating func either() -> PatternPart? {
        depth += 1
        defer { depth -= 1 }
        guard depth < 20 else { return nil }
        var parts: [PatternPart] = []
        repeat {
            if !parts.isEmpty { rest.removeFirst() }
            guard let row = row() else { return nil }
            parts.append(row)
        } while rest.first == "|"
        return parts.count == 1 ? parts[0] : .either(parts)
    }

    private mutating func row() -> PatternPart? {
        var parts: [PatternPart] = []
        while let scalar = rest.first, scalar != "|", scalar != ")", !(scalar == "$" && rest.count == 1) {
            guard let one = one(), let counted = times(one) else { return nil }
            parts.append(counted)
        }
        return .row(parts)
    }

    private mutating func one() -> PatternPart? {
        guard let scalar = rest.popFirst() else { return nil }
        switch scalar {
        case ".": return .letters(.any)
        case "\\": return escaped().map { .letters($0) }
        case "[": return letters().map { .letters($0) }
        case "(":
            if rest.starts(with: ["?", ":"]) { rest = rest.dropFirst(2) }
            guard rest.first != "?", let part = either(), rest.popFirst() == ")" else { return nil }
            return part
        case "*", "+", "?", "{", "}", "]", "^", "$": return nil
        default: return .letters(Letters(ranges: [scalar...scalar]))
        }
    }

    private mutating func times(_ part: PatternPart) -> PatternPart? {
        switch rest.first {
        case "*": return take(part, 0, nil)
        case "+": return take(part, 1, nil)
        case "?": return take(part, 0, 1)
        case "{":
            guard let end = rest.firstIndex(of: "}") else { return nil }
            let words = String(String.UnicodeScalarView(rest[rest.startIndex..<end].dropFirst()))
            let bounds = words.split(separator: ",", omittingEmptySubsequences: false)
            guard bounds.count <= 2, let least = Int(bounds[0]), (0...500).contains(least) else { return nil }
            rest = rest[end...]
            if bounds.count == 1 { return take(part, least, least) }
            if bounds[1].isEmpty { return take(part, least, nil) }
            guard let most = Int(bounds[1]), (least...500).contains(most) else { return nil }
            return take(part, least, most)
        default: return part
        }
    }

    private mutating func take(_ part: PatternPart, _ least: Int, _ most: Int?) -> PatternPart? {
        rest.removeFirst()
        // Twice counted, lazy and possessive are left to others.
        if let next = rest.first, ["*", "+", "?", "{"].contains(next) { return nil }
        return .times(part, least, most)
    }

    private mutating func escaped() -> Letters? {
        guard let scalar = rest.popFirst() else { return nil }
        switch scalar {
        case "d": return Letters(ranges: Letters.digits)
        case "D": return Letters(ranges: Letters.digits, isAllBut: true)
        case "w": return Letters(ranges: Letters.wordly)
        case "W": return Letters(ranges: Letters.wordly, isAllBut: true)
        case "s": return Letters(ranges: Letters.spaces)
        case "S": return Letters(ranges: Letters.spaces, isAllBut: true)
        case "a"..."z", "A"..."Z", "0"..."9": return nil
        default: return Letters(ranges: [scalar...scalar])
        }
    }

    /// What stands between `[` and `]`.
    private mutating func letters() -> Letters? {
        var letters = Letters()
        if rest.first == "^" {
            letters.isAllBut = true
            rest.removeFirst()
        }
        while let scalar = rest.popFirst() {
            if scalar == "]" { return letters.ranges.isEmpty ? nil : letters }
            var first = scalar
            if scalar == "\\" {
                guard let set = escaped(), !set.isAllBut else { return nil }
                guard set.ranges.count == 1, set.ranges[0].lowerBound == set.ranges[0].upperBound else {
                    letters.ranges += set.ranges
                    continue
                }
                first = set.ranges[0].lowerBound
            }
            guard rest.first == "-", let last = rest.dropFirst().first, last != "]" else {
                letters.ranges.append(first...first)
                continue
            }
            guard last != "\\", first <= last else { return nil }
            letters.ranges.append(first...last)
            rest = rest.dropFirst(2)
        }
        return nil
    }
}
