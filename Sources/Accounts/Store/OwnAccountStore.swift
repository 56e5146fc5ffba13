import Changes
import Core
import SQL

/// What people do with their own account.
struct OwnAccountStore: Sendable {
    let secrets: AccountSecrets
    let people: PeopleStore

    func find(_ id: ID, on connection: any Connection) throws -> User {
        guard let found = try UserRows.find(id, on: connection) else { throw AccountRefusal.noAccount }
        return found.user
    }

    /// A try to say one's password again, counted as failed before it is looked at.
    /// - Returns: what is kept of the password.
    func attempt(_ id: ID, _ change: Change) throws -> String? {
        guard let found = try UserRows.lock(id, on: change.connection) else { throw AccountRefusal.noAccount }
        let (tries, subject) = (TryStore(secrets: secrets), TryStore.Subject.account(found.user.email.description))
        try tries.requireRoom(subject, change)
        try tries.note(subject, change)
        return found.passwordHash
    }

    /// Gives the account another name.
    func rename(_ id: ID, to name: String?, _ change: Change) throws -> User {
        guard var user = try UserRows.lock(id, on: change.connection)?.user else { throw AccountRefusal.noAccount }
        user.name = name
        try UserRows.update(user, on: change.connection)
        return user
    }

    /// Changes a password that was right a moment ago, and ends every sign-in but the one that asks.
    func setPassword(_ new: String, of id: ID, was hash: String, by token: String?, _ change: Change) throws {
        try confirm(id, hash, change)
        let kept = token.flatMap { secrets.readAccess($0)?.signIn }
        try UserRows.setPassword(new, of: id, on: change.connection)
        try CodeRows.deleteAll(of: id, on: change.connection)
        try SignInRows.deleteAll(of: id, but: kept, on: change.connection)
    }

    /// Erases the account and its sign-ins, and begins to erase everything else that any wing holds of its person.
    func erase(_ id: ID, was hash: String, as erasure: ID, _ change: Change) throws -> Erasure {
        try confirm(id, hash, change)
        return try people.begin(.user(id), as: erasure, change)
    }

    private func confirm(_ id: ID, _ hash: String, _ change: Change) throws {
        guard let found = try UserRows.lock(id, on: change.connection), found.passwordHash == hash else {
            throw AccountRefusal.wrongPassword
        }
        try TryStore(secrets: secrets).forget(.account(found.user.email.description), change)
    }
}
