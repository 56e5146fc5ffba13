import Core
import NIOCore
import NIOHTTP1

/// The requests and answers of one connection, in their order: plain values, so that every turn can be tested without a socket.
struct HTTPExchange {
    /// What the connection is to do.
    enum Action: Equatable {
        /// Nothing but go on.
        case forward
        /// Tell nobody.
        case drop
        /// Write this problem, then linger.
        case refuse(Problem)
        /// Write no more, read and drop what still comes, and close soon.
        case linger
        /// Close once everything is written.
        case close
    }

    private struct Asked {
        let isOld: Bool
        var closes: Bool
    }

    /// The most of an unwanted body that is read, so that its connection can be used again.
    static let drained = 64 << 10

    /// Requests whose answers are not complete, the oldest first.
    private var pending = CircularBuffer<Asked>()
    /// Whether more of the newest request is to come.
    private var isReading = false
    /// How much of its body is still to come; nil where it is not said.
    private var missing: Int?
    private var waitsForLeave = false
    private var isAnswering = false
    /// A problem that waits until the answers before it are complete.
    private var refusal: Problem?
    /// Whether nothing is read or written any more.
    private(set) var isOver = false

    /// Whether no request is under way.
    var isIdle: Bool { pending.isEmpty }

    /// A request's head has come.
    mutating func begin(_ head: inout HTTPRequestHead) -> Action {
        guard !isOver, refusal == nil else { return .drop }
        let hosts = head.headers[canonicalForm: "host"].count
        let isOld = head.version.major == 0 || head.version == .http1_0
        guard hosts <= 1, hosts == 1 || isOld else {
            return refuse(.malformed("A request names one host, and this has \(hosts) Host headers. Send exactly one."))
        }
        let codings = head.headers["transfer-encoding"]
        guard codings.isEmpty || (codings.count == 1 && codings[0].lowercased() == "chunked") else {
            return refuse(.unknownCoding)
        }
        let wishes = head.headers[canonicalForm: "connection"].map { $0.lowercased() }
        let closes = isOld || wishes.contains("close")
        // The layers above look for this word alone.
        if closes { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        pending.append(Asked(isOld: isOld, closes: closes))
        isReading = true
        missing = head.headers.first(name: "Content-Length").flatMap { Int($0) }
        waitsForLeave =
            !isOld && head.headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
        return .forward
    }

    /// A part of a body has come; whether anybody wants it.
    mutating func receive(_ bytes: Int) -> Bool {
        waitsForLeave = false
        missing = missing.map { $0 - bytes }
        return !isOver && refusal == nil
    }

    /// A request is whole; whether anybody wants to know.
    mutating func received() -> Bool {
        guard !isOver, refusal == nil else { return false }
        isReading = false
        waitsForLeave = false
        return true
    }

    /// Whether the client waits to be told to send its body; it is told once.
    mutating func giveLeave() -> Bool {
        defer { waitsForLeave = false }
        return waitsForLeave && !isOver && !isAnswering
    }

    /// An answer's head goes out.
    mutating func answer(_ head: inout HTTPResponseHead) {
        isAnswering = true
        guard var asked = pending.first else { return }
        if pending.count == 1, isReading, waitsForLeave || missing.map({ $0 > Self.drained }) ?? true {
            asked.closes = true
        }
        if asked.isOld { head.version = .http1_0 }
        if asked.closes { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        pending[pending.startIndex] = asked
    }

    /// An answer is complete.
    mutating func answered() -> Action {
        isAnswering = false
        let asked = pending.popFirst()
        if asked?.closes == true {
            isOver = true
            return isReading && pending.isEmpty ? .linger : .close
        }
        guard pending.isEmpty, let refusal else { return .forward }
        isOver = true
        return .refuse(refusal)
    }

    /// What comes next cannot be taken: it is refused once the answers before it are complete.
    mutating func refuse(_ problem: Problem) -> Action {
        guard !isOver, refusal == nil else { return .forward }
        // The request that it is a part of gets no other answer.
        if isReading { _ = pending.popLast() }
        if pending.isEmpty {
            let isTooLate = isAnswering
            isOver = true
            return isTooLate ? .close : .refuse(problem)
        }
        refusal = problem
        return .forward
    }
}

extension Problem {
    /// 501, as RFC 9112 (section 6.1) asks for: what the body's bytes mean is not known, so none of them is read.
    static let unknownCoding = Problem(
        501, "transfer-coding-not-known", "The body is coded in a way that is not known",
        "`Transfer-Encoding` may be `chunked` and nothing else. Nothing was stored. Send the body without another coding."
    )
}
