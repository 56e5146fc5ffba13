import Core
import HTTPTypes
import SQL
import TestSupport
import Testing

@Suite struct EndingTests {
    @Test(arguments: TestEngine.allCases)
    func `an ending can be taken back for thirty minutes, and no millisecond longer`(
        engine: TestEngine
    ) async throws {
        try await hosting(engine) { calls in
            let segment = try await calls.quizzing()
            for (verb, path) in [("segment", "segments/\(segment)"), ("event", "events/\(calls.id)")] {
                #expect(try await calls.send("POST", "\(path)/complete", as: calls.host).status == 200)
                calls.server.clock.advance(.minutes(30))
                #expect(try await calls.send("POST", "\(path)/resume", as: calls.host).status == 200, "\(verb)")
            }
            for path in ["segments/\(segment)", "events/\(calls.id)"] {
                let ended = try await calls.send("POST", "\(path)/complete", as: calls.host)
                #expect(ended["end_reason"].string == "user_ended")
                let until = ended["resumable_until"].string
                calls.server.clock.advance(.minutes(30) + .milliseconds(1))
                let refused = try await calls.send("POST", "\(path)/resume", as: calls.host)
                #expect(refused.status == 410 && refused["code"].string == "resume-expired")
                #expect(refused["expired_at"].string == until)
            }
        }
    }

    @Test(arguments: TestEngine.allCases) func `a question goes on with the time that was left`(
        engine: TestEngine
    ) async throws {
        try await hosting(engine) { calls in
            let player = try await calls.player()
            let segment = try await calls.quizzing()
            #expect(try await player.answer("R1", in: segment).status == 201)
            calls.server.clock.advance(.seconds(7))
            let before = try await player.look()
            #expect(before["time_remaining_seconds"].double == 13)
            #expect(try await calls.on(segment, "complete").status == 200)
            #expect(try await player.look()["participant_state"].string == "segment_complete")
            calls.server.clock.advance(.seconds(5))
            let resumed = try await calls.on(segment, "resume")
            #expect(resumed["status"].string == "quizzing" && resumed["was_ended_at"].string == nil)
            let after = try await player.look()
            #expect(after["time_remaining_seconds"].double == 13)
            for field in ["current_question_index", "score", "your_answer", "event_phase", "participant_state"] {
                #expect(after[field].written == before[field].written, "\(field)")
            }
            // The same by way of the event's ending, which ends its segment.
            #expect(try await calls.event("complete").status == 200)
            #expect(try await calls.show()["current_segment"]["status"].string == "completed")
            calls.server.clock.advance(.seconds(600))
            #expect(try await calls.event("resume")["current_segment"]["status"].string == "quizzing")
            #expect(try await player.look()["time_remaining_seconds"].double == 13)
            #expect(try await player.beat().status == 200)
        }
    }

    @Test(arguments: ["pending", "recording", "recording_paused", "quiz_ready", "quizzing"])
    func `a segment ends from any state, and goes back to it`(state: String) async throws {
        try await hosting(.sqlite) { calls in
            let segment = try await calls.segment().id
            let verbs = ["recording/start", "recording/pause", "recording/resume", "recording/stop", "quiz/start"]
            let count =
                ["pending": 0, "recording": 1, "recording_paused": 2, "quiz_ready": 4, "quizzing": 5][state] ?? 0
            for verb in verbs.prefix(count) { #expect(try await calls.on(segment, verb).status == 200) }
            let ended = try await calls.on(segment, "complete")
            #expect(ended["status"].string == "completed" && ended["previous_status"].string == state)
            calls.server.clock.advance(.seconds(1))
            let again = try await calls.on(segment, "complete")
            #expect(again.status == 200 && again["was_ended_at"].string == ended["was_ended_at"].string)
            #expect(try await calls.on(segment, "resume")["status"].string == state)
            #expect(try await calls.on(segment, "resume")["code"].string == "nothing-to-resume")
            _ = try await calls.on(segment, "complete")
            #expect(try await calls.on(segment, "clear-resume").status == 200)
            #expect(try await calls.on(segment, "resume")["code"].string == "nothing-to-resume")
            #expect(try await calls.on(segment, "clear-resume").status == 409)
        }
    }

    @Test(arguments: TestEngine.allCases) func `two hosts who tap at once end once, resume once and skip one question`(
        engine: TestEngine
    ) async throws {
        try await hosting(engine) { calls in
            let segment = try await calls.quizzing(questions: 5)
            func both(_ verb: String, _ body: String? = nil) async throws -> [TestReply] {
                async let first = calls.on(segment, verb, body)
                async let second = calls.on(segment, verb, body)
                return [try await first, try await second]
            }
            let nexts = try await both("quiz/next", #"{"question_index":0}"#)
            #expect(nexts.map(\.status) == [200, 200])
            #expect(try await calls.show()["current_segment"]["question_index"].int == 1)
            let other = try await calls.on(segment, "quiz/next", #"{"question_index":3}"#)
            #expect(other.status == 409 && other["current"].int == 1)
            #expect(try await both("quiz/reveal", #"{"question_index":1}"#).map(\.status) == [200, 200])
            #expect(try await both("complete").map { $0["was_ended_at"].string }.count == 2)
            #expect(Set(try await both("complete").map { $0["was_ended_at"].string }).count == 1)
            #expect(try await both("resume").map(\.status).sorted() == [200, 409])
            #expect(try await calls.show()["current_segment"]["question_index"].int == 1)
        }
    }

    @Test func `a presenter steers his own segment and nothing else, a participant nothing`() async throws {
        try await hosting(.sqlite) { calls in
            let (own, presenter) = try await calls.segment()
            let other = try await calls.segment(questions: 0, "Other").id
            let player = try await calls.player()
            #expect(try await calls.on(own, "recording/start", as: presenter).status == 200)
            #expect(try await calls.on(own, "complete", as: presenter).status == 200)
            #expect(try await calls.on(own, "resume", as: presenter).status == 200)
            #expect(try await calls.on(other, "complete", as: presenter).status == 403)
            #expect(try await calls.event("complete", as: presenter).status == 403)
            for verb in ["complete", "resume", "start", "undo", "join/lock", "clear-resume"] {
                #expect(try await calls.event(verb, as: player.token).status == 403, "\(verb)")
                #expect(try await calls.event(verb, as: presenter).status == 403, "\(verb)")
            }
            #expect(try await calls.on(own, "complete", as: player.token).status == 403)
            #expect(try await calls.on(own, "resume", as: player.token).status == 403)
            let stranger = try await EventCalls.make(calls.server, title: "Strange")
            #expect(try await calls.on(own, "complete", as: stranger.host).status == 403)
            #expect(try await calls.event("complete", as: stranger.host).status == 403)
            #expect(try await calls.server.send(.post, "/api/events/\(calls.id)/complete").status == 401)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `whoever went to another event while one was over stays there until he comes back`(
        engine: TestEngine
    ) async throws {
        try await hosting(engine) { first in
            let device = ID.random()
            let player = try await first.player("Alex", device)
            let stays = try await first.player("Stays")
            let segment = try await first.quizzing()
            _ = try await player.answer("R1", in: segment)
            _ = try await first.on(segment, "quiz/reveal")
            #expect(try await first.event("complete").status == 200)
            let gone = try await player.beat()
            #expect(gone.status == 410 && gone["code"].string == "event-ended")
            #expect(gone["was_ended_at"].exists && gone["resumable_until"].exists)
            #expect(try await first.join(.random())["code"].string == "event-ended")
            let second = try await EventCalls.make(first.server, title: "Other")
            #expect(try await second.join(device).status == 200)
            #expect(try await first.event("resume").status == 200)
            let list = try await first.send("GET", "events/\(first.id)/participants", as: first.host)
            let presences = Dictionary(
                list["participants"].elements.map {
                    ($0["display_name"].string ?? "", $0["presence"].string ?? "")
                }
            ) { first, _ in first }
            #expect(presences == ["Alex": "left", "Stays": "connected"])
            #expect(try await stays.beat().status == 200)
            #expect(try await first.join(device)["code"].string == "device-in-another-event")
            let back = try await first.join(device, "Alex", #","leave_other":true"#)
            #expect(back["is_rejoining"].bool == true && back["state"]["score"].int == 1_000)
        }
    }

    @Test(arguments: TestEngine.allCases) func `the tap before can be taken back for thirty seconds`(engine: TestEngine)
        async throws
    {
        try await hosting(engine) { calls in
            let player = try await calls.player()
            let segment = try await calls.quizzing(questions: 3)
            #expect(try await calls.event("undo")["code"].string == "nothing-to-undo")
            calls.server.clock.advance(.seconds(4))
            #expect(try await player.answer("R1", in: segment).status == 201)
            let first = try await player.look()["current_question"]["id"].string
            _ = try await calls.on(segment, "quiz/next", #"{"question_index":0}"#)
            #expect(try await player.answer("W2", in: segment).status == 201)
            calls.server.clock.advance(.seconds(30))
            let undone = try await calls.event("undo")
            #expect(undone["undone"].string == "quiz-next")
            let state = try await player.look()
            #expect(state["current_question"]["id"].string == first && state["your_answer"].string == "R1")
            #expect(state["time_remaining_seconds"].double == 16)
            #expect(try await calls.event("undo").status == 409)
            // What was answered to the question that was never meant to be shown is gone with it.
            _ = try await calls.on(segment, "quiz/next")
            #expect(try await player.look()["your_answer"].string == nil)
            _ = try await calls.on(segment, "quiz/reveal")
            #expect(try await player.look()["current_question"]["revealed"].bool == true)
            #expect(try await calls.event("undo")["undone"].string == "quiz-reveal")
            let hidden = try await player.look()["current_question"]
            #expect(hidden["revealed"].bool == false && !hidden["correct_answer"].exists)
            _ = try await calls.on(segment, "quiz/reveal")
            calls.server.clock.advance(.seconds(30) + .milliseconds(1))
            #expect(try await calls.event("undo")["code"].string == "undo-expired")
            #expect(try await calls.send("DELETE", "segments/\(segment)", as: calls.host).status == 204)
            #expect(try await calls.on(segment, "complete").status == 404)
            #expect(try await calls.event("undo")["undone"].string == "segment-deleted")
            #expect(try await player.look()["current_question"]["revealed"].bool == true)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a way back that was given up is gone, and when it ended is still told`(
        engine: TestEngine
    ) async throws {
        try await hosting(engine) { calls in
            let player = try await calls.player()
            let ended = try await calls.event("complete")["was_ended_at"].string
            #expect(try await player.beat()["resumable_until"].string != nil)
            let cleared = try await calls.event("clear-resume")
            #expect(cleared["was_ended_at"].string == ended && cleared["resumable_until"].isNull)
            #expect(cleared["previous_status"].isNull)
            #expect(try await calls.event("resume")["code"].string == "nothing-to-resume")
            for refused in [try await player.beat(), try await calls.join()] {
                #expect(refused["was_ended_at"].string == ended && refused["resumable_until"].isNull, "\(refused.text)")
            }
        }
    }

    @Test func `what was taken out stays out once something else has begun`() async throws {
        try await hosting(.sqlite) { calls in
            let (first, second) = (try await calls.segment().id, try await calls.segment(questions: 1, "Second").id)
            _ = try await calls.on(first, "recording/start")
            #expect(try await calls.send("DELETE", "segments/\(first)", as: calls.host).status == 204)
            #expect(try await calls.show()["segments"].count == 1)
            #expect(try await calls.on(second, "recording/start").status == 200)
            #expect(try await calls.event("undo")["code"].string == "nothing-to-undo")
        }
    }

    @Test(arguments: TestEngine.allCases) func `every ending, resumption and removal is on record`(engine: TestEngine)
        async throws
    {
        try await hosting(engine) { calls in
            let player = try await calls.player()
            let (segment, presenter) = try await calls.segment()
            for verb in ["recording/start", "recording/stop", "quiz/start", "quiz/next"] {
                _ = try await calls.on(segment, verb)
            }
            _ = try await calls.on(segment, "complete", as: presenter)
            _ = try await calls.on(segment, "complete")
            _ = try await calls.on(segment, "resume")
            _ = try await calls.send("DELETE", "events/\(calls.id)/participants/\(player.id)", as: calls.host)
            _ = try await calls.event("undo")
            _ = try await calls.event("complete")
            _ = try await calls.event("clear-resume")
            let lines = try await calls.server.database.read { connection in
                try connection.all("SELECT who, what, from_state, to_state FROM event_audit ORDER BY at, id", []) {
                    row in
                    [try row.text(), try row.text(), try row.text(), try row.text()].joined(separator: " ")
                }
            }
            #expect(
                Set(lines) == [
                    "host question-next 0 1", "presenter:\(segment) segment-ended quizzing completed",
                    "host segment-resumed completed quizzing", "host participant-removed connected removed",
                    "host undone participant-removed connected", "host event-ended active finished",
                    "host segment-ended quizzing completed",
                    "host event-resume-cleared finished finished",
                ])
            #expect(lines.count == 8)
        }
    }

    @Test func `a segment that was taken out comes back with the time that was left`() async throws {
        try await hosting(.sqlite) { calls in
            let player = try await calls.player()
            let segment = try await calls.quizzing()
            calls.server.clock.advance(.seconds(2))
            _ = try await calls.send("DELETE", "segments/\(segment)", as: calls.host)
            #expect(try await player.look()["current_question"].isNull)
            calls.server.clock.advance(.seconds(25))
            #expect(try await calls.event("undo")["undone"].string == "segment-deleted")
            #expect(try await player.look()["time_remaining_seconds"].double == 18)
        }
    }

    @Test(arguments: TestEngine.allCases) func `undoing a removal gives back what was, and nothing that came since`(
        engine: TestEngine
    ) async throws {
        try await hosting(engine) { calls in
            func remove(_ player: Player, _ query: String = "") async throws {
                let path = "events/\(calls.id)/participants/\(player.id)\(query)"
                #expect(try await calls.send("DELETE", path, as: calls.host).status == 204)
            }
            let (gone, back, banned) = (
                try await calls.player("Gone"), try await calls.player("Back"), try await calls.player("Banned")
            )
            let other = try await EventCalls.make(calls.server, title: "Other")
            try await remove(gone)
            #expect(try await other.join(gone.device).status == 200)
            #expect(try await calls.event("undo").status == 200)
            #expect(try await gone.beat()["code"].string == "left")
            // Who has come again by himself stays connected.
            _ = try await calls.send("POST", "events/\(calls.id)/leave", as: back.token)
            try await remove(back)
            let token = try await calls.join(back.device)["session_token"].string
            #expect(try await calls.event("undo").status == 200)
            #expect(try await calls.send("POST", "events/\(calls.id)/heartbeat", as: token).status == 200)
            // Of a removal and a ban after it, one step takes the ban back alone.
            try await remove(banned)
            try await remove(banned, "?ban=true")
            #expect(try await calls.event("undo").status == 200)
            #expect(try await banned.look()["code"].string == "removed")
            #expect(try await calls.join(banned.device).status == 200)
        }
    }

    @Test(arguments: TestEngine.allCases) func `who leaves an event that is over stays away when it goes on`(
        engine: TestEngine
    ) async throws {
        try await hosting(engine) { calls in
            let player = try await calls.player()
            _ = try await calls.event("complete")
            #expect(try await calls.send("POST", "events/\(calls.id)/leave", as: player.token).status == 204)
            let code = try await calls.send("POST", "events/\(calls.id)/me/recovery-code", as: player.token)
            #expect(code["code"].string == "event-ended")
            _ = try await calls.event("resume")
            #expect(try await player.beat()["code"].string == "left")
        }
    }
}
