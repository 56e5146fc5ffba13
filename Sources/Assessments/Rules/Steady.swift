/// Orders that look drawn by lot, and are the same whenever and wherever the same session asks.
enum Steady {
    /// A number that the parts alone make: FNV-1a over them, stirred so that neighbours are far apart.
    static func rank(_ parts: String...) -> UInt64 {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for part in parts {
            for byte in part.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
            // A byte that no text has keeps "ab", "c" apart from "a", "bc".
            state = (state ^ 0xFF) &* 0x100_0000_01B3
        }
        state ^= state >> 33
        state = state &* 0xFF51_AFD7_ED55_8CCD
        state ^= state >> 33
        state = state &* 0xC4CE_B9FE_1A85_EC53
        return state ^ (state >> 33)
    }

    /// The elements in the order of their ranks.
    static func shuffled<Element>(_ elements: [Element], by rank: (Element) -> UInt64) -> [Element] {
        elements.map { (rank($0), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
}

extension Question {
    /// As one session sees it: choices and items in its own steady order. What takes no other choice beside it, and what asks for
    /// words, stay at the end.
    func arranged(for session: String) -> Question {
        var arranged = self
        func rank(_ value: String) -> UInt64 { Steady.rank(session, "\(id)", value) }
        switch kind {
        case .mcq(let choices, let allowsMultiple) where isShuffled:
            let free = choices.filter { !$0.isExclusive && !$0.isOther }
            let fixed = choices.filter { $0.isExclusive || $0.isOther }
            arranged.kind = .mcq(
                choices: Steady.shuffled(free) { rank($0.value) } + fixed, allowsMultiple: allowsMultiple)
        case .ordering(let items, true):
            arranged.kind = .ordering(items: Steady.shuffled(items, by: rank), isRandomized: true)
        case .matrix(var matrix) where isShuffled:
            matrix.rows = Steady.shuffled(matrix.rows) { rank($0.value) }
            arranged.kind = .matrix(matrix)
        default: break
        }
        return arranged
    }
}
