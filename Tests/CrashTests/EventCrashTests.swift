import Core
import Foundation
import Synchronization
import TestSupport
import Testing

/// Answers, heartbeats and endings that were acknowledged are there after the server was killed.
@Suite(.serialized, .inTurns) struct EventCrashTests {
    private static let players = 8
    private static let questions = 100
    private static let rounds = 20

    /// What was acknowledged.
    private final class Acknowledged: Sendable {
        private struct State {
            var answers: [String: [String: String]] = [:]
            var isEnded = false
            var count = 0
        }
        private let state = Mutex(State())

        /// Notes an answer; how many there were since the round began.
        func note(_ player: String, _ question: String, _ answer: String) -> Int {
            state.withLock { state in
                state.answers[player, default: [:]][question] = answer
                state.count += 1
                return state.count
            }
        }
        func note(isEnded: Bool) { state.withLock { $0.isEnded = isEnded } }
        func beginRound() { state.withLock { $0.count = 0 } }
        var answers: [String: [String: String]] { state.withLock { $0.answers } }
        var isEnded: Bool { state.withLock { $0.isEnded } }
    }

    /// The event that is played in all rounds.
    private struct Game: Sendable {
        let id: String
        let host: String
        let segment: String
        let questions: [String]
        /// A token by its player.
        let tokens: [String]
    }

    private func send(
        _ server: DogearProcess, _ method: String, _ path: String, _ body: String? = nil, as token: String? = nil
    ) async throws -> TestReply {
        try await server.send(
            method, "/api/\(path)", body, headers: token.map { ["Authorization": "Bearer \($0)"] } ?? [:])
    }

    private func make(_ server: DogearProcess) async throws -> Game {
        let event = try await send(server, "POST", "events", #"{"title":"Quiz","time_per_question":600}"#)
        let (id, host) = (event["id"].string ?? "", event["host_token"].string ?? "")
        let segment =
            try await send(
                server, "POST", "events/\(id)/segments", #"{"presenter_name":"Ada","title":"Talk"}"#, as: host)["id"]
            .string ?? ""
        let item = #"{"question_text":"Q","correct_answer":"R","other_answers":["W"]}"#
        let items = Array(repeating: item, count: Self.questions).joined(separator: ",")
        let added = try await send(
            server, "POST", "segments/\(segment)/questions", #"{"questions":[\#(items)]}"#, as: host)
        for path in [
            "events/\(id)/start", "segments/\(segment)/recording/start", "segments/\(segment)/recording/stop",
            "segments/\(segment)/quiz/start",
        ] {
            #expect(try await send(server, "POST", path, as: host).status == 200)
        }
        var tokens: [String] = []
        for number in 0..<Self.players {
            let joined = try await send(
                server, "POST", "events/join",
                #"{"code":"\#(event["join_code"].string ?? "")","device_id":"\#(ID.random())","display_name":"P\#(number)"}"#
            )
            tokens.append(joined["session_token"].string ?? "")
        }
        return Game(
            id: id, host: host, segment: segment, questions: added["questions"].elements.compactMap { $0["id"].string },
            tokens: tokens)
    }

    /// Players answer and are there, and the host ends and resumes, until the server is gone.
    private func play(
        _ game: Game, on server: DogearProcess, _ acknowledged: Acknowledged, killAfter: Int
    ) async throws {
        acknowledged.beginRound()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for token in game.tokens {
                group.addTask {
                    for step in 0..<100_000 {
                        guard let beat = try? await send(server, "POST", "events/\(game.id)/heartbeat", as: token)
                        else { return }
                        guard beat.status == 200 else {
                            #expect([409, 503].contains(beat.status), "\(beat.text)")
                            continue
                        }
                        let state = try? await send(server, "GET", "events/\(game.id)/reconnect", as: token)
                        guard let state else { return }
                        guard let question = state["current_question"]["id"].string else { continue }
                        let answer = step % 2 == 0 ? "R" : "W"
                        guard
                            let reply = try? await send(
                                server, "POST", "segments/\(game.segment)/answers",
                                #"{"question_id":"\#(question)","answer":"\#(answer)"}"#, as: token)
                        else { return }
                        guard reply.status == 201 || reply.status == 200 else {
                            #expect([409, 503].contains(reply.status), "\(reply.text)")
                            continue
                        }
                        if acknowledged.note(token, question, reply["answer"].string ?? "") == killAfter {
                            server.kill()
                        }
                    }
                }
            }
            group.addTask {
                for step in 0..<100_000 {
                    let verb = ["quiz/next", "complete", "resume"][step % 3]
                    guard let reply = try? await send(server, "POST", "segments/\(game.segment)/\(verb)", as: game.host)
                    else { return }
                    #expect([200, 409, 503].contains(reply.status), "\(reply.text)")
                    if reply.status == 200, verb != "quiz/next" { acknowledged.note(isEnded: verb == "complete") }
                }
            }
            try await group.waitForAll()
        }
    }

    private func check(_ game: Game, on server: DogearProcess, _ acknowledged: Acknowledged) async throws {
        let shown = try await send(server, "GET", "events/\(game.id)", as: game.host)["segments"][0]
        // One more tap may have been stored than was acknowledged: the one that was under way.
        if acknowledged.isEnded != (shown["status"].string == "completed") {
            let ended = try await send(
                server, "POST", "segments/\(game.segment)/\(acknowledged.isEnded ? "complete" : "resume")",
                as: game.host)
            #expect(ended.status == 200, "\(shown.written)")
        }
        for (token, answers) in acknowledged.answers {
            for (question, answer) in answers {
                let again = try await send(
                    server, "POST", "segments/\(game.segment)/answers",
                    #"{"question_id":"\#(question)","answer":"\#(answer == "R" ? "W" : "R")"}"#, as: token)
                #expect(again.status == 200 && again["answer"].string == answer, "\(again.text)")
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `20 rounds of kill -9 under answers, heartbeats and endings lose none that was acknowledged`(
        engine: TestEngine
    ) async throws {
        let folder = try temporaryFolder("crash")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let address = try engine.address(in: folder)
        let acknowledged = Acknowledged()
        var game: Game?
        for round in 0..<Self.rounds {
            let server = try DogearProcess(["--database", address], in: folder)
            let known: Game
            if let game { known = game } else { known = try await make(server) }
            game = known
            if acknowledged.isEnded {
                let resumed = try await send(server, "POST", "segments/\(known.segment)/resume", as: known.host)
                #expect([200, 409].contains(resumed.status))
                acknowledged.note(isEnded: false)
            }
            try await play(known, on: server, acknowledged, killAfter: 20 + round * 5)
        }
        let server = try DogearProcess(["--database", address], in: folder)
        let known = try #require(game)
        try await check(known, on: server, acknowledged)
        #expect(acknowledged.answers.count == Self.players)
        // What each has scored is what his stored answers are worth once they are shown.
        let board = try await send(server, "GET", "events/\(known.id)/leaderboard", as: known.host)
        #expect(board["entries"].count == Self.players)
        #expect(server.stop() == 0)
        if engine == .sqlite {
            #expect(try run("sqlite3", [folder + "/dogear.sqlite", "PRAGMA integrity_check"]) == "ok\n")
        }
    }
}
