import Core
import Foundation
import TestSupport
import Testing

/// The JavaScript client of seed 003, verbatim but for host and ids, in a page of another origin.
@Suite(.serialized, .inTurns) struct SeedClientTests {
    @Test func `the seed's client works from a page of another origin`() async throws {
        let folder = try temporaryFolder("seed")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try DogearProcess([], in: folder)
        let (user, content) = (ID.random(), ID.random())
        let page = """
            <!doctype html><title>seed</title><script>
            const videoPlayer = { currentTime: 1800.7, seek(to) { this.sought = to; } };
            window.start = async () => {
            // 1. Create session
            const response = await fetch('\(server.origin)/api/v1/sessions', {
              method: 'POST',
              headers: { 'Content-Type': 'application/json' },
              body: JSON.stringify({
                user_id: '\(user)',
                content_id: '\(content)',
                device_id: 'device-123',
                duration_seconds: 3600
              })
            });

            const data = await response.json();

            // 2. Seek to resume position if available
            if (data.resume_position_seconds) {
              videoPlayer.seek(data.resume_position_seconds);
            }

            // 3. Update position periodically
            setInterval(async () => {
              await fetch(`\(server.origin)/api/v1/sessions/${data.id}/position`, {
                method: 'PATCH',
                headers: { 'Content-Type': 'application/json' },
                body: JSON.stringify({
                  position_seconds: videoPlayer.currentTime
                })
              });
            }, 10000); // Every 10 seconds

            // 4. Delete session on close
            window.addEventListener('beforeunload', async () => {
              await fetch(`\(server.origin)/api/v1/sessions/${data.id}`, {
                method: 'DELETE'
              });
            });
            return { id: data.id, sought: videoPlayer.sought ?? null };
            };
            </script>
            """
        try Data(page.utf8).write(to: URL(fileURLWithPath: folder + "/index.html"))
        let port = try freePort()
        let pages = try ChildProcess(
            "python3", ["-m", "http.server", "--bind", "127.0.0.1", String(port)], in: folder, output: folder + "/pages"
        )
        defer {
            pages.signal(SIGTERM)
            pages.wait()
        }
        let browser = try await Browser(in: folder, profile: folder + "/profile")
        while try await browser.run("return document.title").string != "seed" {
            try? await browser.go("http://localhost:\(port)/index.html")
        }
        let first = try await browser.run("return await window.start()")
        #expect(first["sought"].isNull && first["id"].string != nil)
        let place = "/api/v1/users/\(user)/history/\(content)"
        try await eventually("stored") {
            try await server.send("GET", place)["resume_position_seconds"].int == 1_800
        }
        try await browser.go("http://localhost:\(port)/index.html?again")
        let second = try await browser.run("return await window.start()")
        #expect(second["sought"].int == 1_800)
        await browser.close()
        #expect(server.stop() == 0)
    }
}
