import Core
import HTTPTypes
import TestSupport
import Testing

@Suite struct JoinTests {
    @Test(arguments: TestEngine.allCases) func `a thousand joins of one device are one player with one good token`(
        engine: TestEngine
    ) async throws {
        try await hosting(engine) { calls in
            let device = ID.random()
            let replies = try await withThrowingTaskGroup(of: TestReply.self) { group in
                for _ in 0..<1_000 { group.addTask { try await calls.join(device, key: calls.key) } }
                return try await group.reduce(into: [TestReply]()) { $0.append($1) }
            }
            #expect(replies.allSatisfy { $0.status == 200 })
            #expect(Set(replies.map { $0["participant_id"].string }).count == 1)
            #expect(replies.count { $0["is_rejoining"].bool == false } == 1)
            #expect(replies.count { $0["recovery_code"].exists && $0["recovery_code"].string != nil } == 1)
            let tokens = Set(replies.compactMap { $0["session_token"].string })
            #expect(tokens.count == 1_000)
            let looks = try await withThrowingTaskGroup(of: TestReply.self) { group in
                for token in tokens {
                    group.addTask { try await calls.send("GET", "events/\(calls.id)/reconnect", as: token) }
                }
                return try await group.reduce(into: [TestReply]()) { $0.append($1) }
            }
            #expect(looks.count { $0.status == 200 } == 1)
            #expect(looks.count { $0.status == 401 && $0["code"].string == "token-superseded" } == 999)
            let list = try await calls.send("GET", "events/\(calls.id)/participants", as: calls.host)
            #expect(list["participants"].count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a thousand devices of one name are a thousand players`(
        engine: TestEngine
    ) async throws {
        try await hosting(engine) { calls in
            let replies = try await withThrowingTaskGroup(of: TestReply.self) { group in
                for _ in 0..<1_000 { group.addTask { try await calls.join(.random(), key: calls.key) } }
                return try await group.reduce(into: [TestReply]()) { $0.append($1) }
            }
            #expect(replies.allSatisfy { $0.status == 200 }, "\(replies.first { $0.status != 200 }?.text ?? "")")
            #expect(Set(replies.compactMap { $0["participant_id"].string }).count == 1_000)
            let names = Set(replies.compactMap { $0["display_name"].string })
            #expect(names == Set(["Alex"] + (2...1_000).map { "Alex \($0)" }))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `names that sound alike are told apart, and nobody takes a score by a name`(
        engine: TestEngine
    ) async throws {
        try await hosting(engine) { calls in
            let names = ["Alex", "ALEX", "Ａｌｅｘ", "alex 2", "Alexa"]
            var given: [String?] = []
            for name in names { given.append(try await calls.join(.random(), name)["display_name"].string) }
            #expect(given == ["Alex", "ALEX 2", "Ａｌｅｘ 3", "alex 2 2", "Alexa"])
        }
    }

    @Test(arguments: TestEngine.allCases) func `a device plays in one live event at a time`(engine: TestEngine)
        async throws
    {
        try await hosting(engine) { first in
            let second = try await EventCalls.make(first.server, title: "Other")
            let device = ID.random()
            let there = try await first.player("Alex", device)
            let refused = try await second.join(device)
            #expect(refused.status == 409 && refused["code"].string == "device-in-another-event")
            #expect(refused["event_title"].string == "Quiz" && refused["event_id"].string == first.id)
            #expect(try await second.join(device, "Alex", #","leave_other":true"#).status == 200)
            #expect(try await there.beat()["code"].string == "left")
            // Whoever has left may be elsewhere without being asked, and comes back to his place.
            #expect(try await first.join(device).status == 409)
            #expect(try await first.join(device, "Alex", #","leave_other":true"#)["is_rejoining"].bool == true)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a locked event takes nobody new but whoever looked just before`(
        engine: TestEngine
    ) async throws {
        try await hosting(engine) { calls in
            let known = try await calls.player("Known")
            let scan = { try await calls.send("GET", "events/join/\(calls.code)", as: nil)["scan_id"].string ?? "" }
            let early = try await scan()
            calls.server.clock.advance(.milliseconds(1))
            let just = try await scan()
            calls.server.clock.advance(.seconds(5))
            #expect(try await calls.event("join/lock").status == 200)
            calls.server.clock.advance(.milliseconds(1))
            let late = try await scan()
            #expect(try await calls.join(.random(), "New")["code"].string == "join-locked")
            #expect(
                try await calls.join(.random(), "Early", #","scan_id":"\#(early)""#)["code"].string == "join-locked")
            #expect(try await calls.join(.random(), "Just", #","scan_id":"\#(just)""#).status == 200)
            #expect(try await calls.join(.random(), "Late", #","scan_id":"\#(late)""#)["code"].string == "join-locked")
            #expect(try await calls.join(.random(), "Liar", #","scan_id":"\#(just)x""#)["code"].string == "join-locked")
            #expect(try await calls.join(known.device)["is_rejoining"].bool == true)
            #expect(try await calls.event("join/unlock").status == 200)
            #expect(try await calls.join(.random(), "New").status == 200)
        }
    }

    @Test(arguments: TestEngine.allCases) func `wrong codes are counted, and the QR's key still gets in`(
        engine: TestEngine
    ) async throws {
        try await hosting(engine) { calls in
            let known = try await calls.player("Known")
            for _ in 0..<20 { #expect(try await calls.join(.random(), code: "ZZZZZZ").status == 404) }
            let refused = try await calls.join(.random(), code: "ZZZZZZ")
            #expect(refused.status == 429 && refused["code"].string == "too-many-codes")
            #expect(refused.headers["retry-after"] != nil)
            #expect(try await calls.join(.random(), "Right").status == 429)
            #expect(try await calls.send("GET", "events/join/\(calls.code)", as: nil).status == 429)
            #expect(try await calls.join(.random(), "Wrong key", key: "AAAA").status == 429)
            #expect(try await calls.join(.random(), "By QR", key: calls.key).status == 200)
            #expect(try await calls.join(known.device).status == 200)
            #expect(
                try await calls.event(
                    "recover", #"{"recovery_code":"\#(known.recovery)","device_id":"\#(ID.random())"}"#
                ).status == 429)
            calls.server.clock.advance(.minutes(1))
            #expect(try await calls.join(.random(), "Right").status == 200)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a new phone takes a player over by the recovery code, once`(
        engine: TestEngine
    ) async throws {
        try await hosting(engine) { calls in
            let old = try await calls.player("Ann")
            let other = try await calls.player("Bob")
            let phone = ID.random()
            func recover(_ code: String, _ device: ID) async throws -> TestReply {
                try await calls.event("recover", #"{"recovery_code":"\#(code)","device_id":"\#(device)"}"#)
            }
            #expect(try await recover(old.recovery, other.device)["code"].string == "device-has-participant")
            let dashed = old.recovery.lowercased().prefix(5) + "-" + old.recovery.lowercased().dropFirst(5)
            let taken = try await recover(String(dashed), phone)
            #expect(taken.status == 200 && taken["participant_id"].string == old.id)
            #expect(taken["display_name"].string == "Ann" && taken["is_rejoining"].bool == true)
            #expect(taken["recovery_code"].string != old.recovery)
            #expect(try await old.look()["code"].string == "token-superseded")
            #expect(try await recover(old.recovery, .random())["code"].string == "recovery-code-unknown")
            #expect(try await calls.join(phone)["participant_id"].string == old.id)
            // The old phone is a newcomer now.
            #expect(try await calls.join(old.device, "Ann")["display_name"].string == "Ann 2")
            let code = try await calls.send("POST", "events/\(calls.id)/me/recovery-code", as: other.token)
            #expect(code["recovery_code"].string?.count == 10)
            #expect(try await recover(other.recovery, .random()).status == 404)
            #expect(
                try await recover(code["recovery_code"].string ?? "", .random())["participant_id"].string == other.id)
        }
    }

    @Test(arguments: TestEngine.allCases) func `whoever was removed may come again, whoever was banned may not`(
        engine: TestEngine
    ) async throws {
        try await hosting(engine) { calls in
            let player = try await calls.player("Ann")
            func remove(_ query: String = "") async throws -> Int {
                try await calls.send("DELETE", "events/\(calls.id)/participants/\(player.id)\(query)", as: calls.host)
                    .status
            }
            #expect(try await remove() == 204)
            #expect(try await player.look()["code"].string == "removed")
            #expect(try await calls.event("undo")["undone"].string == "participant-removed")
            #expect(try await player.look().status == 200)
            #expect(try await remove() == 204)
            let back = try await calls.join(player.device)
            #expect(back["is_rejoining"].bool == true && back["participant_id"].string == player.id)
            #expect(try await remove("?ban=true") == 204)
            #expect(try await remove("?ban=true") == 204)
            #expect(try await calls.join(player.device)["code"].string == "banned")
            #expect(try await calls.event("undo").status == 200)
            #expect(try await calls.join(player.device).status == 200)
            #expect(
                try await calls.send("DELETE", "events/\(calls.id)/participants/\(ID.random())", as: calls.host).status
                    == 404)
        }
    }

    @Test func `what is sent wrong is named`() async throws {
        try await hosting(.sqlite) { calls in
            let nothing = try await calls.server.send(.post, "/api/events/join", "{}")
            #expect(nothing.status == 422)
            let names = nothing["fields"].elements.compactMap { $0["field"].string }
            #expect(Set(names) == ["code", "device_id", "display_name"])
            #expect(try await calls.join(.random(), "\u{202E}x").status == 422)
            #expect(try await calls.join(.random(), "x", #","leave_other":"yes""#).status == 422)
            #expect(
                try await calls.join(.random(), "x", #","avatar":"\#(String(repeating: "x", count: 33))""#).status
                    == 422)
            #expect(try await calls.server.send(.post, "/api/events/join", "{").status == 400)
            #expect(try await calls.send("GET", "events/join/zzz", as: nil).status == 404)
            #expect(try await calls.send("GET", "events/join/\(calls.code.lowercased())", as: nil).status == 200)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `of two joins at once one gets the device, and so of a join and a resumption`(
        engine: TestEngine
    ) async throws {
        try await hosting(engine) { first in
            let second = try await EventCalls.make(first.server, title: "Other")
            for _ in 0..<10 {
                let device = ID.random()
                async let here = first.join(device, key: first.key)
                async let there = second.join(device, key: second.key)
                #expect([try await here.status, try await there.status].sorted() == [200, 409])
            }
            for _ in 0..<5 {
                let player = try await first.player("P", .random())
                _ = try await first.event("complete")
                async let resumed = first.event("resume")
                async let joined = second.join(player.device, key: second.key)
                #expect(try await resumed.status == 200)
                let isThere = try await joined.status == 200
                #expect(try await player.beat().status == (isThere ? 409 : 200))
            }
        }
    }

    @Test func `a locked door is closed to whoever was removed, also by his recovery code`() async throws {
        try await hosting(.sqlite) { calls in
            let player = try await calls.player()
            _ = try await calls.send("DELETE", "events/\(calls.id)/participants/\(player.id)", as: calls.host)
            _ = try await calls.event("join/lock")
            let body = #"{"recovery_code":"\#(player.recovery)","device_id":"\#(ID.random())"}"#
            #expect(try await calls.event("recover", body)["code"].string == "join-locked")
        }
    }

    @Test(arguments: TestEngine.allCases) func `everybody is listed once, page by page`(engine: TestEngine) async throws
    {
        try await hosting(engine) { calls in
            for number in 0..<7 {
                _ = try await calls.player("P\(number)")
                if number % 2 == 0 { calls.server.clock.advance(.seconds(1)) }
            }
            var names: [String] = []
            var cursor = ""
            repeat {
                let page = try await calls.send(
                    "GET", "events/\(calls.id)/participants?limit=3\(cursor)", as: calls.host)
                names += page["participants"].elements.compactMap { $0["display_name"].string }
                cursor = page["next_cursor"].string.map { "&cursor=\($0)" } ?? ""
            } while !cursor.isEmpty
            #expect(names.sorted() == (0..<7).map { "P\($0)" })
        }
    }
}
