package import Core
import Foundation

/// The moments at which a cron expression is due in a time zone.
///
/// A local time that a change of the clock leaves out is due at the end of what is left out; one that comes twice is due the first
/// time. Where hours are `*` it follows elapsed time instead: each hour that passes has its own.
package struct Timetable: Sendable {
    private let cron: Cron
    private let zone: TimeZone
    private let hours: [Int]
    private let minutes: [Int]

    /// So many days are looked at for one that fits: 29 February may be eight years away.
    private static let horizonDays = 8 * 366 + 2
    /// 31 December 9999, in days since 1970.
    private static let lastDay = 2_932_896

    /// The timetable of an expression in a time zone of the IANA's database; nil for a zone that is not there.
    package init?(_ cron: Cron, zone: String) {
        guard let found = Self.zone(zone) else { return nil }
        self.cron = cron
        self.zone = found
        hours = cron.hours.sorted()
        minutes = cron.minutes.sorted()
    }

    /// Names such as `Europe/Berlin`, as the IANA spells them, older names too; not what else Foundation takes, such as `GMT+5`.
    static func zone(_ name: String) -> TimeZone? {
        guard name.utf8.count <= 64,
            single.contains(name) || name.wholeMatch(of: /[A-Za-z_]+(\/[A-Za-z0-9_+-]+){1,2}/) != nil
        else { return nil }
        return TimeZone(identifier: name)
    }

    /// The IANA's names of one word that stand for a rule.
    private static let single: Set<String> = [
        "UTC", "GMT", "CET", "EET", "MET", "WET", "EST", "MST", "HST", "EST5EDT", "CST6CDT", "MST7MDT", "PST8PDT",
    ]

    /// The first moment after one; nil where none comes within eight years.
    package func next(after moment: Instant) -> Instant? {
        var found: Instant?
        each(after: moment) { due in
            found = due
            return false
        }
        return found
    }

    /// The first few moments after one.
    package func next(_ count: Int, after moment: Instant) -> [Instant] {
        var found: [Instant] = []
        guard count > 0 else { return [] }
        each(after: moment) { due in
            found.append(due)
            return found.count < count
        }
        return found
    }

    /// Calls with each moment after one, in their order, until told to stop by false, or past what is looked at.
    package func each(after moment: Instant, _ body: (Instant) -> Bool) {
        let after = Self.seconds(moment)
        let firstDay = Self.day(of: after + zone.secondsFromGMT(for: Self.date(after))) - 1
        var last = after
        // Nothing can be written past the year 9999.
        for day in firstDay..<min(firstDay + Self.horizonDays, max(firstDay, Self.lastDay)) {
            guard fits(day) else { continue }
            for due in times(on: day) where due > last {
                last = due
                guard body(Instant(milliseconds: Int64(due) * 1_000)) else { return }
            }
        }
    }

    private func fits(_ day: Int) -> Bool {
        let date = Self.civil(day)
        // 1970-01-01 was a Thursday.
        return cron.fits(month: date.month, day: date.day, weekday: ((day + 4) % 7 + 7) % 7)
    }

    /// The moments of a local day, in seconds since 1970, rising.
    private func times(on day: Int) -> [Int] {
        let start = day * 86_400
        let (before, after) = (offset(start - 86_400), offset(start + 2 * 86_400))
        var found: [Int] = []
        found.reserveCapacity(hours.count * minutes.count)
        for hour in hours {
            for minute in minutes {
                let local = start + hour * 3_600 + minute * 60
                if before == after { found.append(local - before) } else { found += moments(of: local, before, after) }
            }
        }
        return before == after ? found : found.sorted()
    }

    /// The moments of a local time on a day near which the clock changes.
    private func moments(of local: Int, _ before: Int, _ after: Int) -> [Int] {
        let fitting = Set([local - before, local - after]).filter { $0 + offset($0) == local }.sorted()
        if cron.followsElapsedTime { return fitting }
        if let first = fitting.first { return [first] }
        return [change(from: local - max(before, after) - 86_400, to: local - min(before, after) + 86_400)]
    }

    /// The moment at which the clock changes between two.
    private func change(from: Int, to: Int) -> Int {
        var (low, high) = (from, to)
        let old = offset(low)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if offset(middle) == old { low = middle } else { high = middle }
        }
        return high
    }

    private func offset(_ seconds: Int) -> Int { zone.secondsFromGMT(for: Self.date(seconds)) }

    private static func date(_ seconds: Int) -> Date { Date(timeIntervalSince1970: Double(seconds)) }

    /// Whole seconds, so that a moment within a second comes before the next.
    private static func seconds(_ moment: Instant) -> Int {
        Int((moment.milliseconds - ((moment.milliseconds % 1_000) + 1_000) % 1_000) / 1_000)
    }

    private static func day(of seconds: Int) -> Int { seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400 }

    private static func civil(_ day: Int) -> (month: Int, day: Int) {
        let text = Instant(milliseconds: Int64(day) * 86_400_000).description
        let parts = text.prefix(10).split(separator: "-").compactMap { Int($0) }
        return (parts[1], parts[2])
    }
}
