import Core
import Foundation
import TestSupport
import Testing

/// Live events over real sockets: what a phone sees while the server dies and comes back.
@Suite(.inTurns) struct EventStreamTests {
    /// An event that was started, with a segment of some questions.
    private struct Made: Sendable {
        let id: String
        let code: String
        let key: String
        let host: String
        let segment: String
    }

    /// A player as his phone knows him.
    private struct Phone: Sendable {
        let token: String
        let offset: Int
    }

    private func send(
        _ server: DogearProcess, _ method: String, _ path: String, _ body: String? = nil, as token: String? = nil
    ) async throws -> TestReply {
        try await server.send(
            method, "/api/\(path)", body, headers: token.map { ["Authorization": "Bearer \($0)"] } ?? [:])
    }

    private func make(_ server: DogearProcess, questions: Int = 5) async throws -> Made {
        let event = try await send(server, "POST", "events", #"{"title":"Quiz","time_per_question":600}"#)
        let (id, host) = (event["id"].string ?? "", event["host_token"].string ?? "")
        let segment =
            try await send(
                server, "POST", "events/\(id)/segments", #"{"presenter_name":"Ada","title":"Talk"}"#, as: host)["id"]
            .string ?? ""
        let items = (1...questions).map {
            #"{"question_text":"Q\#($0)","correct_answer":"R","other_answers":["W"]}"#
        }
        _ = try await send(
            server, "POST", "segments/\(segment)/questions", #"{"questions":[\#(items.joined(separator: ","))]}"#,
            as: host)
        for path in ["events/\(id)/start", "segments/\(segment)/recording/start", "segments/\(segment)/recording/stop"]
        {
            #expect(try await send(server, "POST", path, as: host).status == 200)
        }
        let key = event["join_url"].string?.split(separator: "=").last.map(String.init) ?? ""
        return Made(id: id, code: event["join_code"].string ?? "", key: key, host: host, segment: segment)
    }

    private func join(_ server: DogearProcess, _ made: Made, _ device: ID = .random()) async throws -> Phone {
        let reply = try await send(
            server, "POST", "events/join",
            #"{"code":"\#(made.code)","key":"\#(made.key)","device_id":"\#(device)","display_name":"Alex"}"#)
        #expect(reply.status == 200, "\(reply.text)")
        return Phone(token: reply["session_token"].string ?? "", offset: reply["stream_offset"].int ?? -1)
    }

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = try temporaryFolder("event-stream")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    @Test(arguments: TestEngine.allCases) func `every notice arrives once, also over a kill and a restart`(
        engine: TestEngine
    ) async throws {
        try await withFolder { folder in
            let address = try engine.address(in: folder)
            let server = try DogearProcess(["--database", address], in: folder)
            let made = try await make(server)
            let phone = try await join(server, made)
            var seen: [SentEvent] = []
            var told = false
            // The number of the join is good for the stream; what passes has none.
            _ = try await server.follow(
                "/api/events/\(made.id)/stream", lastEventID: "\(phone.offset)", token: phone.token
            ) { events in
                seen = events.filter { $0.id != nil }
                if !told {
                    told = true
                    _ = try await send(server, "POST", "segments/\(made.segment)/quiz/start", as: made.host)
                }
                return seen.count >= 2
            }
            _ = try await send(server, "POST", "segments/\(made.segment)/quiz/next", as: made.host)
            server.kill()
            let next = try DogearProcess(["--database", address], in: folder)
            _ = try await send(next, "POST", "segments/\(made.segment)/quiz/reveal", as: made.host)
            let missed = try await next.follow(
                "/api/events/\(made.id)/stream", lastEventID: seen.last?.id, token: phone.token
            ) { $0.count { $0.id != nil } >= 3 }.filter { $0.id != nil }
            #expect(
                (seen + missed).map(\.name) == [
                    "segment-changed", "question-shown", "question-shown", "question-revealed", "leaderboard",
                ])
            let numbers = (seen + missed).compactMap { $0.id.flatMap(Int.init) }
            #expect(numbers == Array(phone.offset + 1...phone.offset + 5))
            #expect((seen + missed).allSatisfy { $0.json["server_time"].string != nil })
            #expect(missed[1].json["correct_answer"].string == "R")
            next.stop()
        }
    }

    @Test func `whoever is too far behind is told of the gap and what is so now`() async throws {
        try await withFolder { folder in
            let server = try DogearProcess([], in: folder)
            let made = try await make(server)
            let phone = try await join(server, made)
            for number in 0..<201 {
                _ = try await send(server, "PATCH", "events/\(made.id)", #"{"title":"T\#(number)"}"#, as: made.host)
            }
            let events = try await server.follow(
                "/api/events/\(made.id)/stream", lastEventID: "\(phone.offset)", token: phone.token
            ) { $0.count >= 2 }
            #expect(events.map(\.name) == ["gap", "snapshot"])
            #expect(events[0].json["server_time"].string?.hasSuffix("Z") == true)
            #expect(events[1].json["title"].string == "T200" && events[1].json["participant_id"].exists)
            server.stop()
        }
    }

    @Test(.timeLimit(.minutes(30)), arguments: TestEngine.allCases)
    func `a newer tab ends the older one's stream, and tells that tab alone`(engine: TestEngine) async throws {
        try await withFolder { folder in
            let server = try DogearProcess(["--database", try engine.address(in: folder)], in: folder)
            let made = try await make(server)
            let device = ID.random()
            let (older, other) = (try await join(server, made, device), try await join(server, made))
            var joined = false
            let events = try await server.follow("/api/events/\(made.id)/stream", token: older.token) { events in
                if !joined, events.contains(where: { $0.name == "snapshot" }) {
                    joined = true
                    let newer = try await join(server, made, device)
                    let both = try await server.follow("/api/events/\(made.id)/stream", token: newer.token) {
                        $0.count >= 1
                    }
                    #expect(both.first?.name == "snapshot")
                    let bystander = try await server.follow("/api/events/\(made.id)/stream", token: other.token) {
                        $0.contains { $0.name == "presence" }
                    }
                    #expect(!bystander.contains { $0.name == "superseded" })
                }
                return false
            }
            #expect(events.last?.name == "superseded" && events.last?.id == nil)
            await #expect(throws: CommandFailure.self) { () async throws in
                _ = try await server.follow("/api/events/\(made.id)/stream", token: older.token) { _ in true }
            }
            server.stop()
        }
    }

    @Test(.timeLimit(.minutes(30))) func `what passes is told within seconds and has no number`() async throws {
        try await withFolder { folder in
            let server = try DogearProcess([], in: folder)
            let made = try await make(server)
            _ = try await send(server, "POST", "segments/\(made.segment)/quiz/start", as: made.host)
            let phone = try await join(server, made)
            let question =
                try await send(server, "GET", "events/\(made.id)/reconnect", as: phone.token)["current_question"]["id"]
                .string ?? ""
            var answered = false
            let events = try await server.follow("/api/events/\(made.id)/stream", token: made.host) { events in
                if !answered {
                    answered = true
                    let reply = try await send(
                        server, "POST", "segments/\(made.segment)/answers",
                        #"{"question_id":"\#(question)","answer":"W"}"#,
                        as: phone.token)
                    #expect(reply.status == 201)
                }
                return events.contains { $0.name == "answers" && $0.json["answered"].int == 1 }
            }
            #expect(events.first?.name == "snapshot" && events.first?.json["segments"].count == 1)
            #expect(events.filter { ["presence", "answers"].contains($0.name) }.allSatisfy { $0.id == nil })
            #expect(events.last { $0.name == "presence" }?.json["connected"].int == 1)
            server.stop()
        }
    }
}
