import Accounts
import Changes
import Core
import Foundation
import HTTPTypes
import SQL
import TestSupport
import Testing

/// The operator's pages as a browser without scripts has them: who is let in, what they show, and what their forms do.
@Suite struct AdminPagesTests {
    private static let pages = [
        "/admin", "/admin/people", "/admin/questionnaires", "/admin/errors", "/admin/keys", "/admin/settings",
        "/admin/backups",
    ]

    /// A server with keys, one of which has the scope `admin`.
    private static func guarded(
        settings: [String: String] = [:],
        _ body: @escaping @Sendable (TestServer, _ admin: String, _ other: String) async throws -> Void
    ) async throws {
        try await TestEngine.sqlite.withDatabase { database in
            let keys = ServiceKeyStore(changes: Changes(database: database))
            let admin = try await keys.create(name: "operator", scopes: [.admin]).token
            let other = try await keys.create(name: "app", scopes: Scope.everyday.union([.people])).token
            try await TestServer.run(over: database, settings: settings.merging(["DEMO": "true"]) { own, _ in own }) {
                try await body($0, admin, other)
            }
        }
    }

    private static func post(
        _ server: TestServer, _ path: String, _ fields: [String: String] = [:], cookie: String? = nil,
        origin: String? = nil
    ) async throws -> TestReply {
        var headers = ["Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"]
        headers["Cookie"] = cookie
        headers["Origin"] = origin
        let body = fields.map { "\(escaped($0))=\(escaped($1))" }.joined(separator: "&")
        return try await server.send(.post, path, body, headers: headers)
    }

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    private static func signIn(_ server: TestServer, _ key: String) async throws -> String {
        let reply = try await post(server, "/admin/sign-in", ["key": key])
        #expect(reply.status == 303 && reply.headers["location"] == "/admin")
        return String(reply.headers["set-cookie"]?.prefix { $0 != ";" } ?? "")
    }

    @Test func `in open mode every page is there, whole, and nobody is asked`() async throws {
        try await TestServer.run(on: .sqlite, settings: ["DEMO": "true"]) { server in
            for path in Self.pages {
                let page = try await server.send(.get, path, headers: ["Host": "127.0.0.1"])
                #expect(page.status == 200 && page.text.contains("<!doctype html>"), "\(path)")
                #expect(!page.text.contains("{{") && !page.text.contains("style=") && !page.text.contains("Sign out"))
                #expect(page.text.contains("aria-current=\"page\""))
                // Forms of a page without a referrer would come from nowhere.
                #expect(page.headers["referrer-policy"] == "same-origin")
                #expect(page.headers["cache-control"] == "no-store")
            }
            let listed = try await server.send(.get, "/admin/questionnaires").text
            for slug in ["default"] {
                #expect(listed.contains("href=\"/admin/questionnaires/\(slug)\""))
                let page = try await server.send(.get, "/admin/questionnaires/\(slug)")
                #expect(page.status == 200 && page.text.contains("Stopped here"))
                for format in ["csv", "ndjson"] {
                    let file = try await server.send(.get, "/admin/questionnaires/\(slug)/responses.\(format)")
                    #expect(
                        file.status == 200 && file.headers["content-disposition"]?.contains("\(slug).\(format)") == true
                    )
                }
            }
            #expect(try await server.send(.get, "/admin/questionnaires/none").status == 404)
            #expect(try await server.send(.get, "/admin/sign-in").headers["location"] == "/admin")
            for path in ["/", "/watch", "/login"] {
                #expect(try await !server.send(.get, path).text.contains("/admin"), "no public page leads there")
            }
        }
    }

    @Test func `with keys, a page asks for one with the scope admin, and remembers it for twelve hours`() async throws {
        try await Self.guarded { server, admin, other in
            for path in Self.pages {
                let reply = try await server.send(.get, path)
                #expect(reply.status == 303 && reply.headers["location"]?.hasPrefix("/admin/sign-in?next=") == true)
            }
            #expect(try await Self.post(server, "/admin/backups").headers["location"] == "/admin/sign-in")
            for (key, status) in [("", 200), ("dogear_x", 401), (other, 403), ("\(admin)x", 401)] {
                let reply = try await Self.post(server, "/admin/sign-in", ["key": key])
                #expect(
                    reply.status == status && reply.text.contains("field-trouble") && reply.headers["set-cookie"] == nil
                )
            }
            let signedIn = try await Self.post(server, "/admin/sign-in", ["key": " \(admin)\n", "next": "/admin/keys"])
            #expect(signedIn.headers["location"] == "/admin/keys")
            let whole = signedIn.headers["set-cookie"] ?? ""
            #expect(whole.contains("Max-Age=43200; Path=/admin; HttpOnly; SameSite=Strict"))
            let cookie = String(whole.prefix { $0 != ";" })
            for path in Self.pages {
                #expect(try await server.send(.get, path, headers: ["Cookie": cookie]).status == 200, "\(path)")
            }
            // The API is no page: the cookie is not taken there.
            #expect(try await server.send(.get, "/api/v1/admin/keys", headers: ["Cookie": cookie]).status == 401)
            server.clock.advance(.hours(12))
            #expect(try await server.send(.get, "/admin", headers: ["Cookie": cookie]).status == 303)
        }
    }

    @Test func `nobody is sent elsewhere after signing in, and no other page signs in or acts`() async throws {
        try await Self.guarded { server, admin, _ in
            for next in ["https://evil.example", "//evil.example", "/adminx", "/admin/\\evil", "/watch"] {
                let reply = try await Self.post(server, "/admin/sign-in", ["key": admin, "next": next])
                #expect(reply.headers["location"] == "/admin", "\(next)")
            }
            let cookie = try await Self.signIn(server, admin)
            for path in ["/admin/backups", "/admin/keys", "/admin/sign-out", "/admin/sign-in", "/admin/people/erase"] {
                let reply = try await Self.post(
                    server, path, ["name": "x", "key": admin], cookie: cookie, origin: "http://evil.example")
                #expect(reply.status == 403, "\(path)")
            }
            for forged in ["dogear_admin=", "dogear_admin=dga_AAAA", "\(cookie)x", String(cookie.dropLast())] {
                #expect(try await server.send(.get, "/admin", headers: ["Cookie": forged]).status == 303, "\(forged)")
            }
            let out = try await Self.post(server, "/admin/sign-out", cookie: cookie)
            #expect(out.headers["set-cookie"]?.contains("dogear_admin=; Max-Age=0") == true)
        }
    }

    @Test func `a key that is revoked ends the sign-ins that were made with it`() async throws {
        try await Self.guarded { server, admin, _ in
            let cookie = try await Self.signIn(server, admin)
            let made = try await Self.post(
                server, "/admin/keys", ["name": "second <b>", "scope-playback:read": "on"], cookie: cookie)
            #expect(made.status == 200 && made.text.contains("second &lt;b&gt;"))
            let token = try #require(made.text.firstMatch(of: /id="token">(dogear_[^<]+)</)).output.1
            let listed = try await server.send(
                .get, "/api/v1/admin/keys", headers: ["Authorization": "Bearer \(admin)"])
            func key(_ name: String) -> Node? { listed["items"].elements.first { $0["name"].string == name } }
            #expect(key("second <b>")?["scopes"].elements.map(\.string) == ["playback:read"])
            #expect(key("second <b>")?["last_used_at"].string == nil && key("operator")?["last_used_at"].string != nil)
            // Once a page has asked whether that is meant.
            for (name, status) in [("second <b>", 401), ("operator", 303)] {
                let id = key(name)?["id"].string ?? ""
                let asked = try await Self.post(server, "/admin/keys/\(id)/revoke", cookie: cookie)
                #expect(asked.status == 200 && asked.text.contains("cannot be taken back"))
                let sure = try await Self.post(server, "/admin/keys/\(id)/revoke", ["sure": "yes"], cookie: cookie)
                #expect(sure.headers["location"] == "/admin/keys?done=revoked")
                server.clock.advance(.seconds(6))
                let after =
                    status == 401
                    ? try await server.send(
                        .get, "/api/v1/users/\(ID.random())/history", headers: ["Authorization": "Bearer \(token)"])
                    : try await server.send(.get, "/admin", headers: ["Cookie": cookie])
                #expect(after.status == status)
            }
        }
    }

    @Test func `somebody is found by whatever they are known by, and mended`() async throws {
        try await Self.guarded { server, admin, _ in
            let cookie = try await Self.signIn(server, admin)
            let headers = ["Authorization": "Bearer \(admin)"]
            let (user, title) = (ID.random(), ID.random())
            let opened = try await server.send(
                .post, "/api/v1/sessions",
                #"{"user_id":"\#(user)","content_id":"\#(title)","device_id":"tv","duration_seconds":3600}"#,
                headers: headers)
            let session = opened["id"].string ?? ""
            _ = try await server.send(
                .patch, "/api/v1/sessions/\(session)/position", #"{"position_seconds":600}"#, headers: headers)

            let found = try await Self.post(server, "/admin/people", ["who": " \(session) "], cookie: cookie)
            #expect(found.headers["location"] == "/admin/people/\(session)")
            func page(_ who: String) async throws -> String {
                try await server.send(.get, "/admin/people/\(who)", headers: ["Cookie": cookie]).text
            }
            #expect(try await page(session).contains("User <code>\(user)"))
            #expect(try await page(user.description).contains("10:00"))
            #expect(try await page(ID.random().description).contains("Nothing is kept of anybody"))
            #expect(try await page("no%20id").contains("no id, and no e-mail address"))

            let act = "/admin/people/\(user)/titles/\(title)"
            func place() async throws -> Int? {
                let path = "/api/v1/users/\(user)/history/\(title)"
                return try await server.send(.get, path, headers: headers)["resume_position_seconds"].int
            }
            let mended = try await Self.post(server, act, ["act": "place", "seconds": "1800"], cookie: cookie)
            #expect(mended.status == 303, "\(mended.text)")
            #expect(mended.headers["location"] == "/admin/people/\(user)?done=place")
            #expect(try await place() == 1_800)
            _ = try await Self.post(server, act, ["act": "undo"], cookie: cookie)
            #expect(try await place() == 600)
            for (form, status) in [
                (["act": "place", "seconds": "soon"], 422), (["act": "place", "seconds": "3601"], 422),
                (["act": "melt"], 404), ([:], 404),
            ] {
                let refused = try await Self.post(server, act, form, cookie: cookie)
                #expect(refused.status == status && refused.text.contains("href=\"/admin/settings\""))
            }
            for seconds in [0, 5, 29] {
                _ = try await Self.post(server, act, ["act": "place", "seconds": "\(seconds)"], cookie: cookie)
                #expect(try await place() == seconds)
                _ = try await Self.post(server, act, ["act": "undo"], cookie: cookie)
                #expect(try await place() == 600)
            }
            for act in ["mark", "unmark", "undo", "clear", "undo"] {
                let reply = try await Self.post(
                    server, "/admin/people/\(user)/titles/\(title)", ["act": act], cookie: cookie)
                #expect(reply.status == 303, "\(act): \(reply.text)")
            }
            let asked = try await Self.post(
                server, "/admin/people/\(user)/sessions/\(session)/close", cookie: cookie)
            #expect(asked.status == 200 && asked.text.contains("Close the session on “tv”?"))
            let others = "/admin/people/\(ID.random())/sessions/\(session)/close"
            #expect(try await Self.post(server, others, ["sure": "yes"], cookie: cookie).status == 404)
            let closed = try await Self.post(
                server, "/admin/people/\(user)/sessions/\(session)/close", ["sure": "yes"], cookie: cookie)
            #expect(closed.headers["location"] == "/admin/people/\(user)?done=closed")
            let live = try await server.send(.get, "/api/v1/users/\(user)/sessions", headers: headers)
            #expect(live["sessions"].elements.isEmpty)
        }
    }

    @Test func `of those who set one place at once, each is told whether theirs holds`() async throws {
        try await Self.guarded { server, admin, _ in
            let cookie = try await Self.signIn(server, admin)
            let (user, title) = (ID.random(), ID.random())
            let headers = ["Authorization": "Bearer \(admin)"]
            let opened = try await server.send(
                .post, "/api/v1/sessions",
                #"{"user_id":"\#(user)","content_id":"\#(title)","device_id":"tv","duration_seconds":3600}"#,
                headers: headers)
            _ = try await server.send(
                .patch, "/api/v1/sessions/\(opened["id"].string ?? "")/position", #"{"position_seconds":600}"#,
                headers: headers)
            try await withThrowingTaskGroup(of: TestReply.self) { group in
                for place in 0..<12 {
                    group.addTask {
                        try await Self.post(
                            server, "/admin/people/\(user)/titles/\(title)",
                            ["act": "place", "seconds": "\(100 + place)"], cookie: cookie)
                    }
                }
                for try await reply in group {
                    let isRefused = reply.status == 409 && reply.text.contains("Somebody else set it")
                    #expect(reply.status == 303 || isRefused, "\(reply.status) \(reply.text)")
                }
            }
            let path = "/api/v1/users/\(user)/history/\(title)"
            let place = try await server.send(.get, path, headers: headers)["resume_position_seconds"].int ?? 0
            #expect((100..<112).contains(place))
        }
    }

    @Test func `a page that is refused says when to come again`() async throws {
        try await Self.guarded(settings: ["RATE_LIMIT_PER_SECOND_OF_KEY": "1"]) { server, admin, _ in
            let cookie = try await Self.signIn(server, admin)
            // The clock stands still, so that ten seconds' worth is all there is.
            var replies: [TestReply] = []
            for _ in 0..<30 { replies.append(try await server.send(.get, "/admin/keys", headers: ["Cookie": cookie])) }
            let refused = replies.filter { $0.status == 429 }
            #expect(replies.first?.status == 200 && !refused.isEmpty)
            #expect(refused.allSatisfy { Int($0.headers["retry-after"] ?? "") ?? 0 > 0 && $0.text.contains("<h1") })
        }
    }

    @Test func `a form is asked for as one, a file varies once, and settings show what is in use`() async throws {
        try await TestServer.run(on: .sqlite) { server in
            let refused = try await server.send(
                .post, "/admin/people", #"{"who":"x"}"#, headers: ["Accept": "text/html"])
            #expect(refused.status == 415 && refused.text.contains("The body is not a form"), "\(refused.text)")
            let page = try await server.send(.get, "/admin/questionnaires/default/responses.csv")
            #expect(page.headers["vary"]?.split(separator: ",").count { $0.contains("Origin") } == 1)
            let settings = try await server.send(.get, "/api/v1/admin/settings")["items"].elements
            // Nobody has set it, and yet there is one.
            let folder = settings.first { $0["name"].string == "BACKUPS_FOLDER" }
            let used = try await server.send(.get, "/api/v1/admin/backups")["folder"].string
            #expect(folder?["origin"].string == "default" && used != nil && folder?["value"].string == used)
            let user = ID.random()
            let found = try await server.send(.post, "/api/v1/admin/people/search", #"{"who":" \#(user)\n"}"#)
            #expect(found.status == 200, "\(found.text)")
        }
    }

    @Test func `somebody is exported, and erased once the id is typed again`() async throws {
        try await Self.guarded { server, admin, _ in
            let cookie = try await Self.signIn(server, admin)
            let headers = ["Authorization": "Bearer \(admin)"]
            let user = ID.random()
            _ = try await server.send(
                .post, "/api/v1/sessions",
                #"{"user_id":"\#(user)","content_id":"\#(ID.random())","device_id":"tv","duration_seconds":60}"#,
                headers: headers)
            let who = ["person": "user", "id": user.description]
            let export = try await Self.post(server, "/admin/people/export", who, cookie: cookie)
            #expect(export.text.contains(#""kind":"playback-session""#) && export.text.contains(#""kind":"end""#))
            #expect(export.headers["content-disposition"]?.hasPrefix("attachment") == true)

            let other = who.merging(["typed": ID.random().description]) { _, new in new }
            #expect(try await Self.post(server, "/admin/people/erase", other, cookie: cookie).status == 422)
            #expect(
                try await Self.post(server, "/admin/people/erase", ["person": "user"], cookie: cookie).status == 422)
            let same = who.merging(["typed": " \(user) "]) { _, new in new }
            let begun = try await Self.post(server, "/admin/people/erase", same, cookie: cookie)
            let erasure = try #require(begun.headers["location"])
            #expect(erasure.hasPrefix("/admin/erasures/"))
            try await server.finishErasures()
            let told = try await server.send(.get, erasure, headers: ["Cookie": cookie]).text
            #expect(told.contains("playback-session") && told.contains("done") && !told.contains(user.description))
        }
    }

    @Test func `an address stands in no address of a page`() async throws {
        try await Self.guarded { server, admin, _ in
            let cookie = try await Self.signIn(server, admin)
            let found = try await Self.post(server, "/admin/people", ["who": SampleUser.email], cookie: cookie)
            #expect(found.status == 200 && found.headers["location"] == nil)
            #expect(found.text.contains("Nothing is kept of anybody") || found.text.contains(SampleUser.email))
        }
    }

    @Test func `what failed and was refused is told by route and code, and never whose it was`() async throws {
        try await Self.guarded { server, admin, _ in
            let cookie = try await Self.signIn(server, admin)
            let user = ID.random()
            for _ in 0..<3 { _ = try await server.send(.get, "/api/v1/users/\(user)/history") }
            let page = try await server.send(.get, "/admin/errors", headers: ["Cookie": cookie]).text
            #expect(page.contains("sign-in-needed") && page.contains("/api/v1/users/{user_id}/history"))
            #expect(!page.contains(user.description))
            let told = try await server.send(
                .get, "/api/v1/admin/errors", headers: ["Authorization": "Bearer \(admin)"])
            let refusals = told["refusals"].elements
            #expect(refusals.first { $0["code"].string == "sign-in-needed" }?["count"].int == 3)
        }
    }
}
