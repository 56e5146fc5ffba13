import Core
import Foundation
import TestSupport
import Testing

/// Plays and what is next, on the Watch pages in real Chromium.
@Suite(.serialized, .inTurns) struct PlaysPageTests {
    private static let viewer = "d09ea400-0000-4000-8000-000000000001"
    private static let harbour = "c11b0000-0000-4000-8000-000000000001"

    private func plays(_ server: DogearProcess) async throws -> Int {
        try await server.send("GET", "/api/v1/users/\(Self.viewer)/history/\(Self.harbour)/plays")["plays"].count
    }

    private func says(_ browser: Browser, _ selector: String, _ words: String) async throws {
        try await browser.wait(until: "document.querySelector(\"\(selector)\")?.innerText.includes('\(words)')")
    }

    @Test(arguments: [1_280, 500])
    func `a clip is marked watched, and its viewing is removed and brought back`(width: Int) async throws {
        let folder = try temporaryFolder("plays")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try DogearProcess(["--demo"], in: folder)
        let browser = try await Browser(in: folder, profile: folder + "/profile", width: width)
        try await browser.go(server.origin + "/watch/harbour")
        try await says(browser, "[data-testid=mark-watched]", "Mark as watched")
        try await browser.click("[data-testid=mark-watched]")
        try await says(browser, "[data-testid=play-row]", "marked")
        try await eventually("marked") { try await plays(server) == 1 }
        try await browser.click("[data-testid=remove-play]")
        try await says(browser, "#plays-none", "Not watched")
        try await eventually("removed") { try await plays(server) == 0 }
        try await says(browser, "[data-testid=toast]", "Viewing removed.")
        try await browser.click("[data-testid=toast-action]")
        try await says(browser, "[data-testid=play-row]", "marked")
        try await eventually("brought back") { try await plays(server) == 1 }
        let isWide = try await browser.run("return document.documentElement.scrollWidth > window.innerWidth")
        #expect(isWide.bool == false)
        await browser.close()
        server.stop()
    }

    @Test func `the next episode waits in continue watching`() async throws {
        let folder = try temporaryFolder("next")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try DogearProcess(["--demo"], in: folder)
        let series = "5e51e500-0000-4000-8000-000000000001"
        for (id, episode) in [(Self.harbour, 1), ("5e51e500-0000-4000-8000-000000000002", 2)] {
            _ = try await server.send(
                "PUT", "/api/v1/content/\(id)",
                #"{"title":"Part \#(episode)","duration_seconds":600,"series_id":"\#(series)","episode":\#(episode)}"#)
        }
        let marked = try await server.send("PUT", "/api/v1/users/\(Self.viewer)/history/\(Self.harbour)/watched", "{}")
        #expect(marked.status == 200)
        let browser = try await Browser(in: folder, profile: folder + "/profile")
        try await browser.go(server.origin + "/watch")
        try await says(browser, "[data-testid=continue-item]", "Next up · season 1, episode 2")
        await browser.close()
        server.stop()
    }
}
