import SQL

/// Takes over a database that was never under migrations: finds out which steps are already in it, records them, and runs
/// the rest.
///
/// A step is there when all that it makes is there, as it would have made it; what a step does to rows cannot be seen, so a
/// step that changes no schema is run unless a later one is there. Tables, columns and indexes that are not of these steps are left alone.
///
/// The steps are followed along each `Lineage` for itself: a database may hold what the fifth step makes and nothing of the
/// first four, where those are about other tables.
///
/// A step may name another form in which one of its objects is as good: `-- adopt:accept column users.email: varchar(255)`
/// in its up file, for what was once made by hand. With `-- adopt:by-name` it takes whatever has the names of its tables and
/// columns: for tables that another program made, in a form that we cannot know.
package struct Adopter {
    private let migrator: Migrator
    private let makeShadow: Shadow.Make

    /// What a database was found to hold.
    package struct Outcome: Sendable {
        /// Steps whose effects were there, and which were recorded.
        package let recognised: [Migration]
        /// Steps that were then run.
        package let applied: [Migration]
        /// Whether the database was under migrations already, so that nothing was done.
        package let wasUnderMigrations: Bool
    }

    /// An adopter for a migrator's database and steps.
    package init(_ migrator: Migrator, makeShadow: @escaping Shadow.Make) {
        self.migrator = migrator
        self.makeShadow = migrator.options.interruption.ending(makeShadow)
    }

    /// Adopts the database.
    /// - Throws: `MigrationError` with every difference where the database is between two steps; it is then unchanged.
    package func adopt() async throws -> Outcome {
        let ledger = migrator.ledger
        let (entries, live) = try await migrator.database.session { connection in
            (try ledger.entries(on: connection), try Shape(of: connection))
        }
        let applied = Set(entries.map(\.version))
        if !applied.isEmpty, try await migrator.pending().isEmpty {
            return Outcome(recognised: [], applied: [], wasUnderMigrations: true)
        }
        let recognised: [Migration]
        do {
            recognised = try await recognise(live, applied)
        } catch  where migrator.options.interruption.isAsked {
            throw MigrationError("Interrupted. Nothing was recorded, and the shadow database is dropped.")
        }
        // Under migrations already, and nothing there that these do not know of: running the rest is for `run` to do.
        if !applied.isEmpty, recognised.isEmpty {
            return Outcome(recognised: [], applied: [], wasUnderMigrations: true)
        }
        try await record(recognised, seenAs: live, applied)
        // What is left may be older than what was found.
        var options = migrator.options
        options.allowsOutOfOrder = true
        let rest = Migrator(database: migrator.database, set: migrator.set, options: options)
        return Outcome(recognised: recognised, applied: try await rest.run(), wasUnderMigrations: false)
    }

    /// The steps that are there, of the lines of which none is on record: those that are go on from where they stand.
    private func recognise(_ live: Shape, _ applied: Set<Int64>) async throws -> [Migration] {
        let migrations = migrator.set.migrations
        let stages = try await stages()
        let accepted = Accepted(migrator.set, stages, migrator.database.dialect)
        var recognised: [Int] = []
        var changingRowsOnly: [Int] = []
        var refusals: [String] = []
        for lineage in Lineage.all(in: migrations, migrator.database.dialect)
        where !lineage.steps.contains(where: { applied.contains(migrations[$0].version) }) {
            // What the line makes, in one stage or another; what belongs to no line is nobody's business.
            let own = Set(lineage.steps.flatMap { stages[$0 + 1].differences(from: stages[$0]).map(\.key) })
            let reached = [lineage.steps[0]] + lineage.steps.map { $0 + 1 }
            let distances = reached.map { stage in
                live.differences(from: stages[stage]).filter { own.contains($0.key) && !accepted.accept($0) }
            }
            if let whole = distances.firstIndex(where: \.isEmpty) {
                recognised += lineage.steps.prefix(whole)
                // Nothing tells these from the one before.
                let unseen = zip(lineage.steps, distances.dropFirst()).dropFirst(whole).prefix { $0.1.isEmpty }
                if whole > 0 { changingRowsOnly += unseen.map(\.0) }
            } else {
                let nearest = distances.indices.reversed().min { distances[$0].count < distances[$1].count } ?? 0
                refusals.append(refusal(lineage, nearest, distances[nearest]))
            }
        }
        guard refusals.isEmpty else { throw MigrationError(refusals.joined(separator: "\n")) }
        let newest = recognised.max() ?? -1
        return (recognised + changingRowsOnly.filter { $0 < newest }).sorted().map { migrations[$0] }
    }

    private func refusal(_ lineage: Lineage, _ reached: Int, _ differences: [Shape.Difference]) -> String {
        let place =
            reached == 0 ? "an empty schema" : migrator.set.migrations[lineage.steps[reached - 1]].up.file
        return """
            This database is none of the stages that the migrations lead through, so it was left as it is. It is nearest to \
            \(place), from which it differs so:
            \(differences.map { "  - \($0)" }.joined(separator: "\n"))
            Bring these in line by hand and adopt again. Where one of them is as good as what is expected, say so in the up \
            file that makes it: -- adopt:accept KIND NAME: DEFINITION
            """
    }

    /// The schema before the first step and after each.
    private func stages() async throws -> [Shape] {
        let shadow = try await makeShadow()
        do {
            var stages = [try await shadow.database.session { try Shape(of: $0) }]
            for migration in migrator.set.migrations {
                var options = Migrator.Options()
                options.interruption = migrator.options.interruption
                try await Migrator(database: shadow.database, set: MigrationSet([migration]), options: options)
                    .applyOnly()
                stages.append(try await shadow.database.session { try Shape(of: $0) })
            }
            await shadow.drop()
            return stages
        } catch {
            await shadow.drop()
            throw error
        }
    }

    private func record(
        _ recognised: [Migration], seenAs live: Shape, _ applied: Set<Int64>
    ) async throws {
        try await migrator.database.session { [migrator] connection in
            try MigrationLock.holding(on: connection, migrator.options.interruption) { _ in
                try migrator.transaction(on: connection) {
                    // Seen again under the lock: what was recognised must still be what is there.
                    let entries = try migrator.ledger.entries(on: connection)
                    guard try Shape(of: connection, isInTransaction: true) == live,
                        Set(entries.map(\.version)) == applied
                    else {
                        throw MigrationError(
                            "Somebody else changed the schema meanwhile. Nothing was recorded. Adopt again.")
                    }
                    try migrator.ledger.create(on: connection)
                    var record = Ledger.Record(appliedBy: migrator.options.appliedBy)
                    record.note = "adopted: found in the database"
                    for migration in recognised {
                        try migrator.ledger.record(migration, nanoseconds: 0, record, on: connection)
                    }
                }
            }
        }
    }
}

/// Forms that the files accept beside their own: `adopt:accept KIND NAME: DEFINITION`, and `adopt:by-name`.
private struct Accepted {
    private var definitions: [String: Set<String>] = [:]
    private var byName: Set<SchemaObject.Key> = []
    private let dialect: Dialect

    init(_ set: MigrationSet, _ stages: [Shape], _ dialect: Dialect) {
        self.dialect = dialect
        for (step, migration) in set.migrations.enumerated() {
            for token in SQLLexer.tokens(of: migration.up.bytes, dialect: dialect) where token.kind == .comment {
                if token.text.trimmed == "adopt:by-name" {
                    byName.formUnion(stages[step + 1].differences(from: stages[step]).map(\.key))
                }
                guard token.text.hasPrefix("adopt:accept ") else { continue }
                let words = token.text.dropFirst("adopt:accept ".count)
                guard let colon = words.firstIndex(of: ":") else { continue }
                let key = String(words[..<colon]).trimmed
                definitions[key, default: []].insert(String(words[words.index(after: colon)...]).trimmed)
            }
        }
    }

    /// Whether a difference does not matter.
    func accept(_ difference: Shape.Difference) -> Bool {
        let (key, found) = (difference.key, difference.found)
        if byName.contains(key) {
            guard key.kind == .table || key.kind == .column else { return true }
            guard let expected = difference.expected, let found else { return false }
            // SQLite keeps anything in any column.
            return key.kind == .table || dialect == .sqlite
                || ColumnContent(expected) == ColumnContent(found)
        }
        guard let found, difference.expected != nil else { return false }
        return definitions[key.description]?.contains(found) == true
    }
}

/// What a Postgres column holds, whichever of several types it is given.
private enum ColumnContent: Equatable {
    case whole, fraction, moment, words
    case other(String)

    init(_ definition: String) {
        let type = String(definition.prefix { $0 != " " && $0 != "(" })
        switch type {
        case "integer", "bigint", "smallint": self = .whole
        case "double", "real", "numeric": self = .fraction
        case "timestamp": self = .moment
        case "boolean", "uuid", "bytea", "date", "time", "interval", "inet": self = .other(type)
        // Text, JSON, and enums, which are read and written as text.
        default: self = .words
        }
    }
}
