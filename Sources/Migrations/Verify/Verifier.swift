package import SQL

/// A database that may be done anything with, and thrown away.
package struct Shadow: Sendable {
    /// The database, empty.
    package let database: any Database
    /// Closes and removes it.
    package let drop: @Sendable () async -> Void

    /// A shadow from its parts.
    package init(database: any Database, drop: @escaping @Sendable () async -> Void) {
        self.database = database
        self.drop = drop
    }

    /// Makes a new one.
    package typealias Make = @Sendable () async throws -> Shadow
}

/// Takes every step up, down and up again on a shadow database that holds rows, and compares.
///
/// A step is only as good as its way back: after the down file the schema and the rows must be what they were, and after the
/// second up what they were after the first. A bad step does not hide the next ones: they go on from a shadow made anew.
package struct Verifier {
    private let set: MigrationSet
    private let makeShadow: Shadow.Make

    /// A verifier for the steps of one engine.
    package init(_ set: MigrationSet, makeShadow: @escaping Shadow.Make) {
        self.set = set
        self.makeShadow = makeShadow
    }

    /// What is wrong with each step; every step is listed.
    package func reports() async throws -> [StepReport] {
        var shadow = try await makeShadow()
        var good: [Migration] = []
        var reports: [StepReport] = []
        var unfillable: Set<String> = []
        do {
            for migration in set.migrations {
                var findings = try await trial(of: migration, on: shadow, &unfillable)
                good.append(migration)
                if findings.contains(where: { $0.allowed == nil }) {
                    await shadow.drop()
                    shadow = try await makeShadow()
                    if let finding = try await replay(good, on: shadow) {
                        if !findings.contains(where: { $0.phase == .up }) { findings.append(finding) }
                        good.removeLast()
                        await shadow.drop()
                        shadow = try await makeShadow()
                        _ = try await replay(good, on: shadow)
                    }
                }
                reports.append(
                    StepReport(version: migration.version, description: migration.description, findings: findings))
            }
        } catch {
            await shadow.drop()
            throw error
        }
        await shadow.drop()
        return reports
    }

    /// Brings a new shadow to where the good steps lead; what failed, if anything.
    private func replay(_ steps: [Migration], on shadow: Shadow) async throws -> Finding? {
        guard let last = steps.last else { return nil }
        do {
            try await Migrator(database: shadow.database, set: MigrationSet(steps)).run()
            return nil
        } catch let error as MigrationError {
            return Finding(.up, last.up.file, "Fails even on empty tables. \(error)")
        }
    }

    private func trial(
        of migration: Migration, on shadow: Shadow, _ unfillable: inout Set<String>
    ) async throws -> [Finding] {
        let migrator = Migrator(database: shadow.database, set: MigrationSet([migration]))
        let unfilled = Set(try await shadow.database.session { try RowFiller($0).fill() })
        let before = try await Snapshot(of: shadow.database)
        var trial = Trial(migration: migration, dialect: shadow.database.dialect, before: before)
        for table in unfilled.subtracting(unfillable).sorted() {
            trial.note(
                .rows, table, "No row could be made for this table, so steps are tried on it empty.",
                allowed: "what it wants cannot be guessed")
        }
        unfillable.formUnion(unfilled)
        guard try await step(&trial, .up, { try await migrator.applyOnly() }) else { return trial.findings }
        let after = try await Snapshot(of: shadow.database)
        trial.compareAfterUp(after)
        guard let down = migration.down else { return trial.findings }
        guard try await step(&trial, .down, { try await migrator.revertOnly() }) else { return trial.findings }
        trial.compareAfterDown(try await Snapshot(of: shadow.database), down)
        guard try await step(&trial, .again, { try await migrator.applyOnly() }) else { return trial.findings }
        trial.compareAfterAgain(try await Snapshot(of: shadow.database), with: after)
        return trial.findings
    }

    private func step(
        _ trial: inout Trial, _ phase: Finding.Phase, _ body: () async throws -> Void
    ) async throws -> Bool {
        do {
            try await body()
            return true
        } catch let error as MigrationError {
            let file = phase == .down ? trial.migration.down?.file : trial.migration.up.file
            trial.note(phase, file ?? "", "\(error)")
            return false
        }
    }
}

/// The schema and the rows of a database at one moment.
private struct Snapshot: Sendable {
    let shape: Shape
    let rows: [String: TableRows]

    init(of database: any Database) async throws {
        (shape, rows) = try await database.session { connection in
            var rows: [String: TableRows] = [:]
            for table in try Tables.names(on: connection) { rows[table] = try TableRows(of: table, on: connection) }
            return (try Shape(of: connection), rows)
        }
    }
}

/// One step being tried, and what has been found wrong with it.
private struct Trial {
    let migration: Migration
    let dialect: Dialect
    let before: Snapshot
    private(set) var findings: [Finding] = []

    init(migration: Migration, dialect: Dialect, before: Snapshot) {
        (self.migration, self.dialect, self.before) = (migration, dialect, before)
    }

    mutating func note(_ phase: Finding.Phase, _ object: String, _ message: String, allowed: String? = nil) {
        findings.append(Finding(phase, object, message, allowed: allowed))
    }

    /// Rows that the up file does not itself change must be as they were.
    mutating func compareAfterUp(_ after: Snapshot) {
        let touched = Touched(migration.up, dialect)
        for (table, rows) in before.rows.sorted(by: { $0.key < $1.key }) {
            guard let now = after.rows[table] else { continue }
            if now.count != rows.count && !touched.changesCount(of: table) {
                note(
                    .rows, table,
                    "The up file leaves \(now.count) of \(rows.count) rows, though no statement of it deletes or inserts any."
                )
                continue
            }
            guard now.count == rows.count else { continue }
            for column in rows.columns where now.columns.contains(column) && !touched.writes(column, of: table) {
                guard let change = rows.firstChange(of: column, in: now) else { continue }
                note(
                    .rows, "\(table).\(column)",
                    "The up file changes its values, though it does not set them: \(change).")
            }
        }
    }

    mutating func compareAfterDown(_ after: Snapshot, _ down: Script) {
        for difference in after.shape.differences(from: before.shape) {
            note(.down, difference.key.description, "After the down file \(difference).")
        }
        let destructive = Linter.allowance(of: "destructive", in: migration.up, dialect: dialect)
        for (table, rows) in before.rows.sorted(by: { $0.key < $1.key }) {
            guard let now = after.rows[table] else { continue }
            guard now.count == rows.count else {
                note(
                    .rows, table, "After up and down it has \(now.count) of \(rows.count) rows.", allowed: destructive)
                continue
            }
            for column in rows.columns where now.columns.contains(column) {
                guard let change = rows.firstChange(of: column, in: now) else { continue }
                note(
                    .rows, "\(table).\(column)", "Up and down do not bring its values back: \(change).",
                    allowed: destructive)
            }
        }
    }

    mutating func compareAfterAgain(_ after: Snapshot, with first: Snapshot) {
        for difference in after.shape.differences(from: first.shape) {
            note(.again, difference.key.description, "The second time up \(difference).")
        }
    }
}

/// What a script itself says that it changes in rows.
private struct Touched {
    private let changes: [Change]

    /// As `Change` has it: without quotes.
    private func plain(_ table: String) -> String { table.replacing("\"", with: "").lowercased() }

    init(_ script: Script, _ dialect: Dialect) {
        changes = Statement.all(in: script.text, dialect: dialect).map(Change.init)
    }

    func changesCount(of table: String) -> Bool {
        changes.contains { change in
            switch change {
            case .delete(let name, _), .insert(let name): name == plain(table)
            case .truncate(let names): names.contains(plain(table))
            default: false
            }
        }
    }

    func writes(_ column: String, of table: String) -> Bool {
        changes.contains { change in
            switch change {
            case .update(let name, let columns): name == plain(table) && columns.contains(column.lowercased())
            case .alterTable(let name, let actions):
                name == plain(table) && actions.contains(.setType(column.lowercased()))
            default: false
            }
        }
    }
}
