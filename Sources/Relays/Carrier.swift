import Core
package import Outbox

/// Takes messages out of the house, to one destination.
package protocol Carrier: Sendable {
    /// Where it takes them.
    var destination: Outbox.Destination { get }
    /// How it wants to be given them.
    var terms: CarrierTerms { get }

    /// Gets ready, before the relay reads what is owed.
    /// - Parameter anew: Whether another node may have delivered since this one last did: what was left under way then must
    ///   never arrive from now on.
    /// - Throws: `Outage`.
    func begin(anew: Bool) async throws

    /// Takes messages, those of one key in their order: where one is not taken, those behind it are left alone. It has to be
    /// through within the lease, and is cancelled where the server stops.
    func carry(_ messages: [OwedMessage]) async -> Carried

    /// Gives back what it holds. Whoever begins afterwards has to close it again.
    func close() async
}

extension Carrier {
    /// Nothing, where nothing is left under way.
    package func begin(anew: Bool) async throws {}
    /// Nothing, where nothing is held.
    package func close() async {}
}

/// How a carrier wants to be given messages.
package struct CarrierTerms: Sendable {
    /// When a message that was not taken is given up.
    package enum Patience: Sendable, Hashable {
        /// After so many tries.
        case tries(Int)
        /// Once it has been owed for so long.
        case lasting(Duration)
    }

    /// How many messages at most it takes at once.
    package let batch: Int
    /// How many of one key.
    package let depth: Int
    /// How long the right to deliver lasts: longer than one batch may take.
    package let lease: Duration
    /// Whether it is told at once of what is owed, or looks once a second.
    package let isPrompt: Bool
    /// When a message that was not taken is given up.
    package let patience: Patience
    /// How long its key waits after the first try; each further wait is twice as long.
    package let firstDelay: Duration
    /// No wait of a key is longer.
    package let longestDelay: Duration

    /// Terms; what is left out is as for most: one of a key at once, told at once, five tries, waits of 1 to 30 seconds.
    package init(
        batch: Int, depth: Int = 1, lease: Duration = .seconds(15), isPrompt: Bool = true,
        patience: Patience = .tries(5), firstDelay: Duration = .seconds(1), longestDelay: Duration = .seconds(30)
    ) {
        self.batch = batch
        self.depth = depth
        self.lease = lease
        self.isPrompt = isPrompt
        self.patience = patience
        self.firstDelay = firstDelay
        self.longestDelay = longestDelay
    }

    /// How long a key waits after one more failure.
    func delay(after failures: Int) -> Duration { min(longestDelay, firstDelay * (1 << min(failures, 20))) }

    /// Whether a message that was not taken once more is to be given up.
    func givesUp(_ message: OwedMessage, at now: Instant) -> Bool {
        switch patience {
        case .tries(let most): message.failures + 1 >= most
        case .lasting(let length): now - message.owedAt > length
        }
    }
}

/// What became of the messages that a carrier was given.
package struct Carried: Sendable, Equatable {
    /// What became of one message.
    package enum Outcome: Sendable, Hashable {
        /// Somebody else answers for it now.
        case delivered
        /// It was refused, and may be taken at another time: this counts as a try.
        case refused(String)
        /// Nobody will ever take it.
        case hopeless(String)
        /// It was not tried, or nobody knows: this counts for nothing.
        case waits
    }

    /// One for each message, in their order.
    package let outcomes: [Outcome]
    /// Why the destination took no more; nil where it is there.
    package let outage: String?

    /// What became of messages.
    package init(_ outcomes: [Outcome], outage: String? = nil) {
        self.outcomes = outcomes
        self.outage = outage
    }
}

/// The destination is away: all that it is owed waits, and no message is the worse for it.
package struct Outage: Error, CustomStringConvertible, Sendable, Equatable {
    /// In a sentence, without any message's text.
    package let description: String

    /// An outage in words.
    package init(_ description: String) {
        self.description = description
    }
}
