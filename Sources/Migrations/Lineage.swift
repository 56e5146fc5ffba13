import SQL

/// Steps that work on the same tables, in their order: a line along which a database has come so far and no further.
///
/// A folder may hold several, such as one for each area of a product, and an app's own database may be at the end of one
/// and at the beginning of all others.
struct Lineage: Sendable, Equatable {
    /// Places in the list of migrations, ascending.
    private(set) var steps: [Int]
    private(set) var tables: Set<String>

    /// Parts a list of migrations. A step that names no table we can read goes with the step before it.
    static func all(in migrations: [Migration], _ dialect: Dialect) -> [Lineage] {
        var lineages: [Lineage] = []
        for (step, migration) in migrations.enumerated() {
            let tables = tables(of: migration, dialect)
            let previous = lineages.firstIndex { $0.steps.contains(step - 1) }
            let related = lineages.indices.filter {
                tables.isEmpty ? $0 == previous : !lineages[$0].tables.isDisjoint(with: tables)
            }
            var lineage = Lineage(steps: [step], tables: tables)
            for index in related.reversed() {
                let other = lineages.remove(at: index)
                lineage.steps = (other.steps + lineage.steps).sorted()
                lineage.tables.formUnion(other.tables)
            }
            lineages.append(lineage)
        }
        return lineages.sorted { $0.steps[0] < $1.steps[0] }
    }

    private static func tables(of migration: Migration, _ dialect: Dialect) -> Set<String> {
        var tables: Set<String> = []
        for statement in Statement.all(in: migration.up.text, dialect: dialect) {
            switch Change(statement) {
            case .createTable(let name, let isTemporary, _) where !isTemporary: tables.insert(name.lowercased())
            case .alterTable(let name, _), .update(let name, _), .delete(let name, _), .insert(let name):
                tables.insert(name.lowercased())
            case .dropTable(let names), .truncate(let names): tables.formUnion(names.map { $0.lowercased() })
            case .createIndex(let index): tables.insert(index.table.lowercased())
            default: continue
            }
        }
        return tables
    }
}
