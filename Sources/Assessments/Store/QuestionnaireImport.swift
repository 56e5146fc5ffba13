import Changes
import Core
import SQL

/// Brings a questionnaire to what a draft says, in one transaction.
///
/// Live sessions keep everything: a page that the draft does not have becomes inactive, a question that it does not have is
/// marked as removed, and their answers stay. Questions are told by their ids, pages by module and title, or else by a
/// question that stood on them.
struct QuestionnaireImport {
    let draft: QuestionnaireDraft

    private struct KnownPage {
        let id: Int
        let module: String?
        let title: String
    }

    private struct KnownQuestion {
        let id: Int
        let questionnaireID: Int
        let pageID: Int
        let itemID: String?
        let type: String

        /// What a file calls it; questions of the older app may have no id of their own.
        var name: String { itemID ?? QuestionnaireExport.name(ofQuestion: id) }
    }

    func run(_ change: Change) throws -> ImportOutcome {
        let connection = change.connection
        // Two imports come one after another.
        _ = try connection.all(Self.lockText, []) { try $0.integer() }
        let questionnaire = try questionnaireID(on: connection)
        let pages = try connection.all(Self.pagesText, [.integer(questionnaire)]) { row in
            KnownPage(
                id: try row.integer(), module: try row.optional(row.text), title: try row.optional(row.text) ?? "")
        }
        let known = try connection.all(Self.questionsText, []) { row in
            KnownQuestion(
                id: try row.integer(), questionnaireID: try row.integer(), pageID: try row.integer(),
                itemID: try row.optional(row.text), type: try row.text().lowercased())
        }
        let taken = Dictionary(known.compactMap { one in one.itemID.map { ($0, one) } }) { first, _ in first }
        let own = Dictionary(known.filter { $0.questionnaireID == questionnaire }.map { ($0.name, $0) }) { first, _ in
            first
        }
        try refuseTakenIDs(taken, own, questionnaire)

        var outcome = ImportOutcome(slug: draft.slug, pages: draft.pages.count)
        var free = pages
        var kept: Set<Int> = []
        for (index, page) in draft.pages.enumerated() {
            let match = take(page, from: &free, own)
            let id = try naming(page.line, "The page \(page.title)", on: connection) {
                try put(page, at: index + 1, as: match, of: questionnaire, change)
            }
            for (place, question) in page.questions.enumerated() {
                let before = own[question.itemID]
                try naming(question.line, "The question \(question.itemID)", on: connection) {
                    try put(question, at: place + 1, on: id, as: before?.id, change)
                }
                if let before { kept.insert(before.id) } else { outcome.added += 1 }
            }
        }
        outcome.kept = kept.count
        outcome.removed = try remove(Set(own.values.map(\.id)).subtracting(kept), change)
        for page in free {
            try connection.execute("UPDATE pages SET is_active = FALSE WHERE id = $1", [.integer(page.id)])
        }
        return outcome
    }

    /// Names the line where a text does not fit into a column, which in a database that was taken over may be narrow.
    private func naming<Result>(
        _ line: Int, _ what: String, on connection: any Connection, _ put: () throws -> Result
    ) throws -> Result {
        do {
            let result = try put()
            try connection.settle()
            return result
        } catch SQLError.constraint(.length, let message) {
            throw FileRefusal([FileProblem(line: line, message: "\(what) has a text that is too long here: \(message)")]
            )
        }
    }

    private static let lockText = SQLText("SELECT id FROM questionnaires ORDER BY id {for_update}")
    private static let pagesText = SQLText(
        "SELECT id, module_name, title FROM pages WHERE questionnaire_id = $1 ORDER BY \(OldRows.truth("is_active")) DESC, order_index, id"
    )
    private static let questionsText = SQLText(
        """
        SELECT questions.id, pages.questionnaire_id, page_id, item_id, \(QuestionRows.kind)
        FROM questions JOIN pages ON pages.id = questions.page_id
        ORDER BY questions.id
        """)

    private func questionnaireID(on connection: any Connection) throws -> Int {
        let values: [Value] = [
            .text(draft.slug), .text(draft.title), .optional(draft.description) { .text($0) },
            .optional(StoredDetails.json(draft.settings)) { .text($0) },
        ]
        let id = try connection.one(
            """
            INSERT INTO questionnaires (slug, title, description, details) VALUES ($1, $2, $3, $4)
            ON CONFLICT (slug) DO UPDATE
            SET title = excluded.title, description = excluded.description, details = excluded.details,
                outline_revision = questionnaires.outline_revision + 1
            RETURNING id
            """, values
        ) { try $0.integer() }
        let isFirst = try draft.isDefault == nil && QuestionnaireRows.defaultIsEmpty(on: connection)
        if draft.isDefault == true || isFirst { try QuestionnaireRows.makeDefault(draft.slug, on: connection) }
        return id
    }

    private func refuseTakenIDs(
        _ taken: [String: KnownQuestion], _ own: [String: KnownQuestion], _ questionnaire: Int
    ) throws {
        let problems = draft.pages.flatMap(\.questions).compactMap { question -> FileProblem? in
            if let other = taken[question.itemID], other.questionnaireID != questionnaire {
                return FileProblem(
                    line: question.line,
                    message:
                        "The id \(question.itemID) belongs to a question of another questionnaire. Take another one.")
            }
            guard let before = own[question.itemID], before.type != question.kind.name.rawValue else { return nil }
            return FileProblem(
                line: question.line,
                message:
                    "The question \(question.itemID) is of the type \(before.type), and answers to it are kept as such. Give the new question another id."
            )
        }
        guard problems.isEmpty else { throw FileRefusal(problems) }
    }

    /// The page that a draft's page was, which no other page can be then.
    private func take(_ page: PageDraft, from free: inout [KnownPage], _ own: [String: KnownQuestion]) -> Int? {
        let titles = Set(draft.pages.map { [$0.module ?? "", $0.title] })
        let byTitle = free.firstIndex { $0.title == page.title && ($0.module ?? "") == (page.module ?? "") }
        let match =
            byTitle
            ?? page.questions.lazy.compactMap { own[$0.itemID]?.pageID }.first.flatMap { id in
                free.firstIndex { $0.id == id && !titles.contains([$0.module ?? "", $0.title]) }
            }
        return match.map { free.remove(at: $0).id }
    }

    private func put(
        _ page: PageDraft, at place: Int, as known: Int?, of questionnaire: Int, _ change: Change
    ) throws -> Int {
        let connection = change.connection
        let values: [Value] = [
            .text(page.title), .optional(page.description) { .text($0) }, .integer(place), .bool(page.isActive),
            .optional(page.module) { .text($0) }, .optional(page.emoji) { .text($0) },
            .optional(page.chapter) { .integer($0) }, .optional(page.minutes) { .integer($0) },
            .optional(page.completion) { .text($0) }, .optional(StoredDetails.json(page)) { .text($0) },
        ]
        if let known {
            try connection.execute(
                """
                UPDATE pages
                SET title = $1, description = $2, order_index = $3, is_active = $4, module_name = $5, module_emoji = $6,
                    chapter_number = $7, estimated_minutes = $8, completion_message = $9, details = $10
                WHERE id = $11
                """, values + [.integer(known)])
            return known
        }
        return try connection.one(
            """
            INSERT INTO pages (
                title, description, order_index, is_active, module_name, module_emoji, chapter_number, estimated_minutes,
                completion_message, details, created_at, questionnaire_id
            )
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            RETURNING id
            """, values + [.instant(change.now), .integer(questionnaire)]
        ) { try $0.integer() }
    }

    private func put(
        _ question: QuestionDraft, at place: Int, on page: Int, as known: Int?, _ change: Change
    ) throws {
        let connection = change.connection
        let values = QuestionRows.columns(of: question, at: place, on: page)
        let names = values.map(\.name)
        if let known {
            let sets = names.enumerated().map { "\($1) = $\($0 + 1)" }.joined(separator: ", ")
            try connection.execute(
                SQLText("UPDATE questions SET \(sets), removed_at = NULL WHERE id = $\(names.count + 1)"),
                values.map(\.value) + [.integer(known)])
        } else {
            let places = names.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
            try connection.execute(
                SQLText(
                    "INSERT INTO questions (\(names.joined(separator: ", ")), created_at) VALUES (\(places), $\(names.count + 1))"
                ), values.map(\.value) + [.instant(change.now)])
        }
    }

    private func remove(_ questions: Set<Int>, _ change: Change) throws -> Int {
        try questions.sorted().reduce(0) { count, id in
            let changed = try change.connection.changed(
                "UPDATE questions SET removed_at = $1 WHERE id = $2 AND removed_at IS NULL",
                [.instant(change.now), .integer(id)])
            return count + changed
        }
    }
}

/// What an import did.
package struct ImportOutcome: Sendable, Equatable {
    /// The questionnaire.
    package let slug: String
    /// How many pages it has now.
    package let pages: Int
    /// Questions that are new.
    package internal(set) var added = 0
    /// Questions that were there, changed or not.
    package internal(set) var kept = 0
    /// Questions that are no longer asked; their answers stay.
    package internal(set) var removed = 0
}
