import Core
import DequeModule
import SQL
import Synchronization

/// Gathers what arrives while a change is under way into the next one.
///
/// A caller waits for its own outcome, which comes only after the commit that holds it. Nothing waits for a timer: when the
/// database is idle, the first input goes at once, and the longer a commit takes the more inputs share the next. When as
/// many wait as the bound allows, `submit` throws `SQLError.overloaded` and memory does not grow. Where a constraint refuses
/// a batch, it is made again in halves, so that one bad input fails alone.
package final class Batch<Input: Sendable, Output: Sendable>: Sendable {
    /// Makes one change of many inputs, in the order of their arrival, and answers each.
    typealias Make = @Sendable ([Input]) async throws -> [Result<Output, any Error>]

    private struct Waiting: Sendable {
        let input: Input
        let continuation: CheckedContinuation<Output, any Error>
    }

    private struct State: Sendable {
        var waiting: Deque<Waiting> = []
        var inFlight = 0
        var lanes = 0
    }

    private let state = Mutex(State())
    private let capacity: Int
    private let limit: Int
    private let lanes: Int
    private let sizes: Histogram?
    private let failures: Counter?
    private let make: Make

    /// - Parameters:
    ///   - capacity: How many inputs may wait or be under way.
    ///   - limit: How many share one change at most.
    ///   - lanes: How many changes may be under way at once.
    ///   - sizes: Counts the size of each batch.
    ///   - failures: Counts inputs that the database did not take.
    init(
        capacity: Int = 8_192, limit: Int = 512, lanes: Int = 1, sizes: Histogram? = nil, failures: Counter? = nil,
        make: @escaping Make
    ) {
        self.capacity = capacity
        self.limit = limit
        self.lanes = lanes
        self.sizes = sizes
        self.failures = failures
        self.make = make
    }

    /// How full the queue is, 0 to 1: the measure of load behind `next_report_seconds`.
    package var load: Double {
        state.withLock { Double($0.waiting.count + $0.inFlight) / Double(capacity) }
    }

    /// Hands in an input and waits until what it changed is durable.
    /// - Throws: what the verb answered for this input, or `SQLError`.
    package func submit(_ input: Input) async throws -> Output {
        try await withCheckedThrowingContinuation { continuation in
            let starts: Bool? = state.withLock { state in
                guard state.waiting.count + state.inFlight < capacity else { return nil }
                state.waiting.append(Waiting(input: input, continuation: continuation))
                guard state.lanes < lanes else { return false }
                state.lanes += 1
                return true
            }
            switch starts {
            case nil:
                failures?.add()
                continuation.resume(throwing: SQLError.overloaded)
            case true?: Task { await drain() }
            case false?: break
            }
        }
    }

    private func drain() async {
        while let batch = next() {
            sizes?.observe(Double(batch.count))
            let outcomes = await outcomes(of: batch.map(\.input)[...])
            state.withLock { $0.inFlight -= batch.count }
            for (waiting, outcome) in zip(batch, outcomes) { waiting.continuation.resume(with: outcome) }
        }
    }

    private func outcomes(of inputs: ArraySlice<Input>) async -> [Result<Output, any Error>] {
        do {
            let outcomes = try await make(Array(inputs))
            precondition(outcomes.count == inputs.count, "a batch answers each of its inputs")
            return outcomes
        } catch SQLError.constraint where inputs.count > 1 {
            let middle = inputs.startIndex + inputs.count / 2
            let first = await outcomes(of: inputs[..<middle])
            return first + (await outcomes(of: inputs[middle...]))
        } catch {
            failures?.add(inputs.count)
            return inputs.map { _ in .failure(error) }
        }
    }

    private func next() -> [Waiting]? {
        state.withLock { state in
            let count = min(state.waiting.count, limit)
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
}
