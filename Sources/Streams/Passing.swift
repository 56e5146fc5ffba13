package import Core
import NIOCore
package import SQL
import Synchronization

/// What is told as it passes, such as how many are connected: it has no number and is not kept, and whoever is away never learns of
/// it. At most once a second it is read, for all streams of a kind that were stirred, and told to whoever follows here.
struct Passing: Sendable {
    /// The Postgres channel that tells other nodes what was stirred, and whom to dismiss.
    static let channel = "dogear_passing"
    private static let namesAtOnce = 100

    var stirred: Set<StreamName> = []
    var pulses: [StreamKind: StreamTailer.Pulse] = [:]
    /// Kinds that are read every so often without being stirred, for what comes by the mere passing of time.
    var beats: [StreamKind: Beat] = [:]

    /// How often a kind is read, and when it was last.
    struct Beat: Sendable {
        let every: Duration
        var last: Instant
    }

    /// Stirs the streams of every kind whose beat has come.
    mutating func beat(_ streams: some Sequence<StreamName>, at now: Instant) {
        let due = Set(beats.filter { now - $0.value.last >= $0.value.every }.keys)
        guard !due.isEmpty else { return }
        for kind in due { beats[kind]?.last = now }
        stirred.formUnion(streams.filter { due.contains($0.kind) })
    }

    fileprivate static func tell(
        _ stirred: Set<StreamName>, _ dismissals: [Dismissal], by node: ID, on connection: any Connection
    ) throws {
        guard connection.dialect == .postgres else { return }
        try connection.execute(tellText, messages(stirred, dismissals, by: node).map { [.text($0)] })
    }

    /// What other nodes are told, each message short enough for NOTIFY.
    static func messages(_ stirred: Set<StreamName>, _ dismissals: [Dismissal], by node: ID) -> [String] {
        let names = stirred.map(\.text).sorted()
        let stirs = stride(from: 0, to: names.count, by: namesAtOnce).map {
            (["\(node)", "stirred"] + names[$0...].prefix(namesAtOnce)).joined(separator: "\n")
        }
        let ends = dismissals.map { "\(node)\ndismissed\n\($0.line)" }
        return stirs + ends
    }

    private static let tellText = BulkText(
        "SELECT pg_notify('\(channel)', told.message) FROM ({rows}) AS told (message)", [.text])
}

/// Something that is told as it passes.
package struct Passed: Sendable {
    /// The stream whose followers are told.
    package let stream: StreamName
    /// What they are told.
    package let notice: Notice
    /// Whether it says that there is nothing, which nobody is told who was told of nothing before.
    package let isNothing: Bool

    /// What is told in a stream.
    package init(_ stream: StreamName, _ notice: Notice, isNothing: Bool = false) {
        self.stream = stream
        self.notice = notice
        self.isNothing = isNothing
    }
}

/// Followers whose token was replaced by a newer one, or withdrawn: they are told why, and their streams end.
package struct Dismissal: Sendable {
    /// The stream that they follow.
    let stream: String
    /// Whom the tokens were made for.
    let subject: String
    /// Tokens of an older generation than this are no longer good.
    let generation: Int
    /// The last thing that they are told.
    let name: String
    let data: String

    /// Dismisses who follows a stream by an older token than this generation of a subject's.
    package init(from stream: StreamName, subject: String, before generation: Int, _ notice: Notice) {
        self.init(
            stream: stream.text, subject: subject, generation: generation, name: notice.name, data: notice.data().text)
    }

    /// Dismisses everybody who follows a stream, whatever they are let in by.
    package init(allFrom stream: StreamName, _ notice: Notice) {
        self.init(
            stream: stream.text, subject: Self.everybody, generation: 0, name: notice.name, data: notice.data().text)
    }

    private static let everybody = "*"

    private init(stream: String, subject: String, generation: Int, name: String, data: String) {
        self.stream = stream
        self.subject = subject
        self.generation = generation
        self.name = name
        self.data = data
    }

    fileprivate var line: String { [stream, subject, "\(generation)", name, data].joined(separator: "\t") }

    fileprivate init?(line: some StringProtocol) {
        let parts = String(line).split(separator: "\t", maxSplits: 4).map(String.init)
        guard parts.count == 5, let generation = Int(parts[2]) else { return nil }
        self.init(stream: parts[0], subject: parts[1], generation: generation, name: parts[3], data: parts[4])
    }

    fileprivate func concerns(_ pass: StreamPass) -> Bool {
        subject == Self.everybody || pass.subject == subject && pass.generation < generation
    }
}

extension StreamTailer {
    /// What is to be told of streams that were stirred.
    package typealias Pulse = @Sendable ([StreamName], any Connection) throws -> [Passed]

    /// Says what passes in streams of a kind.
    /// - Parameter every: How often it is read where nobody stirs; nil where it is read only when stirred.
    package func onPulse(of kind: StreamKind, every: Duration? = nil, _ pulse: @escaping Pulse) {
        state.withLock { state in
            state.passing.pulses[kind] = pulse
            state.passing.beats[kind] = every.map { Passing.Beat(every: $0, last: clock.now) }
        }
    }

    /// Notes that there is something new that passes; streams that nobody follows here are passed over.
    package func stir(_ streams: some Sequence<StreamName>) {
        state.withLock { state in
            for stream in streams where state.tails[stream] != nil { state.passing.stirred.insert(stream) }
        }
    }

    /// Ends streams on this node.
    package func dismiss(_ dismissals: [Dismissal]) {
        for dismissal in dismissals {
            let followers = state.withLock { state in
                state.tails.first { $0.key.text == dismissal.stream }?.value.followers.values
                    .filter { dismissal.concerns($0.pass) } ?? []
            }
            let bytes = encode(nil, dismissal.name, dismissal.data)
            for follower in followers {
                follower.offer(dismissal.name, bytes)
                follower.signal()
                follower.end()
            }
        }
    }

    func hearPassing(_ message: String) {
        // Something may have been missed.
        if message.isEmpty { return stir(state.withLock { Array($0.tails.keys) }) }
        let lines = message.split(separator: "\n")
        guard lines.count > 2, String(lines[0]) != node.description else { return }
        if lines[1] == "stirred" {
            let names = Set(lines.dropFirst(2).map(String.init))
            stir(state.withLock { $0.tails.keys.filter { names.contains($0.text) } })
        } else {
            dismiss(lines.dropFirst(2).compactMap { Dismissal(line: $0) })
        }
    }

    /// Reads what passes in the streams that were stirred since the last time, and tells those who follow.
    func bringPassing() async throws {
        let now = clock.now
        let (streams, pulses) = state.withLock { state in
            state.passing.beat(state.tails.keys, at: now)
            defer { state.passing.stirred = [] }
            return (state.passing.stirred.filter { state.tails[$0] != nil }, state.passing.pulses)
        }
        guard !streams.isEmpty else { return }
        do {
            let told = try await database.read { connection in
                try Dictionary(grouping: streams, by: \.kind).flatMap { try pulses[$0]?($1, connection) ?? [] }
            }
            for passed in told {
                let notice = passed.notice
                let bytes = encode(nil, notice.name, notice.data().text)
                for follower in state.withLock({ $0.tails[passed.stream].map { Array($0.followers.values) } ?? [] })
                where follower.offer(notice.name, bytes, isNothing: passed.isNothing) {
                    follower.signal()
                }
            }
        } catch {
            stir(streams)
            throw error
        }
    }
}

extension StreamLog {
    /// Tells other nodes what was stirred and whom to dismiss, once the transaction commits.
    package static func tellPassing(
        _ stirred: Set<StreamName>, _ dismissals: [Dismissal], by node: ID, on connection: any Connection
    ) throws {
        try Passing.tell(stirred, dismissals, by: node, on: connection)
    }
}
