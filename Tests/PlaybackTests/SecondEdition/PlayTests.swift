import Core
import HTTPTypes
import SQL
import TestSupport
import Testing

/// What counts as one viewing.
@Suite struct SecondEditionPlayTests {
    @Test(arguments: TestEngine.allCases) func `two full viewings with a report a minute are two plays`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            for _ in 0..<2 {
                let (id, _) = try await calls.open(duration: 1_500)
                try await calls.watch(id, from: 0, to: 1_500)
                calls.server.clock.advance(.minutes(1))
            }
            #expect(try await calls.entry()["play_count"].int == 2)
        }
    }

    @Test(arguments: TestEngine.allCases) func `two viewings in one session are two plays`(engine: TestEngine)
        async throws
    {
        try await calling(engine) { calls in
            let (id, _) = try await calls.open(duration: 1_500)
            for (position, seconds) in [(20.0, 20), (1_490, 1_470), (60, 10), (700, 640), (1_495, 795)] {
                calls.server.clock.advance(.seconds(seconds))
                _ = try await calls.report(id, position)
            }
            #expect(try await calls.entry()["play_count"].int == 2)
        }
    }

    @Test(arguments: TestEngine.allCases, [false, true])
    func `the order in which reports arrive changes nothing`(engine: TestEngine, isReversed: Bool) async throws {
        try await calling(engine) { calls in
            let reports = [(20, 250), (1_400, 200), (2_690, 150), (20, 100), (900, 50)]
            var apart = calls
            apart.content = .random()
            var bySession = calls
            bySession.content = .random()
            let (id, _) = try await bySession.open(duration: 2_700)
            let now = calls.server.clock.now
            for (position, age) in isReversed ? reports.reversed() : reports {
                _ = try await apart.batch(duration: 2_700, [(position, age)])
                _ = try await bySession.report(
                    id, Double(position), #","reported_at":"\#(now - .seconds(age))","sent_at":"\#(now)""#)
            }
            let results = try await calls.batch(duration: 2_700, isReversed ? reports.reversed() : reports)["results"]
            #expect(results.elements.map { $0["applied"].bool } == [true, true, true, true, true])
            for one in [calls, apart, bySession] {
                let entry = try await one.entry()
                #expect(entry["resume_position_seconds"].int == 900 && entry["play_count"].int == 1)
            }
        }
    }

    @Test(arguments: TestEngine.allCases) func `a viewing that is told late counts when it was`(engine: TestEngine)
        async throws
    {
        try await calling(engine) { calls in
            let start = calls.server.clock.now
            let (phone, _) = try await calls.open(device: "phone", duration: 2_700)
            _ = try await calls.report(phone, 40)
            calls.server.clock.advance(.minutes(30))
            let late = try await calls.batch(
                device: "tablet", duration: 2_700, [(20, 3_610), (1_400, 3_605), (2_690, 3_600)])
            #expect(late["results"].elements.map { $0["reason"].string } == Array(repeating: "older-instant", count: 3))
            let entry = try await calls.entry()
            #expect(entry["resume_position_seconds"].int == 40 && entry["play_count"].int == 1)
            let plays = try await calls.plays()
            #expect(plays["plays"].count == 1)
            #expect(plays["plays"][0]["finished_at"].string == "\(start - .minutes(30))")
            #expect(plays["plays"][0]["device_id"].string == "tablet")
        }
    }

    @Test(arguments: TestEngine.allCases) func `three viewings of three years are three plays with their dates`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let now = calls.server.clock.now
            let years = [3, 2, 1]
            for year in years { _ = try await calls.batch(duration: 3_600, [(3_600, year * 365 * 86_400)]) }
            #expect(try await calls.entry()["play_count"].int == 3)
            let dates = try await calls.plays()["plays"].elements.map { $0["finished_at"].string }
            #expect(dates == years.reversed().map { "\(now - .days($0 * 365))" })
        }
    }

    @Test(arguments: TestEngine.allCases) func `reopening what is finished takes nothing away`(engine: TestEngine)
        async throws
    {
        try await calling(engine) { calls in
            let (id, _) = try await calls.open(duration: 1_500)
            _ = try await calls.report(id, 1_490)
            calls.server.clock.advance(.hours(2))
            let (again, _) = try await calls.open(duration: 1_500)
            _ = try await calls.report(again, 10)
            let entry = try await calls.entry()
            #expect(entry["watched"].bool == true && entry["play_count"].int == 1)
            #expect(entry["completed"].bool == false)
        }
    }

    @Test(arguments: TestEngine.allCases) func `short titles, and all below the minimum, count once`(
        engine: TestEngine
    ) async throws {
        try await calling(engine, settings: ["RESUME_MINIMUM_SECONDS": "300"]) { calls in
            let (id, _) = try await calls.open(duration: 29)
            for position in [28.0, 29] { _ = try await calls.report(id, position) }
            #expect(try await calls.entry()["play_count"].int == 1)
            var clip = calls
            clip.content = .random()
            let (short, _) = try await clip.open(duration: 240)
            for position in 0...240 {
                _ = try await clip.report(short, Double(position))
                clip.server.clock.advance(.seconds(1))
            }
            #expect(try await clip.entry()["play_count"].int == 1)
        }
    }

    @Test(arguments: TestEngine.allCases) func `two devices that play together count once`(engine: TestEngine)
        async throws
    {
        try await calling(engine) { calls in
            let (tv, _) = try await calls.open(duration: 1_500)
            let (phone, _) = try await calls.open(device: "phone", duration: 1_500)
            for position in stride(from: 60.0, through: 1_500, by: 60) {
                _ = try await calls.report(tv, position)
                calls.server.clock.advance(.seconds(2))
                _ = try await calls.report(phone, position)
                calls.server.clock.advance(.seconds(58))
            }
            #expect(try await calls.entry()["play_count"].int == 1)
        }
    }

    @Test(arguments: TestEngine.allCases) func `fast play is no jump where its rate is told`(engine: TestEngine)
        async throws
    {
        try await calling(engine) { calls in
            let (id, _) = try await calls.open(duration: 7_200)
            for position in stride(from: 0.0, to: 3_600, by: 180) {
                _ = try await calls.report(id, position, #","playback_rate":3"#)
                calls.server.clock.advance(.minutes(1))
            }
            #expect(try await calls.entry()["moves"].count == 0)
            let refused = try await calls.report(id, 10, #","playback_rate":0"#)
            #expect(refused.status == 422 && refused["fields"][0]["field"].string == "playback_rate")
        }
    }
}

/// What a person says that they have watched, or have not.
@Suite struct SecondEditionWatchedTests {
    private func path(_ calls: Calls, _ rest: String) -> String {
        "/api/v1/users/\(calls.user)/history/\(calls.content)/\(rest)"
    }

    @Test(arguments: TestEngine.allCases) func `a title is marked watched, once, and the mark is taken back`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let (id, _) = try await calls.open(duration: 1_000)
            _ = try await calls.report(id, 400)
            for _ in 0..<2 {
                calls.server.clock.advance(.seconds(1))
                let marked = try await calls.server.send(.put, path(calls, "watched"))
                #expect(marked.status == 200 && marked["watched"].bool == true && marked["play_count"].int == 1)
                #expect(marked["completed"].bool == true && marked["resume_position_seconds"].int == 400)
            }
            #expect(try await !calls.isListed())
            #expect(try await calls.plays()["plays"][0]["source"].string == "marked")
            let undone = try await calls.undo()
            #expect(undone["watched"].bool == false && undone["resume_from_seconds"].int == 400)
            #expect(try await calls.isListed())
            #expect(try await calls.plays()["plays"].count == 0)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a title that was never opened is marked by date, and is nothing again`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let marked = try await calls.server.send(.put, path(calls, "watched"), #"{"at":"2019-08-02T20:30:00Z"}"#)
            #expect(marked["watched"].bool == true && marked["last_watched_at"].string == "2019-08-02T20:30:00.000Z")
            #expect(try await calls.plays()["plays"][0]["finished_at"].string == "2019-08-02T20:30:00.000Z")
            let undone = try await calls.undo()
            #expect(undone.status == 200 && undone["watched"].bool == false && undone["last_watched_at"].isNull)
            #expect(try await calls.entry().status == 404)
            for at in ["2126-01-01T00:00:00Z", "1899-12-31T00:00:00Z"] {
                #expect(try await calls.server.send(.put, path(calls, "watched"), #"{"at":"\#(at)"}"#).status == 422)
            }
        }
    }

    @Test(arguments: TestEngine.allCases) func `a title is marked unwatched, and comes back whole`(engine: TestEngine)
        async throws
    {
        try await calling(engine) { calls in
            #expect(try await calls.server.send(.delete, path(calls, "watched")).status == 404)
            for year in [3, 2] { _ = try await calls.batch(duration: 3_600, [(3_600, year * 365 * 86_400)]) }
            let gone = try await calls.server.send(.delete, path(calls, "watched"))
            #expect(gone.status == 200 && gone["watched"].bool == false && gone["play_count"].int == 0)
            #expect(try await calls.entry().status == 404)
            #expect(try await calls.plays()["plays"].count == 0)
            calls.server.clock.advance(.minutes(30))
            let undone = try await calls.undo()
            #expect(undone["play_count"].int == 2 && undone["completed"].bool == true)
            #expect(try await calls.plays()["plays"].count == 2)
            // Past the half hour nothing of them is left.
            _ = try await calls.server.send(.delete, path(calls, "watched"))
            calls.server.clock.advance(.minutes(31))
            try await calls.server.sweep()
            let left = try await calls.server.database.read {
                try $0.one("SELECT COUNT(*) FROM plays", []) { try $0.integer() }
            }
            #expect(left == 0)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a whole history takes its plays with it, and brings them back`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            _ = try await calls.batch(duration: 3_600, [(3_600, 86_400)])
            let history = "/api/v1/users/\(calls.user)/history"
            #expect(try await calls.server.send(.delete, history)["cleared"].int == 1)
            #expect(try await calls.plays()["plays"].count == 0)
            // Watched again meanwhile: that is a play beside the one that comes back.
            let (id, _) = try await calls.open(duration: 3_600)
            calls.server.clock.advance(.minutes(1))
            _ = try await calls.report(id, 3_500)
            #expect(try await calls.entry()["play_count"].int == 1)
            #expect(try await calls.undo()["play_count"].int == 2)
        }
    }

    @Test(arguments: TestEngine.allCases) func `single plays are added and removed, and removing is taken back`(
        engine: TestEngine
    ) async throws {
        try await calling(engine) { calls in
            let body = #"{"finished_at":"2019-08-02T20:30:00Z","started_at":"2019-08-02T18:30:00Z"}"#
            let added = try await calls.server.send(.post, path(calls, "plays"), body)
            #expect(added.status == 201 && added["source"].string == "marked")
            #expect(added.json.names == ["id", "started_at", "finished_at", "device_id", "source"])
            #expect(try await calls.server.send(.post, path(calls, "plays"), body)["id"].string == added["id"].string)
            let second = try await calls.server.send(
                .post, path(calls, "plays"), #"{"finished_at":"2019-08-02T20:40:00Z"}"#)
            #expect(try await calls.entry()["play_count"].int == 2)
            #expect(try await calls.plays()["plays"][0]["id"].string == second["id"].string)
            calls.server.clock.advance(.seconds(1))
            let one = path(calls, "plays/\(added["id"].string ?? "")")
            #expect(try await calls.server.send(.delete, one).status == 204)
            #expect(try await calls.server.send(.delete, one).status == 404)
            #expect(try await calls.entry()["play_count"].int == 1)
            #expect(try await calls.undo()["play_count"].int == 2)
            let page = try await calls.server.send(.get, path(calls, "plays?limit=1"))
            let next = try await calls.server.send(
                .get, path(calls, "plays?limit=1&cursor=\(page["next_cursor"].string ?? "")"))
            #expect(next["plays"][0]["id"].string == added["id"].string && next["next_cursor"].isNull)
            let bad = try await calls.server.send(
                .post, path(calls, "plays"),
                #"{"finished_at":"2019-08-02T20:30:00Z","started_at":"2019-08-03T20:30:00Z"}"#)
            #expect(bad.status == 422 && bad["fields"][0]["field"].string == "started_at")
        }
    }
}
