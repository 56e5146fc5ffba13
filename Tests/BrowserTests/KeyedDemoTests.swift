import Core
import Foundation
import TestSupport
import Testing

/// The demo's pages in real Chromium, on a server that has a key.
@Suite(.serialized, .inTurns) struct KeyedDemoTests {
    private static let harbour = "c11b0000-0000-4000-8000-000000000001"
    private static let time = "document.querySelector('video').currentTime"
    private static let isReady = "document.documentElement.dataset.dogear === 'ready'"
    private static let card = "document.getElementById('sign-in-needed')"

    private func withKeyedServer(_ body: (DogearProcess, Browser) async throws -> Void) async throws {
        let folder = try temporaryFolder("browser")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // A place from before there was a key.
        let open = try DogearProcess(["--demo"], in: folder)
        let place = """
            {"user_id":"\(SampleUser.id)","content_id":"\(Self.harbour)","platform_id":"tv","progress_seconds":84,
            "duration_seconds":240}
            """
        #expect(try await open.send("POST", "/api/v1/playback/progress", place).status == 200)
        open.stop()
        _ = try run(DogearProcess.binary, ["key", "create"], in: folder)
        let server = try DogearProcess(["--demo"], port: open.port, in: folder)
        let browser = try await Browser(in: folder, profile: folder + "/profile")
        do {
            try await body(server, browser)
            await browser.close()
            server.stop()
        } catch {
            await browser.close()
            server.stop()
            throw error
        }
    }

    private func signIn(_ browser: Browser) async throws {
        try await browser.wait(until: "location.pathname === '/login' && \(Self.isReady)")
        _ = try await browser.run(
            """
            document.getElementById('email').value = '\(SampleUser.email)';
            document.getElementById('password').value = '\(SampleUser.password)';
            document.querySelector('form').requestSubmit();
            return true;
            """)
    }

    @Test func `a page asks for a sign-in in words, and the place from before the key is there after it`() async throws
    {
        let accessibility = try Accessibility()
        try await withKeyedServer { server, browser in
            try await browser.go(server.origin + "/watch")
            try await browser.wait(until: "\(Self.isReady) && !\(Self.card).hidden")
            let words = try await browser.run("return document.body.innerText").string ?? ""
            #expect(words.contains("Sign in, and your place is kept") && words.contains(SampleUser.password))
            #expect(!words.contains("401") && !words.contains("Bearer") && !words.contains("Authorization"))
            try await accessibility.expectNothing(on: browser, "watch, signed out")
            try await browser.click("#sign-in-needed a.button")
            try await signIn(browser)
            try await browser.wait(until: "location.pathname === '/watch' && \(Self.isReady)")
            try await browser.wait(
                until: "document.querySelector('[data-testid=continue-item][data-content-id=\"\(Self.harbour)\"]')")
            #expect(try await browser.run("return \(Self.card).hidden").bool == true)

            try await browser.go(server.origin + "/watch/harbour")
            try await browser.wait(until: "\(Self.time) >= 84 && \(Self.isReady)")
            _ = try await browser.run(
                "const v = document.querySelector('video'); v.currentTime = 120; await v.play(); return true;")
            try await browser.wait(until: "\(Self.time) > 121")
            _ = try await browser.run("document.querySelector('video').pause(); return true;")
            try await browser.wait(
                until: "/Saved at 2:/.test(document.querySelector('[data-testid=status]').textContent)")
            try await browser.go(server.origin + "/watch/harbour")
            try await browser.wait(until: "\(Self.time) >= 120")
        }
    }

    @Test func `every page of the demo works for whoever is signed in`() async throws {
        try await withKeyedServer { server, browser in
            try await browser.go(server.origin + "/login?next=%2F")
            try await signIn(browser)
            try await browser.wait(until: "location.pathname === '/' && \(Self.isReady)")
            try await browser.wait(
                until: "document.querySelector('[data-testid=resumable]').innerText.includes('Harbour')")

            try await browser.go(server.origin + "/assessments")
            try await browser.wait(until: "document.querySelectorAll('#questionnaires > li').length === 3")
            try await browser.go(server.origin + "/assessments/a-weekend-away")
            try await browser.wait(until: "\(Self.isReady) && document.querySelector('#view button')")
            let assessment = try await browser.run("return document.getElementById('view').innerText").string ?? ""
            #expect(!assessment.contains("sign"), "\(assessment)")

            try await browser.go(server.origin + "/events")
            try await browser.wait(until: Self.isReady)
            _ = try await browser.run(
                "document.getElementById('make-name').value = 'Birds'; document.getElementById('make').requestSubmit(); return true;"
            )
            try await browser.wait(until: "document.querySelector('[data-testid=event-item] a')")
            try await browser.wait(until: "document.getElementById('editor').innerText.includes('Birds')")
            try await browser.click("[data-testid=event-item] a")
            try await browser.wait(until: "document.getElementById('view').innerText.includes('Birds')")

            for page in ["/jobs", "/playground", "/account"] {
                try await browser.go(server.origin + page)
                try await browser.wait(until: Self.isReady)
                #expect(try await browser.run("return location.pathname").string == page)
            }
        }
    }

    @Test func `a sign-in that has run out is renewed, also by many calls at once`() async throws {
        try await withKeyedServer { server, browser in
            try await browser.go(server.origin + "/login?next=%2Faccount")
            try await signIn(browser)
            try await browser.wait(until: "location.pathname === '/account' && \(Self.isReady)")
            // Only the token of the sign-in is lost, as when its 15 minutes are over.
            let statuses = try await browser.run(
                """
                const { pageFetch } = await import('/assets/account.js');
                const real = window.fetch;
                let renewed = false;
                let refreshes = 0;
                window.fetch = async (path, options) => {
                  if (path.endsWith('/refresh')) { refreshes += 1; renewed = true; }
                  return real(path, renewed ? options : { ...options, credentials: 'omit' });
                };
                const paths = ['', '/plays', ''].map((end) => `/api/v1/users/\(SampleUser.id)/history/\(Self.harbour)${end}`);
                const answers = await Promise.all(paths.map((path) => pageFetch(path)));
                return [...answers.map(({ status }) => status), refreshes];
                """)
            #expect(statuses.elements.map(\.int) == [200, 200, 200, 1], "\(statuses.written)")
            #expect(try await browser.run("return \(Self.card).hidden").bool == true)
        }
    }
}
