import SQL

/// Tables of an app that shares this database and refer to our responses or answers without saying what becomes of their rows.
///
/// Deleting what such a row refers to is refused by the engine, and the refusal would undo a whole step of deletions.
enum Strangers {
    /// A column of somebody else's that refers to one of ours; names as they stand in SQL.
    struct Reference: Sendable, Hashable {
        let table: String
        let column: String
        let ours: String
        let key: String
    }

    /// Every such column. Those that are deleted or emptied with what they refer to are not among them.
    static func references(on connection: any Connection) throws -> [Reference] {
        try connection.all(referencesText, []) { row in
            Reference(table: try row.text(), column: try row.text(), ours: try row.text(), key: try row.text())
        }
    }

    /// Which of these responses somebody else's rows hold on to.
    static func held(_ responses: [Int], on connection: any Connection) throws -> Set<Int> {
        guard let first = responses.min(), let last = responses.max() else { return [] }
        let wanted = Set(responses)
        return try references(on: connection).reduce(into: []) { held, reference in
            let response = reference.ours == "student_responses" ? "id" : "response_id"
            let found = try connection.all(
                SQLText(
                    """
                    SELECT DISTINCT ours.\(response)
                    FROM \(reference.ours) ours
                    WHERE ours.\(response) BETWEEN $1 AND $2
                        AND EXISTS (SELECT 1 FROM \(reference.table) WHERE \(reference.column) = ours.\(reference.key))
                    """), [.integer(first), .integer(last)]
            ) { try $0.integer() }
            held.formUnion(wanted.intersection(found))
        }
    }

    private static let referencesText = SQLText(
        sqlite: """
            SELECT '"' || REPLACE(known.name, '"', '""') || '"', '"' || REPLACE(key."from", '"', '""') || '"', LOWER(key."table"),
                COALESCE('"' || REPLACE(key."to", '"', '""') || '"', 'id')
            FROM sqlite_schema known
            JOIN pragma_foreign_key_list(known.name) key
            WHERE known.type = 'table' AND LOWER(key."table") IN ('student_responses', 'question_answers')
                AND key.on_delete NOT IN ('CASCADE', 'SET NULL', 'SET DEFAULT')
                AND known.name NOT IN ('question_answers', 'answer_history', 'xp_awards')
            """,
        postgres: """
            SELECT stranger.oid::regclass::text, quote_ident(theirs.attname), ours.relname::text, quote_ident(own.attname)
            FROM pg_constraint held
            JOIN pg_class stranger ON stranger.oid = held.conrelid
            JOIN pg_class ours ON ours.oid = held.confrelid
            JOIN pg_attribute theirs ON theirs.attrelid = stranger.oid AND theirs.attnum = held.conkey[1]
            JOIN pg_attribute own ON own.attrelid = ours.oid AND own.attnum = held.confkey[1]
            WHERE held.contype = 'f' AND held.confdeltype IN ('a', 'r')
                AND held.confrelid IN ('student_responses'::regclass, 'question_answers'::regclass)
                AND stranger.relname NOT IN ('question_answers', 'answer_history', 'xp_awards')
            """)
}
