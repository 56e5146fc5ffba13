import Core
import HTTPTypes
import SQL
import TestSupport
import Testing

/// What people do with their own account.
@Suite struct OwnAccountTests {
    @Test(arguments: TestEngine.allCases) func `an account is renamed, and a null takes the name away`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine) { calls in
            let token = try await calls.join()["token"].string
            let renamed = try await calls.me(.patch, ["name": "Anna"], as: token)
            #expect(renamed.status == 200 && renamed["name"].string == "Anna")
            let bearer = ["Authorization": "Bearer \(token ?? "")"]
            let same = try await calls.server.send(.patch, "/api/v1/me", "{}", headers: bearer)
            #expect(same["name"].string == "Anna")
            let none = try await calls.server.send(.patch, "/api/v1/me", #"{"name":null}"#, headers: bearer)
            #expect(none["name"].isNull)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a new password takes the old one, and ends the other sign-ins`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine) { calls in
            let token = try await calls.join()["token"].string
            let other = try await calls.login()["token"].string
            let wrong = ["current_password": "wrong", "new_password": "another long one"]
            #expect(try await calls.me(.patch, wrong, as: token)["code"].string == "wrong-password")
            let right = ["current_password": AccountCalls.password, "new_password": "another long one"]
            #expect(try await calls.me(.patch, right, as: token).status == 200)
            #expect(try await calls.me(.get, as: token).status == 200)
            #expect(try await calls.me(.get, as: other).status == 401)
            #expect(try await calls.login(password: "another long one").status == 200)
        }
    }

    @Test(arguments: TestEngine.allCases) func `erasing an account takes the password, and leaves nothing of it`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine) { calls in
            let token = try await calls.join()["token"].string
            _ = try await calls.post("forgot", ["email": "ann@x.org"])
            #expect(try await calls.me(.delete, ["password": "wrong"], as: token).status == 403)
            #expect(try await calls.me(.delete, ["password": AccountCalls.password], as: token).status == 204)
            #expect(try await calls.me(.get, as: token).status == 401)
            for table in ["users", "sign_ins", "account_codes"] {
                let count = try await calls.server.database.read {
                    try $0.one(SQLText("SELECT COUNT(*) FROM \(table)")) { try $0.integer() }
                }
                #expect(count == 0, "\(table), at once")
            }
            try await calls.server.finishErasures()
            for table in ["users", "sign_ins", "account_codes", "outbox_messages"] {
                let count = try await calls.server.database.read {
                    try $0.one(SQLText("SELECT COUNT(*) FROM \(table)")) { try $0.integer() }
                }
                #expect(count == 0, "\(table)")
            }
            #expect(try await calls.join()["user"]["status"].string == "ACTIVE")
        }
    }

    @Test func `passwords that are tried by whoever found a phone are counted too`() async throws {
        try await accounting(on: .sqlite) { calls in
            let token = try await calls.join()["token"].string
            for _ in 0..<6 { _ = try await calls.me(.delete, ["password": "wrong"], as: token) }
            #expect(try await calls.me(.delete, ["password": AccountCalls.password], as: token).status == 429)
        }
    }

    @Test(arguments: TestEngine.allCases) func `what has run out is cleared away, and nothing else`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine) { calls in
            let token = try await calls.join()["token"].string
            _ = try await calls.login("nobody@x.org")
            try await calls.server.sweep()
            #expect(try await calls.me(.get, as: token).status == 200)
            calls.server.clock.advance(.days(31))
            try await calls.server.sweep()
            for (table, left) in [("users", 1), ("sign_ins", 0), ("account_mails", 0), ("account_tries", 0)] {
                let count = try await calls.server.database.read {
                    try $0.one(SQLText("SELECT COUNT(*) FROM \(table)")) { try $0.integer() }
                }
                #expect(count == left, "\(table)")
            }
        }
    }
}
