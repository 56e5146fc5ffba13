import Changes
import Core
import SQL

/// How people get an account, and a new password.
struct AccountStore: Sendable {
    let secrets: AccountSecrets
    let mail: AccountMail
    let tries: TryStore

    /// Somebody who registers, and what was drawn and derived for it.
    struct Registration: Sendable {
        let email: EmailAddress
        let passwordHash: String
        let name: String?
        let newID: ID
    }

    /// Registers an address. Nobody is told whether it was known: what there is to say is mailed.
    func register(_ registration: Registration, _ change: Change) throws {
        let user = User(
            id: registration.newID, email: registration.email, status: .unverified, name: registration.name,
            createdAt: change.now, lastLoginAt: nil)
        if try UserRows.insert(user, passwordHash: registration.passwordHash, on: change.connection) {
            if try mail.take(user.email, isKnown: true, change) { try mail.sendCode(.verify, to: user, change) }
            return
        }
        guard var known = try UserRows.lock(registration.email, on: change.connection)?.user else { return }
        switch known.status {
        case .unverified:
            // Whoever comes last may be the owner; none of these passwords outlives the verification in any case.
            known.name = registration.name
            try UserRows.update(known, on: change.connection)
            try UserRows.setPassword(registration.passwordHash, of: known.id, on: change.connection)
            if try mail.take(known.email, isKnown: true, change) { try mail.sendCode(.verify, to: known, change) }
        case .active:
            if try mail.take(known.email, isKnown: true, change) {
                try mail.send(MailText.known(known.email, publicURL: mail.publicURL), to: known, change)
            }
        case .suspended: _ = try mail.take(known.email, isKnown: false, change)
        }
    }

    /// Mails a new code to an address that has a use for one; the same for everybody who asks.
    /// - Parameter purpose: To an address that was never verified goes the code to do that, whatever was asked for.
    func sendCode(_ purpose: AccountCode.Purpose, to email: EmailAddress, _ change: Change) throws {
        let known = try UserRows.lock(email, on: change.connection)?.user
        let wanted: AccountCode.Purpose? =
            switch known?.status {
            case .unverified?: .verify
            case .active?: purpose == .reset ? .reset : nil
            case .suspended?, nil: nil
            }
        let mayGo = try mail.take(email, isKnown: wanted != nil, change)
        if let known, let wanted, mayGo { try mail.sendCode(wanted, to: known, change) }
    }

    /// What was found of a code.
    enum Checked: Sendable {
        case right
        case refused(AccountRefusal)
    }

    /// Looks whether a code is right, and counts the try where not. What it says is no error, since the count has to stay.
    func check(
        _ code: String, for purpose: AccountCode.Purpose, of email: EmailAddress, from network: String,
        _ change: Change
    ) throws -> Checked {
        try tries.requireRoom(.network(network), change)
        let known = try UserRows.lock(email, on: change.connection)?.user
        if let known, try isRight(code, purpose, of: known.id, change) {
            return known.status == .suspended ? .refused(.suspended) : .right
        }
        if let known { try CodeRows.countTry(purpose, of: known.id, on: change.connection) }
        try tries.note(.network(network), change)
        return .refused(.badCode)
    }

    /// Makes an account active: whoever has the code has the mailbox.
    ///
    /// The password becomes the one that is given now, or none: the one that stood there may be a squatter's, who registered
    /// with somebody else's address and waits. What they may have begun ends too.
    func verify(_ code: String, of email: EmailAddress, passwordHash: String?, _ change: Change) throws -> SignedIn {
        var user = try useUp(code, .verify, of: email, change)
        guard user.status == .unverified else {
            try user.requireActive()
            throw AccountRefusal.badCode
        }
        user.status = .active
        user.lastLoginAt = change.now
        try UserRows.update(user, on: change.connection)
        try UserRows.setPassword(passwordHash, of: user.id, on: change.connection)
        try SignInRows.deleteAll(of: user.id, on: change.connection)
        try tries.forget(.account(email.description), change)
        return try SignInStore(secrets: secrets).begin(user, change)
    }

    /// Sets a new password and ends every sign-in.
    func reset(_ code: String, of email: EmailAddress, passwordHash: String, _ change: Change) throws {
        let user = try useUp(code, .reset, of: email, change)
        try user.requireActive()
        try UserRows.setPassword(passwordHash, of: user.id, on: change.connection)
        try SignInRows.deleteAll(of: user.id, on: change.connection)
        try tries.forget(.account(email.description), change)
    }

    /// A code is good once: with it go all others of the person's.
    private func useUp(
        _ code: String, _ purpose: AccountCode.Purpose, of email: EmailAddress, _ change: Change
    ) throws -> User {
        guard let user = try UserRows.lock(email, on: change.connection)?.user,
            try isRight(code, purpose, of: user.id, change)
        else { throw AccountRefusal.badCode }
        try CodeRows.deleteAll(of: user.id, on: change.connection)
        return user
    }

    private func isRight(
        _ code: String, _ purpose: AccountCode.Purpose, of user: ID, _ change: Change
    ) throws -> Bool {
        let known = try CodeRows.lock(purpose, of: user, on: change.connection)
        return known?.accepts(mail.kept(code, purpose, of: user), at: change.now) ?? false
    }
}
