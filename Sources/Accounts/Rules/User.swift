package import Core

/// A person with an account of ours.
package struct User: Sendable, Hashable {
    /// Who it is, in every wing.
    package let id: ID
    /// Where mail goes.
    package let email: EmailAddress
    /// What may be done with the account.
    package var status: Status
    /// What pages call the person.
    package var name: String?
    /// When the account was made.
    package let createdAt: Instant
    /// When somebody last signed in.
    package var lastLoginAt: Instant?

    /// What may be done with an account (seed 004).
    package enum Status: String, Sendable, CaseIterable {
        /// Nobody has shown yet that the address is theirs.
        case unverified = "UNVERIFIED"
        /// All is well.
        case active = "ACTIVE"
        /// Whoever runs the server has closed it; only they open it again.
        case suspended = "SUSPENDED"
    }

    /// Refuses an account that nobody may sign in to.
    func requireActive() throws(AccountRefusal) {
        switch status {
        case .active: return
        case .unverified: throw .unverified
        case .suspended: throw .suspended
        }
    }
}

/// Why something about an account was refused.
package enum AccountRefusal: Error, Sendable, Hashable {
    /// Address and password do not belong together, as far as anybody is told.
    case badCredentials
    /// The password is right, and nobody has shown yet that the address is theirs.
    case unverified
    /// The account was suspended.
    case suspended
    /// The code is wrong, was used, was replaced, is too old or was tried too often; or nobody asked for one.
    case badCode
    /// There were so many tries that the next one has to wait.
    case tooManyTries(seconds: Int)
    /// The sign-in was ended, or has run out.
    case signedOut
    /// A refresh token was used twice, so that somebody else may have it; the sign-in was ended.
    case refreshReused
    /// The password that was asked for again is not the account's.
    case wrongPassword
    /// The caller is signed in by a token of the app's own, and has no account here.
    case noAccount
    /// A stream ticket was used, has run out, is for another stream, or nobody here made it.
    case badTicket
    /// There is no such erasure.
    case noErasure
}
