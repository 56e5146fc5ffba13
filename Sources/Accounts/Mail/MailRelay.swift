package import Changes
package import Core
package import Logging
import Outbox
import SQL
import ServiceLifecycle
import Synchronization
import Upkeep

/// Delivers the mails that are owed, on one node of all.
///
/// A mail is sent, then its row is deleted: a crash between the two sends it again, with the same `Message-ID`, and nothing else
/// does. The lease is prolonged before each mail for longer than one may take, so that no other node begins meanwhile. What the
/// mailer does not take waits, longer each time, and keeps only the mails behind it under the same key waiting; after three
/// days it is given up.
package final class MailRelay: Service {
    private static let lease = "mail"
    private static let lasts = Duration.seconds(90)
    private static let looks = Duration.seconds(5)
    private static let atOnce = 20
    /// After so many failures one after the other the mailer is taken for dead, until the next look.
    private static let mostFailures = 5
    private static let givesUpAfter = Duration.days(3)
    private static let longestDelay = Duration.hours(1)

    private let changes: Changes
    private let mailer: any Mailer
    private let secrets: AccountSecrets
    private let node: String
    private let logger: Logger
    private let news = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    /// What was sent while its row could not be deleted.
    private let sent = Mutex<Set<ID>>([])

    /// A relay of one node's.
    package init(changes: Changes, mailer: any Mailer, secrets: AccountSecrets, node: ID, logger: Logger) {
        self.changes = changes
        self.mailer = mailer
        self.secrets = secrets
        self.node = node.description
        self.logger = logger
        changes.whenOwed(to: .mail) { [news] in news.continuation.yield() }
    }

    /// Looks every few seconds and after each commit of this node that owes a mail, until a stop is asked for.
    package func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { [self] in
                    while true {
                        news.continuation.yield()
                        do { try await changes.clock.sleep(for: Self.looks) } catch { return }
                    }
                }
                for await _ in news.stream { await round() }
                group.cancelAll()
            }
        }
        try? await changes.makeInBackground { [node] change in
            try Lease.take(Self.lease, by: node, for: .zero, change)?.release(change)
        }
    }

    /// Delivers what is due, where this node holds the lease.
    package func round() async {
        do {
            var failures = 0
            while !Task.isCancelled {
                let owed = try await changes.read { [clock = changes.clock] in
                    try Outbox.due(for: .mail, at: clock.now, limit: Self.atOnce, on: $0)
                }
                guard !owed.isEmpty, let lease = try await takeLease() else { return }
                for message in owed {
                    failures = try await deliver(message, under: lease) ? 0 : failures + 1
                    if failures >= Self.mostFailures || Task.isCancelled { return }
                }
            }
        } catch is Lease.Fenced {
            return
        } catch {
            logger.warning("mails were put off", metadata: ["reason": "\(error)"])
        }
    }

    private func takeLease() async throws -> Lease? {
        try await changes.makeInBackground { [node] in
            try Lease.take(Self.lease, by: node, for: Self.lasts, $0)
        }
    }

    /// Whether the mailer took it.
    private func deliver(_ owed: OwedMessage, under lease: Lease) async throws -> Bool {
        let mail = OwedMail(owed, secrets)
        if case .unreadable = mail {
            logger.warning("a mail cannot be read, and was given up", metadata: ["message": "\(owed.id)"])
            try await changes.makeInBackground { try Outbox.park(owed, to: .mail, at: $0.now, on: $0.connection) }
            return true
        }
        // The row is looked at again under the lease: another node may have delivered it since.
        let message = try await changes.makeInBackground { change -> MailMessage? in
            try lease.hold(for: Self.lasts, change)
            guard try Outbox.isOwed(owed, to: .mail, on: change.connection) else { return nil }
            return try mail.message(owed.id, on: change.connection)
        }
        if let message, !sent.withLock({ $0.contains(owed.id) }) {
            do {
                try await mailer.send(message, owedAt: owed.owedAt)
            } catch {
                try await putOff(owed, error)
                return false
            }
            sent.withLock { _ = $0.insert(owed.id) }
        }
        try await changes.makeInBackground { try Outbox.delivered(owed, to: .mail, on: $0.connection) }
        sent.withLock { _ = $0.remove(owed.id) }
        return true
    }

    private func putOff(_ owed: OwedMessage, _ error: any Error) async throws {
        let isOver = changes.clock.now - owed.owedAt > Self.givesUpAfter
        logger.warning(
            isOver ? "a mail was given up" : "a mail was not taken",
            metadata: ["message": "\(owed.id)", "reason": "\(error)", "failures": "\(owed.failures + 1)"])
        try await changes.makeInBackground { change in
            if isOver { return try Outbox.park(owed, to: .mail, at: change.now, on: change.connection) }
            let delay = min(Self.longestDelay, .seconds(5 << min(owed.failures, 10)))
            try Outbox.put(off: owed, to: .mail, until: change.now + delay, on: change.connection)
        }
    }
}
