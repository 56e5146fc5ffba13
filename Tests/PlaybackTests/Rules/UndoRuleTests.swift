import Core
import Testing

@testable import Playback

@Suite struct UndoRuleTests {
    @Test func `a jump is taken back whole: place, count and pass`() throws {
        var viewing = Viewing()
        var tv = session(duration: 1_000)
        _ = viewing.report(400, after: 0, in: &tv)
        let jump = viewing.report(990, after: 5, in: &tv).move
        #expect(viewing.place.playCount == 1)
        try UndoRule.undo(jump, of: &viewing.place, at: noon + .seconds(60))
        #expect(viewing.place.position == 400)
        #expect(viewing.place.playCount == 0)
        #expect(viewing.place.isPassOpen)
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
        (0, 100, 0.0, false), (94, 100, 94.0, false), (95, 100, 95.0, true), (100, 100, 100.0, true),
        (150, 100, 100.0, true), (1, 3, 33.3, false), (50, 0, 0.0, false),
    ]) func `progress is a percentage with one decimal, completed from 95 %`(
        position: Int, duration: Int, percentage: Double, isCompleted: Bool
    ) {
        #expect(ProgressRule.percentage(position: position, duration: duration) == percentage)
        #expect(ProgressRule.isCompleted(position: position, duration: duration) == isCompleted)
    }

    @Test(arguments: [(0, 10), (0.1, 10), (0.5, 35), (0.9, 60), (1, 60), (7, 60), (-1, 10)])
    func `players are asked to report more rarely the fuller the queue is`(load: Double, seconds: Int) {
        #expect(CadenceRule.nextReportSeconds(load: load) == seconds)
    }
}
