import Foundation
import TestSupport
import Testing

/// `dogear questionnaire results`, as whoever asked the questions uses it while people still answer them.
@Suite(.inTurns) struct ResultsCommandTests {
    private static let file = """
        questionnaire: mood
        title: How are you?
        pages: [{title: P, questions: [{id: why, type: text, text: Why?}, {id: how, type: mcq, text: How?, multiple: true, choices: [well, badly]}]}]
        """

    /// Runs the command with what it writes and what it says apart.
    @Test(arguments: TestEngine.allCases) func `answers come out as a table and as lines, beside a running server`(
        engine: TestEngine
    ) async throws {
        let folder = try temporaryFolder("results")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let database = ["--database", try engine.address(in: folder)]
        let server = try DogearProcess(database, in: folder)
        try Self.file.write(toFile: folder + "/mood.yaml", atomically: true, encoding: .utf8)
        #expect(try runApart(["questionnaire", "import", "mood.yaml"] + database, in: folder).status == 0)
        let session =
            try await server.send("POST", "/api/v2/session/start", #"{"questionnaire":"mood"}"#)["session_id"].string
            ?? ""
        let modules = try await server.send("GET", "/api/v2/modules?questionnaire=mood")
        let page = try await server.send("GET", "/api/v2/questions?page_id=\(modules.json[0]["id"].int ?? 0)")
        let answers = [#"{"type":"text","text":"=1+1"}"#, #"{"type":"mcq","selected_options":["well","badly"]}"#]
        for (question, answer) in zip(page["questions"].elements, answers) {
            let taken = try await server.send(
                "POST", "/api/v2/answers/submit",
                #"{"session_id":"\#(session)","question_id":\#(question["id"].int ?? 0),"answer":\#(answer)}"#)
            #expect(taken.status == 200, "\(taken.text)")
        }
        #expect(try await server.send("POST", "/api/v2/session/\(session)/complete").status == 200)
        func results(_ more: String...) throws -> (status: Int32, out: String, said: String) {
            try runApart(["questionnaire", "results", "mood"] + more + database, in: folder)
        }
        let table = try results()
        let rows = table.out.split(whereSeparator: { $0.isNewline })
        #expect(table.status == 0 && rows.count == 2, "\(table)")
        #expect(rows.first?.contains(",why,how") == true && rows.first?.contains("session_id") == true)
        #expect(rows.last?.contains(session) == true && rows.last?.contains(",'=1+1,") == true)
        let lines = try results("--format", "ndjson")
        #expect(lines.status == 0 && lines.out.split(whereSeparator: { $0.isNewline }).count == 1)
        #expect(lines.out.contains("=1+1"), "\(lines.out)")
        let later = try results("--since", "2199-01-01T00:00:00Z")
        #expect(
            later.status == 0 && later.out.split(whereSeparator: { $0.isNewline }).count == 1,
            "the names of the columns")
        let moment = try results("--since", "yesterday")
        #expect(moment.status != 0 && moment.out.isEmpty && moment.said.contains("--since must be a moment"))
        #expect(try results("--format", "xml").status != 0)
        let unknown = try runApart(["questionnaire", "results", "nobody-has-this"] + database, in: folder)
        #expect(unknown.status == 1 && unknown.out.isEmpty && unknown.said.contains("no questionnaire nobody-has-this"))
        server.stop()
    }
}
