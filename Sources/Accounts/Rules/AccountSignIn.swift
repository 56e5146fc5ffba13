import Core

/// Somebody's being signed in on one device: a row of refresh tokens, each of which is used once for the next.
struct AccountSignIn: Sendable, Hashable {
    /// How long requests carry one token.
    static let accessLasts = Duration.minutes(15)
    /// How long a refresh token is good.
    static let refreshLasts = Duration.days(30)
    /// How long a used refresh token gives the same successor again: two tabs that ask at once, an answer that was lost.
    static let twinLasts = Duration.seconds(30)
    /// How many uses are remembered, all of the last half minute.
    private static let mostUses = 20

    let id: ID
    let userID: ID
    /// Which refresh token is the newest.
    private(set) var number: Int
    /// When those shortly before it were used.
    private(set) var uses: [Int: Instant]
    let createdAt: Instant
    /// The last moment at which the newest refresh token is good.
    private(set) var expiresAt: Instant

    init(id: ID, userID: ID, number: Int, uses: [Int: Instant], createdAt: Instant, expiresAt: Instant) {
        self.id = id
        self.userID = userID
        self.number = number
        self.uses = uses
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    /// A sign-in that begins.
    init(id: ID, userID: ID, at now: Instant) {
        self.init(id: id, userID: userID, number: 0, uses: [:], createdAt: now, expiresAt: now + Self.refreshLasts)
    }

    /// What comes of using a refresh token.
    enum Outcome: Sendable, Hashable {
        /// The successor's number, and when it was made.
        case successor(Int, at: Instant)
        /// The token was used before, by somebody else for all we know: the sign-in has to end.
        case reused
        /// The token is too old, or none that was given out.
        case over
    }

    /// Uses a refresh token.
    mutating func refresh(_ presented: Int, at now: Instant) -> Outcome {
        if presented < number {
            guard let used = uses[presented], Window(opened: used, lasts: Self.twinLasts).isOpen(at: now) else {
                return .reused
            }
            return .successor(presented + 1, at: used)
        }
        guard presented == number, now <= expiresAt else { return .over }
        uses = uses.filter { Window(opened: $0.value, lasts: Self.twinLasts).isOpen(at: now) }
        if uses.count >= Self.mostUses, let oldest = uses.keys.min() { uses[oldest] = nil }
        uses[number] = now
        number += 1
        expiresAt = now + Self.refreshLasts
        return .successor(number, at: now)
    }
}

extension AccountSignIn {
    /// The uses as they are stored: `3:1795262400000 4:1795262401000`.
    var usesText: String {
        uses.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value.milliseconds)" }.joined(separator: " ")
    }

    /// Uses as they were stored.
    static func uses(_ text: String) -> [Int: Instant] {
        let pairs = text.split(separator: " ").compactMap { pair -> (Int, Instant)? in
            let parts = pair.split(separator: ":")
            guard parts.count == 2, let number = Int(parts[0]), let at = Int64(parts[1]) else { return nil }
            return (number, Instant(milliseconds: at))
        }
        return Dictionary(pairs) { max($0, $1) }
    }
}
