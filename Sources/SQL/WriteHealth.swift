import Synchronization

/// Whether the last write failed in a way that the next one may fail in too (a full disk, a lost server), so that a look at
/// the database has to try one before it says that all is well.
package final class WriteHealth: Sendable {
    private let doubt = Atomic<Bool>(false)

    /// No write has failed yet.
    package init() {}

    /// Whether the last write said that the database cannot do its work.
    package var isInDoubt: Bool { doubt.load(ordering: .relaxed) }

    /// Notes that a write is on disk.
    package func proved() { doubt.store(false, ordering: .relaxed) }

    /// Notes what a write failed with; nil where it is on disk.
    package func note(_ error: (any Error)?) {
        switch error {
        case nil: proved()
        case SQLError.unavailable?, SQLError.corrupt?: doubt.store(true, ordering: .relaxed)
        default: break
        }
    }

    /// Runs a write and notes how it ended. A lock that somebody else holds says nothing about the database, so a write that
    /// could not get one must not throw `SQLError.unavailable` in here.
    package func watching<Result>(_ write: () throws -> Result) throws -> Result {
        do {
            let result = try write()
            proved()
            return result
        } catch {
            note(error)
            throw error
        }
    }
}
