import Core
import HTTPTypes
import SQL
import TestSupport
import Testing

/// Codes cannot be guessed, used twice, or outlived.
@Suite struct CodeTests {
    /// A code that is not the one.
    private static func other(_ code: String) -> String { code == "00000000" ? "00000001" : "00000000" }

    private static func begin(_ calls: AccountCalls) async throws -> String {
        _ = try await calls.post("register", ["email": "ann@x.org", "password": AccountCalls.password])
        return try await calls.code()
    }

    private static func verify(_ calls: AccountCalls, _ code: String) async throws -> TestReply {
        try await calls.post("verify", ["email": "ann@x.org", "code": code, "password": AccountCalls.password])
    }

    @Test(arguments: TestEngine.allCases) func `after five wrong tries the right code is not good either`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine) { calls in
            let code = try await Self.begin(calls)
            for _ in 0..<5 {
                let wrong = try await Self.verify(calls, Self.other(code))
                #expect(wrong.status == 403 && wrong["code"].string == "code-not-good", "\(wrong.text)")
            }
            #expect(try await Self.verify(calls, code).status == 403)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a hundred guesses at once are five`(engine: TestEngine) async throws {
        try await accounting(on: engine) { calls in
            let code = try await Self.begin(calls)
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<15 { group.addTask { try await Self.verify(calls, Self.other(code)).status } }
                for try await status in group { #expect(status == 403) }
            }
            #expect(try await Self.verify(calls, code).status == 403)
        }
    }

    @Test(arguments: TestEngine.allCases) func `after four wrong tries the right code is good`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine) { calls in
            let code = try await Self.begin(calls)
            for _ in 0..<4 { _ = try await Self.verify(calls, Self.other(code)) }
            let spaced = "\(code.prefix(4)) \(code.suffix(4))"
            #expect(try await Self.verify(calls, spaced).status == 200)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a code is good once`(engine: TestEngine) async throws {
        try await accounting(on: engine) { calls in
            let code = try await Self.begin(calls)
            #expect(try await Self.verify(calls, code).status == 200)
            #expect(try await Self.verify(calls, code).status == 403)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a code that is sent twice at once signs one in`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine) { calls in
            let code = try await Self.begin(calls)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 { group.addTask { try await Self.verify(calls, code).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200, 403, 403, 403])
        }
    }

    @Test(arguments: TestEngine.allCases) func `a code is good for ten minutes, the last instant included`(
        engine: TestEngine
    ) async throws {
        for (late, status) in [(0, 200), (1, 403)] {
            try await accounting(on: engine) { calls in
                let code = try await Self.begin(calls)
                calls.server.clock.advance(.minutes(10) + .milliseconds(late))
                #expect(try await Self.verify(calls, code).status == status)
            }
        }
    }

    @Test(arguments: TestEngine.allCases) func `a new code voids the old one`(engine: TestEngine) async throws {
        try await accounting(on: engine) { calls in
            let old = try await Self.begin(calls)
            calls.server.clock.advance(.seconds(1))
            _ = try await calls.post("resend", ["email": "ann@x.org"])
            let new = try await calls.code()
            if old != new { #expect(try await Self.verify(calls, old).status == 403) }
            #expect(try await Self.verify(calls, new).status == 200)
        }
    }

    @Test(arguments: TestEngine.allCases) func `a reset ends every sign-in and its code is good for nothing else`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine) { calls in
            let first = try await calls.join()
            let second = try await calls.login()
            calls.server.clock.advance(.seconds(1))
            _ = try await calls.post("forgot", ["email": "ann@x.org"])
            let code = try await calls.code()
            #expect(try await Self.verify(calls, code).status == 403)
            let body = ["email": "ann@x.org", "code": code, "password": "a newer password"]
            #expect(try await calls.post("reset", body).status == 204)
            for reply in [first, second] {
                #expect(try await calls.me(.get, as: reply["token"].string).status == 401)
                let refresh = try await calls.post("refresh", ["refresh_token": reply["refresh_token"].string ?? ""])
                #expect(refresh.status == 401)
            }
            #expect(try await calls.login().status == 401)
            #expect(try await calls.login(password: "a newer password").status == 200)
            #expect(try await calls.post("reset", body).status == 403)
        }
    }

    @Test(arguments: TestEngine.allCases) func `nothing that is stored is a code, a token or a password`(
        engine: TestEngine
    ) async throws {
        try await accounting(on: engine) { calls in
            let joined = try await calls.join()
            calls.server.clock.advance(.seconds(1))
            _ = try await calls.post("forgot", ["email": "ann@x.org"])
            let stored = try await calls.server.database.read { connection in
                try ["account_codes": "code", "sign_ins": "uses", "users": "password_hash"].flatMap { table, column in
                    try connection.all(SQLText("SELECT \(column) FROM \(table)"), []) { try $0.text() }
                }
                    + connection.all("SELECT payload FROM outbox_messages WHERE destination = 'mail'", []) {
                        try $0.text()
                    }
            }
            #expect(stored.count == 4)
            let secrets = [try await calls.code(), AccountCalls.password, joined["token"].string ?? "?"]
            for secret in secrets { #expect(stored.allSatisfy { !$0.contains(secret) }, "\(secret)") }
        }
    }
}
