import Core
import Testing

@testable import Assessments

@Suite struct AssessmentSessionTests {
    private static let lifetime = Duration.days(30)
    private static let began = Instant(milliseconds: 1_790_000_000_000)

    private static func session(_ status: AssessmentSession.Status, abandoned: Duration? = nil) -> AssessmentSession {
        AssessmentSession(
            responseID: 1, id: "x", questionnaireID: 1, createdAt: began, status: status, lastActivity: began,
            completedAt: status == .completed ? began : nil, abandonedAt: abandoned.map { began + $0 })
    }

    private static func outcome(_ work: () throws(AssessmentRefusal) -> Void) -> AssessmentRefusal? {
        do {
            try work()
            return nil
        } catch {
            return error
        }
    }

    @Test func `a session lives to the last millisecond of its thirtieth day`() {
        let session = Self.session(.active)
        #expect(!session.isExpired(at: Self.began + .days(30), Self.lifetime))
        #expect(session.isExpired(at: Self.began + .days(30) + .milliseconds(1), Self.lifetime))
        #expect(session.expiresAt(Self.lifetime) == Self.began + .days(30))
    }

    @Test func `answers, page turns and resuming slide the expiry, abandoning and completing do not`() throws {
        let later = Self.began + .days(29)
        var answered = Self.session(.active)
        answered.answered(on: 3, at: later)
        #expect(answered.lastActivity == later && answered.revision == 1 && answered.currentPageID == 3)
        var turned = Self.session(.active)
        try turned.turn(to: 4, at: later, Self.lifetime)
        #expect(turned.lastActivity == later && turned.currentPageID == 4 && turned.revision == 0)
        var resumed = Self.session(.active)
        try resumed.resume(at: later, Self.lifetime)
        #expect(resumed.lastActivity == later)
        var abandoned = Self.session(.active)
        try abandoned.abandon(at: later, Self.lifetime)
        #expect(abandoned.lastActivity == Self.began && abandoned.undoWindow.closes == later + .minutes(30))
        var completed = Self.session(.active)
        try completed.complete(changesDetails: false, at: later, Self.lifetime)
        #expect(completed.lastActivity == Self.began && completed.completedAt == later)
    }

    @Test func `a clock that is behind does not shorten a life`() {
        var session = Self.session(.active)
        session.answered(on: nil, at: Self.began - .hours(1))
        #expect(session.lastActivity == Self.began && session.revision == 1 && session.currentPageID == nil)
    }

    private static let aside = "session-abandoned"
    private static let ended = "session-completed"
    private static let moves: [(String, AssessmentSession.Status, String?, AssessmentSession.Status)] = [
        ("abandon", .active, nil, .abandoned), ("abandon", .abandoned, nil, .abandoned),
        ("abandon", .completed, ended, .completed), ("resume", .active, nil, .active),
        ("resume", .abandoned, nil, .active), ("resume", .completed, ended, .completed),
        ("complete", .active, nil, .completed), ("complete", .completed, nil, .completed),
        ("complete", .abandoned, aside, .abandoned), ("turn", .active, nil, .active),
        ("turn", .completed, ended, .completed), ("turn", .abandoned, aside, .abandoned),
    ]

    /// Which status leads where.
    @Test(arguments: moves) func `status moves`(
        move: String, from: AssessmentSession.Status, refusal: String?, to: AssessmentSession.Status
    ) {
        var session = Self.session(from, abandoned: from == .abandoned ? .seconds(0) : nil)
        let now = Self.began + .minutes(5)
        let found = Self.outcome { () throws(AssessmentRefusal) in
            switch move {
            case "abandon": try session.abandon(at: now, Self.lifetime)
            case "resume": try session.resume(at: now, Self.lifetime)
            case "complete": try session.complete(changesDetails: false, at: now, Self.lifetime)
            default: try session.turn(to: 2, at: now, Self.lifetime)
            }
        }
        #expect(found?.problem.code == refusal && session.status == to)
    }

    private static let undoing: [(Int64, AssessmentRefusal?)] = [
        (30 * 60_000, nil), (30 * 60_000 + 1, .undoClosed(.init(at: began + .minutes(30)))),
        (30 * 86_400_000, .undoClosed(.init(at: began + .minutes(30)))),
        (30 * 86_400_000 + 1, .expired(at: began + .days(30))),
    ]

    @Test(arguments: undoing) func `abandoning can be undone for thirty minutes, to the last of them`(
        after: Int64, refusal: AssessmentRefusal?
    ) {
        var session = Self.session(.abandoned, abandoned: .seconds(0))
        let found = Self.outcome { () throws(AssessmentRefusal) in
            try session.resume(at: Self.began + .milliseconds(after), Self.lifetime)
        }
        #expect(found == refusal && session.status == (refusal == nil ? .active : .abandoned))
        #expect(refusal != nil || session.abandonedAt == nil)
    }

    @Test func `abandoning twice keeps the first moment, and what is expired is not abandoned`() throws {
        var session = Self.session(.active)
        try session.abandon(at: Self.began, Self.lifetime)
        try session.abandon(at: Self.began + .minutes(20), Self.lifetime)
        #expect(session.undoWindow.closes == Self.began + .minutes(30))
        var expired = Self.session(.active)
        let refusal = Self.outcome { () throws(AssessmentRefusal) in
            try expired.abandon(at: Self.began + .days(31), Self.lifetime)
        }
        #expect(refusal == .expired(at: Self.began + .days(30)) && expired.status == .active)
    }

    @Test func `completing again is nothing new, unless it says something else`() throws {
        var session = Self.session(.active)
        try session.complete(changesDetails: true, at: Self.began, Self.lifetime)
        try session.complete(changesDetails: false, at: Self.began + .hours(1), Self.lifetime)
        #expect(session.completedAt == Self.began)
        let other = Self.outcome { () throws(AssessmentRefusal) in
            try session.complete(changesDetails: true, at: Self.began, Self.lifetime)
        }
        #expect(other == .completed(session) && session.completedAt == Self.began)
    }

    @Test func `what a respondent does not say again stays as they said it`() {
        let known = AssessmentSession.Details(email: "a@example.com", country: "Peru")
        let changed = known.changed(email: nil, fullName: "A. B.", ageGroup: nil, country: "", originCountry: nil)
        #expect(changed == .init(email: "a@example.com", fullName: "A. B."))
        #expect(known.changed(email: nil, fullName: nil, ageGroup: nil, country: nil, originCountry: nil) == known)
    }
}
