package import Core

/// The slots of a job that came due since it was last looked at.
package struct Slots: Sendable, Equatable {
    /// The latest of them: it runs, and covers the time of all the others.
    package let latest: Instant
    /// Those before it that get a row each, oldest first; at most `Slots.rowLimit`.
    package let missed: [Instant]
    /// How many still earlier ones one row stands for, and when the last of those was due.
    package let rest: (count: Int, last: Instant)?
    /// When the next one is due; nil where none comes any more.
    package let next: Instant?

    /// So many missed slots get a row each; one row stands for all before them.
    package static let rowLimit = 1_000

    /// What came due up to now, where the first was due at `first`; nil where that lies ahead.
    package static func due(from first: Instant, at now: Instant, by times: Timetable) -> Slots? {
        guard first <= now else { return nil }
        var recent: [Instant] = [first]
        var start = 0
        var next: Instant?
        times.each(after: first) { due in
            guard due <= now else {
                next = due
                return false
            }
            recent.append(due)
            // What is behind the limit is counted only; the list is made short now and then.
            if recent.count - start > rowLimit + 1 { start += 1 }
            return true
        }
        let kept = recent[start...]
        let rest = start > 0 ? (count: start, last: recent[start - 1]) : nil
        return Slots(latest: kept.last ?? first, missed: kept.dropLast().map { $0 }, rest: rest, next: next)
    }

    /// Whether two are alike.
    package static func == (left: Slots, right: Slots) -> Bool {
        left.latest == right.latest && left.missed == right.missed && left.next == right.next
            && left.rest?.count == right.rest?.count && left.rest?.last == right.rest?.last
    }
}
