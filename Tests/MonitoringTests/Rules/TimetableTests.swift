import Core
import Testing

@testable import Monitoring

/// When jobs are due.
@Suite struct TimetableTests {
    private static func moment(_ text: String) throws -> Instant { try #require(Instant(text)) }

    private static func next(_ cron: String, _ zone: String, after: String, _ count: Int) throws -> [String] {
        let expression = try #require(Cron(cron))
        let times = try #require(Timetable(expression, zone: zone))
        return times.next(count, after: try moment(after)).map { String($0.description.prefix(16)) }
    }

    @Test(arguments: [
        ("0 * * * *", "2026-11-21T12:00:00Z", ["2026-11-21T13:00", "2026-11-21T14:00"]),
        (
            "*/20 9-10 * * mon-fri", "2026-11-20T10:30:00Z",
            ["2026-11-20T10:40", "2026-11-23T09:00", "2026-11-23T09:20"]
        ),
        ("0 0 1 1 *", "2026-11-21T12:00:00Z", ["2027-01-01T00:00"]),
        ("0 0 29 2 *", "2026-11-21T12:00:00Z", ["2028-02-29T00:00", "2032-02-29T00:00"]),
        ("0 12 13 * fri", "2026-11-12T12:00:00Z", ["2026-11-13T12:00", "2026-11-20T12:00"]),
        ("0 12 */2 * 7", "2026-11-21T12:00:00Z", ["2026-11-29T12:00"]),
        ("5,35 0 * jan,DEC 0", "2026-11-21T12:00:00Z", ["2026-12-06T00:05", "2026-12-06T00:35"]),
        ("59 23 31 12 *", "2026-12-31T23:58:59.999Z", ["2026-12-31T23:59", "2027-12-31T23:59"]),
        ("50/5 * * * *", "2026-11-21T12:00:00Z", ["2026-11-21T12:50", "2026-11-21T12:55", "2026-11-21T13:50"]),
    ]) func `five fields mean what crontab says`(cron: String, after: String, expected: [String]) throws {
        #expect(try Self.next(cron, "UTC", after: after, expected.count) == expected)
    }

    @Test(arguments: [
        "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *",
        "* * * * 8", "*/0 * * * *", "5-1 * * * *", "a * * * *", "1,,2 * * * *", "-1 * * * *", "1- * * * *",
        "* * * foo *", "@daily", "٣ * * * *", "1.5 * * * *", "*/99 * * * *",
    ]) func `anything else is no expression`(text: String) {
        #expect(Cron(text) == nil)
    }

    @Test(arguments: [
        // A local time that is left out: at the end of what is left out.
        ("30 2 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", ["2027-03-28T01:00", "2027-03-29T00:30"]),
        ("30 2 * * *", "America/New_York", "2027-03-13T12:00:00Z", ["2027-03-14T07:00", "2027-03-15T06:30"]),
        ("15 2 * * *", "Australia/Lord_Howe", "2027-10-02T12:00:00Z", ["2027-10-02T15:30", "2027-10-03T15:15"]),
        // One that comes twice: once, the first time.
        ("30 2 * * *", "Europe/Berlin", "2027-10-30T12:00:00Z", ["2027-10-31T00:30", "2027-11-01T01:30"]),
        ("30 1 * * *", "America/New_York", "2027-11-06T12:00:00Z", ["2027-11-07T05:30", "2027-11-08T06:30"]),
        ("45 1 * * *", "Australia/Lord_Howe", "2027-04-03T12:00:00Z", ["2027-04-03T14:45", "2027-04-04T15:15"]),
        // Every second hour is no pace, so it is as with any other hour.
        (
            "30 */2 * * *", "Europe/Berlin", "2027-03-27T23:00:00Z",
            ["2027-03-27T23:30", "2027-03-28T01:00", "2027-03-28T02:30"]
        ),
        ("0 */2 * * *", "Europe/Berlin", "2027-10-30T22:30:00Z", ["2027-10-31T00:00", "2027-10-31T03:00"]),
        // Every hour is every hour that passes.
        (
            "0 * * * *", "Europe/Berlin", "2027-03-27T23:30:00Z",
            ["2027-03-28T00:00", "2027-03-28T01:00", "2027-03-28T02:00"]
        ),
        (
            "0 * * * *", "Europe/Berlin", "2027-10-30T23:30:00Z",
            ["2027-10-31T00:00", "2027-10-31T01:00", "2027-10-31T02:00"]
        ),
        (
            "0 * * * *", "Australia/Lord_Howe", "2027-04-03T13:30:00Z",
            ["2027-04-03T14:00", "2027-04-03T15:30", "2027-04-03T16:30"]
        ),
    ]) func `changes of the clock lose nothing and do nothing twice`(
        cron: String, zone: String, after: String, expected: [String]
    ) throws {
        #expect(try Self.next(cron, zone, after: after, expected.count) == expected)
    }

    @Test func `two left-out times of one day are one moment`() throws {
        let found = try Self.next("15,45 2 * * *", "Europe/Berlin", after: "2027-03-27T12:00:00Z", 3)
        #expect(found == ["2027-03-28T01:00", "2027-03-29T00:15", "2027-03-29T00:45"])
    }

    @Test(arguments: [
        "Asia/Kolkata", "Asia/Calcutta", "Etc/UTC", "Etc/GMT+5", "CET", "America/Argentina/Ushuaia", "US/Eastern",
    ])
    func `every name of the IANA's is known, old and new`(zone: String) {
        #expect(Frequency.cron("0 0 * * *", zone: zone).timetable(job: 1) != nil)
    }

    @Test func `nothing is due past the year 9999`() throws {
        let times = try #require(Frequency.cron("* * * * *", zone: "UTC").timetable(job: 1))
        let last = try Self.moment("9999-12-31T23:59:59Z")
        #expect(times.next(5, after: last).allSatisfy { $0 > last && $0.description.hasPrefix("9999") })
    }

    @Test func `a time zone is one of the IANA's, and a day that never comes is said to`() throws {
        let now = try Self.moment("2026-11-21T12:00:00Z")
        for zone in ["", "GMT+5", "Europe/Atlantis", "CET5", "../etc/passwd"] {
            #expect(Frequency.cron("0 * * * *", zone: zone).fault(at: now)?.contains("time zone") == true, "\(zone)")
        }
        #expect(Frequency.cron("0 0 30 2 *", zone: "UTC").fault(at: now)?.contains("never") == true)
        #expect(Frequency.cron("0 0 * * *", zone: "UTC").fault(at: now) == nil)
    }

    @Test(arguments: Frequency.Name.allCases) func `a pace with a name is kept, at a minute of each job's own`(
        name: Frequency.Name
    ) throws {
        var minutes: Set<Int64> = []
        for job in 1...200 {
            let times = try #require(Frequency.named(name).timetable(job: job))
            let found = times.next(4, after: try Self.moment("2026-11-21T12:00:00Z"))
            for (earlier, later) in zip(found, found.dropFirst()) { #expect(later - earlier == .minutes(name.minutes)) }
            minutes.insert(found[0].milliseconds / 60_000 % Int64(name.minutes))
        }
        #expect(minutes.count > min(name.minutes, 200) / 2)
    }
}
