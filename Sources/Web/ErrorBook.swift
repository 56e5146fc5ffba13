package import Core
import Synchronization

/// What this node has refused and failed at of late, for whoever runs it: never a body, a filled path or an id of a person.
package final class ErrorBook: Sendable {
    /// One answer that was a problem.
    package struct Entry: Sendable, Hashable {
        /// When it was given.
        package let at: Instant
        /// `GET`.
        package let method: String
        /// The route's template; nil where no route was asked for.
        package let route: String?
        /// The answer's status.
        package let status: Int
        /// Which kind of problem.
        package let code: String
        /// What that is, in words that are the same for all of its kind.
        package let title: String
        /// The request's id, by which the server's log has the details.
        package let requestID: String
    }

    /// All refusals of one code.
    package struct Tally: Sendable, Hashable {
        /// How many there were since the process began.
        package var count: Int
        /// The newest.
        package var last: Entry
    }

    private struct State: Sendable {
        var failures: [Entry] = []
        var refusals: [String: Tally] = [:]
    }

    private static let kept = 200

    private let state = Mutex(State())
    private let clock: Clock

    /// An empty book.
    package init(clock: Clock) {
        self.clock = clock
    }

    /// The newest failures of the server's own (5xx), at most 200, the newest first.
    package var failures: [Entry] { state.withLock { $0.failures.reversed() } }

    /// What callers were refused for (4xx), by code, the newest first.
    package var refusals: [Tally] {
        state.withLock { Array($0.refusals.values) }.sorted { ($0.last.at, $0.last.code) > ($1.last.at, $1.last.code) }
    }

    func note(_ problem: Problem, method: String, route: String?, requestID: String) {
        let entry = Entry(
            // The router calls what it has no route for by a name of its own.
            at: clock.now, method: method, route: route == "NotFound" ? nil : route, status: problem.status,
            code: problem.code,
            title: problem.title, requestID: requestID)
        state.withLock { state in
            guard problem.status >= 500 else {
                let count = state.refusals[problem.code]?.count ?? 0
                state.refusals[problem.code] = Tally(count: count + 1, last: entry)
                return
            }
            state.failures.append(entry)
            if state.failures.count > Self.kept { state.failures.removeFirst() }
        }
    }
}
