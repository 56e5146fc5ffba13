import Core
import SQL

/// Questionnaires as rows.
enum QuestionnaireRows {
    /// A questionnaire, and the revision of its outline.
    struct Found: Sendable {
        let questionnaire: Questionnaire
        let outlineRevision: Int
    }

    private static let columns = "id, slug, title, description, is_default, outline_revision"

    private static func found(_ row: any Row) throws -> Found {
        Found(
            questionnaire: Questionnaire(
                id: try row.integer(), slug: try row.text(), title: try row.text(),
                description: try row.optional(row.text), isDefault: try row.bool()),
            outlineRevision: try row.integer())
    }

    static func find(id: Int, on connection: any Connection) throws -> Found? {
        try connection.first(findText, [.integer(id)], found)
    }

    private static let findText = SQLText("SELECT \(columns) FROM questionnaires WHERE id = $1")

    /// By its slug, or the default one.
    static func find(slug: String?, on connection: any Connection) throws -> Found? {
        guard let slug else { return try connection.first(defaultText, [], found) }
        // Postgres keeps no NUL, and no slug has one.
        return slug.utf8.contains(0) ? nil : try connection.first(slugText, [.text(slug)], found)
    }

    /// Whether the default questionnaire has nothing to show, as in a new database.
    static func defaultIsEmpty(on connection: any Connection) throws -> Bool {
        let id = try find(slug: nil, on: connection)?.questionnaire.id ?? 0
        return try connection.one("SELECT COUNT(*) FROM pages WHERE questionnaire_id = $1", [.integer(id)]) {
            try $0.integer()
        } == 0
    }

    /// Makes a questionnaire the one of callers that name none.
    static func makeDefault(_ slug: String, on connection: any Connection) throws {
        try connection.execute(
            "UPDATE questionnaires SET is_default = $1 WHERE is_default = $2 AND slug <> $3",
            [.bool(false), .bool(true), .text(slug)])
        try connection.execute(
            "UPDATE questionnaires SET is_default = $1 WHERE slug = $2", [.bool(true), .text(slug)])
    }

    private static let slugText = SQLText("SELECT \(columns) FROM questionnaires WHERE slug = $1")
    private static let defaultText = SQLText(
        sqlite: "SELECT \(columns) FROM questionnaires WHERE is_default = 1",
        postgres: "SELECT \(columns) FROM questionnaires WHERE is_default")

    /// Locks a questionnaire until the transaction ends.
    static func lock(_ id: Int, on connection: any Connection) throws {
        _ = try connection.all(lockText, [.integer(id)]) { try $0.integer() }
    }

    private static let lockText = SQLText("SELECT id FROM questionnaires WHERE id = $1 {for_update}")

    /// How many sessions are completed.
    static func completed(_ id: Int, on connection: any Connection) throws -> Int {
        try connection.one(
            "SELECT COUNT(*) FROM student_responses WHERE questionnaire_id = $1 AND completed_at IS NOT NULL",
            [.integer(id)]
        ) { try $0.integer() }
    }

    /// All, by slug, at most as many as a server can be asked to list.
    static func all(on connection: any Connection) throws -> [Found] {
        try connection.all(allText, [], found)
    }

    private static let allText = SQLText("SELECT \(columns) FROM questionnaires ORDER BY slug LIMIT 1000")

    /// The questionnaire that a page belongs to.
    static func find(ofPage page: Int, on connection: any Connection) throws -> Found? {
        try connection.first(ofPageText, [.integer(page)], found)
    }

    private static let ofPageText = SQLText(
        "SELECT \(columns) FROM questionnaires WHERE id = (SELECT questionnaire_id FROM pages WHERE id = $1)")
}
