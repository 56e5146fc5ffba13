import Synchronization

/// Somebody's wish that a run or a revert should end: asked between statements, while the database ends the one that runs.
package final class Interruption: Sendable {
    private let asked = Atomic(false)

    /// Nobody has asked.
    package init() {}

    /// Asks.
    package func ask() { asked.store(true, ordering: .sequentiallyConsistent) }

    /// Whether somebody has.
    package var isAsked: Bool { asked.load(ordering: .sequentiallyConsistent) }

    func check() throws {
        guard isAsked else { return }
        throw MigrationError(
            "Interrupted. The step that was under way was taken back, or stops at the edge of a statement where it has no transaction."
        )
    }
}
