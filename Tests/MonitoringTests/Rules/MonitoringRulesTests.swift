import Core
import Testing

@testable import Monitoring

/// What monitoring decides without a database.
@Suite struct MonitoringRulesTests {
    private static let start = Instant(milliseconds: 1_800_000_000_000)
    private static let hourly = Frequency.cron("0 * * * *", zone: "UTC").timetable(job: 1)

    private static func hour(_ number: Int) -> Instant { start + .hours(number) }

    @Test func `the latest of the slots that passed runs, and those before it were missed`() throws {
        let times = try #require(Self.hourly)
        #expect(Slots.due(from: Self.hour(1), at: Self.hour(1) - .milliseconds(1), by: times) == nil)
        let one = try #require(Slots.due(from: Self.hour(1), at: Self.hour(1), by: times))
        #expect(one.latest == Self.hour(1) && one.missed.isEmpty && one.next == Self.hour(2))
        let many = try #require(Slots.due(from: Self.hour(1), at: Self.hour(72) + .minutes(59), by: times))
        #expect(many.latest == Self.hour(72) && many.next == Self.hour(73) && many.rest == nil)
        #expect(many.missed == (1...71).map(Self.hour))
    }

    @Test func `past a thousand one row stands for the rest`() throws {
        let times = try #require(Self.hourly)
        let slots = try #require(Slots.due(from: Self.hour(1), at: Self.hour(5_000), by: times))
        #expect(slots.latest == Self.hour(5_000) && slots.missed.count == 1_000)
        #expect(slots.missed.first == Self.hour(4_000) && slots.missed.last == Self.hour(4_999))
        #expect(slots.rest?.count == 3_999 && slots.rest?.last == Self.hour(3_999))
    }

    @Test(arguments: [
        ([(0, 10)], []), ([], [(0, 10)]), ([(2, 4)], [(0, 2), (4, 10)]), ([(4, 12), (-3, 1)], [(1, 4)]),
        ([(0, 5), (5, 10)], []), ([(0, 6), (2, 4)], [(6, 10)]), ([(12, 20)], [(0, 10)]), ([(3, 3)], [(0, 10)]),
    ]) func `gaps are what nothing covers`(covered: [(Int, Int)], expected: [(Int, Int)]) {
        func spans(_ pairs: [(Int, Int)]) -> [Span] { pairs.map { Span(Self.hour($0.0), Self.hour($0.1)) } }
        #expect(Coverage.gaps(in: spans([(0, 10)])[0], coveredBy: spans(covered)) == spans(expected))
    }

    @Test func `there are four attempts, later and later, and what a source asks for is obeyed`() {
        for (attempt, most) in [(1, 10), (2, 20), (3, 40)] {
            let latest = RetryRule.next(afterAttempt: attempt, failedAt: Self.start, fraction: 1)
            #expect(latest == Self.start + .seconds(most))
            #expect(RetryRule.next(afterAttempt: attempt, failedAt: Self.start, fraction: 0) == Self.start)
        }
        #expect(RetryRule.next(afterAttempt: 4, failedAt: Self.start, fraction: 0.5) == nil)
        let reset = Self.hour(1)
        #expect(RetryRule.next(afterAttempt: 1, failedAt: Self.start, until: reset, fraction: 0.1) == reset)
    }

    private static func post(_ keys: String..., at moment: Instant? = nil) -> Post {
        Post(keys: keys, author: "ann", text: "x", url: nil, postedAt: moment)
    }

    @Test func `either of two keys that is known means that a post is known`() {
        let posts = [Self.post("guid:1", "link:a"), Self.post("guid:2", "link:a"), Self.post("guid:3")]
        #expect(
            Intake.verdicts(posts, of: .feed, known: ["guid:3"], isFirst: false, since: Self.start)
                == [.new, .known, .known])
    }

    @Test func `a feed's first run takes a day and what has no date, fifty at most, and knows the rest from then on`() {
        let old = Self.post("old", at: Self.start - .days(3))
        let dated = (0..<40).map { Self.post("d\($0)", at: Self.start + .minutes($0)) }
        let undated = (0..<20).map { Self.post("u\($0)") }
        let verdicts = Intake.verdicts(
            [old] + dated + undated, of: .feed, known: [], isFirst: true, since: Self.start)
        #expect(verdicts[0] == .seen)
        #expect(verdicts[1...40].allSatisfy { $0 == .new })
        #expect(verdicts[41...].filter { $0 == .new }.count == 10 && verdicts[41...50].allSatisfy { $0 == .new })
        let later = Intake.verdicts(
            [old, Self.post("b", at: Self.start - .days(9))], of: .feed, known: ["old"], isFirst: false,
            since: Self.start)
        #expect(later == [.known, .new], "what is dated back counts from when it was first seen")
    }

    @Test func `only a feed is asked whether what it gives is old`() {
        let old = Self.post("old", at: Self.start - .days(3))
        #expect(Intake.verdicts([old], of: .x, known: [], isFirst: true, since: Self.start) == [.new])
    }

    @Test func `a summary's sentences name their posts by numbers in the order they are cited`() {
        let posts = (0..<4).map {
            Post(keys: ["id:\($0)"], author: "a", text: "t\($0)", url: $0 == 3 ? nil : "https://x/\($0)", postedAt: nil)
        }
        let written = WrittenSummary(
            SummaryText(
                sentences: [.init(text: "First.", posts: [2, 3]), .init(text: "Then.", posts: [0, 2])], writer: "test"),
            of: posts)
        #expect(written.content == "First. [1] [2]\nThen. [3] [1]")
        #expect(written.links == ["[1] https://x/2", "[3] https://x/0"])
        #expect(written.postsCount == 4)
    }

    @Test func `what a job's mail ends with fits that job alone`() {
        let own = Unsubscriptions(Array("a secret of thirty-two characters".utf8), publicURL: "https://d.example")
        let other = Unsubscriptions(Array("another one of thirty-two letters".utf8), publicURL: nil)
        #expect(own.isToken(own.token(of: 7), of: 7))
        #expect(!own.isToken(own.token(of: 7), of: 8) && !own.isToken(other.token(of: 7), of: 7))
        #expect(!own.isToken("", of: 7))
        #expect(own.headers(of: 7)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click")
        #expect(other.headers(of: 7).isEmpty)
    }
}
