import Core
import Foundation
import TestSupport
import Testing

/// The pages of jobs and the playground in real Chromium, against the real server.
@Suite(.serialized, .inTurns) struct JobPageTests {
    private func inBrowser(
        width: Int = 1_280, _ body: (DogearProcess, Browser, String) async throws -> Void
    ) async throws {
        let folder = try temporaryFolder("browser")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let port = try freePort()
        let server = try DogearProcess(
            ["--demo"], port: port, environment: ["PUBLIC_URL": "http://127.0.0.1:\(port)"], in: folder)
        let browser = try await Browser(in: folder, profile: folder + "/profile", width: width)
        do {
            try await quietSample(server, folder)
            try await body(server, browser, folder)
            await browser.close()
            server.stop()
        } catch {
            await browser.close()
            server.stop()
            throw error
        }
    }

    private func waitUntilReady(_ browser: Browser, at path: String) async throws {
        try await browser.wait(
            until: "location.pathname === '\(path)' && document.documentElement.dataset.dogear === 'ready'")
    }

    /// Fills fields by their ids, as if typed, and sends the form that they are in.
    private func send(_ browser: Browser, _ fields: KeyValuePairs<String, String>) async throws {
        let lines = fields.map { id, value in
            """
            field = document.getElementById('\(id)');
            field.value = '\(value)';
            for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, { bubbles: true }));
            """
        }.joined()
        _ = try await browser.run("let field; \(lines) field.form.requestSubmit(); return true;")
    }

    /// What a pattern finds in a mail of the server's outbox.
    private func mailed(_ folder: String, _ pattern: Regex<(Substring, Substring)>) async throws -> String {
        let outbox = folder + "/data/outbox"
        var found = ""
        try await eventually("the mail is written") {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: outbox)) ?? []
            for name in names where name.hasSuffix(".eml") {
                let mail = try String(contentsOfFile: "\(outbox)/\(name)", encoding: .utf8)
                if let match = mail.firstMatch(of: pattern) { found = String(match.output.1) }
            }
            return !found.isEmpty
        }
        return found
    }

    /// Has the sample job run when it is told to alone, with something new to find: its own schedule would take all that there is at
    /// some moment of a test's.
    private func quietSample(_ server: DogearProcess, _ folder: String) async throws {
        let signedIn = try await server.send(
            "POST", "/api/v1/auth/login", #"{"email":"\#(SampleUser.email)","password":"\#(SampleUser.password)"}"#)
        let changed = try await server.send(
            "PATCH", "/api/v1/jobs/1", #"{"frequency":{"cron":"0 0 29 2 *","time_zone":"UTC"}}"#,
            headers: ["Authorization": "Bearer \(signedIn["token"].string ?? "")"])
        #expect(changed.status == 200)
        try addPost(in: folder)
    }

    private func addPost(in folder: String) throws {
        let file = try #require(FileHandle(forUpdatingAtPath: folder + "/data/posts/dogear_news.jsonl"))
        try file.seekToEnd()
        let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        let line =
            #"{"id":"new","created_at":"\#(now)","text":"The release of the new reading lamps is tonight at eight."}"#
        try file.write(contentsOf: Data((line + "\n").utf8))
        try file.close()
    }

    private func signInAsSample(_ server: DogearProcess, _ browser: Browser, then path: String) async throws {
        try await browser.go("\(server.origin)/login?next=\(path.replacing("/", with: "%2F"))")
        try await waitUntilReady(browser, at: "/login")
        try await send(browser, ["email": SampleUser.email, "password": SampleUser.password])
        try await waitUntilReady(browser, at: path)
    }

    @Test func `somebody new registers, makes a job, runs it, and reads what it found`() async throws {
        try await inBrowser { server, browser, folder in
            // A page of one's own leads to signing in, and from there to an account.
            try await browser.go(server.origin + "/jobs")
            try await waitUntilReady(browser, at: "/login")
            try await browser.click("a[data-keep-next]")
            try await waitUntilReady(browser, at: "/register")
            try await send(browser, ["email": "bob@x.org", "password": "a good long one"])
            try await browser.wait(until: "document.activeElement.id === 'code'")
            try await send(browser, ["code": try await mailed(folder, /code is (\d{8})/)])
            try await waitUntilReady(browser, at: "/jobs")

            // With nothing there the sample is filled in; what the schedule means is said while it is typed.
            #expect(
                try await browser.run("return document.getElementById('make-x-username').value").string == "dogear_news"
            )
            _ = try await browser.run(
                """
                const cron = (value) => { const field = document.getElementById(value[0]); field.value = value[1];
                  for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, { bubbles: true })); };
                cron(['make-frequency', 'cron']); cron(['make-time-zone', 'UTC']); cron(['make-cron', '61 * * * *']);
                return true;
                """)
            try await browser.wait(
                until: "document.querySelector('[data-testid=preview]').textContent.includes('five fields')")
            try await send(browser, ["make-cron": "0 0 29 2 *"])
            try await browser.wait(until: "document.querySelector('[data-testid=job-item]')")
            try await browser.wait(
                until: "document.querySelector('[data-testid=preview]').textContent.includes('29 Feb')")

            _ = try await browser.run("document.querySelector('[data-testid=run-now]').focus(); return true;")
            try await browser.click("[data-testid=run-now]")
            try await browser.wait(
                until:
                    "document.getElementById('announcement').textContent.includes('The run has ended. Completed: with a summary')"
            )
            #expect(try await browser.run("return document.querySelector('.block').dataset.tone").string == "good")
            #expect(
                try await browser.run("return document.querySelector('.block').title").string?.contains(
                    "with a summary")
                    == true)
            #expect(try await browser.run("return document.activeElement.dataset.act").string == "run-now")

            // The run, its sentences, and the posts that they are from.
            try await browser.click("[data-act=look]")
            try await browser.wait(until: "document.querySelector('[data-testid=summary] .sentences a')")
            let links = try await browser.run(
                "return [...document.querySelectorAll('[data-testid=summary] a')].map((one) => one.href)")
            #expect(!links.elements.isEmpty)
            #expect(links.elements.allSatisfy { $0.string?.hasPrefix("https://example.org/dogear-news/") == true })
            let log = try await browser.run("return document.querySelector('.log').textContent").string
            #expect(log?.contains("the summary is stored") == true)

            // Pausing is a word, and goes back.
            try await browser.click("[data-testid=pause]")
            try await browser.wait(until: "document.getElementById('lead').textContent.includes('paused')")
            try await browser.click("[data-testid=pause]")
            try await browser.wait(until: "!document.getElementById('lead').textContent.includes('paused')")

            // What failed is told in the API's words, and tried again.
            _ = try await browser.run("document.getElementById('edit').open = true; return true;")
            try await send(browser, ["edit-x-username": "nobody_there"])
            try await browser.wait(until: "document.getElementById('headline').textContent === 'nobody_there'")
            try await browser.click("[data-testid=run-now]")
            try await browser.click("[data-testid=retry]")
            try await browser.wait(until: "document.querySelectorAll('#runs [data-testid=retry]').length > 1")

            // Deleting asks first.
            try await browser.click("[data-testid=delete]")
            try await browser.click("[data-testid=ask] .button--quiet")
            try await browser.wait(until: "!document.querySelector('[data-testid=ask]')")
            try await browser.click("[data-testid=delete]")
            try await browser.click("[data-testid=ask-yes]")
            try await waitUntilReady(browser, at: "/jobs")
            #expect(try await browser.run("return document.querySelectorAll('[data-testid=job-item]').length").int == 0)
        }
    }

    @Test func `a run of the playground is kept, and becomes a job`() async throws {
        try await inBrowser { server, browser, _ in
            try await signInAsSample(server, browser, then: "/playground")
            try await send(browser, ["play-hours-back": "0"])
            try await browser.wait(
                until: "document.querySelector('[data-testid=trouble]').textContent.includes('hours_back')")
            try await send(browser, ["play-hours-back": "48"])
            try await browser.wait(until: "document.querySelector('[data-testid=summary] .sentences a')")
            try await browser.wait(
                until: "document.getElementById('announcement').textContent.includes('The run has ended, with')")
            try await browser.go(server.origin + "/playground")
            try await browser.click("[data-testid=play] [data-act=look]")
            try await browser.wait(until: "document.activeElement.id === 'result-title'")
            try await browser.click("[data-testid=save]")
            try await browser.click("[data-testid=saved] a")
            try await browser.wait(
                until:
                    "location.pathname.startsWith('/jobs/') && document.getElementById('headline').textContent === 'dogear_news'"
            )
        }
    }

    @Test func `jobs are made and run without a mouse`() async throws {
        try await inBrowser { server, browser, _ in
            try await signInAsSample(server, browser, then: "/jobs")
            _ = try await browser.run("document.getElementById('make-x-username').focus(); return true;")
            try await browser.press("dogear_news\u{E007}")
            try await browser.wait(until: "document.querySelectorAll('[data-testid=job-item]').length === 2")
            // The focus is at the new job: two steps on is its button.
            try await browser.wait(until: "document.activeElement.dataset.act === 'open'")
            try await browser.press("\u{E004}\u{E007}")
            try await browser.wait(
                until: "document.getElementById('announcement').textContent.includes('The run has ended')")
            try await browser.press("\u{E004}\u{E007}")
            try await browser.wait(
                until: "/^.jobs.\\d+$/.test(location.pathname) && document.querySelector('[data-testid=summary]')")
        }
    }

    @Test(arguments: [390, 1_280]) func `the pages of jobs keep nobody out`(width: Int) async throws {
        let accessibility = try Accessibility()
        try await inBrowser(width: width) { server, browser, _ in
            try await signInAsSample(server, browser, then: "/jobs")
            try await browser.click("[data-testid=run-now]")
            try await browser.wait(until: "document.querySelector('.block--good')")
            try await accessibility.expectNothing(on: browser, "jobs")
            try await browser.click("[data-act=look]")
            try await browser.wait(until: "document.querySelector('[data-testid=summary]')")
            _ = try await browser.run(
                "for (const one of document.querySelectorAll('details')) one.open = true; return true;")
            try await accessibility.expectNothing(on: browser, "one job")
            _ = try await browser.run("document.querySelector('[data-testid=delete]').click(); return true;")
            try await accessibility.expectNothing(on: browser, "asking")
            try await browser.go(server.origin + "/playground")
            try await waitUntilReady(browser, at: "/playground")
            try await send(browser, ["play-topics": "release"])
            try await browser.wait(until: "document.querySelector('[data-testid=summary]')")
            try await accessibility.expectNothing(on: browser, "playground")
        }
    }

    @Test func `the link of a mail ends the mails by one button, and a made-up one says so`() async throws {
        try await inBrowser { server, browser, folder in
            try await browser.go(server.origin + "/unsubscribe/1/00112233445566778899aabbccddeeff")
            try await browser.click("#end")
            try await browser.wait(until: "document.getElementById('trouble').textContent.includes('Not found')")
            try await Accessibility().expectNothing(on: browser, "unsubscribe")

            try await signInAsSample(server, browser, then: "/jobs/1")
            _ = try await browser.run(
                "document.getElementById('edit').open = true; document.querySelector('[name=notify]').checked = true; return true;"
            )
            try await send(browser, ["edit-topics": "release"])
            try await browser.wait(until: "document.getElementById('about').textContent.includes('Each summary')")
            try await browser.click("[data-testid=run-now]")
            let link = try await mailed(folder, /List-Unsubscribe:\s*<([^>]+)>/)
            try await browser.go(link)
            try await browser.click("#end")
            try await browser.wait(until: "document.activeElement.textContent.includes('no more mails')")
            try await browser.go(server.origin + "/jobs/1")
            try await browser.wait(until: "document.getElementById('about').textContent.includes('MailNone')")
        }
    }
}
