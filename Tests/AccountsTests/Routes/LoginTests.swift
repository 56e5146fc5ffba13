import Core
import HTTPTypes
import SQL
import TestSupport
import Testing

/// Signing in, staying signed in, and being shut out.
@Suite struct LoginTests {
    @Test(arguments: TestEngine.allCases) func `two tabs that refresh at once both stay signed in`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine) { calls in
            let joined = try await calls.join()
            let token = joined["refresh_token"].string ?? ""
            let replies = try await withThrowingTaskGroup(of: TestReply.self) { group in
                for _ in 0..<2 { group.addTask { try await calls.post("refresh", ["refresh_token": token]) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let successors = Set(replies.compactMap { $0["refresh_token"].string })
            #expect(replies.allSatisfy { $0.status == 200 } && successors.count == 1 && !successors.contains(token))
            for reply in replies { #expect(try await calls.me(.get, as: reply["token"].string).status == 200) }
            calls.server.clock.advance(.seconds(30))
            let late = try await calls.post("refresh", ["refresh_token": token])
            #expect(late["refresh_token"].string == successors.first)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a used refresh token ends the whole family later`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine) { calls in
            let joined = try await calls.join()
            let other = try await calls.login()
            let stolen = joined["refresh_token"].string ?? ""
            let next = try await calls.post("refresh", ["refresh_token": stolen])
            calls.server.clock.advance(.seconds(30) + .milliseconds(1))
            let reused = try await calls.post("refresh", ["refresh_token": stolen])
            #expect(reused.status == 401 && reused["code"].string == "refresh-reused")
            let ended = try await calls.post("refresh", ["refresh_token": next["refresh_token"].string ?? ""])
            #expect(ended.status == 401)
            #expect(try await calls.me(.get, as: next["token"].string).status == 401)
            #expect(try await calls.me(.get, as: other["token"].string).status == 200)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a token is good for fifteen minutes, a refresh token for thirty days`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine) { calls in
            let joined = try await calls.join()
            calls.server.clock.advance(.minutes(15))
            #expect(try await calls.me(.get, as: joined["token"].string).status == 200)
            calls.server.clock.advance(.milliseconds(1))
            #expect(try await calls.me(.get, as: joined["token"].string)["code"].string == "bad-token")
            calls.server.clock.advance(.days(30) - .minutes(15) - .milliseconds(1))
            let refreshed = try await calls.post("refresh", ["refresh_token": joined["refresh_token"].string ?? ""])
            #expect(refreshed.status == 200)
            calls.server.clock.advance(.days(30) + .milliseconds(1))
            let late = try await calls.post("refresh", ["refresh_token": refreshed["refresh_token"].string ?? ""])
            #expect(late.status == 401 && late["code"].string == "signed-out")
        }
    }

    @Test(arguments: TestEngine.allCases) func `suspended users stay suspended through every path`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine) { calls in
            _ = try await calls.post("register", ["email": "bob@x.org", "password": AccountCalls.password])
            let bobs = try await calls.code()
            let ann = try await calls.join()
            calls.server.clock.advance(.seconds(1))
            _ = try await calls.post("forgot", ["email": "ann@x.org"])
            let anns = try await calls.code()
            for email in ["ann@x.org", "bob@x.org"] { try await calls.setStatus("SUSPENDED", of: email) }
            let before = try await calls.mails().count

            let login = try await calls.login()
            #expect(login.status == 403 && login["code"].string == "account-suspended")
            #expect(try await calls.login(password: "a wrong one").status == 401)
            #expect(try await calls.me(.get, as: ann["token"].string)["code"].string == "account-suspended")
            let refresh = try await calls.post("refresh", ["refresh_token": ann["refresh_token"].string ?? ""])
            #expect(refresh.status == 403)
            for (path, email, code) in [("verify", "bob@x.org", bobs), ("reset", "ann@x.org", anns)] {
                let body = ["email": email, "code": code, "password": "a newer password"]
                #expect(try await calls.post(path, body)["code"].string == "account-suspended")
            }
            for email in ["ann@x.org", "bob@x.org"] {
                for path in ["resend", "forgot"] { #expect(try await calls.post(path, ["email": email]).status == 202) }
                let again = try await calls.post("register", ["email": email, "password": "a newer password"])
                #expect(again.status == 202)
                #expect(try await calls.login(email, password: "a newer password").status == 401)
            }
            #expect(try await calls.mails().count == before)
            let left = try await calls.server.database.read {
                try $0.all("SELECT status FROM users", []) { try $0.text() }
            }
            #expect(left == ["SUSPENDED", "SUSPENDED"])
        }
    }

    @Test(arguments: TestEngine.allCases) func `guessing a password takes longer each time, whoever guesses`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine) { calls in
            _ = try await calls.join()
            for email in ["ann@x.org", "nobody@x.org"] {
                for _ in 0..<6 { #expect(try await calls.login(email, password: "wrong").status == 401) }
                let held = try await calls.login(email)
                #expect(
                    held.status == 429 && held["code"].string == "too-many-tries" && held.headers["retry-after"] == "1")
                calls.server.clock.advance(.seconds(1))
                #expect(try await calls.login(email, password: "wrong").status == 401)
                let longer = try await calls.login(email)
                #expect(longer.headers["retry-after"] == "2")
            }
            calls.server.clock.advance(.seconds(2))
            #expect(try await calls.login().status == 200)
            // The failures of a person who is in are forgotten.
            #expect(try await calls.login(password: "wrong").status == 401)
            #expect(try await calls.login().status == 200)
        }
    }

    @Test(arguments: TestEngine.allCases) func `many accounts tried from one network hold that network back`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine) { calls in
            for number in 0..<21 {
                let wrong = try await calls.login("a\(number)@x.org", password: "wrong")
                #expect(wrong.status == 401, "\(number)")
            }
            let held = try await calls.login("b@x.org", password: "wrong")
            #expect(held.status == 429)
        }
    }

    @Test(arguments: TestEngine.allCases) func `signing out ends the sign-in at once`(engine: TestEngine) async throws {
        try await accounting(on: engine) { calls in
            let joined = try await calls.join()
            let refresh = joined["refresh_token"].string ?? ""
            let out = try await calls.post("logout", ["refresh_token": refresh])
            #expect(out.status == 204)
            #expect(try await calls.me(.get, as: joined["token"].string).status == 401)
            #expect(try await calls.post("refresh", ["refresh_token": refresh]).status == 401)
            #expect(try await calls.post("logout", [:]).status == 204)
        }
    }

    @Test func `an invented token is refused, also where a server is open`() async throws {
        try await accounting(on: .sqlite) { calls in
            let joined = try await calls.join()
            let token = joined["token"].string ?? ""
            let (start, end) = (String(token.dropLast()), token.hasSuffix("A") ? "B" : "A")
            for bad in ["dgu_x", start + end, token + "A", "dgu_"] {
                #expect(try await calls.me(.get, as: bad)["code"].string == "bad-token", "\(bad)")
            }
            #expect(try await calls.me(.get, as: joined["refresh_token"].string).status == 401)
            let open = try await calls.me(.get, as: nil)
            #expect(open.status == 401 && open["detail"].string?.contains("/login") == true)
            // Other wings are as open as before.
            let other = try await calls.server.send(.get, "/api/v1/users/\(ID.random())/history")
            #expect(other.status == 200)
        }
    }

    @Test(arguments: TestEngine.allCases) func `our own pages are signed in by cookies that no script reads`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine, settings: ["PUBLIC_URL": "https://dogear.example"]) { calls in
            let joined = try await calls.join()
            let all = joined.allHeaders["set-cookie"] ?? []
            #expect(all.count == 2 && all.allSatisfy { $0.contains("HttpOnly") && $0.contains("; Secure") })
            let (one, other) = (try all.at(0), try all.at(1))
            #expect(one.contains("Path=/;") && one.contains("SameSite=Lax"))
            #expect(other.contains("Path=/api/v1/auth;") && other.contains("SameSite=Strict"))
            let cookies = all.compactMap { $0.split(separator: ";").first.map(String.init) }
            #expect(try await calls.server.send(.get, "/api/v1/me", headers: ["Cookie": cookies[0]]).status == 200)
            // Another page on this machine may ask, but not as whoever is signed in.
            let foreign = ["Cookie": cookies[0], "Origin": "http://localhost:9999"]
            #expect(try await calls.server.send(.get, "/api/v1/me", headers: foreign).status == 401)
            let refreshed = try await calls.post("refresh", [:], headers: ["Cookie": cookies[1]])
            #expect(refreshed.status == 200 && !refreshed["refresh_token"].exists && !refreshed["token"].exists)
            let next = (refreshed.allHeaders["set-cookie"] ?? []).compactMap { $0.split(separator: ";").first }
            let fresh = String(next.first ?? "")
            #expect(try await calls.server.send(.get, "/api/v1/me", headers: ["Cookie": fresh]).status == 200)
            // A wing that names no signed-in users takes no cookie: this asks as anybody on this machine.
            let history = try await calls.server.send(
                .get, "/api/v1/users/\(ID.random())/history", headers: ["Cookie": fresh])
            #expect(history.status == 200)
            let out = try await calls.server.send(.post, "/api/v1/auth/logout", "{}", headers: ["Cookie": fresh])
            #expect((out.allHeaders["set-cookie"] ?? []).allSatisfy { $0.contains("Max-Age=0") })
            #expect(try await calls.server.send(.get, "/api/v1/me", headers: ["Cookie": fresh]).status == 401)
        }
    }
}
