import Core
import Foundation
import TestSupport
import Testing

/// A live event in real Chromium: a host's window and some players', each a browser of its own.
final class EventWindows {
    let folder: String
    let server: DogearProcess
    let id: String
    private let joinURL: String
    private let recoveryCode: String
    private var open: [Browser] = []

    /// A server, and on it an event of one segment whose right answers all begin with "Right".
    static func run(_ body: (EventWindows) async throws -> Void) async throws {
        let folder = try temporaryFolder("browser")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let windows = try await EventWindows(DogearProcess(["--demo"], in: folder), in: folder)
        do {
            try await body(windows)
            await windows.close()
        } catch {
            await windows.close()
            throw error
        }
    }

    private init(_ server: DogearProcess, in folder: String) async throws {
        self.folder = folder
        self.server = server
        let event = try await server.send("POST", "/api/events", #"{"title":"Shore birds","time_per_question":90}"#)
        id = try #require(event["id"].string)
        joinURL = try #require(event["join_url"].string)
        recoveryCode = try #require(event["host_recovery_code"].string)
        let token = ["Authorization": "Bearer \(try #require(event["host_token"].string))"]
        let segment = try await server.send(
            "POST", "/api/events/\(id)/segments", #"{"title":"Waders","presenter_name":"Emmy"}"#, headers: token)
        let questions = (1...3).map {
            #"{"question_text":"Question \#($0)?","correct_answer":"Right \#($0)","other_answers":["Wrong \#($0)"]}"#
        }
        let added = try await server.send(
            "POST", "/api/segments/\(try #require(segment["id"].string))/questions",
            #"{"questions":[\#(questions.joined(separator: ","))]}"#, headers: token)
        try #require(added.status == 201)
    }

    /// The host's page, which this browser opens with the recovery code.
    func host(width: Int = 1_280) async throws -> Browser {
        let browser = try await window("host", width)
        try await browser.go(server.origin + "/events/\(id)/host")
        try await browser.wait(until: Self.seen("host-door"))
        _ = try await browser.run("document.getElementById('host-code').value = '\(recoveryCode)'; return true;")
        try await browser.click("[data-testid=recover-host]")
        try await browser.wait(until: Self.seen("start-event"))
        return browser
    }

    /// A player's page, opened as the QR leads to it.
    func player(_ name: String, width: Int = 500) async throws -> Browser {
        let browser = try await window(name, width)
        try await browser.go(joinURL)
        try await browser.wait(until: Self.seen("join"))
        _ = try await browser.run("document.getElementById('name').value = '\(name)'; return true;")
        try await browser.click("[data-testid=join]")
        try await browser.wait(until: Self.seen("view-waiting"))
        return browser
    }

    /// Opens the event's address for joining once more, in another tab of that browser.
    func joinAgain(_ browser: Browser) async throws { _ = try await browser.openTab(joinURL) }

    /// From the closed door to the first question.
    func startQuiz(_ host: Browser) async throws {
        for step in ["start-event", "start-recording", "stop-recording", "start-quiz"] {
            try await host.click("[data-testid=\(step)]")
        }
        try await host.wait(until: Self.seen("reveal"))
    }

    private func window(_ name: String, _ width: Int) async throws -> Browser {
        let browser = try await Browser(in: folder, profile: "\(folder)/\(name)", width: width)
        open.append(browser)
        return browser
    }

    private func close() async {
        for browser in open { await browser.close() }
        server.stop()
    }

    /// Whether something can be seen that has this test id.
    static func seen(_ testID: String) -> String {
        "[...document.querySelectorAll('[data-testid=\(testID)]')].some((e) => e.checkVisibility())"
    }

    /// Whether a question is asked, on whichever page.
    static func asks(_ number: Int) -> String {
        "[...document.querySelectorAll('.asked')].some((e) => e.textContent === 'Question \(number)?')"
    }

    static let answerIsIn =
        "document.querySelector('[data-testid=answer-state]').textContent.startsWith('Your answer is in')"
}
