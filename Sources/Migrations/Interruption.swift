import SQL
import Synchronization

/// Somebody's wish that a command should end: asked between statements, while the databases end the ones that run.
package final class Interruption: Sendable {
    private let asked = Atomic(false)
    private let endings = Mutex<[@Sendable () -> Void]>([])

    /// Nobody has asked.
    package init() {}

    /// Asks, and ends what runs. May be called again: a wish may come between two statements, when there is none to end.
    package func ask() {
        asked.store(true, ordering: .sequentiallyConsistent)
        for end in endings.withLock({ $0 }) { end() }
    }

    /// Whether somebody has.
    package var isAsked: Bool { asked.load(ordering: .sequentiallyConsistent) }

    /// Has something end, at once and again, when somebody asks: what a database runs, or a program.
    package func ends(_ end: @escaping @Sendable () -> Void) {
        endings.withLock { $0.append(end) }
        if isAsked { end() }
    }

    /// Has what shadows run end when somebody asks, and makes no more of them then.
    func ending(_ makeShadow: @escaping Shadow.Make) -> Shadow.Make {
        {
            try self.check()
            let shadow = try await makeShadow()
            self.ends { [database = shadow.database] in database.interrupt() }
            return shadow
        }
    }

    func check() throws {
        guard isAsked else { return }
        throw MigrationError(
            "Interrupted. The step that was under way was taken back, or stops at the edge of a statement where it has no transaction."
        )
    }
}
