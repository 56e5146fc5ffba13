import Core
import HTTPTypes
import TestSupport
import Testing

/// One live event, as its host and its players call the server.
struct EventCalls: Sendable {
    let server: TestServer
    let id: String
    let code: String
    let key: String
    let host: String

    /// Makes an event and starts it.
    static func make(_ server: TestServer, title: String = "Quiz", started: Bool = true) async throws -> EventCalls {
        let reply = try await server.send(.post, "/api/events", #"{"title":"\#(title)"}"#)
        #expect(reply.status == 201, "\(reply.text)")
        let url = reply["join_url"].string ?? ""
        let calls = EventCalls(
            server: server, id: reply["id"].string ?? "", code: reply["join_code"].string ?? "",
            key: String(url.split(separator: "=").last ?? ""), host: reply["host_token"].string ?? "")
        if started { #expect(try await calls.event("start").status == 200) }
        return calls
    }

    func send(_ method: String, _ path: String, _ body: String? = nil, as token: String?) async throws -> TestReply {
        try await server.send(
            .init(rawValue: method) ?? .get, "/api/\(path)", body,
            headers: token.map { ["Authorization": "Bearer \($0)"] } ?? [:])
    }

    /// A host's verb on the event.
    func event(_ verb: String, _ body: String? = nil, as token: String? = nil) async throws -> TestReply {
        try await send("POST", "events/\(id)/\(verb)", body, as: token ?? host)
    }

    func show() async throws -> TestReply { try await send("GET", "events/\(id)", as: host) }

    /// Adds a segment with as many questions, `Q1` with the right answer `R1` and so on; its id and its presenter's token.
    func segment(questions: Int = 2, _ title: String = "Talk") async throws -> (id: String, presenter: String) {
        let reply = try await event("segments", #"{"presenter_name":"Ada","title":"\#(title)"}"#)
        #expect(reply.status == 201, "\(reply.text)")
        let segment = reply["id"].string ?? ""
        if questions > 0 {
            let items = (1...questions).map {
                #"{"question_text":"Q\#($0)","correct_answer":"R\#($0)","other_answers":["W\#($0)","V\#($0)"]}"#
            }
            let added = try await send(
                "POST", "segments/\(segment)/questions", #"{"questions":[\#(items.joined(separator: ","))]}"#, as: host)
            #expect(added.status == 201, "\(added.text)")
        }
        return (segment, reply["presenter_token"].string ?? "")
    }

    /// A verb on a segment.
    func on(_ segment: String, _ verb: String, _ body: String? = nil, as token: String? = nil) async throws -> TestReply
    {
        try await send("POST", "segments/\(segment)/\(verb)", body, as: token ?? host)
    }

    /// A segment whose quiz shows its first question.
    func quizzing(questions: Int = 2) async throws -> String {
        let segment = try await segment(questions: questions).id
        for verb in ["recording/start", "recording/stop", "quiz/start"] {
            #expect(try await on(segment, verb).status == 200)
        }
        return segment
    }

    func join(
        _ device: ID = .random(), _ name: String = "Alex", key: String? = nil, _ more: String = "", code: String? = nil
    ) async throws -> TestReply {
        let key = key.map { #","key":"\#($0)""# } ?? ""
        return try await server.send(
            .post, "/api/events/join",
            #"{"code":"\#(code ?? self.code)","device_id":"\#(device)","display_name":"\#(name)"\#(key)\#(more)}"#)
    }

    /// A player who has joined.
    func player(_ name: String = "Alex", _ device: ID = .random()) async throws -> Player {
        let reply = try await join(device, name)
        #expect(reply.status == 200, "\(reply.text)")
        return Player(
            calls: self, id: reply["participant_id"].string ?? "", token: reply["session_token"].string ?? "",
            recovery: reply["recovery_code"].string ?? "", device: device)
    }
}

/// Somebody who plays along.
struct Player: Sendable {
    let calls: EventCalls
    let id: String
    let token: String
    let recovery: String
    let device: ID

    func look() async throws -> TestReply { try await calls.send("GET", "events/\(calls.id)/reconnect", as: token) }

    func beat(_ body: String? = nil) async throws -> TestReply {
        try await calls.send("POST", "events/\(calls.id)/heartbeat", body, as: token)
    }

    func answer(_ answer: String, in segment: String, _ question: String? = nil) async throws -> TestReply {
        let shown = try await look()["current_question"]["id"].string
        let id = question ?? shown ?? ID.random().description
        return try await calls.send(
            "POST", "segments/\(segment)/answers", #"{"question_id":"\#(id)","answer":"\#(answer)"}"#, as: token)
    }
}

/// Runs a test against a server on an engine.
func hosting(
    _ engine: TestEngine, settings: [String: String] = [:],
    _ body: @escaping @Sendable (EventCalls) async throws -> Void
) async throws {
    try await TestServer.run(on: engine, settings: settings) { try await body(try await EventCalls.make($0)) }
}
