import Core
import Foundation
import HTTPTypes
import SQL
import Synchronization
import TestSupport
import Testing

/// What devices still say of something that went with an erased person.
@Suite struct ErasedNamesTests {
    private typealias Calls = PeopleTests.Calls

    private static func open(_ user: ID, _ calls: Calls) async throws -> String {
        let opened = try await calls.send(
            "POST", "/api/v1/sessions",
            #"{"user_id":"\#(user)","content_id":"\#(ID.random())","device_id":"tv","duration_seconds":3600}"#)
        #expect(opened.status == 201, "\(opened.text)")
        return opened["id"].string ?? ""
    }

    private static func report(_ session: String, _ calls: Calls) async throws -> TestReply {
        try await calls.send("PATCH", "/api/v1/sessions/\(session)/position", #"{"position_seconds":60}"#)
    }

    private static func erase(_ path: String, _ calls: Calls, _ body: String? = nil) async throws {
        let begun = try await calls.send("DELETE", "/api/v1/people/\(path)", body)
        #expect(begun.status == 202, "\(begun.text)")
        try await calls.server.finishErasures()
    }

    private static func expectErased(_ reply: TestReply) {
        #expect(reply.status == 410 && reply["code"].string == "person-erased", "\(reply.text)")
    }

    @Test(arguments: TestEngine.allCases)
    func `a late report of a session that went with its user is told so for thirty days`(
        engine: TestEngine
    ) async throws {
        try await PeopleTests.serving(engine) { calls in
            let (ann, bob) = (ID.random(), ID.random())
            let (session, other) = (try await Self.open(ann, calls), try await Self.open(bob, calls))
            try await Self.erase("\(ann)", calls)
            Self.expectErased(try await Self.report(session, calls))
            Self.expectErased(try await calls.send("DELETE", "/api/v1/sessions/\(session)"))
            Self.expectErased(
                try await calls.send("POST", "/api/v1/sessions/\(session)/handoff", #"{"device_id":"phone"}"#))
            #expect(try await Self.report(other, calls).status == 200)
            #expect(try await Self.report("\(ID.random())", calls).status == 404)
            calls.server.clock.advance(.days(30) + .seconds(1))
            #expect(try await Self.report(session, calls).status == 404)
        }
    }

    private static func start(_ calls: Calls) async throws -> String {
        let started = try await calls.send("POST", "/api/v2/session/start")
        #expect(started.status == 200, "\(started.text)")
        return started["session_id"].string ?? ""
    }

    private static func submit(_ session: String, _ calls: Calls) async throws -> TestReply {
        try await calls.send(
            "POST", "/api/v2/answers/submit",
            #"{"session_id":"\#(session)","question_id":1,"answer":{"type":"essay","text":"so"}}"#)
    }

    @Test(arguments: TestEngine.allCases)
    func `respondents who were erased by address or session are told so, and the address is not taken`(
        engine: TestEngine
    ) async throws {
        try await PeopleTests.serving(engine) { calls in
            try await calls.server.database.write { connection in
                try connection.script("INSERT INTO pages (title) VALUES ('P')")
            }
            let (one, two, other) = (
                try await Self.start(calls), try await Self.start(calls), try await Self.start(calls)
            )
            let done = try await calls.send(
                "POST", "/api/v2/session/\(one)/complete", #"{"email":"ann@x.org"}"#)
            #expect(done.status == 200, "\(done.text)")
            try await Self.erase("by-email", calls, #"{"email":"ann@x.org"}"#)
            try await Self.erase("by-assessment/\(two)", calls)
            for session in [one, two, two.uppercased()] {
                Self.expectErased(try await Self.submit(session, calls))
                Self.expectErased(try await calls.send("POST", "/api/v2/session/\(session)/abandon"))
            }
            #expect(try await Self.submit("\(ID.random())", calls).status == 404)
            let again = try await calls.send(
                "POST", "/api/v2/session/\(other)/complete", #"{"email":"Ann@x.org"}"#)
            Self.expectErased(again)
            let without = try await calls.send("POST", "/api/v2/session/\(other)/complete", "{}")
            #expect(without.status == 200, "\(without.text)")
        }
    }

    @Test(arguments: TestEngine.allCases) func `a respondent is found by an id that a path writes with percent signs`(
        engine: TestEngine
    ) async throws {
        try await PeopleTests.serving(engine) { calls in
            try await calls.server.database.write { connection in
                try connection.execute(
                    """
                    INSERT INTO student_responses (session_id, email, full_name, age_group, country, origin_country)
                    VALUES ($1, '', '', '', '', '')
                    """, [.text("Zoë’s/first one, of many")])
            }
            let path = "/api/v1/people/by-assessment/Zo%C3%AB%E2%80%99s%2Ffirst%20one%2C%20of%20many/export"
            #expect(try await calls.kinds(path) == ["assessment-session": 1])
            #expect(try await calls.send("GET", "/api/v1/people/by-assessment/a%00b/export").status == 422)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a participant who was erased is told so by every call of their device`(
        engine: TestEngine
    ) async throws {
        try await PeopleTests.serving(engine) { calls in
            let event = try await calls.send("POST", "/api/events", #"{"title":"Quiz"}"#)
            let joined = try await calls.server.send(
                .post, "/api/events/join",
                #"{"code":"\#(event["join_code"].string ?? "")","device_id":"\#(ID.random())","display_name":"Zoë"}"#)
            let (id, path) = (joined["participant_id"].string ?? "", "/api/events/\(event["id"].string ?? "")")
            let headers = ["Authorization": "Bearer \(joined["session_token"].string ?? "")"]
            let beat = try await calls.server.send(.post, path + "/heartbeat", "{}", headers: headers)
            #expect(beat.status == 200, "\(beat.text)")
            try await Self.erase("by-participant/\(id)", calls)
            Self.expectErased(try await calls.server.send(.post, path + "/heartbeat", "{}", headers: headers))
            Self.expectErased(try await calls.server.send(.post, path + "/leave", headers: headers))
        }
    }

    @Test(arguments: TestEngine.allCases) func `what went is refused after a backup was put back that never had it`(
        engine: TestEngine
    ) async throws {
        let folder = try temporaryFolder("erasures")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let settings = ["ERASURES_LOG": folder + "/erasures.log"]
        let told = Mutex<String?>(nil)
        try await PeopleTests.serving(engine, settings: settings) { calls in
            let ann = ID.random()
            let session = try await Self.open(ann, calls)
            told.withLock { $0 = session }
            try await Self.erase("\(ann)", calls)
        }
        let session = try #require(told.withLock { $0 })
        #expect(try !String(contentsOfFile: folder + "/erasures.log", encoding: .utf8).contains(session))
        try await PeopleTests.serving(engine, settings: settings) { calls in
            try await calls.server.finishErasures()
            Self.expectErased(try await Self.report(session, calls))
        }
    }
}
