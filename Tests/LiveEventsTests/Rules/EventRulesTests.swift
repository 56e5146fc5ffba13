import Core
import Testing

@testable import LiveEvents

@Suite struct EventRulesTests {
    private static let start = Instant(milliseconds: 1_800_000_000_000)

    @Test(arguments: [
        (0, 20_000, 1_000), (5_000, 20_000, 875), (10_000, 20_000, 750), (20_000, 20_000, 500), (1, 20_000, 1_000),
        (20, 20_000, 1_000), (30, 20_000, 999), (3_000, 3_000, 500), (1_500, 3_000, 750),
    ]) func `a right answer is worth a thousand at once and half of it at the end`(taken: Int, whole: Int, points: Int)
    {
        #expect(Points.of(isRight: true, after: .milliseconds(taken), of: .milliseconds(whole)) == points)
        #expect(Points.of(isRight: false, after: .milliseconds(taken), of: .milliseconds(whole)) == 0)
    }

    @Test func `a clock that was stopped goes on with what was left`() {
        let timer = QuestionTimer(index: 3, shownAt: Self.start, duration: .seconds(20))
        let stopped = timer.stopped(at: Self.start + .seconds(7))
        let again = stopped.started(at: Self.start + .seconds(1_000))
        #expect(again.remaining(at: Self.start + .seconds(1_000)) == .seconds(13))
        #expect(again.index == 3 && !again.isRevealed)
        // A clock of another node that is behind takes no time away.
        #expect(timer.remaining(at: Self.start - .seconds(5)) == .seconds(20))
        #expect(timer.remaining(at: Self.start + .minutes(5)) == .zero)
    }

    @Test(arguments: [(20_000, 20_000), (20_500, 20_000), (0, 0), (-100, 0)])
    func `an answer within the grace took no longer than the time`(at: Int, taken: Int) throws {
        let timer = QuestionTimer(index: 0, shownAt: Self.start, duration: .seconds(20))
        #expect(try timer.time(ofAnswerAt: Self.start + .milliseconds(at)) == .milliseconds(taken))
    }

    @Test func `an answer past the grace, or after the right one is known, is too late`() {
        var timer = QuestionTimer(index: 0, shownAt: Self.start, duration: .seconds(20))
        #expect(throws: EventRefusal.tooLate) { try timer.time(ofAnswerAt: Self.start + .milliseconds(20_501)) }
        timer.isRevealed = true
        #expect(throws: EventRefusal.tooLate) { try timer.time(ofAnswerAt: Self.start) }
    }

    @Test func `what people see follows from event and segment`() {
        let table: [(EventStatus, SegmentStatus?, String, String)] = [
            (.waiting, nil, "waiting", "joined"), (.active, nil, "active", "waiting_for_segment"),
            (.active, .pending, "active", "waiting_for_segment"),
            (.active, .recording, "recording", "waiting_for_segment"),
            (.active, .recordingPaused, "recording_paused", "waiting_for_segment"),
            (.active, .quizReady, "quiz_ready", "waiting_for_segment"),
            (.active, .quizzing, "quizzing", "active_in_quiz"),
            (.active, .completed, "segment_complete", "segment_complete"),
            (.finished, .completed, "finished", "segment_complete"), (.waiting, .completed, "waiting", "joined"),
        ]
        for (event, segment, phase, state) in table {
            #expect(EventPhase.of(event: event, segment: segment) == phase)
            #expect(ParticipantState(event: event, segment: segment).rawValue == state)
        }
    }

    @Test func `typed codes have no characters that look alike, and are read as they were meant`() {
        let code = TypedCode.make((0..<31).map { UInt64($0) })
        for letter in "IOL01" { #expect(!code.contains(letter)) }
        #expect(Set(code).count == 31)
        #expect(TypedCode.read(" abc-d 23 ") == "ABCD23")
        #expect(TypedCode.read(String(repeating: "x", count: 1_000)).count == 40)
    }

    @Test func `a QR code has the margin that scanners ask for, and a PNG that says how large it is`() throws {
        let code = try #require(QRCode("http://127.0.0.1:8086/join/ABCDEF?key=0123456789abcdef"))
        let png = try #require(code.png(scale: 8))
        #expect(png.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        let width = png[16..<20].reduce(0) { $0 << 8 | Int($1) }
        #expect(width == (code.side + 8) * 8)
        #expect(code.svg.contains("viewBox=\"0 0 \(code.side + 8) \(code.side + 8)\""))
        // The finder pattern in the upper left corner, ISO/IEC 18004.
        #expect(code.modules[0..<7].allSatisfy { $0 } && !code.modules[7])
        #expect(QRCode(String(repeating: "x", count: 5_000)) == nil)
    }

    @Test func `answers are shuffled once, by what was drawn`() {
        let question = Question(
            id: ID(high: 0, low: 1), segment: ID(high: 0, low: 2), order: 0, text: "?", correct: "R",
            others: ["A", "B"],
            draw: [9, 1, 5])
        #expect(question.answers == ["A", "B", "R"])
    }
}
