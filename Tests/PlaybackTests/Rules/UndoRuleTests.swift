import Core
import Testing

@testable import Playback

@Suite struct UndoRuleTests {
    @Test func `a jump is taken back whole: place, length and end`() throws {
        var viewing = Viewing()
        var tv = session(duration: 1_000)
        _ = viewing.report(400, after: 0, in: &tv)
        let before = viewing.place
        let jump = viewing.report(1_990, after: 5, state: .ended, in: &tv).move
        #expect(viewing.place.isEnded && viewing.place.outgrown == 1_000)
        try UndoRule.undo(jump, of: &viewing.place, at: noon + .seconds(60))
        #expect(viewing.place.position == 400 && !viewing.place.isEnded)
        #expect(viewing.place.knownDuration == before.knownDuration)
    }

    @Test func `a mark is taken back for 30 minutes, and leaves whoever has moved since where they are`() throws {
        var viewing = Viewing()
        var tv = session()
        _ = viewing.report(400, after: 0, in: &tv)
        let mark = UndoRule.mark(&viewing.place, seenAt: noon, at: noon + .seconds(10))
        #expect(FinishLine().isPast(viewing.place) && viewing.place.position == 400)
        #expect(throws: PlaybackRefusal.undoClosed(.init(at: noon + .minutes(30) + .seconds(10)))) {
            try UndoRule.undo(mark, of: &viewing.place, at: noon + .minutes(31))
        }
        var moved = viewing
        _ = moved.report(410, after: 20, in: &tv)
        try UndoRule.undo(mark, of: &moved.place, at: noon + .seconds(30))
        #expect(moved.place.position == 410 && moved.place.lastMovedAt == noon + .seconds(20))
        try UndoRule.undo(mark, of: &viewing.place, at: noon + .seconds(30))
        #expect(!viewing.place.isEnded && viewing.place.position == 400 && viewing.place.lastMovedAt == noon)
    }

    @Test func `a title that was marked and never watched is as it was before`() throws {
        var place = WatchPlace(userID: viewer, contentID: film)
        let mark = UndoRule.mark(&place, seenAt: noon - .days(400), at: noon)
        #expect(place.stands && place.lastMovedAt == noon - .days(400))
        try UndoRule.undo(mark, of: &place, at: noon)
        #expect(!place.stands)
    }

    @Test func `a report from before the undo does not overwrite what it brought back`() throws {
        var viewing = Viewing()
        var tv = session()
        _ = viewing.report(400, after: 0, in: &tv)
        let jump = viewing.report(3_000, after: 5, in: &tv).move
        try UndoRule.undo(jump, of: &viewing.place, at: noon + .seconds(60))
        let late = viewing.rule.apply(
            report(3_010, after: 15), to: &tv, &viewing.place, at: noon + .seconds(70))
        #expect(late.refusal == .olderInstant)
        #expect(viewing.place.position == 400)
        #expect(viewing.report(3_100, after: 61, in: &tv).changesPlace)
    }

    @Test(arguments: [(30 * 60_000, true), (30 * 60_000 + 1, false)])
    func `a clearing can be undone for 30 minutes, its last millisecond included`(age: Int, restores: Bool) throws {
        var viewing = Viewing()
        var tv = session()
        _ = viewing.report(400, after: 0, in: &tv)
        let clear = UndoRule.clear(&viewing.place, clearID: nil, at: noon)
        #expect(!viewing.place.stands)
        let later = noon + .milliseconds(Int64(age))
        if restores {
            try UndoRule.undo(clear, of: &viewing.place, at: later)
            #expect(viewing.place.stands && viewing.place.position == 400)
            #expect(viewing.place.lastMovedAt == noon)
        } else {
            #expect(throws: PlaybackRefusal.undoClosed(.init(at: noon + .minutes(30)))) {
                try UndoRule.undo(clear, of: &viewing.place, at: later)
            }
            #expect(!viewing.place.stands)
        }
    }

    @Test func `other moves can be undone at any time`() throws {
        var viewing = Viewing()
        var tv = session()
        _ = viewing.report(400, after: 0, in: &tv)
        let jump = viewing.report(3_000, after: 5, in: &tv).move
        try UndoRule.undo(jump, of: &viewing.place, at: noon + .days(300))
        #expect(viewing.place.position == 400)
    }

    @Test func `with nothing on record there is nothing to undo`() {
        var place = WatchPlace(userID: viewer, contentID: film)
        #expect(throws: PlaybackRefusal.nothingToUndo) { try UndoRule.undo(nil, of: &place, at: noon) }
    }
}

@Suite struct ProgressRuleTests {
    @Test(arguments: [
        (0, 100, 0.0), (94, 100, 94.0), (95, 100, 95.0), (100, 100, 100.0), (150, 100, 100.0), (1, 3, 33.3),
        (50, 0, 0.0),
    ]) func `progress is a percentage with one decimal`(position: Int, duration: Int, percentage: Double) {
        #expect(ProgressRule.percentage(position: position, duration: duration) == percentage)
    }

    @Test(arguments: [(0, 10), (0.1, 10), (0.5, 35), (0.9, 60), (1, 60), (7, 60), (-1, 10)])
    func `players are asked to report more rarely the fuller the queue is`(load: Double, seconds: Int) {
        #expect(CadenceRule.nextReportSeconds(load: load) == seconds)
    }
}
