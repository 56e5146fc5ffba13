import Changes
import Core
import SQL

/// Counts tries that fail, for accounts and for networks, on all nodes together.
struct TryStore: Sendable {
    let secrets: AccountSecrets

    /// Whose tries are counted.
    enum Subject: Sendable {
        /// Tries of one address's password, whether it has an account or not.
        case account(String)
        /// Tries from one network, see `DogearContext.address`.
        case network(String)

        var rule: TryRule {
            switch self {
            case .account: .account
            case .network: .network
            }
        }
    }

    /// Refuses a try that comes too early.
    /// - Throws: `AccountRefusal.tooManyTries`.
    func requireRoom(_ subject: Subject, _ change: Change) throws {
        guard let known = try TryRows.lock(name(subject), on: change.connection),
            let seconds = subject.rule.pause(known.failures, since: known.lastAt, at: change.now)
        else { return }
        throw AccountRefusal.tooManyTries(seconds: seconds)
    }

    /// Counts a try that failed, or that counts as failed until it is known.
    func note(_ subject: Subject, _ change: Change) throws {
        let known = try TryRows.lock(name(subject), on: change.connection)
        let failures = known.map { subject.rule.counted($0.failures, since: $0.lastAt, at: change.now) } ?? 0
        try TryRows.put(name(subject), failures + 1, at: change.now, on: change.connection)
    }

    /// Takes back one that turned out well.
    func forgive(_ subject: Subject, _ change: Change) throws {
        try TryRows.forgive(name(subject), on: change.connection)
    }

    /// Begins anew.
    func forget(_ subject: Subject, _ change: Change) throws {
        try TryRows.delete(name(subject), on: change.connection)
    }

    private func name(_ subject: Subject) -> String {
        switch subject {
        case .account(let email): secrets.keeps("try", "account.\(email)")
        case .network(let address): secrets.keeps("try", "network.\(address)")
        }
    }
}
