import Synchronization

/// A page that takes a while to make and is the same for everybody: made when somebody first asks for it, and then kept.
final class KeptPage: Sendable {
    private let making = Mutex<Task<Page, any Error>?>(nil)

    /// The page. Who asks while it is made waits for it as well.
    func page(_ make: @escaping @Sendable () throws -> Page) async throws -> Page {
        let task = making.withLock { known in
            let task = known ?? Task { try make() }
            known = task
            return task
        }
        return try await task.value
    }
}
