import Foundation
import TestSupport
import Testing

/// `dogear person`, and what a backup that is put back does to who was erased.
@Suite(.inTurns) struct PersonCommandTests {
    private let line =
        #"{"kind":"play","content_id":"b8e2f6d4-0a1c-4c5e-9f7b-1e2d3c4b5a04","finished_at":"2023-12-24T21:10:00Z"}"#

    /// Runs a command by a shell, which may hand it words to read; what it printed, and what it said besides.
    private func shell(_ command: String, in folder: String) throws -> (status: Int32, out: String, said: String) {
        let child = try ChildProcess(
            "sh",
            [
                "-c",
                "D='\(DogearProcess.binary)'; export DOGEAR_SECRET=\(String(repeating: "s", count: 32)); \(command) 2> said",
            ],
            in: folder, output: folder + "/out")
        let status = child.wait()
        let text = { (name: String) in (try? String(contentsOfFile: folder + "/" + name, encoding: .utf8)) ?? "" }
        return (status, text("out"), text("said"))
    }

    private func withFolder(_ engine: TestEngine, _ body: (String, String) throws -> Void) throws {
        let folder = try temporaryFolder("person")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try (line + "\n").write(toFile: folder + "/in.ndjson", atomically: true, encoding: .utf8)
        let database = "--database '\(try engine.address(in: folder))'"
        try #require(try shell("$D migrate run \(database)", in: folder).status == 0)
        try body(folder, database)
    }

    @Test(arguments: TestEngine.allCases)
    func `somebody is read out and erased by command, once the name is typed again`(
        engine: TestEngine
    ) throws {
        try withFolder(engine) { folder, database in
            #expect(try shell("$D history import --user bob in.ndjson \(database)", in: folder).status == 0)
            let exported = try shell("$D person export bob \(database)", in: folder)
            #expect(
                exported.out.contains(#""kind":"play""#) && exported.out.hasSuffix("{\"kind\":\"end\",\"lines\":2}\n"))
            #expect(exported.said.contains("Database: ") && exported.status == 0)
            let wrong = try shell("echo rob | $D person erase bob \(database)", in: folder)
            #expect(wrong.status == 1 && wrong.said.contains("Nothing was erased.") && wrong.out == "")
            let erased = try shell("echo bob | $D person erase bob \(database)", in: folder)
            #expect(erased.status == 0 && erased.out == "1\tplace\n1\tplay\nErased.\n", "\(erased)")
            let late = try shell("$D history import --user bob in.ndjson \(database)", in: folder)
            #expect(late.status == 1 && late.said.contains("was erased"), "\(late)")
            let again = try shell("$D person erase bob --yes \(database)", in: folder)
            #expect(again.out == "Nothing was kept.\n")
            #expect(try shell("$D person export \(database)", in: folder).status == 2)
            #expect(try shell("$D person export bob --email a@x.org \(database)", in: folder).status == 2)
            let kept = try shell("$D person export bob --output in.ndjson \(database)", in: folder)
            #expect(kept.status == 2 && kept.said.contains("in.ndjson"))
        }
    }

    @Test(arguments: TestEngine.allCases) func `a backup that is put back does not bring back who was erased since`(
        engine: TestEngine
    ) throws {
        try withFolder(engine) { folder, database in
            for user in ["bob", "eve"] {
                #expect(try shell("$D history import --user \(user) in.ndjson \(database)", in: folder).status == 0)
            }
            #expect(try shell("$D migrate backup --to yesterday \(database)", in: folder).status == 0)
            #expect(try shell("$D person erase bob --yes \(database)", in: folder).status == 0)
            let restored = try shell("$D migrate restore yesterday \(database)", in: folder)
            #expect(restored.status == 0 && restored.out.contains("1 erasures"), "\(restored)")
            let gone = try shell("$D person export bob \(database)", in: folder)
            let there = try shell("$D person export eve \(database)", in: folder)
            #expect(gone.out == "{\"kind\":\"end\",\"lines\":0}\n" && there.out.contains(#""lines":2"#), "\(gone)")
            let late = try shell("$D history import --user bob in.ndjson \(database)", in: folder)
            #expect(late.status == 1 && late.said.contains("was erased"))
        }
    }
}
