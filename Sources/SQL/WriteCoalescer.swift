package import Core
import DequeModule
import Synchronization

/// Gathers the writes that arrive while a transaction is under way into the next one.
///
/// A caller waits for its own outcome, which comes only after the commit that holds it. Nothing waits for a timer: when the
/// database is idle, the first write goes at once, and the longer a commit takes the more writes share the next. When as
/// many wait as the bound allows, `submit` throws `SQLError.overloaded` and memory does not grow.
package final class WriteCoalescer<Input: Sendable, Outcome: Sendable>: Sendable {
    /// Applies writes in the order of their arrival and answers each: one transaction.
    package typealias Apply = @Sendable (any Connection, [Input]) throws -> [Result<Outcome, any Error>]

    private struct Waiting: Sendable {
        let input: Input
        let continuation: CheckedContinuation<Outcome, any Error>
    }

    private struct State: Sendable {
        var waiting: Deque<Waiting> = []
        var inFlight = 0
        var lanes = 0
    }

    private let state = Mutex(State())
    private let database: any Database
    private let capacity: Int
    private let batchLimit: Int
    private let lanes: Int
    private let sizes: Histogram?
    private let apply: Apply

    /// A coalescer over one database.
    /// - Parameters:
    ///   - database: Where the writes go.
    ///   - capacity: How many writes may wait or be under way.
    ///   - batchLimit: How many writes share one transaction at most.
    ///   - lanes: How many transactions may be under way at once.
    ///   - sizes: Counts the size of each batch.
    ///   - apply: Applies one batch.
    package init(
        database: any Database, capacity: Int = 8_192, batchLimit: Int = 512, lanes: Int = 1, sizes: Histogram? = nil,
        apply: @escaping Apply
    ) {
        self.database = database
        self.capacity = capacity
        self.batchLimit = batchLimit
        self.lanes = lanes
        self.sizes = sizes
        self.apply = apply
    }

    /// How full the queue is, 0 to 1: the measure of load behind `next_report_seconds`.
    package var load: Double {
        state.withLock { Double($0.waiting.count + $0.inFlight) / Double(capacity) }
    }

    /// Hands in a write and waits until it is durable.
    /// - Throws: what `apply` answered for this write, or `SQLError`.
    package func submit(_ input: Input) async throws -> Outcome {
        try await withCheckedThrowingContinuation { continuation in
            let starts: Bool? = state.withLock { state in
                guard state.waiting.count + state.inFlight < capacity else { return nil }
                state.waiting.append(Waiting(input: input, continuation: continuation))
                guard state.lanes < lanes else { return false }
                state.lanes += 1
                return true
            }
            switch starts {
            case nil: continuation.resume(throwing: SQLError.overloaded)
            case true?: Task { await drain() }
            case false?: break
            }
        }
    }

    private func drain() async {
        while let batch = next() {
            sizes?.observe(Double(batch.count))
            let inputs = batch.map(\.input)
            do {
                let outcomes = try await database.write { [apply] in try apply($0, inputs) }
                precondition(outcomes.count == batch.count, "a batch answers each of its writes")
                finished(batch.count)
                for (waiting, outcome) in zip(batch, outcomes) { waiting.continuation.resume(with: outcome) }
            } catch {
                finished(batch.count)
                for waiting in batch { waiting.continuation.resume(throwing: error) }
            }
        }
    }

    private func next() -> [Waiting]? {
        state.withLock { state in
            let count = min(state.waiting.count, batchLimit)
            guard count > 0 else {
                state.lanes -= 1
                return nil
            }
            let batch = Array(state.waiting.prefix(count))
            state.waiting.removeFirst(count)
            state.inFlight += count
            return batch
        }
    }

    private func finished(_ count: Int) {
        state.withLock { $0.inFlight -= count }
    }
}
