package import Core

/// A kind of stream: `playback`, `event`. A wing names its kinds once.
package struct StreamKind: Sendable, Hashable {
    /// For how long a kind keeps its notices.
    package enum Keeping: Sendable, Hashable {
        /// For as long as whoever owns the stream keeps it: a live event, whose phones may be away for an hour.
        case always
        /// Only while somebody follows, and for five minutes after: a change that nobody follows writes nothing.
        case whileFollowed
    }

    /// What the names of such streams begin with.
    package let name: String
    /// For how long notices are kept.
    package let keeps: Keeping

    /// A kind of stream.
    package init(_ name: String, keeps: Keeping) {
        self.name = name
        self.keeps = keeps
    }

    /// The stream of this kind that belongs to a key: `playback:2f1e…`.
    package func stream(_ key: some CustomStringConvertible) -> StreamName {
        StreamName(kind: self, text: "\(name):\(key)")
    }
}

/// One stream: a numbered sequence of notices that devices follow.
package struct StreamName: Sendable, Hashable, Comparable {
    /// What kind of stream it is.
    package let kind: StreamKind
    /// Its name in the database: `playback:2f1e…`.
    package let text: String

    /// By name, which is the order in which every node locks streams.
    package static func < (left: StreamName, right: StreamName) -> Bool {
        left.text < right.text
    }
}

/// What followers are told of a change. What is told is put together only where somebody follows.
package struct Notice: Sendable {
    /// What happened: `position-updated`.
    package let name: String
    /// What is told of it.
    package let data: @Sendable () -> JSON

    /// A notice from its parts.
    package init(_ name: String, _ data: @escaping @Sendable @autoclosure () -> JSON) {
        self.name = name
        self.data = data
    }
}

/// A notice as the log holds it, with its number in the stream.
package struct LoggedNotice: Sendable, Hashable {
    /// Its number; the next notice of the stream has the next number.
    package let offset: Int
    /// What happened.
    package let name: String
    /// The JSON text that goes with it.
    package let data: String
}
