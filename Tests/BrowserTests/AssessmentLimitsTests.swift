import Foundation
import TestSupport
import Testing

/// A questionnaire that has its limits, in a real Chromium: the page says which one was met, and what it means.
@Suite(.serialized, .inTurns) struct AssessmentLimitsTests {
    private static func file(_ limits: String) -> String {
        """
        questionnaire: limited
        title: A short one
        \(limits)
        pages: [{title: The only page, questions: [{id: q, type: text, text: What do you say?, required: true}, {id: r, type: text, text: And besides?}]}]
        """
    }

    private func put(_ limits: String, in folder: String) throws {
        try Self.file(limits).write(toFile: folder + "/limited.yaml", atomically: true, encoding: .utf8)
        let child = try ChildProcess(
            DogearProcess.binary,
            ["questionnaire", "import", "limited.yaml", "--database", "sqlite:\(folder)/dogear.sqlite"], in: folder,
            output: folder + "/said")
        #expect(child.wait() == 0)
    }

    private func visiting(_ limits: String, _ body: (Browser, DogearProcess, String) async throws -> Void) async throws
    {
        let folder = try temporaryFolder("limits")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try DogearProcess(["--database", "sqlite:\(folder)/dogear.sqlite"], in: folder)
        try put(limits, in: folder)
        let browser = try await Browser(in: folder, profile: folder + "/profile")
        do {
            try await browser.go(server.origin + "/assessments/limited")
            try await browser.wait(until: "document.querySelector('[data-testid=start]') !== null")
            try await body(browser, server, folder)
            await browser.close()
        } catch {
            await browser.close()
            throw error
        }
        server.stop()
    }

    private func says(_ browser: Browser, _ words: String) async throws {
        try await browser.wait(until: "document.querySelector('main').innerText.includes('\(words)')")
    }

    private func write(_ browser: Browser, _ words: String) async throws {
        _ = try await browser.run(
            """
            const input = document.querySelector('input[type=text]');
            input.focus();
            input.value = '\(words)';
            input.dispatchEvent(new Event('input', { bubbles: true }));
            input.blur();
            return true;
            """)
    }

    private func begin(_ browser: Browser) async throws {
        try await browser.click("[data-testid=start]")
        try await browser.wait(until: "document.querySelector('input[type=text]') !== null")
    }

    @Test func `before it opens and after it has closed the page says when, and what was answered is kept`()
        async throws
    {
        try await visiting("") { browser, server, folder in
            try put("opens: 2199-01-01T00:00:00Z", in: folder)
            try await browser.click("[data-testid=start]")
            try await says(browser, "This questionnaire is not open yet")
            try put("", in: folder)
            try await browser.go(server.origin + "/assessments/limited")
            try await begin(browser)
            try await write(browser, "first")
            try await browser.wait(
                until: "/^Saved/.test(document.querySelector('[data-testid=status]').textContent)")
            try put("closes: 2026-01-01T00:00:00Z", in: folder)
            try await browser.click("[data-testid=finish]")
            try await says(
                browser,
                "The questionnaire has closed meanwhile, so it cannot be finished any more. What you answered is kept.")
            try await write(browser, "second")
            try await says(browser, "The questionnaire has closed meanwhile. What you answered before is kept.")
            _ = try await browser.run("localStorage.clear(); return true;")
            try await browser.go("about:blank")
            try await browser.go(server.origin + "/assessments/limited")
            try await browser.click("[data-testid=start]")
            try await says(browser, "This questionnaire has closed")
        }
    }

    @Test func `when there are enough answers whoever is late keeps theirs and is told so`() async throws {
        try await visiting("responses_at_most: 1") { browser, server, folder in
            try await begin(browser)
            try await write(browser, "late")
            let accessibility = try Accessibility()
            try await accessibility.expectNothing(on: browser, "a limited questionnaire")
            // Somebody else is faster.
            let session =
                try await server.send("POST", "/api/v2/session/start", #"{"questionnaire":"limited"}"#)["session_id"]
                .string ?? ""
            let page = try await server.send("GET", "/api/v2/modules?questionnaire=limited")
            let first = page.json[0]
            let questions = try await server.send("GET", "/api/v2/questions?page_id=\(first["id"].int ?? 0)")
            let taken = try await server.send(
                "POST", "/api/v2/answers/submit",
                #"{"session_id":"\#(session)","question_id":\#(questions["questions"][0]["id"].int ?? 0),"answer":{"type":"text","text":"fast"}}"#
            )
            #expect(taken.status == 200, "\(taken.text)")
            #expect(try await server.send("POST", "/api/v2/session/\(session)/complete").status == 200)
            try await browser.click("[data-testid=finish]")
            try await says(
                browser, "As many people as were asked for have finished meanwhile. What you answered is kept.")
            // Whoever runs it asks for one more: nothing has to be written again.
            try put("responses_at_most: 2", in: folder)
            try await browser.click("[data-testid=finish]")
            try await browser.wait(until: "document.querySelector('[data-testid=finished]') !== null")
            _ = try await browser.run("localStorage.clear(); return true;")
            try await browser.go("about:blank")
            try await browser.go(server.origin + "/assessments/limited")
            try await browser.click("[data-testid=start]")
            try await says(browser, "There are enough answers")
        }
    }

    @Test func `the clock is shown, stands still when asked, and goes on with the next answer`() async throws {
        try await visiting("time_limit_minutes: 20\npausing: true") { browser, _, _ in
            try await begin(browser)
            try await says(browser, "You have until ")
            try await browser.click("[data-testid=pause]")
            try await says(browser, "The clock stands still until your next answer.")
            try await write(browser, "on we go")
            try await says(browser, "You have until ")
            let isOffered = try await browser.run("return !document.querySelector('[data-testid=pause]').hidden").bool
            #expect(isOffered == true)
        }
    }

    @Test func `who comes back when the time is up hands in what is there`() async throws {
        try await visiting("time_limit_minutes: 1") { browser, server, folder in
            try await begin(browser)
            try await write(browser, "in time")
            try await browser.wait(
                until: "/^Saved/.test(document.querySelector('[data-testid=status]').textContent)")
            // An hour passes for the server, which alone says what time it is: the session began an hour earlier.
            let database = folder + "/dogear.sqlite"
            let child = try ChildProcess(
                "/usr/bin/sqlite3",
                [
                    database,
                    ".timeout 5000",
                    "UPDATE student_responses SET created_at = REPLACE(strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 hour'), ' ', 'T')",
                ], in: folder, output: folder + "/sql")
            #expect(child.wait() == 0)
            try await browser.go(server.origin + "/assessments/limited")
            try await browser.click("[data-testid=continue]")
            try await says(browser, "The time is up. Press Finish on the last page to hand in what is there.")
            try await write(browser, "too late")
            try await says(browser, "The time is up. What you answered before is kept: press Finish to hand it in.")
            try await browser.click("[data-testid=finish]")
            try await browser.wait(until: "document.querySelector('[data-testid=finished]') !== null")
        }
    }
}
