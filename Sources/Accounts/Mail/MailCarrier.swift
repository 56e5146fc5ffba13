package import Changes
import Core
package import Outbox
package import Relays

/// Takes mails to the mailer, one at a time.
///
/// What the mailer does not take waits, longer each time, and keeps only the mails behind it under the same key waiting; after
/// three days it is given up. The lease lasts longer than one mail may take, so that no other node begins meanwhile.
package struct MailCarrier: Carrier {
    /// Where it takes them.
    package let destination = Outbox.Destination.mail
    /// Waits of five seconds to an hour, for three days.
    package let terms = CarrierTerms(
        batch: 1, lease: .seconds(90), patience: .lasting(.days(3)), firstDelay: .seconds(5), longestDelay: .hours(1))

    private let changes: Changes
    private let mailer: any Mailer
    private let secrets: AccountSecrets

    /// A carrier to a mailer.
    /// - Parameter changes: Where people's addresses are looked up, when a mail goes out.
    package init(changes: Changes, mailer: any Mailer, secrets: AccountSecrets) {
        self.changes = changes
        self.mailer = mailer
        self.secrets = secrets
    }

    /// Gives mails to the mailer. That it takes none now is no outage: it may be one person's address that it cannot reach.
    package func carry(_ messages: [OwedMessage]) async -> Carried {
        var outcomes: [Carried.Outcome] = []
        do {
            for message in messages { outcomes.append(try await send(message)) }
            return Carried(outcomes)
        } catch {
            return Carried(outcomes, outage: "\(error)")
        }
    }

    private func send(_ owed: OwedMessage) async throws -> Carried.Outcome {
        let mail = OwedMail(owed, secrets)
        if case .unreadable = mail { return .hopeless("the mail cannot be read") }
        // Nobody is to have it any more: then it is done with.
        guard let message = try await changes.read({ try mail.message(owed.id, on: $0) }) else { return .delivered }
        do {
            try await mailer.send(message, owedAt: owed.owedAt)
            return .delivered
        } catch {
            return .refused("\(error)")
        }
    }
}
