import Core
import Testing

@testable import Playback

@Suite struct ResumeRuleTests {
    /// The 13 boundary cases of seed 003's `calculate_resume_position`.
    @Test(
        arguments: [
            (0, 3_600, nil), (1, 3_600, nil), (29, 3_600, nil), (30, 3_600, 30), (31, 3_600, 31), (1_800, 3_600, 1_800),
            (3_419, 3_600, 3_419), (3_420, 3_600, 3_420), (3_421, 3_600, nil), (3_600, 3_600, nil), (4_000, 3_600, nil),
            (29, 0, nil), (30, 0, 30),
        ] as [(Int, Int, Int?)]) func `a place resumes by its boundary`(position: Int, duration: Int, resumes: Int?)
    {
        #expect(ResumeRule().offer(of: place(position), asking: duration) == resumes)
    }

    @Test(arguments: [(19, 20, 19), (95, 100, 95), (57, 60, 57), (950_000_000, 1_000_000_000, 950_000_000)])
    func `exactly 95 % resumes at any length`(position: Int, duration: Int, resumes: Int) {
        #expect(ResumeRule(minimumSeconds: 0).offer(of: place(position, duration)) == resumes)
    }

    @Test func `both thresholds are settings`() {
        let rule = ResumeRule(minimumSeconds: 5, line: FinishLine(ratio: 0.5))
        #expect(rule.offer(of: place(5, 100)) == 5)
        #expect(rule.offer(of: place(4, 100)) == nil)
        #expect(rule.offer(of: place(50, 100)) == 50)
        #expect(rule.offer(of: place(51, 100)) == nil)
    }

    @Test func `an unknown duration is never finished`() {
        #expect(!FinishLine().isPast(place(2_147_483_647)))
        #expect(ResumeRule().offer(of: place(2_147_483_647)) == 2_147_483_647)
    }

    @Test(
        arguments: [
            // position, stored duration, what is proved wrong, what whoever asks states, what is offered
            (90, 120, 0, 60, nil), (5_000, 7_200, 0, 5_100, nil), (10_000, 2_400, 2_400, 28_800, 10_000),
            (10_000, 2_400, 2_400, 0, 10_000), (10_000, 2_400, 2_400, 2_400, nil), (3_602, 3_600, 0, 0, nil),
            (3_603, 3_600, 0, 0, 3_603),
        ] as [(Int, Int, Int, Int, Int?)])
    func `a place is offered by the length that is asked with, else by the one that is known`(
        position: Int, duration: Int, outgrown: Int, asked: Int, offered: Int?
    ) {
        var place = place(position, duration)
        place.outgrown = outgrown
        #expect(ResumeRule().offer(of: place, asking: asked) == offered)
    }

    private func place(_ position: Int, _ duration: Int = 0) -> WatchPlace {
        var place = WatchPlace(userID: viewer, contentID: film)
        (place.position, place.duration, place.lastMovedAt) = (position, duration, noon)
        return place
    }
}

@Suite struct FinishLineTests {
    @Test(
        arguments: [
            // position, duration, credits, ended, most that may be left, past
            (95, 100, nil, false, 0, false), (96, 100, nil, false, 0, true), (6_700, 7_200, 6_700, false, 0, false),
            (6_701, 7_200, 6_700, false, 0, true), (7_100, 7_200, 7_150, false, 0, false),
            (34_320, 36_000, nil, false, 0, true), (34_320, 36_000, nil, false, 300, false),
            (35_700, 36_000, nil, false, 300, true), (35_699, 36_000, nil, false, 300, false),
            (5, 0, nil, true, 300, true),
            (5, 0, nil, false, 0, false), (5, 0, 4, false, 0, true),
        ] as [(Int, Int, Int?, Bool, Int, Bool)])
    func `the first that is known of decides`(
        position: Int, duration: Int, credits: Int?, isEnded: Bool, left: Int, isPast: Bool
    ) {
        let standing = Standing(position: position, duration: duration, isEnded: isEnded, creditsAt: credits)
        #expect(FinishLine(maxRemainingSeconds: left).isPast(standing) == isPast)
    }

    @Test(arguments: [
        ([100], 100, 0, 100), ([100], 102, 0, 100), ([100], 103, 0, 0), ([100, 200], 103, 0, 200),
        ([0, 200], 50, 0, 200),
        ([100], 50, 100, 0), ([101], 50, 100, 101), ([], 50, 0, 0),
    ]) func `the first statement that no position has proved wrong is the length`(
        statements: [Int], position: Int, outgrown: Int, length: Int
    ) {
        #expect(Length.known(statements, at: position, outgrown: outgrown) == length)
    }
}

@Suite struct PlayRuleTests {
    @Test(arguments: [
        // seconds at which a title of 1,000 s was finished, and which of them are plays
        ([0], [0]), ([0, 499], [0]), ([0, 500], [0, 500]), ([500, 0], [500, 0]), ([0, 499, 500], [0, 500]),
        ([0, 499, 998], [0, 998]),
    ]) func `finishes nearer than half the length are one play`(seconds: [Int], plays: [Int]) {
        let finishes = seconds.map { Finish(at: noon + .seconds($0), length: 1_000) }
        let counted = PlayRule.plays(among: finishes, known: [])
        #expect(counted.map(\.at) == plays.map { noon + .seconds($0) })
        #expect(PlayRule.plays(among: finishes, known: counted.map(\.at)).isEmpty)
    }

    @Test(arguments: [(59, 0), (60, 1)]) func `of an unknown length a minute apart`(seconds: Int, plays: Int) {
        let finish = Finish(at: noon + .seconds(seconds), length: 0)
        #expect(PlayRule.plays(among: [finish], known: [noon]).count == plays)
        #expect(PlayRule.plays(among: [Finish(at: noon, length: 0)], known: [finish.at]).count == plays)
    }
}
