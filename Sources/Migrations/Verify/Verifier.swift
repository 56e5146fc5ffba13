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
    private let rows: Script?
    private let interruption: Interruption
    private let makeShadow: Shadow.Make

    /// A verifier for the steps of one engine.
    /// - Parameters:
    ///   - rows: INSERT statements of rows to be there before others are made up.
    ///   - interruption: Ends it, with what the shadow is doing.
    package init(
        _ set: MigrationSet, rows: Script? = nil, interruption: Interruption = Interruption(),
        makeShadow: @escaping Shadow.Make
    ) {
        self.set = set
        self.rows = rows
        self.interruption = interruption
        self.makeShadow = interruption.ending(makeShadow)
    }

    /// What is known from the steps before.
    private struct Known {
        /// The tables that no row could be made for, and were told.
        var unfillable: Set<String> = []
        /// What the last step left behind; nil where the shadow is another one since.
        var shape: Shape?
    }

    /// What is wrong with each step; every step is listed.
    /// - Throws: `MigrationError` where it was interrupted. The shadow is gone in any case.
    package func reports() async throws -> [StepReport] {
        var shadow = try await makeShadow()
        var good: [Migration] = []
        var reports: [StepReport] = []
        var known = Known()
        do {
            for migration in set.migrations {
                var findings = try await examine(migration, on: &shadow, after: good, &known)
                good.append(migration)
                if findings.contains(where: { $0.allowed == nil }) {
                    known.shape = nil
                    shadow = try await renewed(shadow)
                    if let finding = try await replay(good, on: shadow) {
                        if !findings.contains(where: { $0.phase == .up }) { findings.append(finding) }
                        good.removeLast()
                        shadow = try await renewed(shadow)
                        _ = try await replay(good, on: shadow)
                    }
                }
                reports.append(
                    StepReport(version: migration.version, description: migration.description, findings: findings))
            }
        } catch {
            await shadow.drop()
            guard interruption.isAsked else { throw error }
            throw MigrationError(
                """
                Interrupted after \(reports.count) of \(set.migrations.count) steps. The shadow database is dropped; nothing else was \
                touched.
                """)
        }
        await shadow.drop()
        return reports
    }

    private func renewed(_ shadow: Shadow) async throws -> Shadow {
        await shadow.drop()
        return try await makeShadow()
    }

    /// Tries a step over rows. Where its up file fails on them, they were made up: it is tried again over fewer, and then over
    /// none, so that what rows did to the way there hides nothing of the way back.
    private func examine(
        _ migration: Migration, on shadow: inout Shadow, after good: [Migration], _ known: inout Known
    ) async throws -> [Finding] {
        let first = try await trial(of: migration, rows: Self.usualRows, on: shadow, &known)
        guard let failure = first.failureOfUp else { return first.findings }
        for count in [1, 0] {
            known.shape = nil
            shadow = try await renewed(shadow)
            _ = try await replay(good, on: shadow)
            let again = try await trial(of: migration, rows: count, on: shadow, &known)
            guard again.failureOfUp == nil else { continue }
            let words = count == 0 ? "empty tables" : "tables with \(count) row each"
            let finding = Finding(
                .up, failure.object,
                """
                \(failure.message)
                It failed on made-up rows: three in each table, which honour types, keys and checks and nothing else. On \(words) it \
                runs, and there the rest was tried. If your rows may look like these, mend the file; if they cannot, say so \
                with a constraint, or give rows of your own with --rows FILE.
                """)
            return [finding] + first.findings.filter { $0 != failure } + again.findings
        }
        return first.findings
    }

    private static let usualRows = 3

    /// Brings a new shadow to where the good steps lead; what failed, if anything.
    private func replay(_ steps: [Migration], on shadow: Shadow) async throws -> Finding? {
        guard let last = steps.last else { return nil }
        do {
            try await Migrator(database: shadow.database, set: MigrationSet(steps)).run()
            return nil
        } catch {
            let cause = (error as? StoppedHalfway)?.cause ?? error
            guard cause is MigrationError, !interruption.isAsked else { throw error }
            return Finding(.up, last.up.file, "Fails even on empty tables. \(cause)")
        }
    }

    private func trial(
        of migration: Migration, rows count: Int, on shadow: Shadow, _ known: inout Known
    ) async throws -> Trial {
        var options = Migrator.Options()
        options.interruption = interruption
        let migrator = Migrator(database: shadow.database, set: MigrationSet([migration]), options: options)
        let unfilled = Set(
            try await shadow.database.session { connection in
                if count > 0, let rows { try RowFiller(connection, rowCount: count).insert(rows) }
                return try RowFiller(connection, rowCount: count).fill()
            })
        let before = try await Snapshot(of: shadow.database, knowing: known.shape)
        var trial = Trial(migration: migration, dialect: shadow.database.dialect, before: before)
        known.shape = nil
        for table in unfilled.subtracting(known.unfillable).sorted() {
            trial.note(
                .rows, table, "No row could be made for this table, so steps are tried on it empty.",
                allowed: "what it wants cannot be guessed")
        }
        known.unfillable.formUnion(unfilled)
        guard try await step(&trial, .up, { try await migrator.applyOnly() }) else { return trial }
        let after = try await Snapshot(of: shadow.database)
        trial.compareAfterUp(after)
        guard let down = migration.down else {
            known.shape = after.shape
            return trial
        }
        guard try await step(&trial, .down, { try await migrator.revertOnly() }) else { return trial }
        trial.compareAfterDown(try await Snapshot(of: shadow.database), down)
        guard try await step(&trial, .again, { try await migrator.applyOnly() }) else { return trial }
        let again = try await shadow.database.session { try Shape(of: $0) }
        trial.compareAfterAgain(again, with: after)
        known.shape = again
        return trial
    }

    private func step(
        _ trial: inout Trial, _ phase: Finding.Phase, _ body: () async throws -> Void
    ) async throws -> Bool {
        do {
            try await body()
            return true
        } catch let error as MigrationError where !interruption.isAsked {
            let file = phase == .down ? trial.migration.down?.file : trial.migration.up.file
            trial.noteFailure(phase, file ?? "", "\(error)")
            return false
        }
    }
}

/// The schema and the rows of a database at one moment.
private struct Snapshot: Sendable {
    let shape: Shape
    let rows: [String: TableRows]
    let triggers: [(table: String, effects: RowEffects)]

    /// - Parameter shape: The schema, where it is known already: rows that are made up do not change it.
    init(of database: any Database, knowing shape: Shape? = nil) async throws {
        (self.shape, rows, triggers) = try await database.session { connection in
            try PostgresShape.reading(on: connection) {
                (
                    try shape ?? Shape(of: connection, isInTransaction: true), try TableRows.all(on: connection),
                    try Triggers.all(on: connection)
                )
            }
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

    /// That the up file could not be run.
    private(set) var failureOfUp: Finding?

    mutating func note(_ phase: Finding.Phase, _ object: String, _ message: String, allowed: String? = nil) {
        findings.append(Finding(phase, object, message, allowed: allowed))
    }

    mutating func noteFailure(_ phase: Finding.Phase, _ file: String, _ message: String) {
        note(phase, file, message)
        if phase == .up { failureOfUp = findings.last }
    }

    /// Rows that the up file does not itself change must be as they were, and what a rebuild takes with it is named.
    mutating func compareAfterUp(_ after: Snapshot) {
        let lost = dialect == .sqlite ? before.shape.takenAway(to: after.shape, by: migration.up) : []
        for object in lost {
            note(
                .up, object.key.description,
                RebuildRules.message(object.kind.rawValue, object.name, "its table"),
                allowed: Linter.allowance(of: RebuildRules.rule, in: migration.up, dialect: dialect))
        }
        var touched = RowEffects(migration.up, dialect)
        touched.wake(before.triggers + after.triggers)
        let reserve = touched.callsOthers ? " A routine that it calls may." : ""
        for (table, rows) in before.rows.sorted(by: { $0.key < $1.key }) {
            guard let now = after.rows[table] else { continue }
            if now.count != rows.count {
                guard !touched.changesCount(of: table) else { continue }
                note(
                    .rows, table,
                    "The up file leaves \(now.count) of \(rows.count) rows, though no statement of it deletes or inserts any.\(reserve)",
                    allowed: migration.up.reasonToLoseRows(of: table, dialect))
                continue
            }
            for column in rows.columns where now.columns.contains(column) && !touched.writes(column, of: table) {
                guard let change = rows.firstChange(of: column, in: now) else { continue }
                note(
                    .rows, "\(table).\(column)",
                    "The up file changes its values, though it does not set them: \(change).\(reserve)")
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

    mutating func compareAfterAgain(_ shape: Shape, with first: Snapshot) {
        for difference in shape.differences(from: first.shape) {
            note(.again, difference.key.description, "The second time up \(difference).")
        }
    }
}
