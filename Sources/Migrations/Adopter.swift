import SQL

/// Takes over a database that was never under migrations: finds out which steps are already in it, records them, and runs
/// the rest.
///
/// A step is there when all that it makes is there, as it would have made it; what a step does to rows cannot be seen, so a
/// step that changes no schema is run unless a later one is there. Tables, columns and indexes that are not of these steps are left alone.
///
/// A step may name another form in which one of its objects is as good: `-- adopt:accept column users.email: varchar(255)`
/// in its up file, for what was once made by hand.
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
        self.makeShadow = makeShadow
    }

    /// Adopts the database.
    /// - Throws: `MigrationError` with every difference where the database is between two steps; it is then unchanged.
    package func adopt() async throws -> Outcome {
        let ledger = migrator.ledger
        let (entries, live) = try await migrator.database.session { connection in
            (try ledger.entries(on: connection), try Shape(of: connection))
        }
        guard entries.isEmpty else {
            _ = try await migrator.pending()
            return Outcome(recognised: [], applied: [], wasUnderMigrations: true)
        }
        let recognised = Array(migrator.set.migrations.prefix(try await recognise(live)))
        try await record(recognised, seenAs: live)
        return Outcome(recognised: recognised, applied: try await migrator.run(), wasUnderMigrations: false)
    }

    /// How many of the steps are there.
    private func recognise(_ live: Shape) async throws -> Int {
        let stages = try await stages()
        let accepted = Accepted(migrator.set, migrator.database.dialect)
        let distances = stages.map { live.differences(from: $0, among: stages, accepting: accepted) }
        if let whole = distances.firstIndex(where: \.isEmpty) { return whole }
        let nearest = distances.indices.reversed().min { distances[$0].count < distances[$1].count } ?? 0
        throw MigrationError(refusal(nearest, distances[nearest]))
    }

    private func refusal(_ stage: Int, _ differences: [Shape.Difference]) -> String {
        let place = stage == 0 ? "an empty schema" : migrator.set.migrations[stage - 1].up.file
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
                try await Migrator(database: shadow.database, set: MigrationSet([migration])).applyOnly()
                stages.append(try await shadow.database.session { try Shape(of: $0) })
            }
            await shadow.drop()
            return stages
        } catch {
            await shadow.drop()
            throw error
        }
    }

    private func record(_ recognised: [Migration], seenAs live: Shape) async throws {
        try await migrator.database.session { [migrator] connection in
            try MigrationLock.holding(on: connection) {
                try migrator.transaction(on: connection) {
                    // Seen again under the lock: what was recognised must still be what is there.
                    guard try Shape(of: connection) == live, try migrator.ledger.entries(on: connection).isEmpty else {
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

/// Forms that the files accept beside their own: `adopt:accept KIND NAME: DEFINITION`.
private struct Accepted {
    private var definitions: [String: Set<String>] = [:]

    init(_ set: MigrationSet, _ dialect: Dialect) {
        for migration in set.migrations {
            for token in SQLLexer.tokens(of: migration.up.bytes, dialect: dialect)
            where token.kind == .comment && token.text.hasPrefix("adopt:accept ") {
                let words = token.text.dropFirst("adopt:accept ".count)
                guard let colon = words.firstIndex(of: ":") else { continue }
                let key = String(words[..<colon]).trimmed
                definitions[key, default: []].insert(String(words[words.index(after: colon)...]).trimmed)
            }
        }
    }

    func accept(_ key: SchemaObject.Key, as definition: String) -> Bool {
        definitions[key.description]?.contains(definition) == true
    }
}

extension Shape {
    /// How a live schema differs from a stage: what is missing or other than it should be, and what belongs to other stages
    /// but is there. What belongs to none is nobody's business.
    fileprivate func differences(
        from stage: Shape, among stages: [Shape], accepting accepted: Accepted
    ) -> [Difference] {
        let known = Set(stages.flatMap(\.objects.keys))
        return differences(from: stage).filter { difference in
            guard known.contains(difference.key) else { return false }
            guard let found = difference.found, difference.expected != nil else { return true }
            return !accepted.accept(difference.key, as: found)
        }
    }
}
