import Core
import Foundation
import TestSupport
import Testing

/// A live event in real Chromium: nobody loses a place, and every tap of the host's has a way back.
@Suite(.serialized, .inTurns) struct LiveEventTests {
    private func answer(_ player: Browser, _ text: String) async throws {
        try await player.wait(until: EventWindows.seen("answer"))
        _ = try await player.run(
            "[...document.querySelectorAll('[data-testid=answer]')].find((e) => e.textContent.includes('\(text)')).click(); return true;"
        )
        try await player.wait(until: EventWindows.answerIsIn)
    }

    private func all(_ browsers: [Browser], see condition: String) async throws {
        for browser in browsers { try await browser.wait(until: condition) }
    }

    private func score(_ player: Browser) async throws -> Int {
        Int(try await player.run("return document.querySelector('.join-standing strong').textContent").string ?? "")
            ?? -1
    }

    private func scores(_ players: [Browser]) async throws -> [Int] {
        var scores: [Int] = []
        for player in players { scores.append(try await score(player)) }
        return scores
    }

    private func secondsLeft(_ browser: Browser) async throws -> Int {
        try await browser.run(
            """
            const [, minutes, seconds] = /(\\d+):(\\d+)/.exec(document.querySelector('[data-testid=countdown]').textContent);
            return 60 * minutes + Number(seconds);
            """
        ).int ?? -1
    }

    @Test func `an ending by accident, a skipped question and a killed server cost nobody anything`() async throws {
        try await EventWindows.run { event in
            let host = try await event.host()
            let (ada, ben, cleo) = (
                try await event.player("Ada"), try await event.player("Ben"), try await event.player("Cleo")
            )
            let players = [ada, ben, cleo]
            try await host.wait(until: "document.querySelectorAll('[data-testid=person]').length === 3")
            try await event.startQuiz(host)
            _ = try await host.run("window.button = document.querySelector('[data-testid=reveal]'); return true;")
            try await answer(ada, "Right")
            try await answer(ben, "Wrong")
            try await host.wait(until: "document.querySelector('.now').textContent.includes('2 of 3 answered')")
            // A button that an answer replaces under the host's finger would lose the tap.
            #expect(try await host.run("return window.button.isConnected").bool == true)
            try await host.click("[data-testid=reveal]")
            try await all(players, see: EventWindows.seen("outcome"))
            try await host.click("[data-testid=next-question]")
            try await all(players, see: EventWindows.asks(2))
            try await answer(ada, "Right")
            try await eventually("Ada's points are counted") { try await score(ada) > 0 }
            let before = try await scores(players)
            #expect(before[1] == 0 && before[2] == 0)
            let left = try await secondsLeft(host)
            let seen = ContinuousClock.now

            try await host.click("[data-testid=end-segment]")
            var ran = ContinuousClock.now - seen
            try await host.wait(
                until: "Number(document.querySelector('[data-testid=resume-countdown]').textContent) <= 29")
            try await all(players, see: EventWindows.seen("view-segment_complete"))
            #expect(try await host.run("return document.activeElement.dataset.testid").string == "resume")
            let resumed = ContinuousClock.now
            try await host.click("[data-testid=resume]")
            try await all([host] + players, see: EventWindows.asks(2))
            try await ada.wait(until: EventWindows.answerIsIn)
            #expect(try await scores(players) == before)
            let clocks = [try await secondsLeft(host), try await secondsLeft(ada), try await secondsLeft(cleo)]
            ran += ContinuousClock.now - resumed
            // The clock ran while the question was open, and stood still between.
            let least = left - Int(ran.components.seconds) - 2
            #expect(clocks.allSatisfy { (least...left).contains($0) }, "\(left), then \(clocks), at least \(least)")

            try await host.click("[data-testid=next-question]")
            try await all(players, see: EventWindows.asks(3))
            try await host.click("[data-testid=undo]")
            try await all([host] + players, see: EventWindows.asks(2))
            try await ada.wait(until: EventWindows.answerIsIn)

            event.server.kill()
            try await all([host] + players, see: "document.documentElement.dataset.dogear === 'offline'")
            let again = try DogearProcess(["--demo"], port: event.server.port, in: event.folder)
            try await all([host] + players, see: "document.documentElement.dataset.dogear === 'ready'")
            try await all([host] + players, see: EventWindows.asks(2))
            #expect(try await scores(players) == before)
            try await answer(cleo, "Right")
            try await host.click("[data-testid=reveal]")
            try await all(players, see: EventWindows.seen("outcome"))
            try await eventually("Cleo's points are counted") { try await score(cleo) > 0 }
            try await eventually("Ada's points are counted") { try await score(ada) > before[0] }
            again.stop()
        }
    }

    @Test func `a refresh, a second tab and a lost network keep name, answer and score`() async throws {
        try await EventWindows.run { event in
            let host = try await event.host()
            let ada = try await event.player("Ada")
            try await event.startQuiz(host)
            try await answer(ada, "Right")
            try await ada.go(event.server.origin + "/events")
            _ = try await ada.run("history.back(); return true;")
            try await ada.wait(until: EventWindows.answerIsIn)

            let first = try await ada.tab()
            try await event.joinAgain(ada)
            try await ada.wait(until: EventWindows.answerIsIn)
            let second = try await ada.tab()
            try await ada.turn(to: first)
            try await ada.wait(until: EventWindows.seen("view-superseded"))
            try await ada.click("[data-testid=take-back]")
            try await ada.wait(until: EventWindows.answerIsIn)
            try await ada.turn(to: second)
            try await ada.wait(until: EventWindows.seen("view-superseded"))
            try await ada.turn(to: first)

            try await ada.setOffline(true)
            try await ada.wait(until: EventWindows.seen("unreachable"))
            try await host.click("[data-testid=reveal]")
            try await host.click("[data-testid=next-question]")
            try await ada.setOffline(false)
            try await ada.wait(until: EventWindows.asks(2))
            try await ada.wait(until: "!\(EventWindows.seen("unreachable"))")
            try await eventually("the points arrive") { try await score(ada) > 0 }
            #expect(try await host.run("return document.querySelectorAll('[data-testid=person]').length").int == 1)
        }
    }

    @Test func `the host ends and resumes, and a player answers, by keyboard alone`() async throws {
        try await EventWindows.run { event in
            let host = try await event.host()
            let ada = try await event.player("Ada")
            try await event.startQuiz(host)
            try await ada.wait(until: EventWindows.seen("answer"))
            try await tab(ada, to: "answer")
            try await ada.press(" ")
            try await ada.wait(until: EventWindows.answerIsIn)
            try await tab(host, to: "end-segment")
            try await host.press("\u{E007}")
            try await host.wait(until: "document.activeElement.dataset.testid === 'resume'")
            // Escape loses nothing: the way back is a button on the page, and has the focus.
            try await host.press("\u{E00C}")
            try await host.wait(until: "document.activeElement.dataset.testid === 'resume-segment'")
            try await host.press("\u{E007}")
            try await host.wait(until: EventWindows.asks(1))
            try await ada.wait(until: EventWindows.answerIsIn)
        }
    }

    private func tab(_ browser: Browser, to testID: String) async throws {
        for _ in 0..<60 {
            try await browser.press("\u{E004}")
            if try await browser.run("return document.activeElement.dataset.testid").string == testID { return }
        }
        Issue.record("\(testID) cannot be reached by the tab key")
    }

    @Test func `nothing keeps anybody out of the pages of an event, and nothing overflows a narrow screen`()
        async throws
    {
        let axe = try Accessibility()
        try await EventWindows.run { event in
            let host = try await event.host(width: 500)
            let ada = try await event.player("Ada")
            try await axe.expectNothing(on: host, "host, waiting")
            try await axe.expectNothing(on: ada, "player, waiting")
            try await event.startQuiz(host)
            try await ada.wait(until: EventWindows.seen("answer"))
            try await axe.expectNothing(on: ada, "question")
            try await answer(ada, "Wrong")
            try await axe.expectNothing(on: ada, "answered")
            try await axe.expectNothing(on: host, "host, question")
            try await host.click("[data-testid=reveal]")
            try await ada.wait(until: EventWindows.seen("outcome"))
            try await axe.expectNothing(on: ada, "outcome")
            try await host.click("[data-testid=end-segment]")
            try await host.wait(until: EventWindows.seen("resume-dialog"))
            try await ada.wait(until: EventWindows.seen("view-segment_complete"))
            try await axe.expectNothing(on: host, "dialog")
            try await axe.expectNothing(on: ada, "segment is over")
            _ = try await host.openTab(event.server.origin + "/events/\(event.id)/screen")
            try await host.wait(until: "document.getElementById('screen-title') !== null")
            try await axe.expectNothing(on: host, "screen")
            try await host.go(event.server.origin + "/events")
            try await host.wait(until: EventWindows.seen("event-item"))
            try await axe.expectNothing(on: host, "events")
            try await ada.go(event.server.origin + "/join/DEMQ42")
            try await ada.wait(until: EventWindows.seen("join"))
            try await axe.expectNothing(on: ada, "door")
            _ = try await ada.run(
                "document.querySelector('main').append(document.createElement('button')); return true;")
            #expect(try await axe.findings(on: ada).contains { $0.hasPrefix("button-name") })
        }
    }
}
