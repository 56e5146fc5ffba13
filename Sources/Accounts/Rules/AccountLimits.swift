import Core

/// How long whoever has failed has to wait: nothing at first, then twice as long each time.
struct TryRule: Sendable, Hashable {
    /// How many failures cost nothing.
    let free: Int
    /// The longest wait.
    let longest: Duration
    /// After how long without a try all failures are forgotten.
    let forgotten: Duration

    /// For an account: a person mistypes; a guesser has 300 tries a day.
    static let account = TryRule(free: 5, longest: .minutes(5), forgotten: .days(1))
    /// For a network's address, behind which many people may be.
    static let network = TryRule(free: 20, longest: .minutes(5), forgotten: .hours(1))

    /// How many failures count at a moment.
    func counted(_ failures: Int, since last: Instant, at now: Instant) -> Int {
        now - last > forgotten ? 0 : failures
    }

    /// The seconds that are left to wait; nil where the next try may come.
    func pause(_ failures: Int, since last: Instant, at now: Instant) -> Int? {
        let failures = counted(failures, since: last, at: now)
        guard failures > free else { return nil }
        let wait = min(longest, .seconds(1 << min(failures - free - 1, 20)))
        let left = (wait - (now - last)).milliseconds
        return left > 0 ? Int((left + 999) / 1_000) : nil
    }
}

/// How many mails with codes may go to one address.
enum MailAllowance {
    /// So many in so long.
    static let bounds: [(count: Int, within: Duration)] = [(3, .hours(1)), (10, .days(1))]

    /// Whether one more may go, after those of the last day.
    static func allows(sent: [Instant], at now: Instant) -> Bool {
        bounds.allSatisfy { bound in
            sent.count { Window(opened: $0, lasts: bound.within).isOpen(at: now) } < bound.count
        }
    }
}

/// A code of eight digits that was mailed.
struct AccountCode: Sendable, Hashable {
    /// What a code is for; it is good for nothing else.
    enum Purpose: String, Sendable, CaseIterable {
        /// To show that the address is one's own.
        case verify
        /// To set a new password.
        case reset
    }

    static let length = 8
    static let lasts = Duration.minutes(10)
    static let mostTries = 5

    /// What is kept of it.
    let kept: String
    /// How often a wrong one was tried in its place.
    let tries: Int
    let madeAt: Instant

    /// A code as people type it: without spaces and dashes.
    static func read(_ text: String) -> String { text.filter { !$0.isWhitespace && $0 != "-" } }

    /// A code from a number below 10^8 that was drawn at random.
    static func make(_ draw: UInt64) -> String {
        let digits = String(draw)
        return String(repeating: "0", count: max(0, length - digits.count)) + digits
    }

    /// Whether a code is this one, and still good.
    func accepts(_ kept: String, at now: Instant) -> Bool {
        let isRight = AccountSecrets.same(kept, self.kept)
        return isRight && tries < Self.mostTries && Window(opened: madeAt, lasts: Self.lasts).isOpen(at: now)
    }
}
