package import Changes
package import Core
package import Foundation
import SQL

/// The questionnaires of a database, for commands, pages and sample content.
package struct QuestionnaireLibrary: Sendable {
    private let changes: Changes

    /// The questionnaires of a database.
    package init(changes: Changes) {
        self.changes = changes
    }

    /// A questionnaire in a list.
    package struct Entry: Sendable, Hashable {
        /// Its name in addresses.
        package let slug: String
        /// Its title.
        package let title: String
        /// What it is about.
        package let description: String?
        /// Whether callers that name none get this one.
        package let isDefault: Bool
        /// How many active pages it has.
        package let pages: Int
        /// How many questions count.
        package let questions: Int
        /// How many minutes its pages say that they take; 0 where none says so.
        package let minutes: Int
        /// How many sessions were ever started.
        package let sessions: Int
    }

    /// Brings a questionnaire to what a file says, or changes nothing.
    /// - Parameter name: What it is called where its form has no name for it.
    /// - Throws: `FileRefusal` with everything that is wrong in the file.
    @discardableResult
    package func importFile(
        _ text: String, _ format: FileFormat, named name: String = "imported"
    ) async throws -> ImportOutcome {
        let file = QuestionnaireImport(draft: try DraftReader.draft(text, format, named: name))
        return try await changes.make { try file.run($0) }
    }

    /// Checks a file and changes nothing.
    /// - Throws: `FileRefusal` with everything that is wrong in the file itself.
    package static func check(
        _ text: String, _ format: FileFormat, named name: String = "imported"
    ) throws -> QuestionnaireDraft {
        try DraftReader.draft(text, format, named: name)
    }

    /// A file's bytes as text: UTF-8 or UTF-16, and of tables also Windows-1252.
    /// - Throws: `FileRefusal` for what is none of these.
    package static func text(_ data: Data, _ format: FileFormat) throws -> String {
        try FileText.text(data, format)
    }

    /// A questionnaire as a file; nil where there is none.
    package func export(_ slug: String, _ format: FileFormat) async throws -> String? {
        try await changes.read { try QuestionnaireExport(slug: slug).node(on: $0) }.flatMap(format.write)
    }

    /// What was answered, a line at a time: as a table, or as JSON, one response a line. What is in memory is a few hundred of them.
    /// - Parameter since: Only those that were touched at this moment or later.
    /// - Returns: Whether there is such a questionnaire.
    package func results(
        of slug: String, _ format: ResultFormat, since: Instant? = nil, _ write: @Sendable (String) throws -> Void
    ) async throws -> Bool {
        let responses = ResponseStore(outlines: Outlines())
        let wanted = ResponseStore.Wanted(slug: slug, since: since)
        var (number, isFirst) = (0, true)
        while true {
            let page: ResponseStore.Page
            do {
                page = try await changes.read { [number] in
                    try responses.page(wanted, after: number, limit: 200, on: $0)
                }
            } catch AssessmentRefusal.noQuestionnaire {
                return false
            }
            for line in format.lines(page, isFirst: isFirst) { try write(line) }
            guard let next = page.next else { return true }
            (number, isFirst) = (next, false)
        }
    }

    /// All questionnaires, by slug, at most 1,000.
    package func list() async throws -> [Entry] {
        try await changes.read { try $0.all(Self.listText, [], Self.entry) }
    }

    /// What a questionnaire is called, without counting anything; nil where there is none.
    package func title(of slug: String) async throws -> (slug: String, title: String, description: String?)? {
        try await changes.read { try QuestionnaireRows.find(slug: slug, on: $0) }.map {
            ($0.questionnaire.slug, $0.questionnaire.title, $0.questionnaire.description)
        }
    }

    private static func entry(_ row: any Row) throws -> Entry {
        Entry(
            slug: try row.text(), title: try row.text(), description: try row.optional(row.text),
            isDefault: try row.bool(), pages: try row.integer(), questions: try row.integer(),
            minutes: try row.integer(), sessions: try row.integer())
    }

    private static let listText = SQLText(
        """
        SELECT slug, questionnaires.title, questionnaires.description, is_default,
            (SELECT COUNT(*) FROM pages WHERE questionnaire_id = questionnaires.id AND \(OldRows.isActive("pages"))),
            (SELECT COUNT(*) FROM questions JOIN pages ON pages.id = page_id
                WHERE questionnaire_id = questionnaires.id AND \(OldRows.isActive("pages")) AND removed_at IS NULL),
            (SELECT COALESCE(SUM(\(OldRows.whole("estimated_minutes"))), 0) FROM pages
                WHERE questionnaire_id = questionnaires.id AND \(OldRows.isActive("pages"))),
            (SELECT COUNT(*) FROM student_responses WHERE questionnaire_id = questionnaires.id)
        FROM questionnaires
        ORDER BY slug
        LIMIT 1000
        """)
}

/// The forms in which results are written.
package enum ResultFormat: String, Sendable, CaseIterable {
    /// A table.
    case csv
    /// JSON, one response a line.
    case ndjson

    func lines(_ page: ResponseStore.Page, isFirst: Bool) -> [String] {
        switch self {
        case .csv:
            let table = ResponseTable(page.outline)
            return (isFirst ? [table.header] : []).map(CSVFile.line)
                + page.responses.map { CSVFile.line(table.row($0)) }
        case .ndjson:
            let questions = page.outline.pages.flatMap { page.outline.questions(on: $0.id) }
            return page.responses.map { $0.json(questions).text + "\n" }
        }
    }
}
