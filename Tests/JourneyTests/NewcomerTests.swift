import Foundation
import TestSupport
import Testing

/// What commands say to somebody who is new, and what they leave alone.
@Suite(.inTurns) struct NewcomerTests {
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = try temporaryFolder("newcomer")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    private func isThere(_ name: String, in folder: String) -> Bool {
        FileManager.default.fileExists(atPath: folder + "/" + name)
    }

    @Test func `a server whose port is taken makes no folder and no database`() async throws {
        try await withFolder { folder in
            let first = try DogearProcess(["--database", "sqlite:first.sqlite"], in: folder)
            let second = try runApart(["serve", "--port", String(first.port)], in: folder)
            #expect(second.status == 78 && second.said.contains("Port \(first.port) is taken"), "\(second)")
            #expect(!isThere("data", in: folder))
            first.stop()
            // Connections of the one that has just ended are in nobody's way.
            let third = try DogearProcess([], port: first.port, in: folder)
            third.stop()
        }
    }

    @Test func `a folder in the place of the settings' file is told as that`() async throws {
        try await withFolder { folder in
            try FileManager.default.createDirectory(atPath: folder + "/dogear.yaml", withIntermediateDirectories: false)
            let refused = try runApart(["serve", "--port", "0"], in: folder)
            #expect(refused.status == 78 && refused.said.contains("dogear.yaml is a folder"), "\(refused)")
            #expect(refused.said.split(separator: "\n").count == 1 && !isThere("data", in: folder))
        }
    }

    @Test func `a history of which no line can be taken is a failure, and one of which some can is not`() async throws {
        try await withFolder { folder in
            #expect(try runApart(["migrate", "run"], in: folder).status == 0)
            func take(_ text: String, _ more: String...) throws -> (status: Int32, out: String, said: String) {
                try text.write(toFile: folder + "/history.ndjson", atomically: true, encoding: .utf8)
                return try runApart(["history", "import", "--user", "bob"] + more + ["history.ndjson"], in: folder)
            }
            let place =
                #"{"kind":"place","content_id":"2c1b8d3a-7f64-4e0b-8a52-5d9be0c1a202","position_seconds":84,"#
                + #""duration_seconds":240,"at":"2026-01-01T00:00:00Z"}"#
            let none = try take("nonsense\nmore of it\n")
            #expect(none.status == 1 && none.said.contains("no line of it can be taken"), "\(none)")
            #expect(try take("nonsense\n", "--check").status == 1)
            let some = try take("nonsense\n\(place)\n")
            #expect(some.status == 0 && some.out.contains("1 places"), "\(some)")
            #expect(try take("").status == 0)
        }
    }

    @Test func `a questionnaire is written over nothing`() async throws {
        try await withFolder { folder in
            #expect(try runApart(["migrate", "run"], in: folder).status == 0)
            let export = ["questionnaire", "export", "default", "--output", "mine.yaml"]
            #expect(try runApart(export, in: folder).status == 0)
            try "my own".write(toFile: folder + "/mine.yaml", atomically: true, encoding: .utf8)
            let again = try runApart(export, in: folder)
            #expect(again.status != 0 && again.said.contains("mine.yaml is there already"), "\(again)")
            #expect(try String(contentsOfFile: folder + "/mine.yaml", encoding: .utf8) == "my own")
        }
    }

    @Test(arguments: TestEngine.allCases) func `commands that change a schema name the database first of all`(
        engine: TestEngine
    ) async throws {
        try await withFolder { folder in
            let address = try engine.address(in: folder)
            let name = engine == .sqlite ? "dogear.sqlite" : "Postgres database "
            for command in [["run"], ["info"], ["plan"], ["schema"], ["backup"], ["revert", "--json"]] {
                let done = try runApart(["migrate"] + command + ["--database", address], in: folder)
                let first = done.said.split(separator: "\n").first ?? ""
                #expect(first.hasPrefix("Database: ") && first.contains(name), "\(command): \(done)")
                #expect(!done.out.contains("Database: "), "\(command)")
            }
        }
    }
}
