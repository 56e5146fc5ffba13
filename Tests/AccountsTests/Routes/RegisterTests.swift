import Core
import HTTPTypes
import SQL
import TestSupport
import Testing

/// How people get an account, and what strangers learn of it: nothing.
@Suite struct RegisterTests {
    @Test(arguments: TestEngine.allCases) func `whoever registers and shows the mailed code is signed in`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine) { calls in
            let verified = try await calls.join()
            #expect(verified["user"]["status"].string == "ACTIVE" && verified["user"]["name"].string == "Ann")
            #expect(verified.headers["cache-control"] == "no-store")
            let me = try await calls.me(.get, as: verified["token"].string)
            #expect(me.status == 200 && me["email"].string == "ann@x.org", "\(me.text)")
            #expect(me["id"].string == verified["user"]["id"].string)
            #expect(try await calls.login().status == 200)
        }
    }

    @Test(arguments: TestEngine.allCases) func `an address is the same in capitals, and nothing else is folded`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine) { calls in
            let first = try await calls.join("Ann@X.org")
            #expect(first["user"]["email"].string == "ann@x.org")
            let login = try await calls.login("aNN@x.ORG")
            #expect(login.status == 200 && login["user"]["id"].string == first["user"]["id"].string)
            #expect(try await calls.login("a.nn@x.org").status == 401)
            #expect(try await calls.login("ann+1@x.org").status == 401)
            _ = try await calls.post("register", ["email": "ANN@x.org", "password": AccountCalls.password])
            let count = try await calls.server.database.read {
                try $0.one("SELECT COUNT(*) FROM users") { try $0.integer() }
            }
            #expect(count == 1)
        }
    }

    @Test(arguments: ["a\r\nBcc: b@x.org", "-ann@x.org", "ann", "ann@", "a b@x.org", "a@x.org,b@x.org", "<ann@x.org>"])
    func `what is no address, or would be more in a mail, is 422`(address: String) async throws {
        try await accounting(on: .sqlite) { calls in
            for path in ["register", "login", "resend", "forgot", "verify", "reset"] {
                let reply = try await calls.post(path, ["email": address, "password": "12345678", "code": "1"])
                #expect(reply.status == 422 && reply["fields"][0]["field"].string == "email", "\(path): \(reply.text)")
            }
            #expect(try await calls.mails().isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `registering and signing in say and do the same for known and unknown addresses`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine) { calls in
            _ = try await calls.join()
            for (path, others) in [
                ("register", ["password": "another password"]), ("login", ["password": "wrong one"]),
            ] {
                var replies: [TestReply] = []
                var hashes: [Int] = []
                for email in ["ann@x.org", "nobody@x.org"] {
                    let before = calls.hashes
                    replies.append(try await calls.post(path, others.merging(["email": email]) { $1 }))
                    hashes.append(calls.hashes - before)
                }
                #expect(replies[0].status == replies[1].status)
                #expect(replies[0]["detail"].string == replies[1]["detail"].string)
                #expect(replies[0]["code"].string == replies[1]["code"].string)
                #expect(hashes == [1, 1], "\(path)")
            }
            for path in ["resend", "forgot"] {
                let known = try await calls.post(path, ["email": "ann@x.org"])
                let unknown = try await calls.post(path, ["email": "stranger@x.org"])
                #expect(known.status == 202 && unknown.status == 202 && known.text == unknown.text)
            }
        }
    }

    @Test(arguments: TestEngine.allCases) func `a squatter's password does not survive the owner's verification`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine) { calls in
            _ = try await calls.post("register", ["email": "ann@x.org", "password": "the squatter's"])
            let squatted = try await calls.login(password: "the squatter's")
            #expect(squatted.status == 403 && squatted["code"].string == "email-unverified")
            let own = try await calls.post(
                "verify", ["email": "ann@x.org", "code": try await calls.code(), "password": AccountCalls.password])
            #expect(own.status == 200)
            #expect(try await calls.login(password: "the squatter's").status == 401)
            #expect(try await calls.login().status == 200)
        }
    }

    @Test(arguments: TestEngine.allCases) func `without a password at verification none works until a reset`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine) { calls in
            _ = try await calls.post("register", ["email": "ann@x.org", "password": AccountCalls.password])
            let verified = try await calls.post("verify", ["email": "ann@x.org", "code": try await calls.code()])
            #expect(verified.status == 200)
            #expect(try await calls.login().status == 401)
            calls.server.clock.advance(.seconds(1))
            _ = try await calls.post("forgot", ["email": "ann@x.org"])
            let reset = try await calls.post(
                "reset", ["email": "ann@x.org", "code": try await calls.code(), "password": "my own password"])
            #expect(reset.status == 204)
            #expect(try await calls.login(password: "my own password").status == 200)
        }
    }

    @Test(arguments: TestEngine.allCases) func `four resends in an hour send three mails, and ten go in a day`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine) { calls in
            _ = try await calls.post("register", ["email": "ann@x.org", "password": AccountCalls.password])
            for _ in 0..<4 {
                calls.server.clock.advance(.minutes(1))
                #expect(try await calls.post("resend", ["email": "ann@x.org"]).status == 202)
            }
            #expect(try await calls.mails().count == 3)
            for _ in 0..<6 {
                calls.server.clock.advance(.hours(2))
                for _ in 0..<2 { _ = try await calls.post("resend", ["email": "ann@x.org"]) }
            }
            #expect(try await calls.mails().count == 10)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a resend that sends no mail leaves the code good`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine) { calls in
            _ = try await calls.post("register", ["email": "ann@x.org", "password": AccountCalls.password])
            for _ in 0..<3 {
                calls.server.clock.advance(.seconds(1))
                _ = try await calls.post("resend", ["email": "ann@x.org"])
            }
            let reply = try await calls.post("verify", ["email": "ann@x.org", "code": try await calls.code()])
            #expect(reply.status == 200)
        }
    }

    @Test func `two who register one new address at once make one account`() async throws {
        for engine in TestEngine.allCases {
            try await accounting(on: engine) { calls in
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<4 {
                        group.addTask {
                            try await calls.post("register", ["email": "b@x.org", "password": "12345678"]).status
                        }
                    }
                    for try await status in group { #expect(status == 202) }
                }
                #expect(try await calls.mails().count == 3)
            }
        }
    }

    @Test func `a mail says nothing that whoever asked for it chose`() async throws {
        try await accounting(on: .sqlite) { calls in
            _ = try await calls.post(
                "register", ["email": "ann@x.org", "password": "12345678", "name": "Visit https://spam.example"])
            #expect(try await calls.mails().first?.contains("spam") == false)
            let bad = try await calls.post(
                "register", ["email": "ann@x.org", "password": "12345678", "name": "a\nBcc: b"])
            #expect(bad.status == 422)
        }
    }

    @Test func `passwords have 8 to 128 characters`() async throws {
        try await accounting(on: .sqlite) { calls in
            for (length, status) in [(7, 422), (8, 202), (128, 202), (129, 422)] {
                let password = String(repeating: "x", count: length)
                let reply = try await calls.post("register", ["email": "a\(length)@x.org", "password": password])
                #expect(reply.status == status)
            }
        }
    }
}
