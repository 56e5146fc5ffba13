import SQL

/// What a file as a whole can get wrong.
struct FileRules {
    /// Which half of a step a file is.
    enum Side {
        case up(knows: KnownSchema)
        case down(knows: KnownSchema, up: [Change])

        var isDown: Bool { if case .down = self { true } else { false } }

        var schema: KnownSchema {
            switch self {
            case .up(let schema), .down(let schema, _): schema
            }
        }

        /// Whether this is a down file whose up file made the table.
        func upMade(table: String) -> Bool {
            upChanges.contains { if case .createTable(let name, _, _) = $0 { name == table } else { false } }
        }

        var upChanges: [Change] { if case .down(_, let up) = self { up } else { [] } }
    }

    let script: Script
    let statements: [Statement]
    let side: Side
    let dialect: Dialect

    var complaints: [Complaint] {
        unreadable + psqlCommands + foreignMarkers + emptyDown + transactionControl + manyOutsideTransaction
            + concurrentInside
    }

    private var unreadable: [Complaint] {
        script.unreadable(dialect).map { [Complaint("unreadable", "The file \($0). It would be refused.")] } ?? []
    }

    private var psqlCommands: [Complaint] {
        statements.enumerated().compactMap { index, statement in
            statement.psqlCommand.map { command in
                Complaint(
                    "psql-command",
                    "\(command) is a command of psql, which no server understands, so the file would be refused. Take the line out; pg_dump's \\restrict and \\unrestrict can simply go."
                ).at(index)
            }
        }
    }

    /// `-- +migrate Down`, `-- +goose Down`, `-- migrate:down`: other tools keep both halves in one file.
    private var foreignMarkers: [Complaint] {
        let comments = SQLLexer.tokens(of: Array(script.text.utf8), dialect: dialect).filter { $0.kind == .comment }
        let marker = comments.first { comment in
            ["+migrate up", "+migrate down", "+goose up", "+goose down", "migrate:up", "migrate:down"]
                .contains { comment.text.lowercased().hasPrefix($0) }
        }
        guard let marker else { return [] }
        return [
            Complaint(
                "foreign-marker",
                "Line \(marker.line) has the marker `\(marker.text)` of another tool. This file is run whole, so its down half would run right behind the up half and take back, or destroy, what it made. Put the two halves into an .up.sql and a .down.sql."
            )
        ]
    }

    private var emptyDown: [Complaint] {
        // An up file that does nothing needs no way back.
        guard side.isDown, statements.isEmpty, !side.upChanges.isEmpty else { return [] }
        return [
            Complaint(
                "empty-down",
                "The down file does nothing, so a revert would only forget the step and leave its changes. Write the way back, or leave the file out: then a revert is refused."
            )
        ]
    }

    private var transactionControl: [Complaint] {
        statements.enumerated().compactMap { index, statement in
            guard case .transaction(let word) = Change(statement),
                ["begin", "commit", "end", "start", "abort", "prepare transaction"].contains(word)
                    || word == "rollback" && !statement.tokens.contains(where: { $0.isWord("to") })
            else { return nil }
            return Complaint(
                "transaction-control",
                "\(word.uppercased()) inside the file: Dogear opens and ends transactions itself, and this would end one half-way. Take it out."
            ).at(index)
        }
    }

    private var manyOutsideTransaction: [Complaint] {
        guard script.isOutsideTransaction, statements.count > 1 else { return [] }
        return [
            Complaint(
                "no-transaction-many",
                "A `-- no-transaction` file with \(statements.count) statements: sqlx sends them as one, which Postgres runs as one transaction after all, and a failure in the middle leaves the first ones done. Put each into a file of its own."
            )
        ]
    }

    private var concurrentInside: [Complaint] {
        guard dialect == .postgres, !script.isOutsideTransaction else { return [] }
        return statements.enumerated().compactMap { index, statement in
            let isConcurrent =
                ["create", "drop", "reindex", "alter"].contains(statement.tokens.first?.text)
                && statement.tokens.contains { $0.isWord("concurrently") }
            guard isConcurrent else { return nil }
            return Complaint(
                "concurrently-in-transaction",
                "CONCURRENTLY cannot run in a transaction, so this always fails. Begin the file with the line `-- no-transaction` and let this be its only statement."
            ).at(index)
        }
    }
}

/// What is wrong on either engine.
enum SharedRules {
    static func look(_ change: Change, _ context: LintContext) -> [Complaint] {
        context.side.isDown ? downDropsOther(change, context) : destructive(change, context)
    }

    private static func destructive(_ change: Change, _ context: LintContext) -> [Complaint] {
        let what: [String]
        switch change {
        case .dropTable(let names):
            what = names.filter { !context.isOwn($0) && !isRebuild($0, context) }.map { "the table \($0)" }
        case .truncate(let names): what = names.filter { !context.isOwn($0) }.map { "all rows of \($0)" }
        case .delete(let table, true) where !context.isOwn(table): what = ["all rows of \(table)"]
        case .alterTable(let table, let actions) where !context.isOwn(table):
            what = actions.compactMap { if case .dropColumn(let column) = $0 { "\(table).\(column)" } else { nil } }
        case .drop("schema", let names, _): what = names.map { "the schema \($0)" }
        default: what = []
        }
        return what.map {
            Complaint(
                "destructive",
                "This destroys \($0), and no down file brings the rows back. First release code that does without it, keep a backup, and accept it here with `-- lint:allow destructive why`."
            )
        }
    }

    /// A table that the same file makes anew under its name, as SQLite's rebuilds do.
    private static func isRebuild(_ table: String, _ context: LintContext) -> Bool {
        context.statements.contains { statement in
            guard case .alterTable(_, let actions) = Change(statement) else { return false }
            return actions.contains(.renameTable(table))
        }
    }

    private static func downDropsOther(_ change: Change, _ context: LintContext) -> [Complaint] {
        let up = context.side.upChanges
        let foreign: [String]
        switch change {
        case .dropTable(let names):
            foreign = names.filter { !context.isOwn($0) && !isRebuild($0, context) }.map { "the table \($0)" }
        case .truncate(let names): foreign = names.filter { !context.isOwn($0) }.map { "all rows of \($0)" }
        case .delete(let table, true) where !context.isOwn(table): foreign = ["all rows of \(table)"]
        case .alterTable(let table, let actions):
            foreign = actions.compactMap { action in
                guard case .dropColumn(let column) = action, !adds(column, to: table, up), !context.isOwn(table) else {
                    return nil
                }
                return "the column \(table).\(column)"
            }
        default: foreign = []
        }
        return foreign.map {
            Complaint(
                "down-drops-other",
                "The down file destroys \($0), which its up file did not make: a revert would lose what was there before. Take back only what the up file did."
            )
        }
    }

    private static func adds(_ column: String, to table: String, _ changes: [Change]) -> Bool {
        changes.contains { change in
            switch change {
            case .alterTable(table, let actions):
                return actions.contains { action in
                    switch action {
                    case .addColumn(let added, _): added.name == column
                    case .renameColumn(_, to: column): true
                    default: false
                    }
                }
            // A rebuild makes the table under another name first.
            case .createTable(let made, _, let items) where isRenamed(made, to: table, changes):
                return items.contains { if case .column(let made) = $0 { made.name == column } else { false } }
            default: return false
            }
        }
    }

    private static func isRenamed(_ made: String, to table: String, _ changes: [Change]) -> Bool {
        changes.contains { change in
            if case .alterTable(made, let actions) = change { actions.contains(.renameTable(table)) } else { false }
        }
    }
}
