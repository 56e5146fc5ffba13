import Core

/// A batched verb whose inputs may each carry a key under which they are answered once.
package final class OnceBatch<Input: Sendable>: Sendable {
    private struct Keyed: Sendable {
        let input: Input
        let key: OnceKey?
    }

    private let changes: Changes
    private let batch: Batch<Keyed, OnceReply>

    init(
        _ changes: Changes, sizes: Histogram?, failures: Counter?,
        _ verb: @escaping @Sendable ([Input], Change) throws -> [Result<Reply, any Error>]
    ) {
        self.changes = changes
        batch = Batch(lanes: changes.lanes, sizes: sizes, failures: failures) { keyed in
            try await changes.untilTwinsAreSeen {
                try await changes.make { change in try Self.take(keyed, change, verb) }
            }
        }
    }

    /// Hands in an input and waits until what it changed is durable.
    /// - Throws: what the verb answered for this input; `OnceRefusal`; `SQLError`.
    package func submit(_ input: Input, under key: OnceKey?) async throws -> OnceReply {
        try await changes.holding(key) { try await batch.submit(Keyed(input: input, key: key)) }
    }

    private static func take(
        _ keyed: [Keyed], _ change: Change, _ verb: ([Input], Change) throws -> [Result<Reply, any Error>]
    ) throws -> [Result<OnceReply, any Error>] {
        let kept = try KeptReply.take(keyed.compactMap(\.key), change)
        let new = keyed.filter { one in one.key.map { kept[$0] == nil } ?? true }
        var outcomes = try verb(new.map(\.input), change)[...]
        return keyed.map { one in
            if let key = one.key, let kept = kept[key] {
                return kept.map { OnceReply(reply: $0, isReplay: true) }.mapError { $0 }
            }
            let outcome = outcomes.removeFirst()
            if let key = one.key, case .success(let reply) = outcome { change.keep(reply, under: key) }
            return outcome.map { OnceReply(reply: $0, isReplay: false) }
        }
    }
}
