import SQL

/// Runs the statements of a script one by one, so that a failure names its file, its line and its statement.
struct StepRunner {
    let connection: any Connection
    let interruption: Interruption

    /// Runs a whole script inside the transaction that is open.
    func run(_ script: Script) throws {
        for statement in try statements(of: script) { try run(statement, of: script) }
    }

    func run(_ statement: Statement, of script: Script) throws {
        try interruption.check()
        do {
            if let rows = statement.copiedRows {
                try connection.copy(statement.text, rows: rows)
            } else {
                try connection.script(statement.text)
            }
        } catch {
            let error = error as? SQLError ?? .failed("\(error)", sql: statement.text)
            throw StepFailure(script: script, statement: statement, error: error)
        }
    }

    /// The statements of a script, read before any of them is run.
    /// - Throws: `MigrationError` where it cannot be read, or opens or ends transactions itself.
    func statements(of script: Script) throws -> [Statement] {
        if let reason = script.unreadable(connection.dialect) {
            throw MigrationError("\(script.file) \(reason). Nothing of it was run.")
        }
        let statements = Statement.all(in: script.text, dialect: connection.dialect)
        for statement in statements {
            if let command = statement.psqlCommand {
                throw MigrationError(
                    """
                    \(script.file):\(statement.line) is \(command), a command of psql, which no server understands. Nothing of it was \
                    run. Take the line out; pg_dump's \\restrict and \\unrestrict can simply go.
                    """)
            }
            if statement.copiesThroughClient {
                throw MigrationError(
                    """
                    \(script.file):\(statement.line) copies rows from or to the client, which a migration does not have. \
                    Nothing of it was run. Put the rows behind the statement as pg_dump does, up to a line `\\.`; or write INSERT.
                    """)
            }
            guard case .transaction(let word) = Change(statement),
                script.isOutsideTransaction || !statement.isSavepoint
            else { continue }
            throw MigrationError(
                """
                \(script.file):\(statement.line) has \(word.uppercased()). Dogear opens and ends transactions itself, and this \
                would end one half-way. Nothing of it was run. Take \(word.uppercased()) out: a file is one transaction, \
                unless it begins with the line `-- no-transaction`, and then it has none.
                """)
        }
        return statements
    }
}

extension Statement {
    /// The line, where it is one of psql's own.
    var psqlCommand: String? { tokens.first?.kind == .psqlCommand ? text.trimmed : nil }

    fileprivate var isSavepoint: Bool {
        switch tokens.first?.text {
        case "savepoint", "release": true
        case "rollback": tokens.contains { $0.isWord("to") }
        default: false
        }
    }

    /// `COPY … FROM STDIN` or `TO STDOUT`.
    fileprivate var copiesThroughClient: Bool {
        tokens.first?.isWord("copy") == true && copiedRows == nil
            && tokens.contains { $0.isWord("stdin") || $0.isWord("stdout") }
    }

    /// Its beginning, as it is quoted in messages.
    var excerpt: String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(6).map { "    " + $0 }
        let more = text.count(where: { $0 == "\n" }) > 5 ? "\n    …" : ""
        return lines.joined(separator: "\n") + more
    }
}

/// A statement that the engine refused.
struct StepFailure: Error {
    let script: Script
    let statement: Statement
    let error: SQLError

    /// Where, what, and why, in the engine's words.
    var description: String {
        let place = "\(script.file):\(statement.line)"
        switch error {
        case .failed(let message, _), .constraint(_, let message), .unavailable(let message), .corrupt(let message),
            .forbidden(let message):
            let words = message.hasPrefix("ERROR:") ? String(message.dropFirst("ERROR:".count)).trimmed : message
            let hint =
                words.contains("already exists")
                ? "\nIf it stood here before these migrations did, take the database over with `dogear migrate adopt`."
                : ""
            return "\(place): this statement failed:\n\(statement.excerpt)\nThe engine says: \(words)\(hint)"
        case .overloaded: return "\(place): \(error)"
        }
    }

    /// Whether the connection is gone, so that nobody can say what became of the statement.
    var isConnectionLost: Bool {
        if case .unavailable = error { true } else { false }
    }
}
