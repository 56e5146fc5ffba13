import Core
import HTTPTypes
import SQL
import TestSupport
import Testing

@testable import Assessments

/// When, how often and for how long a questionnaire can be answered.
@Suite struct LimitTests {
    private static func file(_ limits: String) -> String {
        """
        questionnaire: limited
        title: Limited
        default: true
        \(limits)
        pages: [{title: P, questions: [{id: q, type: text, text: Q?, required: true}, {id: r, type: text, text: R?}]}]
        """
    }

    private static let answer = #"{"type":"text","text":"x"}"#

    @Test(arguments: TestEngine.allCases) func `a questionnaire opens and closes, and says when`(
        engine: TestEngine
    ) async throws {
        try await responding(engine, to: Self.file("")) { respondent in
            let clock = respondent.server.clock
            let (opens, closes) = (clock.source.now + .hours(1), clock.source.now + .hours(2))
            try await Respondent.library(respondent.server).importFile(
                Self.file("opens: \(opens)\ncloses: \(closes)"), .yaml)
            let early = try await respondent.server.send(.post, "/api/v2/session/start")
            #expect(early.status == 403 && early["code"].string == "questionnaire-not-open")
            #expect(early["opens_at"].string == "\(opens)")
            clock.advance(.hours(1))
            #expect(try await respondent.server.send(.post, "/api/v2/session/start").status == 200)
            clock.advance(.hours(1))
            #expect(try await respondent.server.send(.post, "/api/v2/session/start").status == 200, "the last instant")
            clock.advance(.seconds(30))
            #expect(try await respondent.answer("q", Self.answer).status == 200, "what was on its way")
            clock.advance(.seconds(1))
            for reply in [
                try await respondent.server.send(.post, "/api/v2/session/start"),
                try await respondent.answer("q", Self.answer), try await respondent.takeBack("q"),
                try await respondent.post("complete"),
            ] {
                #expect(reply.status == 410 && reply["code"].string == "questionnaire-closed", "\(reply.text)")
                #expect(reply["closed_at"].string == "\(closes)")
            }
            // Its owner thinks better of it: nothing is lost.
            try await Respondent.library(respondent.server).importFile(Self.file(""), .yaml)
            #expect(try await respondent.post("complete").status == 200)
        }
    }

    @Test(arguments: TestEngine.allCases) func `two who finish at once do not both get the last place`(
        engine: TestEngine
    ) async throws {
        try await responding(engine, to: Self.file("responses_at_most: 2")) { respondent in
            let server = respondent.server
            var sessions = [respondent.session]
            for _ in 0..<5 {
                sessions.append(try await server.send(.post, "/api/v2/session/start")["session_id"].string ?? "")
            }
            for session in sessions {
                let question = respondent.questions["q"] ?? 0
                #expect(try await Respondent.answer(server, session, question, Self.answer).status == 200)
            }
            let replies = try await withThrowingTaskGroup(of: TestReply.self) { group in
                for session in sessions {
                    group.addTask { try await server.send(.post, "/api/v2/session/\(session)/complete") }
                }
                return try await group.reduce(into: [TestReply]()) { $0.append($1) }
            }
            #expect(replies.count { $0.status == 200 } == 2)
            #expect(replies.count { $0.status == 403 && $0["code"].string == "questionnaire-full" } == 4)
            #expect(
                try await respondent.number("SELECT COUNT(*) FROM student_responses WHERE completed_at IS NOT NULL")
                    == 2)
            let late = try await server.send(.post, "/api/v2/session/start")
            #expect(late.status == 403 && late["responses_at_most"].int == 2)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `when time is up nothing more is taken, and what is there can be handed in`(
        engine: TestEngine
    ) async throws {
        try await responding(engine, to: Self.file("time_limit_minutes: 10")) { respondent in
            let clock = respondent.server.clock
            let valid = try await respondent.validate()
            #expect(valid["deadline"].string == "\(clock.source.now + .minutes(10))")
            #expect(valid["server_time"].string == "\(clock.source.now)")
            #expect(try await respondent.post("pause")["code"].string == "pausing-not-allowed")
            clock.advance(.minutes(10) + .seconds(30))
            #expect(try await respondent.answer("r", Self.answer).status == 200)
            clock.advance(.milliseconds(1))
            for reply in [try await respondent.answer("q", Self.answer), try await respondent.takeBack("r")] {
                #expect(reply.status == 410 && reply["code"].string == "time-is-up", "\(reply.text)")
            }
            #expect(try await respondent.post("complete").status == 200, "although a required answer is missing")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `who hands in as the time runs out need not wait for the grace of answers`(
        engine: TestEngine
    ) async throws {
        try await responding(engine, to: Self.file("time_limit_minutes: 10")) { respondent in
            respondent.server.clock.advance(.minutes(10))
            let early = try await respondent.post("complete")
            #expect(early.status == 422, "the last instant, and an answer is missing")
            respondent.server.clock.advance(.milliseconds(1))
            let late = try await respondent.post("complete")
            #expect(late.status == 200)
        }
    }

    @Test(arguments: TestEngine.allCases) func `where pausing is allowed, the time stands still until the next answer`(
        engine: TestEngine
    ) async throws {
        try await responding(engine, to: Self.file("time_limit_minutes: 10\npausing: true")) { respondent in
            let clock = respondent.server.clock
            let deadline = clock.source.now + .minutes(10)
            clock.advance(.minutes(5))
            for _ in 0..<2 {
                let paused = try await respondent.post("pause")
                #expect(paused.status == 200 && paused["paused_at"].string != nil, "\(paused.text)")
                clock.advance(.days(1))
            }
            #expect(try await respondent.validate()["deadline"].string == "\(deadline + .days(2))")
            #expect(try await respondent.answer("q", Self.answer).status == 200)
            #expect(try await respondent.validate()["session"]["paused_at"].string == nil)
            _ = try await respondent.post("pause")
            clock.advance(.hours(1))
            #expect(try await respondent.post("resume").status == 200)
            clock.advance(.minutes(5) + .seconds(30))
            #expect(try await respondent.answer("q", Self.answer).status == 200)
            clock.advance(.milliseconds(1))
            #expect(try await respondent.answer("q", Self.answer)["code"].string == "time-is-up")
        }
    }
}
