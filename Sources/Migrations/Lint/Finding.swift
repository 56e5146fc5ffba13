package import Core

/// One thing that is wrong with a step, and what to do instead.
package struct Finding: Sendable, Hashable {
    /// Where it showed.
    package enum Phase: String, Sendable {
        /// Applying the step.
        case up
        /// Reverting it.
        case down
        /// Applying it again.
        case again
        /// What became of the rows.
        case rows
        /// Reading its files.
        case lint
    }

    /// Where it showed.
    package let phase: Phase
    /// What it is about: `users.email`, `0001_x.up.sql:12`.
    package let object: String
    /// What is wrong, what it means for people's data, and the safe form.
    package let message: String
    /// The lint rule; nil for what `verify` found.
    package let rule: String?
    /// Why it was accepted, in the words of the file; nil where it was not.
    package let allowed: String?

    init(_ phase: Phase, _ object: String, _ message: String, rule: String? = nil, allowed: String? = nil) {
        self.phase = phase
        self.object = object
        self.message = message
        self.rule = rule
        self.allowed = allowed
    }

    /// As one of `problems` in `--json`.
    package var json: JSON {
        var json: JSON = ["phase": .string(phase.rawValue), "object": .string(object), "message": .string(message)]
        if let rule { json = json.adding(.init("rule", .string(rule))) }
        if let allowed { json = json.adding(.init("allowed", .string(allowed))) }
        return json
    }
}

/// What was found out about one step.
package struct StepReport: Sendable, Hashable {
    /// The step's version.
    package let version: Int64
    /// Its name in words.
    package let description: String
    /// What is wrong with it, and what was accepted.
    package let findings: [Finding]

    /// Whether nothing is wrong but what was accepted.
    package var isOK: Bool { findings.allSatisfy { $0.allowed != nil } }

    /// As one of `steps` in `--json`.
    package var json: JSON {
        [
            "version": .integer(Int(version)), "description": .string(description), "ok": .bool(isOK),
            "problems": .array(findings.filter { $0.allowed == nil }.map(\.json)),
            "allowed": .array(findings.filter { $0.allowed != nil }.map(\.json)),
        ]
    }
}
