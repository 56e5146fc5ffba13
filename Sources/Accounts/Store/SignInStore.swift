import Changes
import Core
import SQL

/// Somebody who is signed in, with the tokens to show for it.
struct SignedIn: Sendable {
    let user: User
    let access: String
    let accessUntil: Instant
    let refresh: String
    let refreshUntil: Instant
}

/// How people sign in, stay signed in, and sign out.
struct SignInStore: Sendable {
    let secrets: AccountSecrets
    private var tries: TryStore { TryStore(secrets: secrets) }

    init(secrets: AccountSecrets) {
        self.secrets = secrets
    }

    /// A try to sign in, counted as failed before the password is looked at: a hundred that come at once are a hundred.
    /// - Returns: what is known of the address; nil where it has no account, which nobody is told.
    func attempt(_ email: EmailAddress, from network: String, _ change: Change) throws -> UserRows.Found? {
        for subject in [TryStore.Subject.network(network), .account(email.description)] {
            try tries.requireRoom(subject, change)
            try tries.note(subject, change)
        }
        return try UserRows.find(email, on: change.connection)
    }

    /// Signs somebody in whose password was right a moment ago.
    /// - Parameter hash: What the password was compared with; where another stands there by now, it is no longer right.
    func finish(_ id: ID, hash: String, from network: String, _ change: Change) throws -> SignInOutcome {
        // Before the person, as every verb does that locks both.
        try tries.forgive(.network(network), change)
        guard var found = try UserRows.lock(id, on: change.connection), found.passwordHash == hash else {
            throw AccountRefusal.badCredentials
        }
        try tries.forget(.account(found.user.email.description), change)
        do {
            try found.user.requireActive()
        } catch {
            return .refused(error)
        }
        found.user.lastLoginAt = change.now
        try UserRows.update(found.user, on: change.connection)
        return .signedIn(try begin(found.user, change))
    }

    /// How a sign-in with the right password ends; a refusal is no error, since the tries are forgotten with it.
    enum SignInOutcome: Sendable {
        case signedIn(SignedIn)
        case refused(AccountRefusal)
    }

    /// A new sign-in of a person's.
    func begin(_ user: User, _ change: Change) throws -> SignedIn {
        let signIn = AccountSignIn(id: .random(), userID: user.id, at: change.now)
        try SignInRows.insert(signIn, on: change.connection)
        return signedIn(user, signIn, number: 0, at: change.now)
    }

    /// Uses a refresh token for the next one.
    func refresh(_ token: String, _ change: Change) throws -> SignInOutcome {
        guard let (id, number) = secrets.readRefresh(token),
            var signIn = try SignInRows.lock(id, on: change.connection),
            let user = try UserRows.find(signIn.userID, on: change.connection)?.user
        else { throw AccountRefusal.signedOut }
        guard user.status == .active else {
            try SignInRows.delete(id, on: change.connection)
            return .refused(user.status == .suspended ? .suspended : .signedOut)
        }
        switch signIn.refresh(number, at: change.now) {
        case .successor(let next, let madeAt):
            try SignInRows.update(signIn, on: change.connection)
            return .signedIn(signedIn(user, signIn, number: next, at: madeAt))
        case .reused:
            try SignInRows.delete(id, on: change.connection)
            return .refused(.refreshReused)
        case .over: throw AccountRefusal.signedOut
        }
    }

    /// Ends the sign-in of a token, whichever of the two it is; what is no token of ours changes nothing.
    func end(_ token: String, _ change: Change) throws {
        guard let id = secrets.readRefresh(token)?.signIn ?? secrets.readAccess(token)?.signIn else { return }
        try SignInRows.delete(id, on: change.connection)
    }

    private func signedIn(_ user: User, _ signIn: AccountSignIn, number: Int, at made: Instant) -> SignedIn {
        let until = made + AccountSignIn.accessLasts
        return SignedIn(
            user: user, access: secrets.access(signIn.id, until: until), accessUntil: until,
            refresh: secrets.refresh(signIn.id, number: number), refreshUntil: made + AccountSignIn.refreshLasts)
    }
}
