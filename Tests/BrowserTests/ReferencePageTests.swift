import Core
import Foundation
import TestSupport
import Testing

/// The reference of the API in real Chromium.
@Suite(.serialized, .inTurns) struct ReferencePageTests {
    private func onPage(width: Int, _ body: (DogearProcess, Browser) async throws -> Void) async throws {
        let folder = try temporaryFolder("browser")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try DogearProcess(["--demo"], in: folder)
        let browser = try await Browser(in: folder, profile: folder + "/profile", width: width)
        do {
            try await browser.go(server.origin + "/api")
            try await body(server, browser)
            await browser.close()
            server.stop()
        } catch {
            await browser.close()
            server.stop()
            throw error
        }
    }

    /// Leaves of the hundreds of calls, answers and schemas those for whose place among them an expression is true: axe takes minutes
    /// for all at once.
    private func show(_ browser: Browser, _ isShown: String) async throws -> Int {
        let shown = try await browser.run(
            """
            window.calls ??= [...document.querySelectorAll('.api-call')].map((one) => [one, one.parentNode]);
            const shown = window.calls.filter((pair, at) => \(isShown));
            for (const [one] of window.calls) one.remove();
            for (const [one, place] of shown) place.append(one);
            return shown.length;
            """)
        return shown.int ?? 0
    }

    @Test func `calls, answers and schemas keep nobody out`() async throws {
        let accessibility = try Accessibility()
        try await onPage(width: 1_280) { _, browser in
            var seen = 0
            // Of what is all written by the same few lines every tenth will do.
            for first in stride(from: 0, to: 450, by: 90) {
                let count = try await show(browser, "at % 10 === 0 && at >= \(first) && at < \(first + 90)")
                seen += count
                try await accessibility.expectNothing(on: browser, "/api from \(first)")
            }
            #expect(seen > 40)
        }
    }

    @Test(arguments: [(390, "light"), (390, "dark"), (1_280, "dark")])
    func `the page keeps nobody out on a phone and in the dark`(width: Int, scheme: String) async throws {
        let accessibility = try Accessibility()
        try await onPage(width: width) { _, browser in
            try await browser.prefer(scheme)
            let overflow = try await browser.run("return document.documentElement.scrollWidth - window.innerWidth")
            #expect(overflow.int ?? 1 <= 0, "\(overflow.written)")
            _ = try await show(browser, "at % 30 === 0")
            try await accessibility.expectNothing(on: browser, "/api, \(width) wide, \(scheme)")
        }
    }

    @Test func `its contents lead to what they name, and pages lead to it`() async throws {
        try await onPage(width: 1_280) { server, browser in
            try await browser.click("a[href='#tag-joining']")
            try await browser.wait(
                until: "Math.abs(document.getElementById('tag-joining').getBoundingClientRect().top) < 200")
            try await browser.go(server.origin + "/")
            try await browser.click("a[href='/api']")
            try await browser.wait(until: "location.pathname === '/api' && document.getElementById('createSession')")
        }
    }
}
