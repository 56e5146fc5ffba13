import Core
import Foundation
import TestSupport
import Testing

/// A questionnaire in a real Chromium: answered, left, and found again.
@Suite(.serialized, .inTurns) struct AssessmentPageTests {
    /// Three pages in two modules; the first two have six questions each, of every kind.
    private static let file = """
        questionnaire: story
        title: A story
        description: Twelve questions and one more.
        pages:
          - title: First page
            module: Beginning
            emoji: "🌱"
            minutes: 2
            questions:
              - {id: s1, type: slider, text: How much?, required: true, scale_labels: [none, some, all]}
              - {id: s2, type: mcq, text: Which?, choices: [red, green, blue]}
              - {id: s3, type: mcq, text: Which ones?, multiple: true, choices: [tea, milk, sugar]}
              - {id: s4, type: ordering, text: In which order?, items: [one, two, three], randomize: true}
              - {id: s5, type: essay, text: In your words?, char_limit: 200}
              - {id: s6, type: slider, text: How often?, min_label: never, max_label: always}
          - title: Second page
            module: Beginning
            emoji: "🌱"
            questions:
              - {id: s7, type: slider, text: How far?}
              - {id: s8, type: mcq, text: Where?, choices: [here, there]}
              - {id: s9, type: slider, text: How long?}
              - {id: s10, type: mcq, text: When?, choices: [now, later]}
              - {id: s11, type: essay, text: Why?, char_limit: 200}
              - {id: s12, type: slider, text: How well?}
          - title: Third page
            module: End
            completion: The end.
            questions:
              - {id: s13, type: essay, text: Anything else?, required: true, char_limit: 200}
        """

    private func withServer(_ body: (DogearProcess, String) async throws -> Void) async throws {
        let folder = try temporaryFolder("browser")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Self.file.write(toFile: folder + "/story.yaml", atomically: false, encoding: .utf8)
        _ = try run(DogearProcess.binary, ["migrate", "run"], in: folder)
        let imported = try ChildProcess(
            DogearProcess.binary, ["questionnaire", "import", "story.yaml"], in: folder, output: folder + "/imported")
        try #require(imported.wait() == 0)
        let server = try DogearProcess([], in: folder)
        try await body(server, folder)
        server.stop()
    }

    private func browser(in folder: String, width: Int = 1_280, _ body: (Browser) async throws -> Void) async throws {
        let browser = try await Browser(in: folder, profile: folder + "/profile", width: width)
        do {
            try await body(browser)
            await browser.close()
        } catch {
            await browser.close()
            throw error
        }
    }

    private func text(_ browser: Browser, _ testID: String) async throws -> String {
        try await browser.run("return document.querySelector('[data-testid=\(testID)]').innerText").string ?? ""
    }

    private func start(_ browser: Browser, _ server: DogearProcess) async throws {
        try await browser.go(server.origin + "/assessments/story")
        try await browser.click("[data-testid=start]")
        try await onPage(browser, "First page")
    }

    private func onPage(_ browser: Browser, _ title: String) async throws {
        try await browser.wait(
            until: "document.querySelector('[data-testid=page-title]')?.textContent.includes('\(title)')")
    }

    /// Answers the first questions of the page that have no answer yet, as a person's clicks and keys would.
    private func answer(_ browser: Browser, _ count: Int) async throws {
        _ = try await browser.run(
            """
            const tell = (element, ...names) => names.forEach((name) => element.dispatchEvent(new Event(name, { bubbles: true })));
            for (const question of [...document.querySelectorAll('[data-testid=question]')].slice(0, \(count))) {
                switch (question.dataset.type) {
                case 'slider': { const input = question.querySelector('input[type=range]'); input.value = 2; tell(input, 'input', 'change'); break; }
                case 'mcq': question.querySelector('input').click(); break;
                case 'ordering': question.querySelector('[data-keep-order]').click(); break;
                case 'essay': { const area = question.querySelector('textarea'); area.focus(); area.value = 'So it is.'; tell(area, 'input'); area.blur(); break; }
                }
            }
            return true;
            """)
    }

    private func saved(_ browser: Browser, _ count: Int) async throws {
        try await browser.wait(
            until: """
                document.querySelector('[data-testid=progress-text]')?.textContent.startsWith('\(count) of 13')
                    && /^Saved/.test(document.querySelector('[data-testid=status]').textContent)
                """)
    }

    /// Six answers on the first page and five on the second.
    private func answerEleven(_ browser: Browser, _ server: DogearProcess) async throws {
        try await start(browser, server)
        try await answer(browser, 6)
        try await saved(browser, 6)
        try await browser.click("[data-testid=next]")
        try await onPage(browser, "Second page")
        try await answer(browser, 5)
        try await saved(browser, 11)
    }

    private func session(_ browser: Browser) async throws -> String {
        let kept = try await browser.run("return localStorage.getItem('dogear.assessment.story')").string ?? ""
        return kept.trimmingCharacters(in: CharacterSet(charactersIn: "\""))
    }

    /// What the page shows as answered.
    private func filled(_ browser: Browser) async throws -> Int {
        try await browser.run(
            """
            return [...document.querySelectorAll('[data-testid=question]')].filter((question) =>
                question.querySelector('input:checked') || question.querySelector('textarea')?.value
                || question.querySelector('input[type=range]')?.value === '2').length
            """
        ).int ?? 0
    }

    private func expectDialog(_ browser: Browser) async throws {
        try await browser.wait(until: "document.querySelector('[data-testid=resume-dialog]')?.open")
        #expect(try await text(browser, "resume-percentage").contains("84.6"))
        #expect(try await text(browser, "resume-count").contains("11 of 13"))
        #expect(try await text(browser, "resume-xp").contains("110"))
        let activity = try await text(browser, "resume-activity")
        #expect(activity.contains("now") || activity.contains("minute"), "\(activity)")
    }

    @Test func `eleven answers, the browser closed for good, and a new one goes on where it stood`() async throws {
        try await withServer { server, folder in
            var id = ""
            try await browser(in: folder) { browser in
                try await answerEleven(browser, server)
                id = try await session(browser)
            }
            // The server does not survive the night either.
            server.kill()
            let again = try DogearProcess([], port: server.port, in: folder)
            try await browser(in: folder) { browser in
                try await browser.go(again.origin + "/assessments/story")
                try await expectDialog(browser)
                try await browser.click("[data-testid=continue]")
                try await onPage(browser, "Second page")
                try await browser.wait(until: "document.querySelector('[data-testid=xp]').textContent.includes('110')")
                #expect(try await filled(browser) == 5)
                #expect(try await session(browser) == id)
                try await browser.click("[data-testid=back]")
                try await onPage(browser, "First page")
                #expect(try await filled(browser) >= 4)
                let kept = try await browser.run(
                    "return [...document.querySelectorAll('[data-type=ordering] li')].map((item) => item.dataset.value)"
                )
                let stored = try await again.send("GET", "/api/v2/session/\(id)/answers")
                let order = stored["answers"].elements.first { $0["answer"]["type"].string == "ordering" }
                #expect(
                    order?["answer"]["ordered_items"].elements.map(\.string) == kept.elements.map(\.string)
                        && kept.count == 3)
            }
            again.stop()
        }
    }

    @Test func `start fresh asks again, begins anew, and undo brings the old answers back`() async throws {
        try await withServer { server, folder in
            try await browser(in: folder) { browser in
                try await answerEleven(browser, server)
                let old = try await session(browser)
                try await browser.go(server.origin + "/assessments/story")
                try await expectDialog(browser)
                try await browser.click("[data-testid=start-fresh]")
                try await browser.wait(
                    until: "document.querySelector('[data-testid=confirm-start-fresh]')?.offsetParent !== null")
                let words = try await text(browser, "resume-dialog")
                #expect(
                    words.contains("11 answers") && words.contains("110 XP") && words.contains("30 minutes"), "\(words)"
                )
                try await browser.click("[data-testid=cancel-start-fresh]")
                try await browser.click("[data-testid=start-fresh]")
                try await browser.click("[data-testid=confirm-start-fresh]")
                try await onPage(browser, "First page")
                try await browser.wait(
                    until: "document.querySelector('[data-testid=progress-text]').textContent.startsWith('0 of 13')")
                let fresh = try await session(browser)
                #expect(fresh != old && !fresh.isEmpty)
                let aside = try await server.send("GET", "/api/v2/session/\(old)/validate")
                #expect(aside["session"]["status"].string == "user_abandoned_not_completed")
                // The offer outlives a reload.
                try await browser.go(server.origin + "/assessments/story")
                try await browser.wait(
                    until: "document.querySelector('[data-testid=undo-notice]')?.offsetParent !== null")
                try await browser.click("[data-testid=undo]")
                try await onPage(browser, "Second page")
                try await saved(browser, 11)
                #expect(try await session(browser) == old)
                #expect(try await filled(browser) == 5)
                let back = try await server.send("GET", "/api/v2/session/\(old)/validate")
                #expect(back["session"]["status"].string == "active" && back["progress"]["total_xp"].int == 110)
            }
        }
    }

    @Test func `while the server is away answers wait in the browser, and arrive`() async throws {
        try await withServer { server, folder in
            var id = ""
            try await browser(in: folder) { browser in
                try await start(browser, server)
                try await answer(browser, 2)
                try await saved(browser, 2)
                id = try await session(browser)
                server.kill()
                try await answer(browser, 6)
                try await browser.wait(until: "document.documentElement.dataset.dogear === 'offline'")
                try await browser.click("[data-testid=next]")
                try await onPage(browser, "Second page")
                try await answer(browser, 3)
                try await browser.wait(
                    until:
                        "/\\d+ answers wait in this browser/.test(document.querySelector('[data-testid=status]').textContent)"
                )
                let again = try DogearProcess([], port: server.port, in: folder)
                try await saved(browser, 9)
                try await browser.wait(until: "document.documentElement.dataset.dogear === 'ready'")
                let arrived = try await again.send("GET", "/api/v2/session/\(id)/validate")
                #expect(arrived["progress"]["questions_answered"].int == 9 && arrived["progress"]["total_xp"].int == 90)
                again.kill()
                try await answer(browser, 6)
                try await browser.wait(until: "document.documentElement.dataset.dogear === 'offline'")
            }
            // The browser was closed while three more waited; they are sent by the next one.
            let last = try DogearProcess([], port: server.port, in: folder)
            try await browser(in: folder) { browser in
                try await browser.go(last.origin + "/assessments/story")
                try await browser.wait(until: "document.querySelector('[data-testid=resume-dialog]')?.open")
                try await browser.click("[data-testid=continue]")
                try await onPage(browser, "Second page")
                try await saved(browser, 12)
            }
            let arrived = try await last.send("GET", "/api/v2/session/\(id)/validate")
            #expect(arrived["progress"]["questions_answered"].int == 12 && arrived["progress"]["total_xp"].int == 120)
            last.stop()
        }
    }

    @Test func `a link to a session that is gone does not take the remembered one away`() async throws {
        try await withServer { server, folder in
            try await browser(in: folder) { browser in
                try await start(browser, server)
                try await answer(browser, 6)
                try await saved(browser, 6)
                let mine = try await session(browser)
                let other = try await server.send("POST", "/api/v2/session/start")["session_id"].string ?? ""
                _ = try await server.send("POST", "/api/v2/session/\(other)/abandon")
                for link in [other, "2f1e9c7a-5b1d-4c6e-9f3a-8d7c6b5a4f3e"] {
                    try await browser.go(server.origin + "/")
                    try await browser.go(server.origin + "/assessments/story#session=" + link)
                    try await browser.wait(until: "document.querySelector('[data-testid=resume-dialog]')?.open")
                    #expect(try await session(browser) == mine)
                    #expect(try await browser.run("return location.hash").string == "")
                    try await browser.click("[data-testid=continue]")
                    try await saved(browser, 6)
                }
            }
        }
    }

    @Test func `finishing names what is missing, and then is finished`() async throws {
        try await withServer { server, folder in
            try await browser(in: folder) { browser in
                try await start(browser, server)
                try await browser.click("[data-testid=next]")
                try await onPage(browser, "Second page")
                try await browser.click("[data-testid=next]")
                try await onPage(browser, "Third page")
                try await answer(browser, 1)
                try await saved(browser, 1)
                let id = try await session(browser)
                try await browser.click("[data-testid=finish]")
                try await browser.wait(until: "document.body.innerText.includes('How much?')")
                try await browser.click("[data-testid=back]")
                try await browser.click("[data-testid=back]")
                try await onPage(browser, "First page")
                try await answer(browser, 1)
                try await saved(browser, 2)
                try await browser.click("[data-testid=next]")
                try await onPage(browser, "Second page")
                try await browser.click("[data-testid=next]")
                try await onPage(browser, "Third page")
                // Whoever presses on until something happens does not begin it anew with each press.
                let press = "document.querySelector('[data-testid=finish]')?.click()"
                try await browser.wait(
                    until: "(\(press), document.querySelector('[data-testid=finished]') !== null)")
                let done = try await server.send("GET", "/api/v2/session/\(id)/validate")
                #expect(done["session"]["status"].string == "completed")
            }
        }
    }

    @Test func `everything can be reached by keyboard and nothing overflows a narrow screen`() async throws {
        try await withServer { server, folder in
            try await browser(in: folder, width: 500) { browser in
                func check(_ place: String) async throws {
                    let overflow = try await browser.run(
                        "return document.documentElement.scrollWidth - window.innerWidth")
                    #expect((overflow.int ?? 1) <= 0, "\(place)")
                    let nameless = try await browser.run(
                        """
                        return [...document.querySelectorAll('a, button, input, textarea, select')].filter((e) => e.offsetParent !== null)
                            .filter((e) => !(e.innerText?.trim() || e.getAttribute('aria-label') || e.getAttribute('aria-labelledby')
                                || e.labels?.length || e.querySelector('img[alt]:not([alt=""])')))
                            .map((e) => e.outerHTML)
                        """)
                    #expect(nameless.count == 0, "\(place): \(nameless.elements.first?.string ?? "")")
                }
                try await browser.go(server.origin + "/assessments")
                try await check("list")
                try await browser.go(server.origin + "/assessments/story")
                try await browser.wait(until: "document.querySelector('[data-testid=start]') !== null")
                try await check("intro")
                // Enter on Start, a choice by the space bar, and on to the next page by Enter.
                _ = try await browser.run("document.querySelector('[data-testid=start]').focus(); return true;")
                try await browser.press("\u{E007}")
                try await onPage(browser, "First page")
                try await check("page")
                _ = try await browser.run(
                    "document.querySelector('[data-type=slider] input[type=range]').focus(); return true;")
                try await browser.press("\u{E014}")
                try await saved(browser, 1)
                _ = try await browser.run("document.querySelector('[data-type=mcq] input').focus(); return true;")
                try await browser.press(" ")
                try await saved(browser, 2)
                _ = try await browser.run("document.querySelector('[data-move=down]').focus(); return true;")
                try await browser.press("\u{E007}")
                try await saved(browser, 3)
                _ = try await browser.run("document.querySelector('[data-testid=next]').focus(); return true;")
                try await browser.press("\u{E007}")
                try await onPage(browser, "Second page")
                #expect(
                    try await browser.run("return document.activeElement.closest('main') !== null").bool == true)
                try await browser.go(server.origin + "/assessments/story")
                try await browser.wait(until: "document.querySelector('[data-testid=resume-dialog]')?.open")
                try await check("dialog")
                // Escape goes on: nothing can be lost by accident.
                try await browser.press("\u{E00C}")
                try await onPage(browser, "Second page")
            }
        }
    }
}
