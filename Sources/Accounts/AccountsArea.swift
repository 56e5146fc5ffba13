package import Changes
package import Core
import Outbox
package import Relays
package import Upkeep
package import Web

/// Accounts, whole: registering, signing in, one's own account, and the mails that go with it. What the server wires up.
package struct AccountsArea: Area {
    private let changes: Changes
    private let secrets: AccountSecrets
    private let address: PublicAddress
    private let passwords: PasswordHasher
    private let others: [any Area]

    /// Accounts over one database.
    /// - Parameters:
    ///   - secret: What tokens and codes are derived from.
    ///   - address: What addresses in mails begin with; they are left out where the settings name none.
    ///   - others: The other wings, which erase what they hold of whoever erases an account.
    package init(
        changes: Changes, secret: [UInt8], address: PublicAddress, others: [any Area],
        passwordCost: PasswordCost = .standard, metrics registry: MetricRegistry
    ) {
        self.changes = changes
        self.address = address
        self.others = others
        secrets = AccountSecrets(secret)
        passwords = PasswordHasher(cost: passwordCost, metrics: registry)
    }

    /// What knows people by their tokens.
    package var signIns: SignInTokens { SignInTokens(changes: changes, secrets: secrets) }

    /// What knows stream tickets.
    package var tickets: any TicketResolver { TicketDesk(changes: changes, tickets: TicketStore(secrets: secrets)) }

    /// Everything below `/api/v1/auth`, `/api/v1/me`, and `/api/v1/stream-tickets`.
    package func addRoutes(to routes: RouteGroup) {
        let json = AccountJSON(isSecure: address.isSecure, clock: changes.clock)
        AuthRoutes(
            changes: changes, accounts: accounts, signIns: SignInStore(secrets: secrets), passwords: passwords,
            json: json
        ).add(to: routes)
        let own = OwnAccountStore(secrets: secrets) { [self] user, change in
            for area in others { try area.erase(user, change) }
            try erase(user, change)
        }
        OwnAccountRoutes(changes: changes, own: own, passwords: passwords, json: json).add(to: routes)
        TicketRoutes(changes: changes, tickets: TicketStore(secrets: secrets)).add(to: routes)
    }

    private var accounts: AccountStore {
        AccountStore(
            secrets: secrets, mail: AccountMail(secrets: secrets, publicURL: address.url),
            tries: TryStore(secrets: secrets))
    }

    /// What has run out goes every ten minutes.
    package var chores: [Chore] {
        let limit = 500
        return [
            Chore("accounts", .every(.minutes(10))) { _, change in
                .whole(try AccountLeftovers.sweep(limit: limit, change), of: limit)
            }
        ]
    }

    /// What takes mails that are owed to a mailer.
    package func carrier(to mailer: any Mailer) -> any Carrier {
        MailCarrier(changes: changes, mailer: mailer, secrets: secrets)
    }

    /// Erases the account itself, its sign-ins and codes, and mails that have not gone out.
    package func erase(_ user: ID, _ change: Change) throws {
        try Outbox.drop(AccountMail.key(of: user), to: .mail, on: change.connection)
        try UserRows.delete(user, on: change.connection)
    }

    /// Somebody to sign in as.
    package func addSampleContent() async throws {
        guard let email = EmailAddress(SampleUser.email) else { return }
        let hash = try await passwords.hash(SampleUser.password)
        try await changes.make { change in
            let ann = User(
                id: SampleUser.id, email: email, status: .active, name: SampleUser.name, createdAt: change.now,
                lastLoginAt: nil)
            _ = try UserRows.insert(ann, passwordHash: hash, on: change.connection)
        }
    }
}
