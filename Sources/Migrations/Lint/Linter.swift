package import SQL

/// Reads migrations and names what would hurt on a database that holds people's data, with the safe form beside it.
///
/// Nothing is run. Tables that a file makes itself are empty, so what is done to them is exempt, and so is a down file that
/// takes back what its own up file did. `-- lint:allow RULE why` before or within a statement accepts one finding.
package struct Linter {
    private let set: MigrationSet
    private let dialect: Dialect

    /// A linter for the steps of one engine.
    package init(_ set: MigrationSet, dialect: Dialect) {
        self.set = set
        self.dialect = dialect
    }

    /// What is wrong with each step; every step is listed.
    package func reports() -> [StepReport] {
        var schema = KnownSchema()
        let steps = set.migrations.map { migration in
            let up = Statement.all(in: migration.up.text, dialect: dialect)
            var findings = look(at: migration.up, as: .up(knows: schema))
            if let down = migration.down {
                var after = schema
                for statement in up { after.apply(statement) }
                findings += look(at: down, as: .down(knows: after, up: up.map(Change.init)))
            }
            for statement in up { schema.apply(statement) }
            findings += odd(migration.version)
            return StepReport(version: migration.version, description: migration.description, findings: findings)
        }
        let known = Set(steps.map(\.version))
        let lone = Set(set.oddities.map(\.version)).subtracting(known).map { version in
            StepReport(version: version, description: "(no up file)", findings: odd(version))
        }
        return (steps + lone).sorted { $0.version < $1.version }
    }

    private func odd(_ version: Int64) -> [Finding] {
        set.oddities.filter { $0.version == version }.map { Finding(.lint, $0.file, $0.message, rule: "odd-file") }
    }

    /// Why a file accepts a rule somewhere; nil where it does not.
    static func allowance(of rule: String, in script: Script, dialect: Dialect) -> String? {
        Allowance.all(in: script, Statement.all(in: script.text, dialect: dialect))
            .first { $0.rule == rule && !$0.reason.isEmpty }?.reason
    }

    private func look(at script: Script, as side: FileRules.Side) -> [Finding] {
        let statements = Statement.all(in: script.text, dialect: dialect)
        let file = FileRules(script: script, statements: statements, side: side, dialect: dialect)
        var context = LintContext(side: side, script: script, statements: statements)
        var complaints = file.complaints
        for (index, statement) in statements.enumerated() {
            let change = Change(statement)
            let found = dialect == .sqlite ? SQLiteRules.look(change, context) : PostgresRules.look(change, context)
            let shared = SharedRules.look(change, context)
            complaints += (found + shared).map { $0.at(index) }
            context.apply(statement)
        }
        if dialect == .sqlite, !side.isDown {
            complaints += RebuildRules.look(at: statements, knowing: side.schema)
        }
        let allowances = Allowance.all(in: script, statements)
        return complaints.map { complaint in finding(complaint, in: script, statements, allowances) }
            + allowances.filter { $0.reason.isEmpty }.map { allowance in
                Finding(
                    .lint, "\(script.file):\(allowance.line)",
                    "`lint:allow \(allowance.rule)` gives no reason. Write why behind the rule, so that the next reader knows.",
                    rule: "allow-without-reason")
            }
    }

    private func finding(
        _ complaint: Complaint, in script: Script, _ statements: [Statement], _ allowances: [Allowance]
    ) -> Finding {
        let statement = complaint.statement.map { statements[$0] }
        let allowance = allowances.first { allowance in
            allowance.rule == complaint.rule && !allowance.reason.isEmpty
                && (allowance.statement == nil || allowance.statement == complaint.statement)
        }
        return Finding(
            .lint, statement.map { "\(script.file):\($0.line)" } ?? script.file, complaint.message,
            rule: complaint.rule, allowed: allowance?.reason)
    }
}

/// What a rule objects to.
struct Complaint {
    let rule: String
    let message: String
    var statement: Int?

    init(_ rule: String, _ message: String) {
        self.rule = rule
        self.message = message
    }

    func at(_ statement: Int) -> Complaint {
        var complaint = self
        complaint.statement = statement
        return complaint
    }
}

/// A finding that a file accepts on record: `-- lint:allow RULE why`.
private struct Allowance {
    let rule: String
    let reason: String
    let line: Int
    /// The statement that it stands at; nil for the whole file, where there is none.
    let statement: Int?

    static func all(in script: Script, _ statements: [Statement]) -> [Allowance] {
        statements.enumerated().flatMap { index, statement in
            statement.comments.compactMap { Allowance($0, statement: index) }
        }
    }

    private init?(_ comment: Token, statement: Int) {
        guard comment.text.hasPrefix("lint:allow ") else { return nil }
        let words = comment.text.dropFirst("lint:allow ".count).split(separator: " ", maxSplits: 1)
        guard let rule = words.first else { return nil }
        self.rule = String(rule)
        reason = words.count > 1 ? String(words[1]).trimmed : ""
        line = comment.line
        self.statement = statement
    }
}
