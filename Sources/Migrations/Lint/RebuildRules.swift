import SQL

/// What a rebuild of a SQLite table takes with it: dropping the old table drops its indexes and triggers, and views are dropped for it
/// by hand. Whoever forgets to make one again hears nothing of it.
enum RebuildRules {
    static let rule = "rebuild-drops"

    /// Complaints about an up file, each at the statement that drops.
    static func look(at statements: [Statement], knowing before: KnownSchema) -> [Complaint] {
        var known = before
        /// Tables under the names that they have by now, and what they were called before the file.
        var names: [String: String] = [:]
        var fallen: [(table: String, place: Int)] = []
        var droppedByName: Set<String> = []
        var made: Set<String> = []
        for (place, statement) in statements.enumerated() {
            known.apply(statement)
            switch Change(statement) {
            case .createTable(let table, _, _):
                made.insert(table)
                names[table] = ""
            case .alterTable(let table, let actions):
                for case .renameTable(let name) in actions {
                    made.insert(name)
                    names[name] = names[table] ?? table
                }
            case .dropTable(let tables):
                for table in tables { fallen.append((names[table] ?? table, place)) }
            case .dropIndex(let indexes, _, _): droppedByName.formUnion(indexes)
            case .drop("trigger", let triggers, _): droppedByName.formUnion(triggers)
            default: continue
            }
        }
        return fallen.filter { made.contains($0.table) }.flatMap { table, place in
            before.dependants(of: table)
                .filter { !known.has($0) && !droppedByName.contains($0.name) }
                .map { complaint($0, table).at(place) }
        }
    }

    private static func complaint(_ lost: KnownSchema.Dependant, _ table: String) -> Complaint {
        Complaint(rule, message(lost.kind, lost.name, table))
    }

    static func message(_ kind: String, _ name: String, _ table: String) -> String {
        """
        The rebuild of \(table) takes the \(kind) \(name) away, and nothing makes it again. Make it again in this file, behind the new \
        table; or, if it is to go, say so with `-- lint:allow \(rule) why`.
        """
    }
}

extension Shape {
    /// Indexes, triggers and views of tables that are still there, which a script has taken away without saying so, on SQLite.
    func takenAway(to after: Shape, by script: Script) -> [SchemaObject] {
        let changes = Statement.all(in: script.text, dialect: .sqlite).map(Change.init)
        let rebuilds = changes.contains { if case .dropTable = $0 { true } else { false } }
        guard rebuilds else { return [] }
        let byName = changes.flatMap { change -> [String] in
            switch change {
            case .dropIndex(let names, _, _), .drop("trigger", let names, _): names.map { $0.lowercased() }
            default: []
            }
        }
        let tables = Set(after.objects.keys.filter { $0.kind == .table }.map(\.name))
        return objects.values.filter { object in
            [.index, .trigger, .view].contains(object.kind) && after[object.key] == nil && !byName.contains(object.name)
                && object.mentions(tables)
        }.sorted { $0.name < $1.name }
    }
}

extension SchemaObject {
    /// Whether its statement speaks of one of some tables.
    fileprivate func mentions(_ tables: Set<String>) -> Bool {
        let tokens = Statement.all(in: statement ?? "", dialect: .sqlite).first?.tokens ?? []
        let names = tokens.filter { $0.kind == .word || $0.kind == .name }.map { $0.plainName.lowercased() }
        return kind == .index || kind == .trigger
            ? names.firstIndex(of: "on").map { names[($0 + 1)...].first.map(tables.contains) ?? false } ?? false
            : !tables.isDisjoint(with: names)
    }
}
