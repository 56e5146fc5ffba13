import Core
import Foundation
import TestSupport
import Testing

/// The operator's pages in real Chromium, against the real server with keys.
@Suite(.serialized, .inTurns) struct AdminPageTests {
    private func inBrowser(_ body: (DogearProcess, Browser, _ key: String, _ folder: String) async throws -> Void)
        async throws
    {
        let folder = try temporaryFolder("admin")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        _ = try run(DogearProcess.binary, ["migrate", "run"], in: folder)
        let said = try run(
            DogearProcess.binary, ["key", "create", "--name", "operator", "--scope", "admin"], in: folder)
        let key = try #require(said.firstMatch(of: /dogear_\S+/)).output
        let server = try DogearProcess(["--demo"], in: folder)
        let browser = try await Browser(in: folder, profile: folder + "/profile")
        do {
            try await body(server, browser, String(key), folder)
            await browser.close()
            server.stop()
        } catch {
            await browser.close()
            server.stop()
            throw error
        }
    }

    /// Signs in by the keyboard alone, from a page that was asked for.
    private func signIn(_ browser: Browser, _ server: DogearProcess, _ key: String, from path: String) async throws {
        try await browser.go(server.origin + path)
        try await browser.wait(until: "location.pathname === '/admin/sign-in'")
        _ = try await browser.run("document.getElementById('key').focus(); return true;")
        try await browser.press(key + "\u{E007}")
        try await browser.wait(until: "location.pathname === '\(path)'")
    }

    /// Somebody who watches; the user's id, and the title's.
    private func watching(_ server: DogearProcess, _ key: String) async throws -> (user: String, title: String) {
        let (user, title) = (ID.random().description, ID.random().description)
        let opened = try await server.send(
            "POST", "/api/v1/sessions",
            #"{"user_id":"\#(user)","content_id":"\#(title)","device_id":"attic-tv","duration_seconds":3600}"#,
            headers: ["Authorization": "Bearer \(key)"])
        _ = try await server.send(
            "PATCH", "/api/v1/sessions/\(opened["id"].string ?? "")/position", #"{"position_seconds":600}"#,
            headers: ["Authorization": "Bearer \(key)"])
        return (user, title)
    }

    @Test func `every page is for everybody: narrow and wide, light and dark`() async throws {
        let accessibility = try Accessibility()
        try await inBrowser { server, browser, key, _ in
            try await browser.go(server.origin + "/admin/sign-in")
            try await accessibility.expectNothing(on: browser, "sign-in")
            try await signIn(browser, server, key, from: "/admin/keys")
            let (user, _) = try await watching(server, key)
            let started = try await server.send(
                "POST", "/api/v2/session/start", #"{"questionnaire":"a-weekend-away"}"#,
                headers: ["Authorization": "Bearer \(key)"])
            let session = started["session_id"].string ?? ""
            let pages = [
                "", "/people", "/people/\(user)", "/questionnaires", "/questionnaires/a-weekend-away",
                "/questionnaires/a-weekend-away/responses/\(session)", "/errors", "/keys", "/settings", "/backups",
            ]
            for (width, isDark) in [(1_280, false), (390, true)] {
                try await browser.setWidth(width)
                try await browser.setDark(isDark)
                for page in pages {
                    try await browser.go(server.origin + "/admin" + page)
                    try await browser.wait(until: "document.querySelector('h1') && document.querySelector('nav')")
                    _ = try await browser.run(
                        "for (const one of document.querySelectorAll('details')) one.open = true; return true;")
                    try await accessibility.expectNothing(on: browser, "\(page) at \(width)")
                }
            }
        }
    }

    @Test func `a place is mended by the keyboard, and the mending taken back`() async throws {
        try await inBrowser { server, browser, key, _ in
            let (user, title) = try await watching(server, key)
            try await signIn(browser, server, key, from: "/admin/people")
            _ = try await browser.run("document.getElementById('who').focus(); return true;")
            try await browser.press(user + "\u{E007}")
            try await browser.wait(until: "document.body.textContent.includes('attic-tv')")
            _ = try await browser.run(
                "const field = document.querySelector('.act-input'); field.focus(); field.select(); return true;")
            try await browser.press("1800\u{E007}")
            try await browser.wait(
                until: "document.querySelector('[role=status]')?.textContent.includes('The place is set')")
            func place() async throws -> Int? {
                try await server.send(
                    "GET", "/api/v1/users/\(user)/history/\(title)", headers: ["Authorization": "Bearer \(key)"])[
                        "resume_position_seconds"
                    ].int
            }
            #expect(try await place() == 1_800)
            _ = try await browser.run(
                "[...document.querySelectorAll('button')].find((one) => one.textContent === 'Undo the last').focus(); return true;"
            )
            try await browser.press("\u{E007}")
            try await browser.wait(until: "document.querySelector('[role=status]')?.textContent.includes('Undone')")
            #expect(try await place() == 600)
        }
    }

    @Test func `the page follows who is live, and says when the server is away and back`() async throws {
        try await inBrowser { server, browser, key, folder in
            try await signIn(browser, server, key, from: "/admin")
            let (user, _) = try await watching(server, key)
            try await browser.wait(
                until: "document.querySelector('[data-follow=live]').textContent.includes('\(user)')")
            server.kill()
            try await browser.wait(until: "document.getElementById('followed').textContent.includes('does not answer')")
            let again = try DogearProcess(["--demo"], port: server.port, in: folder)
            defer { again.stop() }
            try await browser.wait(until: "document.getElementById('followed').textContent.includes('Dogear is back')")
        }
    }
}
