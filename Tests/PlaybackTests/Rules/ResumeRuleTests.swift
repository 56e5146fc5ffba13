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
        #expect(ResumeRule().resumePosition(position: position, duration: duration) == resumes)
    }

    @Test(arguments: [(19, 20, 19), (95, 100, 95), (57, 60, 57), (950_000_000, 1_000_000_000, 950_000_000)])
    func `exactly 95 % resumes at any length`(position: Int, duration: Int, resumes: Int) {
        #expect(ResumeRule(minimumSeconds: 0).resumePosition(position: position, duration: duration) == resumes)
    }

    @Test func `both thresholds are settings`() {
        let rule = ResumeRule(minimumSeconds: 5, finishedRatio: 0.5)
        #expect(rule.resumePosition(position: 5, duration: 100) == 5)
        #expect(rule.resumePosition(position: 4, duration: 100) == nil)
        #expect(rule.resumePosition(position: 50, duration: 100) == 50)
        #expect(rule.resumePosition(position: 51, duration: 100) == nil)
    }

    @Test func `an unknown duration is never finished`() {
        #expect(!ResumeRule().isFinished(position: 2_147_483_647, duration: 0))
        #expect(ResumeRule().resumePosition(position: 2_147_483_647, duration: 0) == 2_147_483_647)
    }
}
