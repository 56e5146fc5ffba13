import Foundation

/// A moment in UTC, to the millisecond: what both engines store and what JSON carries.
package struct Instant: Hashable, Sendable, Comparable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let milliseconds: Int64

    /// The moment that many milliseconds after 1970-01-01T00:00:00Z.
    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Earlier moments are smaller.
    package static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The moment a length of time later.
    package static func + (instant: Instant, length: Duration) -> Instant {
        Instant(milliseconds: instant.milliseconds &+ length.milliseconds)
    }

    /// The moment a length of time earlier.
    package static func - (instant: Instant, length: Duration) -> Instant {
        Instant(milliseconds: instant.milliseconds &- length.milliseconds)
    }

    /// From one moment to a later one; negative when it is earlier.
    package static func - (later: Instant, earlier: Instant) -> Duration {
        .milliseconds(later.milliseconds &- earlier.milliseconds)
    }
}

extension Duration {
    /// A length in whole minutes.
    package static func minutes(_ count: Int) -> Duration { .seconds(count * 60) }
    /// A length in whole hours.
    package static func hours(_ count: Int) -> Duration { .minutes(count * 60) }
    /// A length in days of 24 hours.
    package static func days(_ count: Int) -> Duration { .hours(count * 24) }

    /// The length in whole milliseconds; what is finer is left out, as no `Instant` tells it.
    package var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds &* 1_000 &+ attoseconds / 1_000_000_000_000_000
    }

    /// The length in seconds, with its milliseconds.
    package var seconds: Double { Double(milliseconds) / 1_000 }
}

extension Instant: CustomStringConvertible {
    /// RFC 3339 in UTC with milliseconds: `2026-11-21T12:00:00.000Z`, which also sorts as text.
    package var description: String {
        String(unsafeUninitializedCapacity: 24) { buffer in
            write(to: buffer)
            return 24
        }
    }

    /// Writes the 24 ASCII characters of `description` into the first 24 bytes of a buffer.
    package func write(to buffer: UnsafeMutableBufferPointer<UInt8>) {
        let day = floorDivide(milliseconds, 86_400_000)
        let time = Int(milliseconds - day * 86_400_000)
        let date = civilDate(day: Int(day))
        func put(_ value: Int, _ at: Int, _ width: Int) {
            var value = value
            for offset in stride(from: width - 1, through: 0, by: -1) {
                buffer[at + offset] = UInt8(truncatingIfNeeded: 0x30 + value % 10)
                value /= 10
            }
        }
        put(date.year, 0, 4)
        put(date.month, 5, 2)
        put(date.day, 8, 2)
        put(time / 3_600_000, 11, 2)
        put(time / 60_000 % 60, 14, 2)
        put(time / 1_000 % 60, 17, 2)
        put(time % 1_000, 20, 3)
        buffer[4] = UInt8(ascii: "-")
        buffer[7] = UInt8(ascii: "-")
        buffer[10] = UInt8(ascii: "T")
        buffer[13] = UInt8(ascii: ":")
        buffer[16] = UInt8(ascii: ":")
        buffer[19] = UInt8(ascii: ".")
        buffer[23] = UInt8(ascii: "Z")
    }

    /// Reads RFC 3339, and what databases write: a space for the `T`, any number of decimals, an offset of `Z`, `+02`,
    /// `+02:00` or none (which is UTC). Years 0001 to 9999; anything else is nil.
    package init?(_ text: String) {
        var text = text
        guard let instant = text.withUTF8({ Instant(ascii: $0) }) else { return nil }
        self = instant
    }

    /// Reads the ASCII forms that `init(_:)` takes.
    package init?(ascii bytes: UnsafeBufferPointer<UInt8>) {
        var reader = DigitReader(bytes: bytes)
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), year >= 1, (1...12).contains(month), day >= 1,
            day <= daysIn(month: month, year: year)
        else { return nil }
        var time = 0
        var offset = 0
        if !reader.atEnd {
            guard reader.take("T") || reader.take("t") || reader.take(" "),
                let hour = reader.number(2), reader.take(":"), let minute = reader.number(2), hour < 24, minute < 60
            else { return nil }
            var second = 0
            if reader.take(":") {
                guard let value = reader.number(2), value <= 60 else { return nil }
                second = min(value, 59)
            }
            var fraction = 0
            if reader.take(".") {
                guard let value = reader.milliseconds() else { return nil }
                fraction = value
            }
            time = ((hour * 60 + minute) * 60 + second) * 1_000 + fraction
            guard let value = reader.offsetMinutes(), reader.atEnd else { return nil }
            offset = value
        }
        let days = Int64(dayNumber(year: year, month: month, day: day))
        let milliseconds = days * 86_400_000 + Int64(time) - Int64(offset) * 60_000
        // An offset can carry the first and last days into years that neither engine nor RFC 3339 can write.
        guard (-62_135_596_800_000...253_402_300_799_999).contains(milliseconds) else { return nil }
        self.init(milliseconds: milliseconds)
    }
}

/// Reads fixed-width digits one after another.
private struct DigitReader {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0

    var atEnd: Bool { position == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func digit() -> Int? {
        guard position < bytes.count, (0x30...0x39).contains(bytes[position]) else { return nil }
        position += 1
        return Int(bytes[position - 1]) - 0x30
    }

    mutating func number(_ width: Int) -> Int? {
        var value = 0
        for _ in 0..<width {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    mutating func milliseconds() -> Int? {
        guard var value = digit() else { return nil }
        var digits = 1
        while let next = digit() {
            if digits < 3 { value = value * 10 + next }
            digits += 1
        }
        for _ in min(digits, 3)..<3 { value *= 10 }
        return value
    }

    mutating func offsetMinutes() -> Int? {
        if atEnd || take("Z") || take("z") { return 0 }
        let sign = take("+") ? 1 : take("-") ? -1 : 0
        guard sign != 0, let hours = number(2), hours < 24 else { return nil }
        guard !atEnd else { return sign * hours * 60 }
        _ = take(":")
        guard let minutes = number(2), minutes < 60 else { return nil }
        return sign * (hours * 60 + minutes)
    }
}

private func floorDivide(_ value: Int64, _ by: Int64) -> Int64 {
    value >= 0 ? value / by : -((-value + by - 1) / by)
}

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date
/// algorithms"): `Foundation.Calendar` costs microseconds a call, and every stored row passes here.
private func dayNumber(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
}

private func civilDate(day: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
}

private func daysIn(month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
}
