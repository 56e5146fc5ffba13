import Core
import Foundation
import TestSupport
import Testing

/// The Watch page in real Chromium, against the real server.
@Suite(.serialized, .inTurns) struct WatchPageTests {
    private static let viewer = "d09ea400-0000-4000-8000-000000000001"
    private static let harbour = "c11b0000-0000-4000-8000-000000000001"
    private static let time = "document.querySelector('video').currentTime"

    private func withServer(_ body: (DogearProcess, String) async throws -> Void) async throws {
        let folder = try temporaryFolder("browser")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try DogearProcess(["--demo"], in: folder)
        try await body(server, folder)
        server.stop()
    }

    private func browser(in folder: String, _ body: (Browser) async throws -> Void) async throws {
        let browser = try await Browser(in: folder, profile: folder + "/profile")
        do {
            try await body(browser)
            await browser.close()
        } catch {
            await browser.close()
            throw error
        }
    }

    private func stored(_ server: DogearProcess) async throws -> Int? {
        try await server.send("GET", "/api/v1/users/\(Self.viewer)/history/\(Self.harbour)")["resume_position_seconds"]
            .int
    }

    /// Seeks and plays on until the new place is stored.
    private func watch(_ browser: Browser, _ server: DogearProcess, from second: Int) async throws {
        try await browser.wait(until: "document.documentElement.dataset.dogear === 'ready'")
        _ = try await browser.run(
            "const v = document.querySelector('video'); v.currentTime = \(second); await v.play(); return true;")
        try await browser.wait(until: "\(Self.time) > \(second) + 1")
        _ = try await browser.run("document.querySelector('video').pause(); return true;")
        try await browser.wait(until: "/Saved at/.test(document.querySelector('[data-testid=status]').textContent)")
        try await eventually("stored") { try await stored(server) ?? 0 >= second }
    }

    @Test func `a clip continues where it was after the server was killed and started again`() async throws {
        try await withServer { server, folder in
            try await browser(in: folder) { browser in
                try await browser.go(server.origin + "/watch")
                try await browser.click("a[data-content-id='\(Self.harbour)']")
                try await watch(browser, server, from: 84)
                server.kill()
                let again = try DogearProcess(["--demo"], port: server.port, in: folder)
                try await browser.go(again.origin + "/watch/harbour")
                try await browser.wait(until: "document.querySelector('[data-testid=resumed]').offsetParent !== null")
                try await browser.wait(until: "\(Self.time) >= 84 && \(Self.time) < 95")
                let bar = try await browser.run("return document.querySelector('[data-testid=resumed]').innerText")
                #expect(bar.string?.contains("Resumed at 1:2") == true && bar.string?.contains("Start over") == true)
                again.stop()
            }
        }
    }

    @Test func `the place survives the browser's end`() async throws {
        try await withServer { server, folder in
            try await browser(in: folder) { browser in
                try await browser.go(server.origin + "/watch/harbour")
                try await watch(browser, server, from: 120)
            }
            try await browser(in: folder) { browser in
                try await browser.go(server.origin + "/watch/harbour")
                try await browser.wait(until: "\(Self.time) >= 120")
            }
        }
    }

    @Test func `start over begins anew, and undo takes it back`() async throws {
        try await withServer { server, folder in
            try await browser(in: folder) { browser in
                try await browser.go(server.origin + "/watch/harbour")
                try await watch(browser, server, from: 100)
                try await browser.go(server.origin + "/watch/harbour")
                try await browser.wait(until: "\(Self.time) >= 100")
                try await browser.click("[data-testid=start-over]")
                try await browser.wait(until: "\(Self.time) < 5")
                try await browser.click("[data-testid=toast-action]")
                try await browser.wait(until: "\(Self.time) >= 100")
                try await eventually("stored") { try await stored(server) ?? 0 >= 100 }
            }
        }
    }

    @Test func `continue watching shows the clip, dismisses it and brings it back`() async throws {
        try await withServer { server, folder in
            try await browser(in: folder) { browser in
                try await browser.go(server.origin + "/watch/harbour")
                try await watch(browser, server, from: 60)
                try await browser.go(server.origin + "/watch")
                let item = "[data-testid=continue-item][data-content-id='\(Self.harbour)']"
                try await browser.wait(until: "document.querySelector(`\(item)`) !== null")
                try await browser.click("\(item) [data-testid=dismiss], [data-testid=dismiss]")
                try await browser.wait(until: "document.querySelector(`\(item)`) === null")
                try await browser.click("[data-testid=toast-action]")
                try await browser.wait(until: "document.querySelector(`\(item)`) !== null")
            }
        }
    }

    @Test func `a second tab follows along, takes the place over, and the first one is told`() async throws {
        try await withServer { server, folder in
            try await browser(in: folder) { browser in
                try await browser.go(server.origin + "/watch/harbour")
                try await watch(browser, server, from: 90)
                let first = try await browser.tab()
                _ = try await browser.openTab(server.origin + "/watch/harbour")
                try await browser.wait(until: "document.querySelector('[data-testid=elsewhere-item]') !== null")
                try await browser.click("[data-testid=continue-here]")
                try await browser.wait(until: "\(Self.time) >= 90")
                let live = try await server.send("GET", "/api/v1/users/\(Self.viewer)/sessions")
                #expect(live["sessions"].elements.contains { ($0["position_seconds"].int ?? 0) >= 90 })
                try await browser.turn(to: first)
                _ = try await browser.run(
                    "const v = document.querySelector('video'); v.currentTime += 20; return true;")
                try await browser.wait(until: "document.documentElement.dataset.dogear === 'handed-off'")
                try await browser.wait(until: "document.querySelector('[data-testid=take-back]').offsetParent !== null")
            }
        }
    }

    @Test func `while the server is away the place waits in the browser, and arrives`() async throws {
        try await withServer { server, folder in
            try await browser(in: folder) { browser in
                try await browser.go(server.origin + "/watch/harbour")
                try await watch(browser, server, from: 40)
                server.kill()
                _ = try await browser.run("document.querySelector('video').currentTime = 150; return true;")
                try await browser.wait(until: "document.documentElement.dataset.dogear === 'offline'")
                let again = try DogearProcess(["--demo"], port: server.port, in: folder)
                try await eventually("stored") { try await stored(again) ?? 0 >= 150 }
                try await browser.wait(until: "document.documentElement.dataset.dogear === 'ready'")
                again.stop()
            }
        }
    }

    @Test func `everything can be reached by keyboard and nothing overflows a narrow screen`() async throws {
        try await withServer { server, folder in
            let browser = try await Browser(in: folder, profile: folder + "/narrow", width: 500)
            for path in ["/", "/watch", "/watch/harbour", "/nowhere"] {
                try await browser.go(server.origin + path)
                let overflow = try await browser.run("return document.documentElement.scrollWidth - window.innerWidth")
                #expect((overflow.int ?? 1) <= 0, "\(path)")
                let names = try await browser.run(
                    """
                    return [...document.querySelectorAll('a, button')].filter((e) => e.offsetParent !== null)
                        .filter((e) => !(e.innerText.trim() || e.getAttribute('aria-label') || e.querySelector('img[alt]:not([alt=""])')))
                        .map((e) => e.outerHTML)
                    """)
                #expect(names.count == 0, "\(path) has controls without a name")
            }
            try await browser.go(server.origin + "/watch")
            try await browser.press("\u{E004}")
            #expect(try await browser.run("return document.activeElement.className").string == "skip")
            try await browser.press("\u{E004}")
            #expect(try await browser.run("return document.activeElement.matches(':focus-visible')").bool == true)
            await browser.close()
        }
    }
}
