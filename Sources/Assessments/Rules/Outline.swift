/// A questionnaire.
struct Questionnaire: Sendable, Hashable {
    let id: Int
    let slug: String
    let title: String
    let description: String?
    let isDefault: Bool
}

/// A questionnaire's pages and questions, as they are at one revision of it; or what of them one session is shown.
struct Outline: Sendable {
    let questionnaireID: Int
    /// Grows whenever pages or questions change.
    let revision: Int
    let settings: QuestionnaireSettings
    /// Active pages, in order.
    private(set) var pages: [Page]
    /// By id, also those of pages that are not active, and those that a session is not shown.
    private let questions: [Int: Question]
    private var questionsByPage: [Int: [Question]]
    /// The questions that count: those of active pages.
    private(set) var counting: Set<Int>
    /// In the order of their first pages.
    private(set) var modules: [Module]
    /// Questions that have an answer, but not a whole one: required rows of theirs are empty.
    private(set) var incomplete: Set<Int> = []
    /// What has to be known of a session's answers to tell what it is shown.
    let plan: ShowingPlan
    /// All active pages, whatever a session is shown.
    private let activePages: [Page]

    /// - Parameters:
    ///   - pages: All pages, in order.
    ///   - questions: All questions that were not removed, in order.
    init(
        questionnaireID: Int, revision: Int, settings: QuestionnaireSettings = QuestionnaireSettings(), pages: [Page],
        questions: [Question]
    ) {
        self.questionnaireID = questionnaireID
        self.revision = revision
        self.settings = settings
        activePages = pages.filter(\.isActive)
        self.pages = activePages
        self.questions = Dictionary(questions.map { ($0.id, $0) }) { first, _ in first }
        questionsByPage = Dictionary(grouping: questions, by: \.pageID)
        let active = Set(activePages.map(\.id))
        counting = Set(questions.filter { active.contains($0.pageID) }.map(\.id))
        modules = Self.modules(self.pages, questionsByPage)
        plan = ShowingPlan(pages: activePages, questions: questions.filter { active.contains($0.pageID) })
    }

    func question(_ id: Int) -> Question? { questions[id] }

    /// An active page, whether or not a session is shown it.
    func page(_ id: Int) -> Page? { activePages.first { $0.id == id } }

    func questions(on page: Int) -> [Question] { questionsByPage[page] ?? [] }

    /// What one session is shown: the questions that it drew, without what its answers hide.
    /// - Parameter answers: Its answers to the questions that the plan asks for.
    func shown(to session: String, _ answers: [Int: GivenAnswer]) -> Outline {
        guard !plan.isEmpty else { return self }
        let showing = plan.showing(to: session, answers)
        var shown = self
        shown.pages = pages.filter { !showing.hiddenPages.contains($0.id) }
        shown.questionsByPage = questionsByPage.mapValues { $0.filter { !showing.hiddenQuestions.contains($0.id) } }
        shown.counting = counting.subtracting(showing.hiddenQuestions)
        shown.modules = Self.modules(shown.pages, shown.questionsByPage)
        shown.incomplete = showing.incomplete
        return shown
    }

    /// How far somebody is who has answered these questions; those that do not count any more are passed over.
    func progress(answered: Set<Int>, awards: Int) -> Progress {
        Progress(
            answered: answered.count { counting.contains($0) && !incomplete.contains($0) }, total: counting.count,
            totalXP: awards * XPRule.perQuestion)
    }

    /// Refuses to end a session in which a required question that counts has no answer.
    func requireComplete(answered: Set<Int>) throws(AssessmentRefusal) {
        let unanswered = pages.flatMap { questions(on: $0.id) }.filter {
            $0.isRequired && (!answered.contains($0.id) || incomplete.contains($0.id))
        }
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

    /// Around an active page; also around one that the session is not shown, which stands between those that it is.
    func navigation(at page: Int) -> Navigation? {
        guard let place = activePages.firstIndex(where: { $0.id == page }) else { return nil }
        let shown = Set(pages.map(\.id))
        let before = activePages[..<place].filter { shown.contains($0.id) }
        return Navigation(
            current: max(1, before.count + (shown.contains(page) ? 1 : 0)), total: pages.count,
            previous: before.last?.id, next: activePages[(place + 1)...].first { shown.contains($0.id) }?.id)
    }
}
