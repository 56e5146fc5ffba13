import Foundation

/// What is asked of a list that is newest first: where it goes on, what is looked for in it, and how much of it.
package struct Seek: Sendable {
    /// What is looked for; nil for everything.
    package let search: Search?
    /// How many at most.
    package let limit: Int
    private let cursor: Cursor

    /// - Parameter cursor: The place that the list goes on behind; nil for its beginning.
    package init(_ search: Search? = nil, after cursor: Cursor? = nil, limit: Int) {
        self.search = search
        self.limit = limit
        self.cursor = cursor ?? Cursor(instant: Self.end, id: ID(high: .max, low: .max))
    }

    /// The last moment that both engines know, of the year 9999.
    private static let end = Instant(milliseconds: 253_402_300_799_999)

    /// Rows of an earlier moment lie behind.
    package var instant: Instant { cursor.instant }

    /// Rows of this very moment lie behind where their id is smaller.
    package var id: ID { cursor.id }

    /// Rows that are known by numbers stand in lists as ids of this kind; of the same moment, those below this number lie behind.
    package func number(in kind: UInt64) -> Int {
        let last = Int(Int32.max)
        if cursor.id.high == kind { return min(Int(clamping: cursor.id.low), last) }
        return cursor.id.high > kind ? last : 0
    }
}

/// What somebody looks for in a list.
package struct Search: Sendable {
    /// As it was typed, without space around it.
    package let words: String
    /// The id that was typed; nil where it is none.
    package let id: ID?

    /// Nil where nothing was typed.
    package init?(_ text: String?) {
        guard let words = text?.trimmingCharacters(in: .whitespacesAndNewlines), !words.isEmpty else { return nil }
        self.words = words
        id = ID(words)
    }

    /// What `LIKE … ESCAPE '!'` finds them by, anywhere in a text.
    package var pattern: String {
        let escaped = ["!", "%", "_"].reduce(words) { $0.replacing($1, with: "!" + $1) }
        return "%\(escaped)%"
    }

    /// The same, for a text whose letters are made small.
    package var lowercasePattern: String { pattern.lowercased() }
}
