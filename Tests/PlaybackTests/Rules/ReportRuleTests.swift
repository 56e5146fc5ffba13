import Core
import Testing

@testable import Playback

@Suite struct ReportRuleTests {
    @Test func `a stale sequence changes nothing at all`() {
        var viewing = Viewing()
        var tv = session()
        _ = viewing.report(100, after: 10, sequence: 7, in: &tv)
        let (placeBefore, sessionBefore) = (viewing.place, tv)
        let effect = viewing.report(50, after: 20, state: .paused, sequence: 7, in: &tv)
        #expect(effect.refusal == .staleSequence)
        #expect(!effect.changesSession && !effect.changesPlace && effect.move == nil)
        #expect(viewing.place == placeBefore)
        #expect(tv == sessionBefore)
    }

    @Test func `a paused television's heartbeat refreshes its session and nothing else`() {
        var viewing = Viewing()
        var tv = session()
        _ = viewing.report(100, after: 10, in: &tv)
        let place = viewing.place
        let effect = viewing.report(100, after: 3_600, state: .paused, in: &tv)
        #expect(effect.refusal == nil && !effect.moved)
        #expect(effect.changesSession && !effect.changesPlace)
        #expect(viewing.place == place)
        #expect(tv.updatedAt == noon + .seconds(3_600))
    }

    @Test func `a paused television does not overwrite newer progress`() {
        var viewing = Viewing()
        var tv = session()
        var phone = session(device: "phone")
        _ = viewing.report(100, after: 10, in: &tv)
        _ = viewing.report(900, after: 500, in: &phone)
        _ = viewing.report(100, after: 510, state: .paused, in: &tv)
        #expect(viewing.place.position == 900)
    }

    @Test func `a deliberate rewind is a move`() {
        var viewing = Viewing()
        var tv = session()
        _ = viewing.report(900, after: 10, in: &tv)
        let effect = viewing.report(60, after: 20, in: &tv)
        #expect(effect.changesPlace)
        #expect(viewing.place.position == 60)
    }

    @Test func `a new session that stays at 0 does not move`() {
        var viewing = Viewing()
        var tv = session()
        let effect = viewing.report(0, after: 10, in: &tv)
        #expect(!effect.changesPlace)
        #expect(viewing.place.lastMovedAt == nil)
    }

    @Test(arguments: [(0, true), (-1, false), (1, true)])
    func `a report moves the place unless it is older than its last move`(milliseconds: Int, applies: Bool) {
        var viewing = Viewing()
        var tv = session()
        var phone = session(device: "phone")
        _ = viewing.report(900, after: 100, in: &tv)
        let late = PositionReport(
            position: 50, instant: noon + .seconds(100) + .milliseconds(Int64(milliseconds)))
        let effect = viewing.rule.apply(late, to: &phone, &viewing.place, at: noon + .seconds(200))
        #expect((effect.refusal == nil) == applies)
        #expect(viewing.place.position == (applies ? 50 : 900))
        #expect(phone.position == 50)
        if !applies {
            #expect(effect.refusal == .olderInstant)
            #expect(effect.move?.kind == .lateReport)
            #expect(effect.move?.position == 50)
        }
    }

    @Test func `a late report of a session leaves its newer position, so that its heartbeat is still no move`() {
        var viewing = Viewing()
        var tv = session()
        var phone = session(device: "phone")
        _ = viewing.report(1_000, after: 100, state: .paused, in: &tv)
        _ = viewing.report(2_000, after: 200, in: &phone)
        let late = viewing.rule.apply(report(900, after: 50), to: &tv, &viewing.place, at: noon + .seconds(300))
        #expect(late.refusal == .olderInstant && late.move?.position == 900)
        #expect(tv.position == 1_000 && tv.state == .paused && tv.updatedAt == noon + .seconds(300))
        let heartbeat = viewing.report(1_000, after: 310, state: .paused, in: &tv)
        #expect(heartbeat.refusal == nil && !heartbeat.changesPlace)
        #expect(viewing.place.position == 2_000)
    }

    @Test(arguments: [(0, true), (-1, false)])
    func `a report from before a clearing does not bring the place back`(milliseconds: Int, applies: Bool) {
        var viewing = Viewing()
        var tv = session()
        _ = viewing.report(900, after: 100, in: &tv)
        _ = UndoRule.clear(&viewing.place, clearID: nil, at: noon + .seconds(200))
        let late = PositionReport(
            position: 950, instant: noon + .seconds(200) + .milliseconds(Int64(milliseconds)))
        let effect = viewing.rule.apply(late, to: &tv, &viewing.place, at: noon + .seconds(300))
        #expect(effect.changesPlace == applies)
        #expect(viewing.place.stands == applies)
    }

    @Test func `a duration that is known later is kept, an unknown one changes nothing`() {
        var viewing = Viewing()
        var tv = session(duration: 0)
        _ = viewing.rule.apply(report(10, after: 1, duration: 100), to: &tv, &viewing.place, at: noon)
        #expect(tv.duration == 100 && viewing.place.duration == 100)
        _ = viewing.rule.apply(report(20, after: 2, duration: 0), to: &tv, &viewing.place, at: noon)
        #expect(tv.duration == 100 && viewing.place.duration == 100)
    }

    @Test(
        arguments: [
            // advance, elapsed seconds, what the log keeps
            (10, 10, nil), (-9, 10, nil), (-10, 10, .jumpBack), (-300, 10, .jumpBack), (50, 10, nil),
            (51, 10, .jumpForward),
            (30, 0, nil), (31, 0, .jumpForward), (7_230, 3_600, nil), (7_231, 3_600, .jumpForward),
        ] as [(Int, Int, WatchMove.Kind?)])
    func `a jump is logged, steady play is not`(advance: Int, elapsed: Int, kind: WatchMove.Kind?) {
        var viewing = Viewing()
        var tv = session(duration: 0)
        _ = viewing.report(1_000, after: 0, in: &tv)
        let effect = viewing.report(1_000 + advance, after: elapsed, in: &tv)
        #expect(effect.move?.kind == kind)
        if kind != nil { #expect(effect.move?.position == 1_000) }
    }

    @Test func `a change of session is logged with the place before it`() {
        var viewing = Viewing()
        var tv = session()
        var phone = session(device: "phone")
        #expect(viewing.report(1_000, after: 0, in: &tv).move == nil)
        let effect = viewing.report(1_005, after: 5, in: &phone)
        #expect(effect.move?.kind == .sessionChange)
        #expect(effect.move?.position == 1_000)
        #expect(effect.move?.deviceID == "phone")
    }

    @Test(arguments: [(1, 0), (59, 0), (60, 60), (200, 200)])
    func `the seed's last_watched_at lags by less than a minute`(seconds: Int, shown: Int) {
        var viewing = Viewing()
        var tv = session()
        _ = viewing.report(100, after: 0, in: &tv)
        _ = viewing.report(101, after: seconds, in: &tv)
        #expect(viewing.place.lastMovedAt == noon + .seconds(seconds))
        #expect(viewing.place.lastWatchedAt == noon + .seconds(shown))
    }

    @Test func `hidden titles show again when they are watched`() {
        var viewing = Viewing()
        var tv = session()
        _ = viewing.report(100, after: 0, in: &tv)
        viewing.place.hiddenAt = noon + .seconds(15)
        _ = viewing.report(100, after: 10, state: .paused, in: &tv)
        #expect(viewing.place.hiddenAt != nil)
        _ = viewing.report(110, after: 15, in: &tv)
        #expect(viewing.place.hiddenAt != nil)
        _ = viewing.report(120, after: 20, in: &tv)
        #expect(viewing.place.hiddenAt == nil)
    }
}

@Suite struct CountingTests {
    @Test(arguments: [
        // positions reported every ten minutes in a film of 1,000 s, and how often it is finished
        ([100, 500, 951], 1), ([100, 950], 0), ([960], 1), ([960, 990, 1_000], 1), ([960, 500, 970], 2),
        ([960, 30, 970], 2), ([960, 1, 970, 5, 980], 3), ([29, 960, 1_000, 29, 30], 1), ([1_003], 0),
        ([960, 1_003], 1),
    ]) func `crossing the finish line is a play`(positions: [Int], count: Int) {
        var viewing = Viewing()
        var tv = session(duration: 1_000)
        for (index, position) in positions.enumerated() {
            _ = viewing.report(position, after: index * 600, in: &tv)
        }
        #expect(viewing.plays.count == count)
    }

    @Test func `reopening a finished title counts nothing, wherever it is reopened`() {
        var viewing = Viewing()
        var tv = session(duration: 1_000)
        var phone = session(duration: 1_000, device: "phone")
        _ = viewing.report(960, after: 0, in: &tv)
        _ = viewing.report(970, after: 86_400, in: &phone)
        #expect(viewing.plays.count == 1)
        _ = viewing.report(10, after: 86_500, in: &phone)
        _ = viewing.report(970, after: 90_000, in: &phone)
        #expect(viewing.plays.count == 2)
    }

    @Test func `after a clearing a title is not finished`() {
        var viewing = Viewing()
        var tv = session(duration: 1_000)
        _ = viewing.report(960, after: 0, in: &tv)
        viewing.place.playCount = 1
        _ = UndoRule.clear(&viewing.place, clearID: nil, at: noon + .seconds(5))
        _ = viewing.report(500, after: 10, in: &tv)
        #expect(viewing.place.playCount == 0)
    }

    @Test func `a late report counts by its own instant, and moves nothing`() {
        var viewing = Viewing()
        var tv = session(duration: 1_000)
        _ = viewing.report(300, after: 7_200, in: &tv)
        let late = viewing.report(960, after: 3_600, arriving: 7_300, in: &tv)
        #expect(late.refusal == .olderInstant && !late.moved)
        #expect(viewing.place.position == 300 && tv.position == 300)
        #expect(viewing.plays == [noon + .seconds(3_600)])
    }

    @Test func `the end that a player tells of is past the line, also where it has not moved`() {
        var viewing = Viewing()
        var tv = session(duration: 0)
        _ = viewing.report(590, after: 0, in: &tv)
        let end = viewing.report(590, after: 10, state: .ended, in: &tv)
        #expect(!end.moved && end.changesPlace && viewing.place.isEnded && viewing.plays.count == 1)
        _ = viewing.report(590, after: 20, state: .paused, in: &tv)
        #expect(viewing.place.isEnded && viewing.plays.count == 1)
    }

    @Test func `a paused television that ends says nothing of a place that is elsewhere`() {
        var viewing = Viewing()
        var tv = session()
        var phone = session(device: "phone")
        _ = viewing.report(600, after: 0, in: &tv)
        _ = viewing.report(3_000, after: 10, in: &phone)
        let end = viewing.report(600, after: 20, state: .ended, in: &tv)
        #expect(!end.changesPlace && !viewing.place.isEnded)
    }
}

@Suite struct StartOverTests {
    /// A place at 2,700 of 5,400, and a session that opens an hour later.
    private func reopened() -> (Viewing, PlaybackSession) {
        var viewing = Viewing()
        var tv = session(duration: 5_400)
        _ = viewing.report(2_700, after: 0, in: &tv)
        return (viewing, session(duration: 5_400, device: "phone"))
    }

    @Test func `a new session before 30 s keeps the place on offer, and gives it up from there on`() {
        var (viewing, phone) = reopened()
        let early = viewing.report(1, after: 3_600, in: &phone)
        #expect(early.moved && early.refusal == nil && !early.changesPlace && viewing.place.position == 2_700)
        _ = viewing.report(29, after: 3_628, in: &phone)
        #expect(viewing.place.position == 2_700)
        let passed = viewing.report(30, after: 3_629, in: &phone)
        #expect(viewing.place.position == 30 && passed.move?.position == 2_700)
        _ = viewing.report(5, after: 3_640, in: &phone)
        #expect(viewing.place.position == 5)
    }

    @Test func `whoever says that they start over gives it up at once`() {
        var (viewing, phone) = reopened()
        let over = viewing.report(0, after: 3_600, startsOver: true, in: &phone)
        #expect(over.changesPlace && viewing.place.position == 0 && over.move?.position == 2_700)
        _ = viewing.report(8, after: 3_608, in: &phone)
        #expect(viewing.place.position == 8)
    }

    @Test func `what would not resume is given up at once`() {
        var (viewing, phone) = reopened()
        viewing.place.isEnded = true
        _ = viewing.report(10, after: 3_600, in: &phone)
        #expect(viewing.place.position == 10 && !viewing.place.isEnded)
    }

    @Test(arguments: [(1.0, true), (3.0, false)]) func `fast play is steady where its rate is told`(
        rate: Double, isJump: Bool
    ) {
        var viewing = Viewing()
        var tv = session()
        _ = viewing.report(600, after: 0, in: &tv)
        #expect((viewing.report(780, after: 60, rate: rate, in: &tv).move != nil) == isJump)
    }
}

@Suite struct ReportInstantTests {
    private func at(_ seconds: Int) -> Instant { noon + .seconds(seconds) }

    @Test func `a report's instant is its receipt`() {
        #expect(PositionReport.instant(receivedAt: noon, reportedAt: nil, sentAt: nil) == noon)
        #expect(PositionReport.instant(receivedAt: noon, reportedAt: at(-50), sentAt: nil) == noon)
        #expect(PositionReport.instant(receivedAt: noon, reportedAt: nil, sentAt: at(-50)) == noon)
    }

    @Test(arguments: [0, 7_200, -7_200, 31_536_000])
    func `the difference of both of the client's times cancels its clock's error`(error: Int) {
        let instant = PositionReport.instant(
            receivedAt: noon, reportedAt: at(-60 + error), sentAt: at(error))
        #expect(instant == at(-60))
    }

    @Test func `nothing is true in the future or before 1970`() {
        #expect(PositionReport.instant(receivedAt: noon, reportedAt: at(500), sentAt: at(0)) == noon)
        let first = Instant(milliseconds: -62_135_596_800_000)
        let last = Instant(milliseconds: 253_402_300_799_999)
        #expect(PositionReport.instant(receivedAt: noon, reportedAt: first, sentAt: last).milliseconds == 0)
        #expect(PositionReport.instant(receivedAt: noon, reportedAt: last, sentAt: first) == noon)
    }

    @Test func `a place from the future was noted while a clock was ahead, and freezes nothing`() {
        var viewing = Viewing()
        var ahead = session(device: "phone")
        _ = viewing.report(400, after: 365 * 86_400, in: &ahead)
        var tv = session()
        let now = viewing.report(500, after: 10, in: &tv)
        #expect(now.changesPlace && viewing.place.position == 500)
        #expect(viewing.place.lastMovedAt == noon + .seconds(10))
        // The session that was ahead goes on too.
        #expect(viewing.report(600, after: 20, in: &ahead).changesPlace && viewing.place.position == 600)
    }

    @Test func `a clearing from the future keeps nothing of the present out`() {
        var viewing = Viewing()
        var tv = session()
        _ = viewing.report(400, after: 0, in: &tv)
        _ = UndoRule.clear(&viewing.place, clearID: nil, at: noon + .days(365))
        #expect(viewing.report(450, after: 30, in: &tv).changesPlace && viewing.place.stands)
    }
}
