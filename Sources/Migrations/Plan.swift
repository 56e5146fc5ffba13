package import Core
import SQL

/// A step that would be applied: its statements, and what each would do to whoever is using the database.
package struct PlannedStep: Sendable {
    /// The step's version.
    package let version: Int64
    /// Its name in words.
    package let description: String
    /// Its file.
    package let file: String
    /// Whether all of it is one transaction.
    package let isTransaction: Bool
    /// Its statements, in order.
    package let statements: [PlannedStatement]

    /// As one of `steps` in `--json`.
    package var json: JSON {
        [
            "version": .integer(Int(version)), "description": .string(description), "file": .string(file),
            "transaction": .bool(isTransaction), "statements": .array(statements.map(\.json)),
        ]
    }
}

/// A statement that would be run.
package struct PlannedStatement: Sendable {
    /// The line of its first word.
    package let line: Int
    /// The SQL.
    package let sql: String
    /// What it keeps others from meanwhile.
    package let locks: [String]
    /// What it writes anew or reads through.
    package let rewrites: [String]
    /// What no down file brings back.
    package let destroys: [String]

    fileprivate var json: JSON {
        func list(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }
        return [
            "line": .integer(line), "sql": .string(sql), "locks": list(locks), "rewrites": list(rewrites),
            "destroys": list(destroys),
        ]
    }
}

extension Migrator {
    /// What `run` would do. Changes nothing.
    /// - Throws: `MigrationError` for a ledger that does not fit the files.
    package func plan(to target: Int64 = .max) async throws -> [PlannedStep] {
        let dialect = database.dialect
        return try await pending(to: target).map { migration in
            let statements = Statement.all(in: migration.up.text, dialect: dialect)
            let renamed = Set(statements.flatMap { Change($0).newNames })
            return PlannedStep(
                version: migration.version, description: migration.description, file: migration.up.file,
                isTransaction: !migration.up.isOutsideTransaction,
                statements: statements.map { statement in
                    let change = Change(statement)
                    var effects = Effects(change, dialect: dialect)
                    // A table that the file makes anew under its name.
                    if case .dropTable(let names) = change, names.allSatisfy(renamed.contains) {
                        effects.rewrites = names.map { "\($0) is written anew" }
                        effects.destroys = []
                    }
                    return PlannedStatement(
                        line: statement.line, sql: statement.beginning, locks: effects.locks,
                        rewrites: effects.rewrites,
                        destroys: effects.destroys)
                })
        }
    }
}

extension Statement {
    private static let longest = 2_000

    /// Its text, of a long one the beginning: nobody reads a megabyte of INSERT.
    fileprivate var beginning: String {
        guard text.utf8.count > Self.longest else { return text }
        let start = text.prefix(Self.longest)
        return start + "\n… (\(text.utf8.count - start.utf8.count) bytes more)"
    }
}

extension Change {
    /// Names that tables are given.
    fileprivate var newNames: [String] {
        guard case .alterTable(_, let actions) = self else { return [] }
        return actions.compactMap { if case .renameTable(let name) = $0 { name } else { nil } }
    }
}
