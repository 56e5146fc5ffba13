import SQL

/// Runs a `-- no-transaction` file statement by statement, and keeps a journal of what was started and what is done.
///
/// Whoever comes after a crash finds the last statement as started. Of some it can be seen whether they took effect (an
/// index of Postgres, which may also be left INVALID), and some can be run twice; for any other a person has to say.
struct OutsideTransaction {
    let connection: any Connection
    let interruption: Interruption
    let lock: HeldLock
    let ledger: Ledger
    let version: Int64
    let script: Script
    let direction: Journal.Direction
    /// What a person said of the statement that was under way; nil where nobody was asked.
    let resolution: Resolution?

    /// What became of a statement that was started and may or may not have taken effect.
    enum Resolution: String, Sendable { case done, again }

    func run(down: Script?) throws {
        let statements = try StepRunner(connection: connection, interruption: Interruption()).statements(of: script)
        if connection.dialect == .sqlite { try RebuildGuard.refuse(script, statements) }
        if !connection.keepsSession { try refuseSettings(statements) }
        let first = try firstToRun(statements)
        // What a crashed run had set for its session is set again.
        for statement in statements.prefix(first - 1) where statement.setsSession {
            try StepRunner(connection: connection, interruption: Interruption()).run(statement, of: script)
        }
        for (index, statement) in statements.enumerated() where index + 1 >= first {
            func journal(_ count: Int, _ state: Journal.State) -> Journal {
                Journal(direction, count, state, of: statements)
            }
            // Behind the journal's line nothing may come between: it says that the statement was begun.
            try interruption.check()
            try lock.check()
            try write(journal(index + 1, .started), down)
            do {
                try StepRunner(connection: connection, interruption: Interruption()).run(statement, of: script)
            } catch let failure as StepFailure where !failure.isConnectionLost {
                // Refused as a whole, it is as if it had not been started; a broken index is what may be left, and what a
                // procedure had committed.
                if !statement.mayCommit, try brokenIndex(of: statement) == nil {
                    if index == 0 {
                        try clearJournal()
                    } else {
                        try write(journal(index, .done), down)
                    }
                }
                throw failure
            }
            try write(journal(index + 1, .done), down)
        }
    }

    /// Through a pooler each statement outside a transaction may have another session.
    private func refuseSettings(_ statements: [Statement]) throws {
        guard let setting = statements.first(where: \.setsSession) else { return }
        throw MigrationError(
            """
            \(script.file):\(setting.line) sets something for its session, and a pooler such as PgBouncer in transaction mode gives the \
            next statement another one, and this one to somebody else. Nothing of it was run. Run this step at the address of Postgres \
            itself; or take the line out, and let the role or the database have the setting (ALTER ROLE … SET).
            """)
    }

    private func clearJournal() throws {
        if connection.dialect == .postgres, connection.keepsSession { try connection.script("RESET search_path") }
        try ledger.clearJournal(of: version, on: connection)
    }

    /// Writes the journal, also where the script has turned the search path away from it.
    private func write(_ journal: Journal, _ down: Script?) throws {
        guard connection.dialect == .postgres, connection.keepsSession else {
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
        guard journal.fits(statements) else {
            let done = journal.state == .done ? journal.statement : journal.statement - 1
            throw MigrationError(
                """
                \(script.file) was changed although its first \(done) statements are done, so nobody can tell by counting what \
                is to be run next. Nothing was run. Restore those statements as they were, and change only what comes behind.
                """)
        }
        guard journal.state == .started else { return journal.statement + 1 }
        let statement = statements[journal.statement - 1]
        let isAsItWas = journal.own == Journal(direction, journal.statement, .started, of: statements).own
        return try isDone(statement, isAsItWas) ? journal.statement + 1 : journal.statement
    }

    /// Whether a statement that was started took effect. What a broken one left behind is cleared away.
    private func isDone(_ statement: Statement, _ isAsItWas: Bool) throws -> Bool {
        if connection.dialect == .postgres {
            switch Change(statement) {
            case .createIndex:
                if let broken = try brokenIndex(of: statement) {
                    try connection.script("DROP INDEX CONCURRENTLY \(broken)")
                }
                return try isAsItWas && index(of: statement)?.isValid == true
            case .dropIndex(let names, _, _) where names.count == 1:
                return try connection.one("SELECT to_regclass($1) IS NULL", [.text(names[0].quotedParts)]) {
                    try $0.bool()
                }
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

    /// The index that a statement makes, on its own table, and whether it is valid; nil where it is not there.
    private func index(of statement: Statement) throws -> (name: String, isValid: Bool)? {
        guard connection.dialect == .postgres, case .createIndex(let made) = Change(statement), let name = made.name
        else {
            return nil
        }
        return try connection.first(
            """
            SELECT indexrelid::regclass::text, indisvalid
            FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
            WHERE relname = $1 AND indrelid = to_regclass($2)
            """, [.text(name), .text(made.table.quotedParts)]
        ) { (try $0.text(), try $0.bool()) }
    }

    private func brokenIndex(of statement: Statement) throws -> String? {
        try index(of: statement).flatMap { $0.isValid ? nil : $0.name }
    }
}

extension Statement {
    /// Whether it sets something for the session, which a later one would lack.
    fileprivate var setsSession: Bool {
        switch Change(self) {
        case .set, .pragma: true
        default: tokens.contains { $0.isWord("set_config") }
        }
    }

    /// Whether it may commit something of its own before it fails.
    fileprivate var mayCommit: Bool { tokens.first?.isWord("do") == true || tokens.first?.isWord("call") == true }

    /// Whether running it twice is the same as once.
    fileprivate var canRunAgain: Bool {
        let words = tokens.prefix(12).map { $0.kind == .word ? $0.text : "" }
        let pairs = zip(words, words.dropFirst())
        switch words.first {
        case "create", "alter": return pairs.contains { $0 == "if" && $1 == "not" }
        case "drop": return pairs.contains { $0 == "if" && $1 == "exists" }
        case "vacuum", "analyze", "reindex", "refresh", "set", "pragma", "comment": return true
        default: return false
        }
    }
}
