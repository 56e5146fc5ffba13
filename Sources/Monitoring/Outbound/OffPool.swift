import Dispatch

/// Runs what blocks, or takes the processor for long, on a thread of its own, so that it holds none of those that every task shares.
func offPool<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result(catching: work)) }
    }
}
