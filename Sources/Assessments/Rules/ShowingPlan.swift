import Core

/// How it is decided what one session is shown: draws, and conditions in an order in which each finds decided what it asks about.
struct ShowingPlan: Sendable {
    /// The questions whose answers decide something.
    let asksFor: Set<Int>
    private let pages: [Page]
    private let questions: [Question]
    private let steps: [Step]
    private let idsByItem: [String: Int]

    /// A page or a question whose turn it is.
    enum Step: Sendable, Hashable {
        case page(Page)
        case question(Question)
    }

    /// What one session is not shown.
    struct Showing: Sendable {
        var hiddenPages: Set<Int> = []
        /// Those of hidden pages too.
        var hiddenQuestions: Set<Int> = []
        var incomplete: Set<Int> = []
    }

    /// - Parameters:
    ///   - pages: The active pages, in order.
    ///   - questions: Those on them, in order.
    init(pages: [Page], questions: [Question]) {
        let isConditional = pages.contains { $0.condition != nil } || questions.contains { $0.condition != nil }
        let rows = questions.filter(\.asksForAllRows)
        let isDrawn = pages.contains { $0.draw != nil }
        self.pages = pages
        self.questions = isConditional || isDrawn || !rows.isEmpty ? questions : []
        idsByItem = Dictionary(questions.compactMap { one in one.itemID.map { ($0, one.id) } }) { first, _ in first }
        steps = isConditional ? ConditionOrder(pages: pages, questions: questions).steps : []
        let named = pages.compactMap(\.condition) + questions.compactMap(\.condition)
        let ids = idsByItem
        asksFor = Set(named.flatMap(\.questions).compactMap { ids[$0] }).union(rows.map(\.id))
    }

    /// Whether every session is shown everything.
    var isEmpty: Bool { questions.isEmpty }

    /// Whether what is shown hangs on answers.
    var isConditional: Bool { !steps.isEmpty }

    func showing(to session: String, _ answers: [Int: GivenAnswer]) -> Showing {
        var showing = Showing()
        showing.hiddenQuestions = notDrawn(by: session)
        // What is hidden has no answer that counts.
        func answer(_ item: String) -> GivenAnswer? {
            idsByItem[item].flatMap { showing.hiddenQuestions.contains($0) ? nil : answers[$0] }
        }
        for step in steps {
            switch step {
            case .page(let page):
                if page.condition?.holds(answer) == false { showing.hiddenPages.insert(page.id) }
            case .question(let question):
                if showing.hiddenPages.contains(question.pageID) || question.condition?.holds(answer) == false {
                    showing.hiddenQuestions.insert(question.id)
                }
            }
        }
        showing.incomplete = Set(questions.filter { $0.asksForAllRows && !$0.hasAllRows(answers[$0.id]) }.map(\.id))
        return showing
    }

    private func notDrawn(by session: String) -> Set<Int> {
        var left: Set<Int> = []
        for page in pages {
            guard let draw = page.draw else { continue }
            let ids = questions.filter { $0.pageID == page.id }.map(\.id)
            left.formUnion(Steady.shuffled(ids) { Steady.rank(session, "draw", "\($0)") }.dropFirst(draw))
        }
        return left
    }
}

extension Question {
    /// Whether it is answered only when each of its rows is.
    fileprivate var asksForAllRows: Bool {
        if case .matrix = kind { isRequired } else { false }
    }

    fileprivate func hasAllRows(_ answer: GivenAnswer?) -> Bool {
        guard case .matrix(let matrix) = kind, case .matrix(let cells)? = answer else { return true }
        return matrix.rows.allSatisfy { cells[$0.value] != nil }
    }
}

/// Pages and questions in an order in which nothing comes before what its condition asks about.
struct ConditionOrder: Sendable {
    /// What stands in a circle is left out, and so is always shown: an import refuses it, but rows can be written by others.
    let steps: [ShowingPlan.Step]
    /// The item ids of questions, and titles of pages, that wait for one another.
    let circle: [String]

    init(pages: [Page], questions: [Question]) {
        let byItem = Dictionary(questions.compactMap { one in one.itemID.map { ($0, one) } }) { first, _ in first }
        let pagesByID = Dictionary(pages.map { ($0.id, $0) }) { first, _ in first }
        let nodes = pages.map { ShowingPlan.Step.page($0) } + questions.map { .question($0) }
        var waitsFor: [Int] = []
        var unlocks: [[Int]] = Array(repeating: [], count: nodes.count)
        let places = Dictionary(nodes.enumerated().map { (Self.key($1), $0) }) { first, _ in first }
        for (index, node) in nodes.enumerated() {
            var before = Self.condition(node)?.questions.compactMap { byItem[$0].map { Self.key(.question($0)) } } ?? []
            if case .question(let question) = node, let page = pagesByID[question.pageID] {
                before.append(Self.key(.page(page)))
            }
            let known = before.compactMap { places[$0] }
            waitsFor.append(known.count)
            for one in known { unlocks[one].append(index) }
        }
        var ready = nodes.indices.filter { waitsFor[$0] == 0 }
        var next = 0
        while next < ready.count {
            for index in unlocks[ready[next]] {
                waitsFor[index] -= 1
                if waitsFor[index] == 0 { ready.append(index) }
            }
            next += 1
        }
        steps = ready.map { nodes[$0] }
        circle = nodes.indices.filter { waitsFor[$0] > 0 && Self.condition(nodes[$0]) != nil }.map {
            switch nodes[$0] {
            case .page(let page): page.title
            case .question(let question): question.itemID ?? "\(question.id)"
            }
        }
    }

    private static func key(_ step: ShowingPlan.Step) -> String {
        switch step {
        case .page(let page): "p\(page.id)"
        case .question(let question): "q\(question.id)"
        }
    }

    private static func condition(_ step: ShowingPlan.Step) -> Condition? {
        switch step {
        case .page(let page): page.condition
        case .question(let question): question.condition
        }
    }
}
