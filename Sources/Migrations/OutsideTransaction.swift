import SQL

/// Runs a `-- no-transaction` file statement by statement, and keeps a journal of what was started and what is done.
///
/// Whoever comes after a crash finds the last statement as started. Of some it can be seen whether they took effect (an
/// index of Postgres, which may also be left INVALID), and some can be run twice; for any other a person has to say.
struct OutsideTransaction {
    let connection: any Connection
    let ledger: Ledger
    let version: Int64
    let script: Script
    let direction: Journal.Direction
    /// What a person said of the statement that was under way; nil where nobody was asked.
    let resolution: Resolution?

    /// What became of a statement that was started and may or may not have taken effect.
    enum Resolution: String, Sendable { case done, again }

    func run(down: Script?) throws {
        let statements = try StepRunner(connection: connection).statements(of: script)
        let first = try firstToRun(statements)
        for (index, statement) in statements.enumerated() where index + 1 >= first {
            try write(Journal(direction, index + 1, .started), down)
            do {
                try StepRunner(connection: connection).run(statement, of: script)
            } catch let failure as StepFailure where !failure.isConnectionLost && !statement.leavesRemains {
                // Refused as a whole: it is as if it had not been started.
                try write(Journal(direction, index, .done), down)
                throw failure
            }
            try write(Journal(direction, index + 1, .done), down)
        }
    }

    /// Writes the journal, also where the script has turned the search path away from it.
    private func write(_ journal: Journal, _ down: Script?) throws {
        guard connection.dialect == .postgres else {
            return try ledger.write(journal, of: version, down: down, on: connection)
        }
        let path = try connection.one("SELECT current_setting('search_path')") { try $0.text() }
        try connection.script("RESET search_path")
        try ledger.write(journal, of: version, down: down, on: connection)
        _ = try connection.one("SELECT set_config('search_path', $1, false)", [.text(path)]) { try $0.text() }
    }

    /// The number of the first statement that is not done.
    private func firstToRun(_ statements: [Statement]) throws -> Int {
        guard let journal = try ledger.journal(of: version, on: connection), journal.direction == direction else {
            return 1
        }
        guard journal.state == .started else { return journal.statement + 1 }
        guard statements.indices.contains(journal.statement - 1) else {
            throw MigrationError(
                "\(script.file) stopped at statement \(journal.statement), which it no longer has. Restore the file as it was, then run this again."
            )
        }
        let statement = statements[journal.statement - 1]
        return try isDone(statement) ? journal.statement + 1 : journal.statement
    }

    /// Whether a statement that was started took effect. What a broken one left behind is cleared away.
    private func isDone(_ statement: Statement) throws -> Bool {
        if connection.dialect == .postgres {
            switch Change(statement) {
            case .createIndex(let index):
                guard let name = index.name else { break }
                let isValid = try validity(of: name)
                if isValid == false { try connection.script("DROP INDEX CONCURRENTLY \(name.quotedParts)") }
                return isValid == true
            case .dropIndex(let names, _, _) where names.count == 1: return try validity(of: names[0]) == nil
            default: break
            }
        }
        if statement.canRunAgain { return false }
        guard let resolution else {
            throw MigrationError(
                """
                \(script.file):\(statement.line): this statement was under way when an earlier run ended, and nobody can tell \
                from outside whether it took effect:
                \(statement.excerpt)
                The statements before it are done, the ones behind it have not run. Look at the database, then run this again \
                with --resolve done if it took effect, or --resolve again to run it once more.
                """)
        }
        return resolution == .done
    }

    /// Whether an index is valid; nil where there is none of that name.
    private func validity(of name: String) throws -> Bool? {
        try connection.first(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass($1)", [.text(name.quotedParts)]
        ) { try $0.bool() }
    }
}

extension Statement {
    /// Whether it may fail and leave something behind all the same: an index that is INVALID.
    fileprivate var leavesRemains: Bool {
        if case .createIndex = Change(self) { true } else { tokens.first?.isWord("reindex") == true }
    }

    /// Whether running it twice is the same as once.
    fileprivate var canRunAgain: Bool {
        let words = tokens.prefix(12).map { $0.kind == .word ? $0.text : "" }
        let isGuarded = zip(words, words.dropFirst()).contains { $0 == "if" && ($1 == "exists" || $1 == "not") }
        switch words.first {
        case "create", "drop", "alter": return isGuarded
        case "vacuum", "analyze", "reindex", "refresh", "set", "pragma", "select", "comment": return true
        default: return false
        }
    }
}
