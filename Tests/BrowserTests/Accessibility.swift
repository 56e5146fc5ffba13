import Core
import Foundation
import TestSupport
import Testing

/// What axe-core finds on a page that would keep people with disabilities out of it.
struct Accessibility {
    private let script: String

    /// - Throws: when axe-core's script is neither there nor to be had.
    init() throws {
        let said = try run("bash", [repository + "/scripts/axe.sh"], in: repository)
        let path = try #require(said.split(separator: "\n").last.map(String.init))
        script = try String(contentsOfFile: path, encoding: .utf8)
    }

    /// Records what is found on the page as it is now.
    func expectNothing(on browser: Browser, _ place: String) async throws {
        let found = try await findings(on: browser)
        #expect(found.isEmpty, "\(place): \(found.joined(separator: "\n"))")
    }

    /// What breaks the WCAG's rules up to AA, by the rule's name and the first place, and what a narrow window cuts off.
    func findings(on browser: Browser) async throws -> [String] {
        let found = try await browser.run(
            """
            if (!window.axe) { \(script) }
            const ends = document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime !== Infinity);
            await Promise.allSettled(ends.map((one) => one.finished));
            const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'];
            const { violations } = await window.axe.run(document, { runOnly });
            const overflow = document.documentElement.scrollWidth - window.innerWidth;
            return [...violations.map(({ id, nodes }) => id + ': ' + nodes[0].html), ...(overflow > 0 ? ['overflow: ' + overflow] : [])];
            """)
        // A script that failed answers with text instead of a list.
        return found.string.map { [$0] } ?? found.elements.map { $0.string ?? "" }
    }
}
