package import Changes
package import Core
package import Relays
package import ServiceLifecycle
package import Upkeep
package import Web

/// Accounts, whole: registering, signing in, one's own account, and the mails that go with it. What the server wires up.
package struct AccountsArea: Area {
    private let changes: Changes
    private let secrets: AccountSecrets
    private let address: PublicAddress
    private let passwords: PasswordHasher
    private let people: PeopleDesk
    /// What knows when keys were used.
    package let keyUses: KeyUses

    /// Accounts over one database.
    /// - Parameters:
    ///   - secret: What tokens and codes are derived from.
    ///   - address: What addresses in mails begin with; they are left out where the settings name none.
    ///   - people: What hands out and erases what all wings hold of somebody.
    package init(
        changes: Changes, secret: [UInt8], address: PublicAddress, people: PeopleDesk,
        passwordCost: PasswordCost = .standard, metrics registry: MetricRegistry
    ) {
        self.changes = changes
        self.address = address
        self.people = people
        keyUses = KeyUses(store: ServiceKeyStore(changes: changes), clock: changes.clock)
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
        OwnAccountRoutes(
            changes: changes, own: OwnAccountStore(secrets: secrets, people: people.store), eraser: people.eraser,
            passwords: passwords, json: json
        ).add(to: routes)
        PeopleRoutes(people: people).add(to: routes)
        PersonSearchRoute(people: people).add(to: routes)
        KeyRoutes(keys: ServiceKeyStore(changes: changes), uses: keyUses).add(to: routes)
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
            },
            Chore("erased-people", .nightly(hour: 3)) { _, change in
                .whole(try ErasedPeople.sweep(at: change.now, limit: limit, on: change.connection), of: limit)
            },
        ]
    }

    /// What takes mails that are owed to a mailer.
    package func carrier(to mailer: any Mailer) -> any Carrier {
        MailCarrier(changes: changes, mailer: mailer, secrets: secrets)
    }

    /// What does the steps of erasures, and notes which keys are used.
    package var services: [any Service] { [people.eraser, keyUses] }

    /// Somebody to sign in as.
    package func addSampleContent() async throws {
        guard let email = EmailAddress(SampleUser.email) else { return }
        let hash = try await passwords.hash(SampleUser.password)
        try await changes.make { change in
            guard try change.erased(among: [SampleUser.id]).isEmpty else { return }
            let ann = User(
                id: SampleUser.id, email: email, status: .active, name: SampleUser.name, createdAt: change.now,
                lastLoginAt: nil)
            _ = try UserRows.insert(ann, passwordHash: hash, on: change.connection)
        }
    }
}
