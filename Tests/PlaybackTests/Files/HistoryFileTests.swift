import Changes
import Core
import Foundation
import SQL
import TestSupport
import Testing

@testable import Playback

/// Histories from other programs, and our own there and back.
@Suite struct HistoryFileTests {
    private static let now = Instant(milliseconds: 1_795_262_400_000)

    private func read(
        _ text: String, _ form: HistoryFile.Form, _ choice: HistoryFile.Choice = HistoryFile.Choice()
    ) throws -> HistoryFile {
        try HistoryFile(Data(text.utf8), form, choice, at: Self.now)
    }

    private func plays(_ file: HistoryFile) -> [String] {
        file.lines.compactMap { line in
            guard case .play(let content, let play) = line else { return nil }
            return "\(content) \(play.startedAt.map { "\($0) " } ?? "")\(play.finishedAt) \(play.deviceID ?? "-")"
        }
    }

    @Test func `Trakt's history gives plays, titles and episodes, and names what is none`() throws {
        let file = try read(
            """
            [{"id":1,"watched_at":"2014-03-31T09:28:53.000Z","action":"scrobble","type":"movie",
              "movie":{"title":"Batman Begins","year":2005,"ids":{"trakt":6,"slug":"batman-begins-2005","imdb":"tt0372784","tmdb":272}}},
             {"id":2,"watched_at":"2014-03-30T09:28:53.000Z","action":"watch","type":"episode",
              "episode":{"season":1,"number":3,"title":"The Third","ids":{"trakt":73,"tvdb":1,"imdb":null,"tmdb":62087}},
              "show":{"title":"The Show","year":2008,"ids":{"trakt":1,"imdb":"tt0903747","tmdb":1396}}},
             {"id":3,"watched_at":"soon","type":"movie","movie":{"title":"x","ids":{"trakt":9}}},
             {"id":4,"watched_at":"2014-03-30T09:28:53.000Z","type":"person"}, 17,
             {"id":5,"watched_at":"2126-03-30T09:28:53.000Z","type":"movie","movie":{"title":"x","ids":{"trakt":9}}}]
            """, .trakt)
        let (film, episode) = (NamedID.title.id("movie:imdb:tt0372784"), NamedID.title.id("episode:tmdb:62087"))
        #expect(plays(file) == ["\(film) 2014-03-31T09:28:53.000Z -", "\(episode) 2014-03-30T09:28:53.000Z -"])
        #expect(file.refused.map(\.line) == [3, 4, 5, 6])
        let titles = Dictionary(file.titles.map { ($0.id, $0) }) { first, _ in first }
        #expect(titles[film]?.title == "Batman Begins" && titles[episode]?.title == "The Show · The Third")
        #expect(titles[episode]?.episode?.seriesID == NamedID.series.id("show:imdb:tt0903747"))
        #expect(titles[episode]?.episode?.season == 1 && titles[episode]?.episode?.number == 3)
        #expect(throws: HistoryFile.Refusal.self) { try read("{}", .trakt) }
    }

    private static let ann = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
    private static let item = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"

    @Test(arguments: [
        "2020-11-02 20:15:30.1234567\t\(ann)\t\(item)\tMovie\tThe Sea\tDirectPlay\tWeb\tChrome\t5400\n",
        "DateCreated\tUserId\tItemId\tItemType\tItemName\tPlaybackMethod\tClientName\tDeviceName\tPlayDuration\r\n2020-11-02 20:15:30.123\t\(ann)\t\(item)\tMovie\tThe Sea\tDirectPlay\tWeb\tChrome\t5400\r\n",
        "ItemName,ItemId,DateCreated,PlayDuration,ClientName,DeviceName\n\"The Sea\",\(item),2020-11-02T20:15:30.123Z,5400,Web,Chrome\n",
        #"[{"DateCreated":"2020-11-02 20:15:30.1234567","UserId":"\#(ann)","ItemId":"\#(item)","ItemName":"The Sea","ClientName":"Web","DeviceName":"Chrome","PlayDuration":5400}]"#,
    ]) func `every export of Jellyfin's reporting gives the same play`(text: String) throws {
        let file = try read(text, .jellyfin)
        let id = NamedID.title.id("jellyfin:\(Self.item)")
        #expect(plays(file) == ["\(id) 2020-11-02T20:15:30.123Z 2020-11-02T21:45:30.123Z Web · Chrome"])
        #expect(file.titles.map(\.title) == ["The Sea"] && file.refused.isEmpty)
    }

    @Test func `what was played for a moment is no play, and a file of two people asks whose it is`() throws {
        func row(_ user: String, _ seconds: String) -> String {
            "2020-11-02 20:15:30\t\(user)\t\(Self.item)\tMovie\t\"A, b\"\tDirectPlay\tWeb\tChrome\t\(seconds)"
        }
        let short = try read(
            [row(Self.ann, "299"), row(Self.ann, "300"), row(Self.ann, "x")].joined(separator: "\n"), .jellyfin)
        #expect(short.count == 1 && short.refused.map(\.line) == [1, 3])
        let two = [row(Self.ann, "900"), row("bob", "900")].joined(separator: "\n")
        #expect(throws: HistoryFile.Refusal.self) { try read(two, .jellyfin) }
        #expect(try read(two, .jellyfin, HistoryFile.Choice(person: "bob")).count == 1)
        #expect(throws: HistoryFile.Refusal.self) { try read("a,b,c\n1,2,3", .jellyfin) }
    }

    @Test(arguments: TestEngine.allCases) func `what is exported is taken elsewhere, whole, and twice changes nothing`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { (database: any Database) async throws in
            let library = HistoryLibrary(changes: Changes(database: database, clock: ManualClock().source))
            let (ann, bob) = (ID.random(), ID.random())
            let lines = (0..<700).flatMap { number in
                let id = ID(high: 7, low: UInt64(number))
                return [
                    #"{"kind":"place","content_id":"\#(id)","position_seconds":\#(number),"duration_seconds":3600,"ended":\#(number % 2 == 0),"at":"2026-01-01T00:00:00Z","device_id":"tv"}"#,
                    #"{"kind":"play","content_id":"\#(id)","finished_at":"2025-01-01T00:00:00Z","started_at":"2024-12-31T23:00:00Z"}"#,
                ]
            }
            let file = try read(lines.joined(separator: "\n"), .dogear)
            let first = try await library.take(file, of: ann)
            #expect(first == (700, 700))
            let exported = Written()
            try await library.export(of: ann) { exported.add($0) }
            #expect(exported.lines.count == 1_400)
            let copy = try read(exported.lines.joined(separator: "\n"), .dogear)
            #expect(copy.refused.isEmpty)
            #expect(try await library.take(copy, of: bob) == (700, 700))
            #expect(try await library.take(copy, of: bob) == (0, 0))
            let again = Written()
            try await library.export(of: bob) { again.add($0) }
            #expect(again.lines == exported.lines)
        }
    }

    private final class Written {
        private(set) var lines: [String] = []
        func add(_ line: String) { lines.append(line) }
    }

    @Test(arguments: [
        ("user", "bob", "e27fbe32-9ada-5924-9b03-b14da49a7362"),
        ("title", "Ünïcode " + String(repeating: "x", count: 200), "784306e3-fcd8-5cbe-9694-fe1998dc31e2"),
    ]) func `a name has one id, by kind, the same as in the SDK`(kind: String, name: String, id: String) {
        #expect(NamedID(rawValue: kind)?.id(name).description == id)
    }
}
