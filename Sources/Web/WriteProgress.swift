import NIOCore

/// A look at what a connection still has to send, at a moment.
struct WriteLook: Sendable {
    let now: NIODeadline
}

/// Whether what is sent by a connection gets on: plain values, told by whoever looks every few seconds.
///
/// A client that never reads has no deadline of its own: its request counts as under way for as long as the answer waits. It
/// gets on where fewer bytes wait than at the look before, or where a write that was made since then is complete; the second
/// is what tells a slow reader of a busy stream, behind whom new bytes come as fast as the old ones go.
struct WriteProgress {
    /// The write whose end says that the connection gets on.
    private enum Mark {
        case none
        case wanted
        case underWay
    }

    /// How long bytes may wait without getting on.
    static let patience = TimeAmount.seconds(30)

    private var waiting = 0
    private var stuckSince: NIODeadline?
    private var mark = Mark.none

    /// Notes how many bytes wait; whether they have waited for too long.
    mutating func look(waiting bytes: Int, at now: NIODeadline) -> Bool {
        let getsOn = bytes < waiting
        waiting = bytes
        guard bytes > 0 else {
            stuckSince = nil
            if case .wanted = mark { mark = .none }
            return false
        }
        if case .none = mark { mark = .wanted }
        guard !getsOn, let stuckSince else {
            stuckSince = now
            return false
        }
        return now - stuckSince >= Self.patience
    }

    /// Whether the next write is the one whose end is to be told.
    mutating func takesMark() -> Bool {
        guard case .wanted = mark else { return false }
        mark = .underWay
        return true
    }

    /// The marked write is complete.
    mutating func markArrived() {
        mark = .none
        stuckSince = nil
    }
}
