import Testing

@testable import Assessments

@Suite struct OutlineTests {
    private static func page(_ id: Int, module: String? = nil, isActive: Bool = true) -> Page {
        Page(
            id: id, title: "Page \(id)", description: nil, orderIndex: id, isActive: isActive, moduleName: module,
            moduleEmoji: nil, chapterNumber: nil, estimatedMinutes: nil, completionMessage: nil)
    }

    private static func question(_ id: Int, on page: Int, isRequired: Bool = false) -> Question {
        Question(id: id, pageID: page, text: "?", isRequired: isRequired, kind: .essay(characterLimit: 10))
    }

    /// Three pages of two questions each; the second is not active.
    private static let outline = Outline(
        questionnaireID: 1, revision: 1,
        pages: [page(1, module: "A"), page(2, module: "A", isActive: false), page(3), page(4, module: "A")],
        questions: [1, 2, 3, 4].flatMap { page in
            [question(page * 10, on: page, isRequired: true), question(page * 10 + 1, on: page)]
        })

    @Test(arguments: [
        (0, 0, 0.0), (0, 3, 0), (1, 3, 33.3), (2, 3, 66.7), (3, 3, 100), (11, 34, 32.4), (1, 8, 12.5), (1, 16, 6.3),
        (1_999, 2_000, 99.9), (2_000, 2_000, 100), (1, 10_000, 0),
    ]) func `percentage has one decimal, and is 100 only at the end`(answered: Int, total: Int, percentage: Double) {
        #expect(Progress(answered: answered, total: total, totalXP: 0).percentage == percentage)
    }

    @Test func `only questions on active pages count, whatever was answered`() {
        let all = Set([10, 11, 20, 21, 30, 31, 40, 41, 99, 100])
        let progress = Self.outline.progress(answered: all, awards: 10)
        #expect(progress == Progress(answered: 6, total: 6, totalXP: 100) && progress.percentage == 100)
        #expect(Self.outline.progress(answered: [20, 21], awards: 2) == Progress(answered: 0, total: 6, totalXP: 20))
        #expect(Self.outline.question(20)?.pageID == 2 && Self.outline.page(2) == nil)
    }

    @Test func `required questions without an answer are named in order, those of inactive pages are not`() {
        for (answered, missing) in [([], [10, 30, 40]), ([10, 40], [30]), ([10, 30, 40], [])] as [(Set<Int>, [Int])] {
            var named: [Int] = []
            do throws(AssessmentRefusal) {
                try Self.outline.requireComplete(answered: answered)
            } catch {
                if case .unanswered(let questions) = error { named = questions.map(\.id) }
            }
            #expect(named == missing)
        }
    }

    @Test func `modules gather their pages, and a page of none is one of its own`() {
        let modules = Self.outline.modules
        #expect(modules.map(\.name) == ["A", "Page 3"])
        #expect(modules.map { $0.pages.map(\.id) } == [[1, 4], [3]])
        #expect(modules[0].status(answered: []) == (0, "not_started"))
        #expect(modules[0].status(answered: [10, 30]) == (1, "in_progress"))
        #expect(modules[0].status(answered: [10, 11, 40, 41]) == (4, "completed"))
    }

    @Test func `navigation knows active pages only`() {
        #expect(Self.outline.navigation(at: 1) == .init(current: 1, total: 3, previous: nil, next: 3))
        #expect(Self.outline.navigation(at: 3) == .init(current: 2, total: 3, previous: 1, next: 4))
        #expect(Self.outline.navigation(at: 4) == .init(current: 3, total: 3, previous: 3, next: nil))
        #expect(Self.outline.navigation(at: 2) == nil)
    }

    @Test(arguments: [
        (0, []), (1, ["first_answer"]), (9, ["first_answer"]), (10, ["first_answer", "milestone_10"]),
        (25, ["first_answer", "milestone_10", "milestone_20"]),
    ]) func `badges are what the answers ever given have earned, each once`(count: Int, badges: [String]) {
        #expect(XPRule.badges(questionsEverAnswered: count) == badges)
        #expect((0...count).flatMap(XPRule.badges(earnedBy:)) == badges)
    }
}
