import Core
import Foundation
import TestSupport
import Testing

/// The pages of accounts in real Chromium, against the real server.
@Suite(.serialized, .inTurns) struct AccountPageTests {
    private func inBrowser(_ body: (DogearProcess, Browser, String) async throws -> Void) async throws {
        let folder = try temporaryFolder("browser")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try DogearProcess(["--demo"], in: folder)
        let browser = try await Browser(in: folder, profile: folder + "/profile")
        do {
            try await body(server, browser, folder)
            await browser.close()
            server.stop()
        } catch {
            await browser.close()
            server.stop()
            throw error
        }
    }

    /// Fills fields by their ids and sends the form.
    private func send(_ browser: Browser, _ fields: [String: String]) async throws {
        try await browser.wait(until: "document.documentElement.dataset.dogear === 'ready'")
        let lines = fields.map { "document.getElementById('\($0.key)').value = '\($0.value)';" }.joined()
        _ = try await browser.run("\(lines) document.querySelector('form').requestSubmit(); return true;")
    }

    private func path(_ path: String) -> String { "location.pathname === '\(path)'" }

    @Test func `somebody registers, is who they are after the token has run out, and signs out`() async throws {
        try await inBrowser { server, browser, folder in
            try await browser.go(server.origin + "/register?next=%2Faccount")
            try await send(browser, ["email": "bob@x.org", "password": "a good long one", "name": "Bob"])
            try await browser.wait(until: "document.activeElement.id === 'code'")
            let outbox = folder + "/data/outbox"
            var code = ""
            try await eventually("the mail is written") {
                guard let name = try? FileManager.default.contentsOfDirectory(atPath: outbox).first,
                    name.hasSuffix(".eml")
                else { return false }
                let mail = try String(contentsOfFile: "\(outbox)/\(name)", encoding: .utf8)
                code = mail.firstMatch(of: /code is (\d{8})/).map { String($0.output.1) } ?? ""
                return !code.isEmpty
            }
            try await send(browser, ["code": code])
            try await browser.wait(until: path("/account"))
            try await browser.wait(until: "document.getElementById('name').value === 'Bob'")
            // The cookie is not for scripts, and the page needs none: a token that is no longer good is refreshed.
            #expect(try await browser.run("return document.cookie").string == "")
            let refreshed = try await browser.run(
                """
                const { signedFetch } = await import('/assets/account.js');
                let lost = 0;
                const real = window.fetch;
                window.fetch = (path, options) => path === '/api/v1/me' && lost++ === 0
                  ? real(path, { ...options, credentials: 'omit' }) : real(path, options);
                const response = await signedFetch('/api/v1/me');
                window.fetch = real;
                return [response.status, lost];
                """)
            #expect(refreshed[0].int == 200 && refreshed[1].int == 2)
            try await browser.click("#logout")
            try await browser.wait(until: path("/login"))
            try await browser.go(server.origin + "/account")
            try await browser.wait(until: "location.href.endsWith('/login?next=%2Faccount')")
            try await send(browser, ["email": "bob@x.org", "password": "wrong"])
            try await browser.wait(until: "!document.getElementById('trouble').hidden")
            try await send(browser, ["password": "a good long one"])
            try await browser.wait(until: path("/account"))
        }
    }

    @Test func `after signing in one goes to paths of our own only`() async throws {
        try await inBrowser { server, browser, _ in
            try await browser.go(server.origin + "/login")
            let said = try await browser.run(
                """
                const { nextPath } = await import('/assets/account.js');
                const asked = ['/account?a=1#b', '//evil.example', '/\\\\evil.example', 'https://evil.example', 'javascript:1', '', '/\\tx'];
                return asked.map((next) => nextPath('?' + new URLSearchParams({ next }), location.origin));
                """)
            let paths = said.elements.map { $0.string ?? "" }
            #expect(paths.first == "/account?a=1#b")
            #expect(paths.dropFirst().allSatisfy { $0.hasPrefix("/") && !$0.hasPrefix("//") }, "\(paths)")
            #expect(paths.dropFirst().dropLast().allSatisfy { $0 == "/jobs" }, "\(paths)")
        }
    }

    @Test func `the pages of accounts keep nobody out`() async throws {
        let accessibility = try Accessibility()
        try await inBrowser { server, browser, _ in
            for page in ["register", "verify", "login", "forgot", "reset"] {
                try await browser.go("\(server.origin)/\(page)")
                try await browser.wait(until: "document.documentElement.dataset.dogear === 'ready'")
                try await accessibility.expectNothing(on: browser, page)
            }
            try await browser.go(server.origin + "/login?next=%2Faccount")
            try await send(browser, ["email": SampleUser.email, "password": SampleUser.password])
            try await browser.wait(until: path("/account"))
            try await browser.wait(until: "!document.getElementById('parts').hidden")
            try await accessibility.expectNothing(on: browser, "account")
        }
    }
}
