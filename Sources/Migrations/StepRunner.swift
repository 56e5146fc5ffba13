import SQL

/// Runs the statements of a script one by one, so that a failure names its file, its line and its statement.
struct StepRunner {
    let connection: any Connection

    /// Runs a whole script inside the transaction that is open.
    func run(_ script: Script) throws {
        for statement in try statements(of: script) { try run(statement, of: script) }
    }

    func run(_ statement: Statement, of script: Script) throws {
        do {
            try connection.script(statement.text)
        } catch {
            let error = error as? SQLError ?? .failed("\(error)", sql: statement.text)
            throw StepFailure(script: script, statement: statement, error: error)
        }
    }

    /// The statements of a script that is to run in a transaction.
    /// - Throws: `MigrationError` where it would end that transaction itself.
    func statements(of script: Script) throws -> [Statement] {
        guard !script.bytes.contains(0) else {
            throw MigrationError("\(script.file) has a NUL byte, which no engine reads past. Nothing of it was run.")
        }
        let statements = Statement.all(in: script.text, dialect: connection.dialect)
        guard !script.isOutsideTransaction else { return statements }
        for statement in statements {
            guard case .transaction(let word) = Change(statement), !statement.isSavepoint else { continue }
            throw MigrationError(
                """
                \(script.file):\(statement.line) has \(word.uppercased()). Dogear runs a file as one transaction of its own, \
                which this would end half-way. Nothing of it was run. Take \(word.uppercased()) out; a file that cannot run \
                in a transaction begins with the line `-- no-transaction`.
                """)
        }
        return statements
    }
}

extension Statement {
    fileprivate var isSavepoint: Bool {
        switch tokens.first?.text {
        case "savepoint", "release": true
        case "rollback": tokens.contains { $0.isWord("to") }
        default: false
        }
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
        case .failed(let message, _), .constraint(_, let message), .unavailable(let message):
            let words = message.hasPrefix("ERROR:") ? String(message.dropFirst("ERROR:".count)).trimmed : message
            return "\(place): this statement failed:\n\(statement.excerpt)\nThe engine says: \(words)"
        case .overloaded: return "\(place): \(error)"
        }
    }

    /// Whether the connection is gone, so that nobody can say what became of the statement.
    var isConnectionLost: Bool {
        if case .unavailable = error { true } else { false }
    }
}
