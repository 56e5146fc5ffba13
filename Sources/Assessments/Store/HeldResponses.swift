import Changes
import Core
import SQL

/// Responses and answers that cannot go, because rows of an app in the same database refer to them: they are emptied, so that nothing
/// in them says whose they were, and an erasure does not wait for ever.
enum HeldResponses {
    /// Takes out of responses whatever is of somebody. Their numbers stay, and what refers to them.
    static func empty(_ ids: Set<Int>, on connection: any Connection) throws {
        try connection.execute(
            emptyText, ids.sorted().map { [.integer($0), .text(ID.random().description)] })
    }

    private static let emptyText = BulkText(
        """
        UPDATE student_responses
        SET session_id = told.name, email = '', full_name = '', age_group = '', country = '', origin_country = '',
            user_id = NULL
        FROM ({rows}) AS told (id, name)
        WHERE student_responses.id = told.id
        """,
        sqlite: """
            UPDATE student_responses
            SET session_id = $2, email = '', full_name = '', age_group = '', country = '', origin_country = '',
                user_id = NULL
            WHERE id = $1
            """, [.integer, .text])

    /// Erases some of somebody's answers: first those that nobody refers to, then what the others say.
    static func eraseAnswers(
        where condition: String, of owner: Value, heldBy strangers: [Strangers.Reference], on connection: any Connection
    ) throws -> Holding.Erased {
        let limit = Holding.stepSize
        let isFree = strangers.map {
            "NOT EXISTS (SELECT 1 FROM \($0.table) AS stranger WHERE stranger.\($0.column) = question_answers.\($0.key))"
        }.joined(separator: " AND ")
        func some(_ more: String) -> String {
            "id IN (SELECT id FROM question_answers WHERE \(condition) AND \(more) ORDER BY id LIMIT $2 {for_update})"
        }
        let gone = try connection.changed(
            SQLText("DELETE FROM question_answers WHERE \(some(isFree))"), [owner, .integer(limit)])
        guard gone < limit else { return Holding.Erased(gone, next: []) }
        let emptied = try connection.changed(
            SQLText(
                """
                UPDATE question_answers
                SET answer_text = NULL, answer_value = NULL, answer_json = NULL
                WHERE \(some("(answer_text IS NOT NULL OR answer_value IS NOT NULL OR answer_json IS NOT NULL)"))
                """), [owner, .integer(limit)])
        return Holding.Erased(gone, next: emptied == limit ? [] : nil, emptied: emptied)
    }
}
