/// One command: its name and what stands behind it, each of any bytes.
package struct RedisCommand: Sendable, Hashable {
    let words: [String]

    /// A command of words.
    package init(_ words: [String]) {
        self.words = words
    }

    /// A command of words.
    package init(_ words: String...) {
        self.words = words
    }

    /// As it goes over the wire (RESP, "sending commands to a Redis server").
    var bytes: [UInt8] {
        var bytes = Array("*\(words.count)\r\n".utf8)
        for word in words {
            bytes.append(contentsOf: "$\(word.utf8.count)\r\n".utf8)
            bytes.append(contentsOf: word.utf8)
            bytes.append(contentsOf: "\r\n".utf8)
        }
        return bytes
    }

    /// What it weighs in a batch.
    var size: Int { words.reduce(32) { $0 + $1.utf8.count + 16 } }
}

/// A script that runs within Redis, alone and whole.
package struct RedisScript: Sendable, Hashable {
    /// What the link knows it by.
    package let name: String
    let text: String

    /// A script in Lua.
    package init(_ name: String, _ text: String) {
        self.name = name
        self.text = text
    }
}

/// What Redis says to one command.
package indirect enum RedisReply: Sendable, Hashable {
    /// There is no such thing.
    case nothing
    /// A text, or a status such as `OK`.
    case text(String)
    /// A whole number.
    case integer(Int)
    /// Several of these.
    case list([RedisReply])
    /// What Redis refused the command with.
    case refusal(String)

    /// The text, where it is one.
    package var text: String? { if case .text(let text) = self { text } else { nil } }
    /// The number, where it is one.
    package var integer: Int? { if case .integer(let number) = self { number } else { nil } }
    /// The elements; none where it is no list.
    package var list: [RedisReply] { if case .list(let list) = self { list } else { [] } }

    /// Refusals that say of Redis itself that it cannot do its work now: full, read-only, loading, asking for another password.
    private static let away = [
        "OOM", "READONLY", "LOADING", "MASTERDOWN", "MISCONF", "NOAUTH", "WRONGPASS", "NOPERM", "CLUSTERDOWN", "BUSY",
        "NOREPLICAS", "NOSCRIPT", "MOVED", "ASK", "TRYAGAIN", "UNKILLABLE",
    ]

    /// The refusal that makes Redis as good as away; nil where there is none. One that comes from within a script may stand
    /// behind other words (Redis before 7).
    var absence: String? {
        guard case .refusal(let message) = self else { return nil }
        let first = message.prefix { $0 != " " }
        let isAway = Self.away.contains { $0 == first || message.contains(" -\($0) ") }
        return isAway ? message : nil
    }
}

/// What came of a batch of commands.
package struct RedisAnswer: Sendable {
    /// One for each command, in order.
    package let replies: [RedisReply]
    /// Which run of Redis answered: another one after each restart, so that nobody takes what a restarted Redis holds for
    /// what it held before.
    package let runID: String
}

/// Why Redis did not do what it was asked for.
package enum RedisError: Error, Sendable, Equatable, CustomStringConvertible {
    /// It cannot be reached, is too slow, is full, or speaks something else. Whether a command was carried out is not known.
    case away(String)
    /// As many commands wait as may.
    case full

    /// What was so.
    package var description: String {
        switch self {
        case .away(let reason): reason
        case .full: "too many commands wait for Redis"
        }
    }
}
