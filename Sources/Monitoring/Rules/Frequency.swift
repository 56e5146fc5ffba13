package import Core

/// How often a job is due.
package enum Frequency: Sendable, Hashable {
    /// At a steady pace, in UTC, at a minute that comes from the job's id: not all jobs run at once.
    case named(Name)
    /// By a cron expression in a time zone.
    case cron(String, zone: String)

    /// A pace with a name.
    package enum Name: String, Sendable, CaseIterable {
        /// Once an hour.
        case hourly
        /// Four times a day.
        case everySixHours = "every_6_hours"
        /// Twice a day.
        case everyTwelveHours = "every_12_hours"
        /// Once a day.
        case daily

        /// How many minutes lie between two.
        var minutes: Int {
            switch self {
            case .hourly: 60
            case .everySixHours: 360
            case .everyTwelveHours: 720
            case .daily: 1_440
            }
        }
    }

    /// When a job of this frequency is due; nil for what is no expression, or no time zone.
    package func timetable(job: Int) -> Timetable? {
        switch self {
        case .named(let name):
            // Knuth's multiplicative hash: neighbours among ids are no neighbours among minutes.
            let minute = Int((UInt32(truncatingIfNeeded: job) &* 2_654_435_761) >> 8) % name.minutes
            let hours = stride(from: minute / 60, to: 24, by: name.minutes / 60).map(String.init).joined(separator: ",")
            return Cron("\(minute % 60) \(hours) * * *").flatMap { Timetable($0, zone: "UTC") }
        case .cron(let text, let zone):
            return Cron(text).flatMap { Timetable($0, zone: zone) }
        }
    }

    /// Why it cannot be; nil where it can.
    package func fault(at now: Instant) -> String? {
        guard case .cron(let text, let zone) = self else { return nil }
        guard let cron = Cron(text) else {
            return "must be five fields of cron, such as `30 2 * * *`: minute, hour, day, month, day of the week"
        }
        guard let times = Timetable(cron, zone: zone) else {
            return "has a time zone that is not known; take one of the IANA's names, such as Europe/Berlin"
        }
        return times.next(after: now) == nil ? "never comes: no such day is in the calendar" : nil
    }
}
