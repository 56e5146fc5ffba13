import Foundation
import TestSupport
import Testing

/// `dogear history` and `dogear id`, as whoever moves a history uses them.
@Suite(.inTurns) struct HistoryCommandTests {
    private func dogear(_ arguments: [String], in folder: String) throws -> (status: Int32, text: String) {
        let output = folder + "/said"
        let child = try ChildProcess(DogearProcess.binary, arguments, in: folder, output: output)
        let status = child.wait()
        let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
        return (status, text.replacing(/Database: [^\n]*\n/, with: ""))
    }

    @Test func `a history goes out and comes in by command, and a name has one id`() throws {
        let folder = try temporaryFolder("history")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try dogear(["id", "user", "bob"], in: folder) == (0, "e27fbe32-9ada-5924-9b03-b14da49a7362\n"))
        #expect(try dogear(["id", "film", "bob"], in: folder).status == 2)
        #expect(try dogear(["migrate", "run"], in: folder).status == 0)
        let line =
            #"{"kind":"place","content_id":"2c1b8d3a-7f64-4e0b-8a52-5d9be0c1a202","position_seconds":1800,"at":"2024-03-01T20:00:12Z"}"#
        try (line + "\noops\n").write(toFile: folder + "/in.ndjson", atomically: true, encoding: .utf8)
        let taken = try dogear(["history", "import", "--user", "bob", "in.ndjson"], in: folder)
        #expect(taken.status == 0 && taken.text.contains("in.ndjson:2: is not JSON"))
        #expect(taken.text.contains("1 places and 0 plays taken, 1 lines refused."))
        let out = try dogear(
            ["history", "export", "--user", "e27fbe32-9ada-5924-9b03-b14da49a7362", "--output", "out.ndjson"],
            in: folder)
        #expect(out.status == 0)
        let text = try String(contentsOfFile: folder + "/out.ndjson", encoding: .utf8)
        #expect(text.contains(#""position_seconds":1800"#) && text.split(separator: "\n").count == 1)
        let checked = try dogear(["history", "import", "--user", "bob", "--check", "out.ndjson"], in: folder)
        #expect(checked.text == "1 lines can be taken, 0 cannot.\n")
        let wrong = try dogear(["history", "import", "--user", "bob", "--format", "trakt", "out.ndjson"], in: folder)
        #expect(wrong.status == 1 && wrong.text.contains("Nothing was changed."))
        #expect(try dogear(["history", "import", "--user", "bob", "none"], in: folder).status == 2)
    }
}
