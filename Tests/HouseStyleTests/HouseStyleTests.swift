import Foundation
import Testing

/// The rules of the house, checked from its files.
@Suite struct HouseStyleTests {

    private static func files(in folder: String, ending: String) -> [String] {
        let names =
            FileManager.default.enumerator(atPath: repository + "/" + folder)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(ending) }.map { folder + "/" + $0 }.sorted()
    }

    private static func text(_ path: String) throws -> String {
        try String(contentsOfFile: repository + "/" + path, encoding: .utf8)
    }

    private static let sources = files(in: "Sources", ending: ".swift")
    private static let tests = files(in: "Tests", ending: ".swift")

    /// What each target of ours may import of ours.
    private static let arrows: [String: Set<String>] = [
        "Core": [], "SQL": ["Core"], "SQLite": ["Core", "SQL"], "Postgres": ["Core", "SQL", "CPostgres"],
        "Redis": ["Core", "CRedis"],
        "Migrations": ["Core", "SQL"], "Schema": ["Migrations", "SQL", "CSchema"], "Streams": ["Core", "SQL"],
        "Outbox": ["Core", "SQL"], "Changes": ["Core", "SQL", "Streams", "Outbox"],
        "Upkeep": ["Core", "SQL", "Changes"], "Web": ["Core", "SQL", "Streams", "Changes", "Upkeep", "CZlib"],
        "Relays": ["Core", "SQL", "Outbox", "Changes", "Upkeep"], "Kafka": ["CKafka"],
        "Accounts": ["Core", "SQL", "Outbox", "Changes", "Upkeep", "Relays", "Web"],
        "Playback": ["Core", "SQL", "Streams", "Outbox", "Changes", "Upkeep", "Web"],
        "Assessments": ["Core", "SQL", "Changes", "Upkeep", "Web"],
        "LiveEvents": ["Core", "SQL", "Streams", "Changes", "Upkeep", "Web", "CQRCode", "CZlib"],
        "Monitoring": ["Core", "SQL", "Outbox", "Changes", "Upkeep", "Web"],
        "Console": [
            "Core", "Changes", "Web", "Playback", "Assessments", "LiveEvents", "Accounts", "Monitoring", "CConsole",
        ],
        "Settings": ["Core"],
        "Server": [
            "Core", "SQL", "SQLite", "Postgres", "Migrations", "Schema", "Streams", "Outbox", "Changes", "Upkeep",
            "Web", "Relays", "Kafka", "Redis",
            "Accounts", "Playback", "Assessments", "LiveEvents", "Monitoring", "Console", "Settings",
        ],
        "dogear": [
            "Core", "SQL", "Migrations", "Changes", "Outbox", "Accounts", "Playback", "Assessments", "Monitoring",
            "Web",
            "Console",
            "Settings",
            "Server",
        ],
    ]

    /// What the rooms of a wing may import of ours, beside what its arrows allow.
    private static let rooms: [(room: String, allowed: Set<String>?, forbidden: Set<String>)] = [
        ("Rules", ["Core"], []), ("Store", nil, ["Web"]), ("Routes", nil, ["SQL", "Streams", "Outbox"]),
    ]

    @Test func `a room knows only what its kind may know`() throws {
        var seen: Set<String> = []
        for file in Self.sources {
            let parts = file.split(separator: "/").map(String.init)
            guard parts.count > 3, let rule = Self.rooms.first(where: { $0.room == parts[2] }) else { continue }
            seen.insert(rule.room)
            for match in try Self.text(file).matches(of: /(?m)^(?:package |@testable )?import (\w+)/) {
                let name = String(match.output.1)
                let isOurs = Self.arrows.keys.contains(name)
                #expect(!isOurs || rule.allowed?.contains(name) ?? true, "\(file) imports \(name)")
                #expect(!rule.forbidden.contains(name), "\(file) imports \(name)")
            }
        }
        #expect(seen.count == Self.rooms.count)
    }

    @Test func `rules draw nothing at random and read no clock`() throws {
        for file in Self.sources where file.contains("/Rules/") {
            let text = try Self.text(file)
            for form in [".random(", "Clock", "Generator()"] { #expect(!text.contains(form), "\(file): \(form)") }
        }
    }

    @Test func `rows that a writer remembers are written in one file for each table`() throws {
        for (table, home) in [("playback_sessions", "SessionRows"), ("watch_history", "PlaceRows")] {
            let writes = try Regex(#"(INSERT INTO|UPDATE|DELETE FROM)\s+\#(table)\b"#)
            var homes: Set<String> = []
            for file in Self.sources where try Self.text(file).firstMatch(of: writes) != nil { homes.insert(file) }
            #expect(homes == ["Sources/Playback/Store/\(home).swift"])
        }
    }

    @Test func `nothing but the clock sleeps`() throws {
        for file in Self.sources where file != "Sources/Core/Clock.swift" {
            let text = try Self.text(file)
            for word in ["Task." + "sleep", "Thread." + "sleep", "u" + "sleep(", "nano" + "sleep("] {
                #expect(!text.contains(word), "\(file)")
            }
        }
    }

    @Test func `there is something to check`() {
        #expect(Self.sources.count > 50 && Self.tests.count > 15)
    }

    @Test func `no target imports what its arrows do not reach`() throws {
        let ours = Set(Self.arrows.keys).union([
            "CPostgres", "CKafka", "CRedis", "CSchema", "CConsole", "CQRCode", "CZlib",
        ])
        for file in Self.sources {
            let target = String(file.split(separator: "/")[1])
            let allowed = try #require(Self.arrows[target], "\(target) has no arrows here yet")
            for match in try Self.text(file).matches(of: /(?m)^(?:package |@testable )?import (\w+)/) {
                let imported = String(match.output.1)
                #expect(!ours.contains(imported) || allowed.contains(imported), "\(file) imports \(imported)")
            }
        }
    }

    @Test func `Package swift names no edge that the arrows do not have`() throws {
        let manifest = try Self.text("Package.swift")
        let ours = Set(Self.arrows.keys).union([
            "CPostgres", "CKafka", "CRedis", "CSchema", "CConsole", "CQRCode", "CZlib",
        ])
        for (target, allowed) in Self.arrows {
            let pattern = try Regex(#"arget\(\s*name: "\#(target)",?([^)]*?(?:\([^)]*\)[^)]*?)*)swiftSettings"#)
            let block = try #require(manifest.firstMatch(of: pattern), "\(target) is not in Package.swift").output[0]
                .substring
            for match in (block ?? "").matches(of: /"(\w+)"/) {
                let name = String(match.output.1)
                guard ours.contains(name), name != target else { continue }
                #expect(allowed.contains(name), "Package.swift: \(target) depends on \(name)")
            }
        }
    }

    @Test(arguments: [
        #"\btry!"#, #"\bas!"#, #"\bprint\([^)]"#, #"TODO|FIXME|XXX"#, #"fatalError\("#, #"\bNSLock\b"#,
        #"Task\.detached"#,
        #"@preconcurrency"#, #"\.embedInCode"#,
    ]) func `forbidden forms stand nowhere in the sources`(form: String) throws {
        let regex = try Regex(form)
        for file in Self.sources {
            if form.contains("print") && file.hasPrefix("Sources/dogear/") { continue }
            #expect(try Self.text(file).firstMatch(of: regex) == nil, "\(file): \(form)")
        }
    }

    @Test func `unchecked conformances carry their proof`() throws {
        for file in Self.sources {
            let lines = try Self.text(file).split(separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() where line.contains("@unchecked Sendable") && !line.contains("//") {
                let near = lines[max(0, index - 2)...min(lines.count - 1, index + 2)]
                #expect(near.contains { $0.contains("// @unchecked:") }, "\(file):\(index + 1)")
            }
        }
    }

    @Test func `tests never sleep, spin, skip or expect to fail`() throws {
        let forms = [
            "Task.sl" + "eep", "Thread.sl" + "eep", "usl" + "eep(", ".disabl" + "ed(", "withKnownIss" + "ue",
            "XCTSk" + "ip", "sched_yi" + "eld", "Task.yi" + "eld",
        ]
        for file in Self.tests {
            let text = try Self.text(file)
            for form in forms { #expect(!text.contains(form), "\(file): \(form)") }
        }
    }

    @Test func `a file holds at most 400 lines`() throws {
        for file in Self.sources + Self.tests {
            let lines = try Self.text(file).split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count <= 400, "\(file) has \(lines.count) lines")
        }
    }

    @Test func `every package declaration is documented`() throws {
        let declaration =
            /^\s*(?:@\w+(?:\([^)]*\))? )*(?:package|public)(?:\(set\)| private\(set\))? (?:static |final |indirect |mutating |convenience |nonisolated )*(?:struct|class|enum|protocol|actor|func|var|let|init|subscript|typealias|case)\b/
        for file in Self.sources + Self.files(in: "Tests/TestSupport", ending: ".swift") {
            let lines = try Self.text(file).split(separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() where line.firstMatch(of: declaration) != nil {
                var before = index - 1
                while before >= 0, lines[before].trimmingCharacters(in: .whitespaces).hasPrefix("@") { before -= 1 }
                let above = before >= 0 ? lines[before].trimmingCharacters(in: .whitespaces) : ""
                #expect(above.hasPrefix("///"), "\(file):\(index + 1) \(line.trimmingCharacters(in: .whitespaces))")
            }
        }
    }

    @Test func `every file that is to be carried in the binary is`() throws {
        for (target, folders) in [
            ("CSchema", ["Sources/Schema/postgres", "Sources/Schema/sqlite"]),
            ("CConsole", ["Sources/CConsole/assets"]),
        ] {
            let list = try Self.text("Sources/\(target)/\(target).c")
            for folder in folders {
                for file in Self.files(in: folder, ending: "") {
                    var isFolder: ObjCBool = false
                    _ = FileManager.default.fileExists(atPath: repository + "/" + file, isDirectory: &isFolder)
                    guard !isFolder.boolValue else { continue }
                    let name = file.split(separator: "/").suffix(2).joined(separator: "/")
                    #expect(list.contains("{\"\(name)\""), "\(file) is not embedded: run make embed")
                }
            }
        }
    }

    @Test func `every setting is in the operations manual`() throws {
        let manual = try Self.text("docs/operations.md")
        for match in try Self.text("Sources/Settings/SettingKey.swift").matches(of: /SettingKey\(\s*"([A-Z_]+)"/) {
            #expect(manual.contains("`\(match.output.1)`"), "\(match.output.1)")
        }
    }
}
