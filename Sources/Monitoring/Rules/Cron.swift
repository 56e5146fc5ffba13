import Core

/// When something is due, as the five fields of crontab(5): minute, hour, day of the month, month, day of the week.
///
/// Fields take `*`, numbers, names of months and days, ranges, lists and steps. As in Vixie cron, where both days are given
/// (neither begins with `*`) a day that fits either is taken; 0 and 7 are Sunday.
package struct Cron: Sendable, Hashable {
    let minutes: Set<Int>
    let hours: Set<Int>
    let days: Set<Int>
    let months: Set<Int>
    let weekdays: Set<Int>
    /// Whether hours are `*`: then it follows elapsed time through changes of the clock.
    let followsElapsedTime: Bool
    private let eitherDay: Bool

    /// Reads five fields; anything else is nil.
    package init?(_ text: String) {
        let fields = text.split(separator: " ", omittingEmptySubsequences: true).map { $0.lowercased() }
        guard text.utf8.count <= 200, fields.count == 5,
            let minutes = Self.field(fields[0], 0...59), let hours = Self.field(fields[1], 0...23),
            let days = Self.field(fields[2], 1...31), let months = Self.field(fields[3], 1...12, Self.monthNames),
            let weekdays = Self.field(fields[4], 0...7, Self.dayNames)
        else { return nil }
        self.minutes = minutes
        self.hours = hours
        self.days = days
        self.months = months
        self.weekdays = Set(weekdays.map { $0 % 7 })
        followsElapsedTime = fields[1] == "*" || fields[1] == "*/1"
        eitherDay = !fields[2].hasPrefix("*") && !fields[4].hasPrefix("*")
    }

    private static let monthNames = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    private static func field(_ text: String, _ range: ClosedRange<Int>, _ names: [String] = []) -> Set<Int>? {
        var found: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let values = Self.part(String(part), range, names) else { return nil }
            found.formUnion(values)
        }
        return found.isEmpty ? nil : found
    }

    private static func part(_ text: String, _ range: ClosedRange<Int>, _ names: [String]) -> [Int]? {
        let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var step = 1
        if halves.count == 2 {
            guard let given = number(halves[1]), given >= 1, given <= range.upperBound else { return nil }
            step = given
        }
        let span: ClosedRange<Int>
        let ends = halves[0].split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        if halves[0] == "*" {
            span = range
        } else if ends.count == 2, let from = value(ends[0], range, names), let to = value(ends[1], range, names),
            from <= to
        {
            span = from...to
        } else if ends.count == 1, let from = value(ends[0], range, names) {
            // `5/15` means from 5 on, as in the crons that take it.
            span = from...(halves.count == 2 ? range.upperBound : from)
        } else {
            return nil
        }
        return Array(stride(from: span.lowerBound, through: span.upperBound, by: step))
    }

    private static func value(_ text: String, _ range: ClosedRange<Int>, _ names: [String]) -> Int? {
        if let place = names.firstIndex(of: text) { return place + (range.lowerBound == 1 ? 1 : 0) }
        return number(text).flatMap { range.contains($0) ? $0 : nil }
    }

    private static func number(_ text: String) -> Int? {
        guard (1...2).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }

    /// Whether a date fits, given its day of the week (0 is Sunday).
    func fits(month: Int, day: Int, weekday: Int) -> Bool {
        guard months.contains(month) else { return false }
        let (byDay, byWeekday) = (days.contains(day), weekdays.contains(weekday))
        return eitherDay ? byDay || byWeekday : byDay && byWeekday
    }
}
