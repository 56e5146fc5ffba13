import Core
import Foundation
import Synchronization
import TestSupport
import Testing

/// Answers that were acknowledged are there after the server was killed, and each has earned its XP once.
@Suite(.serialized, .inTurns) struct AnswerCrashTests {
    private static let respondents = 8
    private static let questions = 60

    /// What was acknowledged: of each session, the newest answer to each question.
    private final class Acknowledged: Sendable {
        private let answers = Mutex<[String: [Int: Int]]>([:])
        private let count = Mutex(0)

        /// Notes an answer; how many there were since the round began.
        func note(_ session: String, _ question: Int, _ value: Int) -> Int {
            answers.withLock { $0[session, default: [:]][question] = value }
            return count.withLock { count in
                count += 1
                return count
            }
        }
        func beginRound() { count.withLock { $0 = 0 } }
        var all: [String: [Int: Int]] { answers.withLock { $0 } }
    }

    private func prepare(_ address: String, in folder: String) throws {
        let sliders = (1...Self.questions).map { "{id: q\($0), type: slider, text: '?'}" }.joined(separator: ", ")
        try "{questionnaire: q, title: Q, default: true, pages: [{title: P, questions: [\(sliders)]}]}"
            .write(toFile: folder + "/q.yaml", atomically: false, encoding: .utf8)
        _ = try run(DogearProcess.binary, ["migrate", "run", "--database", address], in: folder)
        let imported = try ChildProcess(
            DogearProcess.binary, ["questionnaire", "import", "q.yaml", "--database", address], in: folder,
            output: folder + "/imported")
        try #require(imported.wait() == 0)
    }

    /// Several respondents answer, and change their answers, until the server is gone.
    private func answer(
        _ server: DogearProcess, _ questions: [Int], round: Int, _ acknowledged: Acknowledged, killAfter: Int
    ) async throws {
        acknowledged.beginRound()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.respondents {
                group.addTask {
                    guard let session = try? await server.send("POST", "/api/v2/session/start")["session_id"].string
                    else { return }
                    for step in 0..<100_000 {
                        let (question, value) = (questions[step % 7 + round % 40], 1 + step % 10)
                        guard
                            let reply = try? await server.send(
                                "POST", "/api/v2/answers/submit",
                                #"{"session_id":"\#(session)","question_id":\#(question),"answer":{"type":"slider","value":\#(value)},"revision":\#(step)}"#
                            )
                        else { return }
                        guard reply.status == 200 else {
                            #expect(reply.status == 503, "\(reply.text)")
                            return
                        }
                        #expect(reply["revision"].int == step + 1)
                        if acknowledged.note(session, question, value) == killAfter { server.kill() }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func check(_ server: DogearProcess, _ acknowledged: Acknowledged) async throws {
        for (session, answers) in acknowledged.all {
            let stored = try await server.send("GET", "/api/v2/session/\(session)/answers")
            var found: [Int: Int] = [:]
            for element in stored["answers"].elements {
                found[element["question_id"].int ?? 0] = Int(element["answer"]["value"].double ?? 0)
            }
            // One more may have been stored than was acknowledged: the one that was under way.
            let missing = answers.filter { found[$0.key] == nil }
            let other = answers.filter { found[$0.key] != nil && found[$0.key] != $0.value }
            #expect(missing.isEmpty && other.count <= 1, "\(session): \(missing), \(other)")
            let state = try await server.send("GET", "/api/v2/session/\(session)/validate")
            #expect(state["progress"]["total_xp"].int == 10 * found.count)
            #expect(state["progress"]["questions_answered"].int == found.count)
        }
    }

    @Test(arguments: TestEngine.allCases) func `10 rounds of kill -9 under submits lose none that was acknowledged`(
        engine: TestEngine
    ) async throws {
        let folder = try temporaryFolder("crash")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let address = try engine.address(in: folder)
        try prepare(address, in: folder)
        let acknowledged = Acknowledged()
        var questions: [Int] = []
        for round in 0..<10 {
            let server = try DogearProcess(["--database", address], in: folder)
            if questions.isEmpty {
                let modules = try await server.send("GET", "/api/v2/modules")
                let page = try await server.send("GET", "/api/v2/questions?page_id=\(modules.json[0]["id"].int ?? 0)")
                questions = page["questions"].elements.compactMap { $0["id"].int }
                try #require(questions.count == Self.questions)
            }
            try await answer(server, questions, round: round, acknowledged, killAfter: 40 + round * 9)
        }
        #expect(acknowledged.all.count >= Self.respondents)
        let server = try DogearProcess(["--database", address], in: folder)
        try await check(server, acknowledged)
        #expect(server.stop() == 0)
        if engine == .sqlite {
            #expect(try run("sqlite3", [folder + "/dogear.sqlite", "PRAGMA integrity_check"]) == "ok\n")
        }
    }
}
