import Core
import Foundation
import TestSupport
import Testing

/// What pages say while the server is away, in real Chromium.
@Suite(.serialized, .inTurns) struct ServerAwayTests {
    private static func shows(_ name: String) -> String {
        "!document.querySelector('[data-testid=\(name)]').closest('[hidden]')"
    }

    /// Opens a page, kills the server and starts it again, and sees the page say both.
    private func away(
        from path: String, notice: String = "true", saying: String = "true", and then: String
    ) async throws {
        let folder = try temporaryFolder("browser")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try DogearProcess(["--demo"], in: folder)
        let browser = try await Browser(in: folder, profile: folder + "/profile")
        do {
            try await browser.go(server.origin + path)
            try await browser.wait(until: "document.documentElement.dataset.dogear === 'ready'")
            #expect(try await browser.run("return \(Self.shows("unreachable"))").bool == false)
            server.kill()
            _ = try await browser.run("\(notice); return true;")
            try await browser.wait(until: "\(Self.shows("unreachable")) && !\(Self.shows("server-back"))")
            try await browser.wait(until: saying)
            let again = try DogearProcess(["--demo"], port: server.port, in: folder)
            try await browser.wait(until: "\(Self.shows("server-back")) && !\(Self.shows("unreachable"))")
            try await browser.wait(until: then)
            await browser.close()
            again.stop()
        } catch {
            await browser.close()
            throw error
        }
    }

    /// As when somebody comes back to the tab.
    private static let look = "document.dispatchEvent(new Event('visibilitychange'))"

    @Test func `a page without a stream says that Dogear is away, and that it is back`() async throws {
        let badge = "document.getElementById('readiness').textContent"
        try await away(
            from: "/", notice: Self.look, saying: "\(badge) === 'cannot be reached'", and: "\(badge) === 'ready'")
    }

    @Test func `a page that follows a stream says so by itself`() async throws {
        try await away(from: "/watch", and: "document.documentElement.dataset.dogear === 'ready'")
    }

    @Test func `a clip goes on, and its place arrives when Dogear is back`() async throws {
        let status = "document.querySelector('[data-testid=status]').textContent"
        try await away(
            from: "/watch/harbour", notice: "document.querySelector('video').currentTime = 90",
            saying: "/Offline/.test(\(status)) && !/Saved/.test(\(status))", and: "/Saved at 1:30/.test(\(status))")
    }

    @Test func `a questionnaire says so, and goes on by itself`() async throws {
        try await away(
            from: "/assessments/a-weekend-away", notice: Self.look,
            and: "document.querySelector('#view button') && document.documentElement.dataset.dogear === 'ready'")
    }

    @Test func `a form that could not be sent says so, and is there to be sent again`() async throws {
        try await away(
            from: "/login",
            notice:
                "document.getElementById('email').value = 'a@b.org'; document.getElementById('password').value = 'x'; document.getElementById('form').requestSubmit()",
            saying: "!document.getElementById('trouble').hidden",
            and: "document.getElementById('email').value === 'a@b.org'")
    }

    @Test func `the list of events is read again when Dogear is back`() async throws {
        try await away(
            from: "/events", notice: Self.look,
            and: "document.getElementById('mine-empty').textContent.startsWith('None yet')")
    }

    @Test func `a page that was sent without a script of its own says so as well`() async throws {
        try await away(from: "/api", notice: Self.look, and: "document.getElementById('schemas')")
    }
}
