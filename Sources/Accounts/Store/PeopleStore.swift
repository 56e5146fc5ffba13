import Changes
import Core
import SQL

/// Begins erasures, and says how far they are.
struct PeopleStore: Sendable {
    let hash: PersonHash
    /// What goes in the change that begins one: the account and its sign-ins.
    let atOnce: [Holding]

    /// Whom somebody stands for: whoever gave an address is also the account of that address.
    func resolve(_ person: Person, on connection: any Connection) throws -> [Person] {
        guard case .email(let address) = person, let found = try UserRows.find(address, on: connection) else {
            return [person]
        }
        return [person, .user(found.user.id)]
    }

    /// Begins an erasure, or finds the one that is under way. From here on nothing of theirs is taken.
    func begin(_ person: Person, as id: ID, _ change: Change) throws -> Erasure {
        let people = try resolve(person, on: change.connection)
        let hashes = people.map { hash($0) }
        try ErasedPeople.add(hashes, at: change.now, on: change.connection)
        if let running = try ErasureRows.running(hashes, on: change.connection) { return running }
        var erasure = Erasure(
            id: id, state: .running, hashes: hashes, people: people, isLogged: false, requestedAt: change.now)
        for holding in atOnce.reversed() {
            for one in people { erasure.count(try holding.erase(one, nil, change).count, of: holding.kind) }
        }
        try ErasureRows.insert(erasure, on: change.connection)
        return erasure
    }

    func find(_ id: ID, on connection: any Connection) throws -> Erasure {
        guard let erasure = try ErasureRows.find(id, on: connection) else { throw AccountRefusal.noErasure }
        return erasure
    }
}
