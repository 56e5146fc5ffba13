import Core
import Foundation
import TestSupport
import Testing

/// The second edition of questionnaires in a real Chromium, by the demo's own.
@Suite(.serialized, .inTurns) struct AssessmentKindsTests {
    private func visiting(
        width: Int = 1_280, _ body: (Browser, DogearProcess, String) async throws -> Void
    ) async throws {
        let folder = try temporaryFolder("browser")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try DogearProcess(["--demo"], in: folder)
        let browser = try await Browser(in: folder, profile: folder + "/profile", width: width)
        do {
            try await browser.go(server.origin + "/assessments/a-weekend-away")
            try await browser.click("[data-testid=start]")
            try await browser.wait(
                until: "document.querySelector('[data-testid=page-title]')?.textContent === 'The plan'")
            try await body(browser, server, folder)
            await browser.close()
        } catch {
            await browser.close()
            throw error
        }
        server.stop()
    }

    private func saved(_ browser: Browser, _ words: String) async throws {
        try await browser.wait(
            until: """
                document.querySelector('[data-testid=progress-text]')?.textContent.startsWith('\(words)')
                    && /^Saved/.test(document.querySelector('[data-testid=status]').textContent)
                """)
    }

    private func choose(_ browser: Browser, _ value: String) async throws {
        try await browser.click("input[value=\(value)]")
    }

    private func texts(_ browser: Browser, _ selector: String) async throws -> [String] {
        try await browser.run(
            "return [...document.querySelectorAll('\(selector)')].map((one) => one.innerText.trim()).join('|')"
        ).string?.split(separator: "|").map(String.init) ?? []
    }

    private func count(_ browser: Browser, _ count: Int) async throws {
        try await browser.wait(until: "document.querySelectorAll('[data-testid=question]').length === \(count)")
    }

    @Test func `questions come and go with the answers, what stands alone does, and answers are taken back`()
        async throws
    {
        try await visiting { browser, _, _ in
            try await count(browser, 1)
            try await choose(browser, "bicycle")
            try await count(browser, 3)
            try await saved(browser, "1 of 7")
            // What stands alone lets go of the others, and other questions are asked.
            try await choose(browser, "stay")
            try await count(browser, 2)
            try await saved(browser, "1 of 4")
            let checked = try await browser.run(
                "return [...document.querySelectorAll('input:checked')].map((one) => one.value).join()"
            ).string
            #expect(checked == "stay")
            // Ticked while another answer is on its way, it stays ticked until it is said in words.
            _ = try await browser.run(
                """
                document.querySelector('input[value=car]').click();
                document.querySelector('input[value=car]').click();
                document.querySelector('input[value=else]').click();
                return true;
                """)
            try await count(browser, 1)
            try await saved(browser, "0 of 3")
            try await browser.wait(until: "document.activeElement.classList.contains('choice-words')")
            _ = try await browser.run(
                """
                const words = document.querySelector('.choice-words');
                words.value = 'On foot';
                words.dispatchEvent(new Event('input', { bubbles: true }));
                words.blur();
                return true;
                """)
            try await count(browser, 2)
            try await saved(browser, "1 of 6")
            try await browser.click("[data-testid=take-back]")
            try await count(browser, 1)
            try await saved(browser, "0 of 3")
            let left = try await browser.run("return document.querySelectorAll('input:checked').length").int
            #expect(left == 0)
        }
    }

    @Test func `numbers, days, lines and matrices are answered, in either language, and handed in`() async throws {
        try await visiting { browser, server, _ in
            try await choose(browser, "car")
            try await count(browser, 3)
            _ = try await browser.run(
                """
                const write = (selector, value) => {
                    const input = document.querySelector(selector);
                    input.focus();
                    input.value = value;
                    input.dispatchEvent(new Event('input', { bubbles: true }));
                    input.blur();
                };
                write('input[type=number]', '120');
                write('input[type=date]', '2026-12-24');
                return true;
                """)
            try await saved(browser, "3 of 7")
            let order = try await texts(browser, "[data-type=mcq] .choice")
            _ = try await browser.run(
                """
                const select = document.querySelector('[data-testid=language]');
                select.value = 'de';
                select.dispatchEvent(new Event('change', { bubbles: true }));
                return true;
                """)
            try await browser.wait(
                until: "document.querySelector('[data-testid=page-title]').textContent === 'Der Plan'")
            let german = try await texts(browser, "[data-type=mcq] .choice")
            #expect(german.count == order.count && german.contains("Mit dem Auto"))
            #expect(order.firstIndex(of: "By car") == german.firstIndex(of: "Mit dem Auto"))
            try await saved(browser, "3 of 7")
            // The same on another device, by the link of the QR code.
            try await browser.click("[data-testid=phone] summary")
            try await browser.wait(until: "document.querySelector('[data-testid=qr] svg') !== null")
            let link =
                try await browser.run("return document.querySelector('[data-testid=phone-link]').href").string ?? ""
            #expect(link.hasPrefix(server.origin + "/assessments/a-weekend-away#session="))
            _ = try await browser.run("localStorage.clear(); return true;")
            try await browser.go("about:blank")
            try await browser.go(link)
            try await browser.click("[data-testid=continue]")
            try await saved(browser, "3 of 7")
            #expect(try await texts(browser, "[data-type=mcq] .choice") == german)
            try await browser.click("[data-testid=next]")
            try await browser.wait(
                until: "document.querySelector('[data-testid=page-title]').textContent === 'Die Tasche'")
            for row in 0..<3 {
                _ = try await browser.run(
                    "document.querySelectorAll('.matrix-row')[\(row)].querySelector('input').click(); return true;")
            }
            try await saved(browser, "4 of 7")
            try await browser.click("[data-testid=next]")
            try await count(browser, 2)
            try await browser.click("[data-testid=finish]")
            try await browser.wait(until: "document.querySelector('[data-testid=finished]') !== null")
        }
    }

    @Test(arguments: [1_280, 390]) func `the newer kinds keep nobody out, wide and narrow`(width: Int) async throws {
        let accessibility = try Accessibility()
        try await visiting(width: width) { browser, _, _ in
            try await choose(browser, "car")
            try await count(browser, 3)
            try await saved(browser, "1 of 7")
            try await browser.click("[data-testid=phone] summary")
            try await accessibility.expectNothing(on: browser, "lines, at \(width)")
            try await browser.click("[data-testid=next]")
            try await browser.wait(until: "document.querySelector('.matrix') !== null")
            try await accessibility.expectNothing(on: browser, "a matrix, at \(width)")
        }
    }
}
