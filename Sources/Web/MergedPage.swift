import Core

/// What stands somewhere in a list of all wings, newest first.
protocol Placed {
    /// Where.
    var cursor: Cursor { get }
}

extension Live: Placed {}
extension Resumable: Placed {}

/// One page of what several wings know, each of which gave as many as the page may have and one more.
struct MergedPage<Item: Placed> {
    /// What is on it.
    let items: ArraySlice<Item>
    /// After what the next one begins; nil where this is the last.
    let next: Cursor?

    /// The newest of what was found.
    init(of found: [Item], limit: Int) {
        let sorted = found.sorted { $1.cursor.isBehind($0.cursor) }
        items = sorted.prefix(limit)
        next = sorted.count > limit ? items.last?.cursor : nil
    }

    /// With more members.
    func json(_ item: (Item) -> JSON, _ more: JSON.Member...) -> JSON {
        .object(
            [JSON.Member("items", .array(items.map(item)))] + more + [
                JSON.Member("next_cursor", .optional(next) { .string($0.text) })
            ])
    }
}
