import Core

/// Whether what Redis holds may be shown while the database is away: what a node knows of it, as plain values.
///
/// Redis may lie. It may have restarted with yesterday's data, been emptied, or missed what a node could not write. So each time that
/// something is owed to it, a debt with a new generation is opened in the database; one node pays it by writing every live session anew,
/// under that generation. Redis is trusted where the database said that this generation is paid, for this run of Redis, and Redis
/// itself says the same generation.
struct CacheTrust: Sendable, Hashable {
    /// The debt as the database has it.
    struct Debt: Sendable, Hashable {
        let generation: Int
        /// The run of Redis that it is owed to.
        let runID: String
        let isPaid: Bool
    }

    /// What makes a look at Redis one that may be shown.
    struct Seal: Sendable, Hashable {
        let runID: String
        let generation: Int
    }

    /// What a node is to do next.
    enum Verdict: Sendable, Hashable {
        /// All is well.
        case trusts
        /// Something is owed that no debt tells of yet: one is to be opened after this generation.
        case opens(after: Int)
        /// A debt is open: whoever is elected pays it.
        case pays(Debt)
    }

    /// What was last known to be paid; nil while something is owed.
    private(set) var seal: Seal?
    /// How often something could not be written since the last debt was opened.
    private(set) var failures = 0

    /// Something could not be written.
    mutating func failed() {
        seal = nil
        failures += 1
    }

    /// Looks at the debt, at the run that answers now, and at the generation that Redis calls paid.
    mutating func look(at debt: Debt?, runID: String, paid: Int?) -> Verdict {
        seal = nil
        guard let debt, debt.runID == runID, failures == 0 else { return .opens(after: debt?.generation ?? 0) }
        guard debt.isPaid else { return .pays(debt) }
        guard paid == debt.generation else { return .opens(after: debt.generation) }
        seal = Seal(runID: runID, generation: debt.generation)
        return .trusts
    }

    /// A debt was opened after this many failures; those since then are still to be told of.
    mutating func opened(after failures: Int) {
        self.failures -= min(failures, self.failures)
    }
}
