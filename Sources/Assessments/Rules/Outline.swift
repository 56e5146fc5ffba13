/// A questionnaire.
struct Questionnaire: Sendable, Hashable {
    let id: Int
    let slug: String
    let title: String
    let description: String?
    let isDefault: Bool
}

/// A questionnaire's pages and questions, as they are at one revision of it.
struct Outline: Sendable {
    let questionnaireID: Int
    /// Grows whenever pages or questions change.
    let revision: Int
    /// Active pages, in order.
    let pages: [Page]
    /// By id, also those of pages that are not active.
    private let questions: [Int: Question]
    private let questionsByPage: [Int: [Question]]
    /// The questions that count: those of active pages.
    let counting: Set<Int>
    /// In the order of their first pages.
    let modules: [Module]

    /// - Parameters:
    ///   - pages: All pages, in order.
    ///   - questions: All questions that were not removed, in order.
    init(questionnaireID: Int, revision: Int, pages: [Page], questions: [Question]) {
        self.questionnaireID = questionnaireID
        self.revision = revision
        self.pages = pages.filter(\.isActive)
        self.questions = Dictionary(questions.map { ($0.id, $0) }) { first, _ in first }
        questionsByPage = Dictionary(grouping: questions, by: \.pageID)
        let active = Set(self.pages.map(\.id))
        counting = Set(questions.filter { active.contains($0.pageID) }.map(\.id))
        modules = Self.modules(self.pages, questionsByPage)
    }

    func question(_ id: Int) -> Question? { questions[id] }

    func page(_ id: Int) -> Page? { pages.first { $0.id == id } }

    func questions(on page: Int) -> [Question] { questionsByPage[page] ?? [] }

    /// How far somebody is who has answered these questions; those that do not count any more are passed over.
    func progress(answered: Set<Int>, awards: Int) -> Progress {
        Progress(
            answered: answered.count(where: counting.contains), total: counting.count,
            totalXP: awards * XPRule.perQuestion)
    }

    /// Refuses to end a session in which a required question that counts has no answer.
    func requireComplete(answered: Set<Int>) throws(AssessmentRefusal) {
        let unanswered = pages.flatMap { questions(on: $0.id) }.filter { $0.isRequired && !answered.contains($0.id) }
        guard unanswered.isEmpty else { throw .unanswered(unanswered) }
    }

    /// Pages of one module, in order; a page of no module is one of its own.
    struct Module: Sendable {
        let name: String
        let pages: [Page]
        let questions: [Question]

        func status(answered: Set<Int>) -> (completed: Int, status: String) {
            let completed = questions.count { answered.contains($0.id) }
            let status =
                completed == 0 ? "not_started" : completed < questions.count ? "in_progress" : "completed"
            return (completed, status)
        }
    }

    private static func modules(_ pages: [Page], _ questions: [Int: [Question]]) -> [Module] {
        var order: [String] = []
        var pagesByName: [String: [Page]] = [:]
        for page in pages {
            let key = page.moduleName ?? "\u{0}\(page.id)"
            if pagesByName[key] == nil { order.append(key) }
            pagesByName[key, default: []].append(page)
        }
        return order.map { key in
            let pages = pagesByName[key] ?? []
            return Module(
                name: pages.first.map { $0.moduleName ?? $0.title } ?? key, pages: pages,
                questions: pages.flatMap { questions[$0.id] ?? [] })
        }
    }

    /// Where a page stands among the active ones.
    struct Navigation: Sendable, Hashable {
        let current: Int
        let total: Int
        let previous: Int?
        let next: Int?
    }

    func navigation(at page: Int) -> Navigation? {
        guard let index = pages.firstIndex(where: { $0.id == page }) else { return nil }
        return Navigation(
            current: index + 1, total: pages.count, previous: index > 0 ? pages[index - 1].id : nil,
            next: index + 1 < pages.count ? pages[index + 1].id : nil)
    }
}
