import Core
import Foundation

/// Dates as the web writes them: RFC 3339, RFC 822 and 1123 (mail, feeds, HTTP), and what Twitter's first API wrote.
enum WebDate {
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    /// The zones of RFC 822 that are no numbers, in hours; a name that nobody knows counts as UTC, as RFC 5322 says.
    private static let zones = ["est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7]

    /// The moment that a text names; nil where it names none.
    static func instant(_ text: String) -> Instant? {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.utf8.count <= 64 else { return nil }
        return Instant(text) ?? words(text)
    }

    /// `Sat, 21 Nov 2026 12:00:00 +0100`, `Sat Nov 21 12:00:00 2026`, `Saturday, 21-Nov-26 12:00:00 GMT`: the month is a word, the time
    /// has colons, the zone a sign or a name, and of two numbers the day comes first.
    private static func words(_ text: String) -> Instant? {
        var numbers: [Int] = []
        var month: Int?
        var time: [Int]?
        var zone = 0
        for word in text.lowercased().split(whereSeparator: { " \t,".contains($0) }).flatMap(parts) {
            if let found = months.firstIndex(of: String(word.prefix(3))) {
                month = found + 1
            } else if word.contains(":"), time == nil {
                time = word.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
            } else if let offset = offset(word) {
                zone = offset
            } else if let number = Int(word) {
                numbers.append(number)
            } else if let hours = zones[String(word)] {
                zone = hours * 60
            }
        }
        guard let month, let time, numbers.count == 2 else { return nil }
        return moment(year: numbers[1], month: month, day: numbers[0], time, zone)
    }

    /// `21-nov-26` is three words, `-0500` is one.
    private static func parts(_ word: Substring) -> [Substring] {
        word.first == "-" || word.first == "+" ? [word] : word.split(separator: "-")
    }

    private static func offset(_ word: Substring) -> Int? {
        guard let sign = word.first, sign == "+" || sign == "-" else { return nil }
        let digits = word.dropFirst().filter { $0 != ":" }
        guard digits.count == 4, let number = Int(digits) else { return nil }
        return (number / 100 * 60 + number % 100) * (sign == "-" ? -1 : 1)
    }

    private static func moment(year: Int, month: Int, day: Int, _ time: [Int], _ zone: Int) -> Instant? {
        let year = year < 50 ? year + 2_000 : year < 100 ? year + 1_900 : year
        guard (1...9_999).contains(year), (1...31).contains(day), (2...3).contains(time.count),
            time.allSatisfy({ (0...60).contains($0) })
        else {
            return nil
        }
        let second = time.count > 2 ? min(time[2], 59) : 0
        let date = [(year, 4), (month, 2), (day, 2)].map(padded).joined(separator: "-")
        let clock = [(time[0], 2), (time[1], 2), (second, 2)].map(padded).joined(separator: ":")
        return Instant("\(date)T\(clock)Z").map { $0 - .minutes(zone) }
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(width - digits.count, 0)) + digits
    }
}
