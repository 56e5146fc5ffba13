import Core
import Foundation
import TestSupport
import Testing

/// How pages load in real Chromium.
@Suite(.serialized, .inTurns) struct LoadingTests {
    @Test func `a page asks for all its scripts before any of them has run`() async throws {
        let folder = try temporaryFolder("browser")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try DogearProcess(["--demo"], in: folder)
        let browser = try await Browser(in: folder, profile: folder + "/profile")
        for path in [
            "/", "/watch", "/watch/harbour", "/assessments/how-you-read", "/events", "/join", "/jobs", "/login",
        ] {
            try await browser.go(server.origin + path)
            try await browser.wait(until: "document.documentElement.dataset.dogear !== 'starting'")
            // Modules run once the document has been read: whatever was asked for later was found by running or reading one.
            let seen = try await browser.run(
                """
                const [page] = performance.getEntriesByType('navigation');
                const scripts = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js'));
                const named = document.querySelectorAll('link[rel=modulepreload], script[type=module]').length;
                const late = scripts.filter(({ startTime }) => startTime > page.domInteractive);
                const sheets = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.css'));
                return [scripts.length, named, late.map(({ name }) => name),
                  sheets.filter(({ startTime }) => startTime > page.domInteractive).length, page.contentEncoding ?? 'gzip'];
                """)
            #expect(seen[0].int == seen[1].int && seen[0].int ?? 0 > 1, "\(path): \(seen.written)")
            #expect(seen[2].count == 0 && seen[3].int == 0 && seen[4].string == "gzip", "\(path): \(seen.written)")
        }
        await browser.close()
        server.stop()
    }
}
