package import Core

/// A run or a revert that did some of its steps and then failed: what it did stands, and is told with the failure.
package struct StoppedHalfway: Error, CustomStringConvertible, Sendable {
    /// `Applied` or `Reverted`.
    package let verb: String
    /// What was done, in the order in which it was.
    package let versions: [Int64]
    /// What it stopped at.
    package let cause: any Error

    /// What was done, a line each, and why no more was.
    package var description: String {
        (versions.map { "\(verb) \($0)" } + ["\(cause)"]).joined(separator: "\n")
    }

    /// As an object for `--json`.
    package var json: JSON {
        let steps = versions.map { JSON.integer(Int($0)) }
        return .object([.init(verb.lowercased(), .array(steps)), .init("error", .string("\(cause)"))])
    }

    /// Does steps in order and gives those that a closure says it did; where one fails after others, says which.
    static func collecting<Step>(
        _ verb: String, _ steps: [Step], _ version: (Step) -> Int64, _ body: (Step) throws -> Bool
    ) throws -> [Step] {
        var done: [Step] = []
        for step in steps {
            do {
                if try body(step) { done.append(step) }
            } catch  where !done.isEmpty {
                throw StoppedHalfway(verb: verb, versions: done.map(version), cause: error)
            }
        }
        return done
    }
}
