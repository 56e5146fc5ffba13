import Core
import TestSupport
import Testing

@Suite struct QuizTests {
    @Test(arguments: TestEngine.allCases)
    func `an answer counts once, and its points are hidden until the right one is shown`(
        engine: TestEngine
    ) async throws {
        try await hosting(engine) { calls in
            let (ann, bob) = (try await calls.player("Ann"), try await calls.player("Bob"))
            let segment = try await calls.quizzing()
            let question = try await ann.look()["current_question"]["id"].string
            calls.server.clock.advance(.seconds(5))
            let first = try await ann.answer("R1", in: segment)
            #expect(first.status == 201 && first["accepted"].bool == true && first["points"].int == nil)
            let again = try await ann.answer("W1", in: segment)
            #expect(again.status == 200 && again["answer"].string == "R1" && again["points"].int == nil)
            #expect(try await bob.answer("W1", in: segment).status == 201)
            let hidden = try await ann.look()
            #expect(hidden["score"].int == 0 && hidden["your_points"].int == nil)
            #expect(!hidden.text.contains("correct_answer") && !hidden.text.contains("counts"))
            #expect(try await calls.on(segment, "quiz/reveal").status == 200)
            let seen = try await ann.look()
            #expect(seen["score"].int == 875 && seen["your_points"].int == 875)
            #expect(seen["current_question"]["correct_answer"].string == "R1")
            #expect(try await bob.look()["score"].int == 0)
            #expect(try await ann.answer("W1", in: segment, question)["points"].int == 875)
            let board = try await calls.send("GET", "events/\(calls.id)/leaderboard", as: ann.token)
            #expect(board["entries"].elements.map { $0["display_name"].string } == ["Ann", "Bob"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `an answer in the last half second after the end counts, one later does not`(
        engine: TestEngine
    ) async throws {
        try await hosting(engine) { calls in
            let (ann, bob) = (try await calls.player("Ann"), try await calls.player("Bob"))
            let segment = try await calls.quizzing()
            calls.server.clock.advance(.milliseconds(20_500))
            #expect(try await ann.answer("R1", in: segment).status == 201)
            calls.server.clock.advance(.milliseconds(1))
            #expect(try await bob.answer("R1", in: segment)["code"].string == "too-late")
            _ = try await calls.on(segment, "quiz/reveal")
            #expect(try await ann.look()["score"].int == 500)
            #expect(try await bob.answer("R1", in: segment)["code"].string == "too-late")
        }
    }

    @Test(arguments: TestEngine.allCases) func `ties go to whoever was faster over all`(engine: TestEngine) async throws
    {
        try await hosting(engine) { calls in
            let (slow, fast) = (try await calls.player("Slow"), try await calls.player("Fast"))
            let segment = try await calls.quizzing()
            _ = try await fast.answer("W1", in: segment)
            calls.server.clock.advance(.seconds(2))
            _ = try await slow.answer("W1", in: segment)
            _ = try await calls.on(segment, "quiz/reveal")
            let board = try await calls.send("GET", "events/\(calls.id)/leaderboard?limit=1", as: calls.host)
            #expect(board["entries"][0]["display_name"].string == "Fast")
            let next = try await calls.send("GET", "events/\(calls.id)/leaderboard?limit=1&cursor=1", as: calls.host)
            #expect(next["entries"][0]["display_name"].string == "Slow" && next["entries"][0]["rank"].int == 2)
        }
    }

    @Test(arguments: TestEngine.allCases) func `an answer to nothing that is asked is refused by name`(
        engine: TestEngine
    ) async throws {
        try await hosting(engine) { calls in
            let player = try await calls.player()
            let (segment, _) = try await calls.segment()
            #expect(try await player.answer("R1", in: segment, ID.random().description).status == 404)
            for verb in ["recording/start", "recording/stop", "quiz/start"] { _ = try await calls.on(segment, verb) }
            #expect(try await player.answer("Nonsense", in: segment).status == 422)
            #expect(try await player.answer("R1", in: ID.random().description).status == 404)
            let other = try await EventCalls.make(calls.server, title: "Other")
            let foreign = try await other.quizzing()
            #expect(try await player.answer("R1", in: foreign).status == 403)
        }
    }

    @Test func `recordings and quizzes go in their order, and say what the state is where not`() async throws {
        try await hosting(.sqlite) { calls in
            let (segment, _) = try await calls.segment(questions: 0)
            for verb in ["recording/pause", "recording/resume", "quiz/start", "quiz/next", "quiz/reveal"] {
                let refused = try await calls.on(segment, verb)
                #expect(refused.status == 409 && refused["current"].string == "pending", "\(verb)")
            }
            #expect(try await calls.on(segment, "recording/start")["status"].string == "recording")
            #expect(try await calls.on(segment, "recording/start").status == 200)
            let (other, _) = try await calls.segment()
            #expect(try await calls.on(other, "recording/start").status == 409)
            _ = try await calls.on(segment, "recording/stop")
            #expect(try await calls.on(segment, "quiz/start")["code"].string == "wrong-state")
            let added = try await calls.on(
                segment, "questions", #"{"question_text":"Q?","correct_answer":"R","other_answers":["R"]}"#)
            #expect(added.status == 422)
            #expect(
                try await calls.on(
                    segment, "questions", #"{"question_text":"Q?","correct_answer":"R","other_answers":["W"]}"#
                ).status == 201)
            #expect(try await calls.on(segment, "quiz/start")["question_index"].int == 0)
            #expect(try await calls.on(segment, "quiz/next")["code"].string == "wrong-state")
            let waiting = try await EventCalls.make(calls.server, title: "Waiting", started: false)
            let (early, _) = try await waiting.segment()
            #expect(try await waiting.on(early, "recording/start")["current"].string == "waiting")
        }
    }

    @Test(arguments: TestEngine.allCases) func `somebody who comes in mid-question may answer, timed from its showing`(
        engine: TestEngine
    ) async throws {
        try await hosting(engine) { calls in
            let segment = try await calls.quizzing()
            calls.server.clock.advance(.seconds(10))
            let late = try await calls.player("Late")
            #expect(try await late.answer("R1", in: segment).status == 201)
            _ = try await calls.on(segment, "quiz/reveal")
            #expect(try await late.look()["score"].int == 750)
        }
    }

    @Test(arguments: TestEngine.allCases) func `two spellings of one answer are counted as one`(engine: TestEngine)
        async throws
    {
        try await hosting(engine) { calls in
            let (segment, _) = try await calls.segment(questions: 0)
            _ = try await calls.on(
                segment, "questions",
                #"{"question_text":"Where?","correct_answer":"caf\u00e9","other_answers":["bar"]}"#)
            for verb in ["recording/start", "recording/stop", "quiz/start"] { _ = try await calls.on(segment, verb) }
            let (ann, bob) = (try await calls.player("Ann"), try await calls.player("Bob"))
            #expect(try await ann.answer(#"caf\u00e9"#, in: segment).status == 201)
            #expect(try await bob.answer(#"cafe\u0301"#, in: segment).status == 201)
            let shown = try await calls.on(segment, "quiz/reveal")["current_question"]
            let counts = zip(shown["answers"].elements, shown["counts"].elements).map {
                ($0.string ?? "", $1.int ?? -1)
            }
            #expect(counts.first { $0.0 != "bar" }?.1 == 2)
            #expect(try await bob.look()["score"].int == 1_000)
        }
    }
}
