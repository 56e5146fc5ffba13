import Dispatch

/// A gate that a thread may wait at until a test opens it.
package final class DispatchGate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    /// A closed gate.
    package init() {}

    /// Lets one waiter through.
    package func open() { semaphore.signal() }

    /// Blocks this thread until the gate is opened.
    package func wait() { semaphore.wait() }
}
