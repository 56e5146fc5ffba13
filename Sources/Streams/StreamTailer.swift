package import Core
package import NIOCore
package import SQL
import Synchronization

/// Reads, once for this node, the streams that somebody follows here, and encodes each notice once.
///
/// It hears of news from changes on this node (`wake`) and from other nodes (Postgres' NOTIFY); `run` looks once a second at
/// all followed streams together, as the safety net, keeps them followed, and ends what has lost its pass.
package final class StreamTailer: Sendable {
    /// How many streams may be open.
    package struct Limits: Sendable {
        /// On this node.
        package let node: Int
        /// For one holder of a pass.
        package let holder: Int

        /// Limits for a node and for a holder.
        package init(node: Int, holder: Int) {
            self.node = node
            self.holder = holder
        }
    }

    /// Why a stream was not opened.
    package enum Refusal: Error, Sendable, Hashable {
        /// This node serves as many streams as it may, or is stopping.
        case full
        /// This holder has as many streams as it may.
        case tooMany(limit: Int)
    }

    private struct State: Sendable {
        var tails: [StreamName: Tail] = [:]
        var holders: [String: Int] = [:]
        var count = 0
        var next = 0
        var dirty: Set<StreamName> = []
        var isReading = false
        var isClosed = false
    }

    private static let renewedAtOnce = 500

    /// This node, as its messages to others name it.
    package let node = ID.random()
    let clock: Clock
    private let database: any Database
    private let limits: Limits
    private let figures: StreamFigures
    private let encode: @Sendable (LoggedNotice) -> ByteBuffer
    private let state = Mutex(State())

    /// A tailer over one database.
    /// - Parameter encode: A notice as it goes over the wire.
    package init(
        database: any Database, clock: Clock, limits: Limits, metrics: MetricRegistry,
        encode: @escaping @Sendable (LoggedNotice) -> ByteBuffer
    ) {
        self.database = database
        self.clock = clock
        self.limits = limits
        self.encode = encode
        figures = StreamFigures(metrics)
        _ = metrics.register(
            Gauge("dogear_open_streams", "Streams open on this node.") { [weak self] in
                Double(self?.count ?? 0)
            })
    }

    /// How many streams are open.
    package var count: Int { state.withLock { $0.count } }

    // MARK: Following

    /// What is so now, read in the transaction that finds the stream's number.
    package typealias Snapshot = @Sendable (any Connection) throws -> JSON

    /// What a follower is sent first.
    package enum Opening: Sendable {
        /// What was missed since the number that the client named.
        case missed([LoggedNotice])
        /// What is so now, and the number that it was so at; `isGap` where notices after the client's number are gone.
        case snapshot(JSON, offset: Int, isGap: Bool)
    }

    /// Begins to follow a stream.
    /// - Parameters:
    ///   - lastSeen: The number that the client had, as it says it; nil for a client that comes for the first time.
    ///   - pass: What lets the client follow.
    /// - Throws: `Refusal`, or `SQLError` when the database is away.
    package func follow(
        _ stream: StreamName, after lastSeen: String?, pass: StreamPass, snapshot: @escaping Snapshot
    ) async throws -> (follower: Follower, opening: Opening) {
        // In the tail before the number is read: nothing falls between the two.
        let follower = try enter(stream, pass)
        do {
            return (follower, try await open(follower, after: lastSeen, snapshot: snapshot))
        } catch {
            follower.end()
            throw error
        }
    }

    /// Opens a stream again for a follower who was too slow for what is kept at hand.
    package func reopen(_ follower: Follower, snapshot: @escaping Snapshot) async throws -> Opening {
        try await open(follower, after: String(follower.offset), snapshot: snapshot)
    }

    private func open(
        _ follower: Follower, after lastSeen: String?, snapshot: @escaping Snapshot
    ) async throws -> Opening {
        let (stream, now) = (follower.stream, clock.now)
        let place = lastSeen.flatMap(Int.init).flatMap { $0 >= 0 ? $0 : nil }
        let found = try await database.read { connection -> (Int, Opening)? in
            guard let last = try StreamLog.last(of: stream, at: now, on: connection) else { return nil }
            return (last, try Self.opening(stream, lastSeen, place, last, snapshot, on: connection))
        }
        let (last, opening) =
            if let found { found } else {
                try await database.write { connection in
                    let last = try StreamLog.keep(stream, at: now, on: connection)
                    return (last, try Self.opening(stream, lastSeen, place, last, snapshot, on: connection))
                }
            }
        follower.opened(at: last, now)
        state.withLock { $0.tails[stream]?.begin(at: last) }
        wake([])
        follower.signal()
        return opening
    }

    private static func opening(
        _ stream: StreamName, _ lastSeen: String?, _ place: Int?, _ last: Int, _ snapshot: Snapshot,
        on connection: any Connection
    ) throws -> Opening {
        if let place, place <= last, last - place <= StreamLog.pageSize {
            let missed =
                place == last
                ? [] : try StreamLog.notices(after: [stream.text: place], on: connection)[stream.text] ?? []
            if missed.map(\.offset) == Array(place + 1..<last + 1) { return .missed(missed) }
        }
        return .snapshot(try snapshot(connection), offset: last, isGap: lastSeen != nil)
    }

    private func enter(_ stream: StreamName, _ pass: StreamPass) throws(Refusal) -> Follower {
        let entered: Result<Follower, Refusal> = state.withLock { state in
            guard !state.isClosed, state.count < limits.node else { return .failure(.full) }
            guard state.holders[pass.holder, default: 0] < limits.holder else {
                return .failure(.tooMany(limit: limits.holder))
            }
            state.next += 1
            state.count += 1
            state.holders[pass.holder, default: 0] += 1
            let follower = Follower(stream, number: state.next, pass: pass, at: clock.now, of: self)
            state.tails[stream, default: Tail(stream: stream)].followers[follower.number] = follower
            return .success(follower)
        }
        return try entered.get()
    }

    func leave(_ stream: StreamName, _ number: Int) {
        // Kept until the lock is free: letting go of the last reference may end other streams.
        _ = state.withLock { state -> Follower? in
            guard let follower = state.tails[stream]?.followers.removeValue(forKey: number) else { return nil }
            state.count -= 1
            let holder = follower.pass.holder
            state.holders[holder] = state.holders[holder].flatMap { $0 > 1 ? $0 - 1 : nil }
            if state.tails[stream]?.followers.isEmpty == true { state.tails[stream] = nil }
            return follower
        }
    }

    func next(in stream: StreamName, after offset: Int) -> Tail.Next {
        state.withLock { $0.tails[stream]?.next(after: offset) ?? .nothing }
    }

    /// Ends every stream, so that its client goes to another node.
    package func close() {
        let followers = state.withLock { state in
            state.isClosed = true
            return state.tails.values.flatMap(\.followers.values)
        }
        for follower in followers { follower.end() }
    }

    // MARK: Reading

    /// Reads streams that have news and tells those who follow; streams that nobody follows here are passed over.
    package func wake(_ streams: [StreamName]) {
        let begins = state.withLock { state in
            for stream in streams where state.tails[stream] != nil { state.dirty.insert(stream) }
            guard !state.dirty.isEmpty, !state.isReading else { return false }
            state.isReading = true
            return true
        }
        if begins { Task { await readAll() } }
    }

    private func readAll() async {
        while let places = nextToRead() {
            do {
                figures.reads.add()
                let asked = Dictionary(places.map { ($0.key.text, $0.value) }) { first, _ in first }
                let news = try await database.read { try StreamLog.notices(after: asked, on: $0) }
                deliver(news, to: places.keys)
            } catch {
                // The safety net finds what was not read now.
                figures.failures.add()
            }
        }
    }

    /// The numbers after which streams are to be read; nil where none has news. A stream whose first follower does not know its
    /// number yet is read once it does.
    private func nextToRead() -> [StreamName: Int]? {
        state.withLock { state in
            let places = state.dirty.reduce(into: [StreamName: Int]()) { $0[$1] = state.tails[$1]?.read }
            state.dirty = state.dirty.filter { state.tails[$0] != nil && places[$0] == nil }
            state.isReading = !places.isEmpty
            return places.isEmpty ? nil : places
        }
    }

    private func deliver(_ news: [String: [LoggedNotice]], to streams: some Sequence<StreamName>) {
        let encoded = news.mapValues { notices in
            notices.map { Tail.Encoded(offset: $0.offset, bytes: encode($0)) }
        }
        figures.encodings.add(encoded.values.reduce(0) { $0 + $1.count })
        let followers = state.withLock { state -> [Follower] in
            var told: [Follower] = []
            for stream in streams {
                guard let notices = encoded[stream.text] else { continue }
                state.tails[stream]?.take(notices)
                // A whole page says that there may be more.
                if notices.count == StreamLog.pageSize { state.dirty.insert(stream) }
                told += state.tails[stream].map { Array($0.followers.values) } ?? []
            }
            return told
        }
        for follower in followers { follower.signal() }
    }

    // MARK: The safety net

    /// Looks once a second until the task is cancelled.
    package func run() async throws {
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.listen() }
            group.addTask {
                var second = 0
                while true {
                    try await self.clock.sleep(for: .seconds(1))
                    second += 1
                    await self.look(second)
                }
            }
            _ = try? await group.next()
            group.cancelAll()
        }
    }

    private func listen() async throws {
        for await message in database.notifications(on: StreamLog.channel) {
            let lines = message.split(separator: "\n")
            if lines.first.map(String.init) == node.description { continue }
            let named = Set(lines.dropFirst().map(String.init))
            wake(
                state.withLock { state in
                    state.tails.keys.filter { named.isEmpty || named.contains($0.text) }
                })
        }
        // An engine that has no such thing says nothing; the look every second goes on.
        try await clock.sleep(until: Instant(milliseconds: .max))
    }

    /// What is done every second: every stream followed here is looked at, quiet followers are signalled, and passes that have
    /// ended end their streams.
    package func look(_ second: Int = 0) async {
        let now = clock.now
        let (streams, followers) = state.withLock { state in
            (Array(state.tails.keys), state.tails.values.flatMap(\.followers.values))
        }
        guard !streams.isEmpty else { return }
        for follower in followers {
            if let expiresAt = follower.pass.expiresAt, now >= expiresAt {
                follower.end()
            } else if follower.isQuiet(at: now) {
                follower.signal()
            }
        }
        if second % 5 == 0 { await askAgain(followers) }
        do {
            let lasts = try await database.read { try StreamLog.lasts(of: streams.map(\.text), on: $0) }
            let known = Dictionary(lasts) { first, _ in first }
            wake(
                state.withLock { state in
                    streams.filter { stream in
                        guard let last = known[stream.text], let read = state.tails[stream]?.read else { return false }
                        return last > read
                    }
                })
            if second % 60 == 0 {
                for first in stride(from: 0, to: streams.count, by: Self.renewedAtOnce) {
                    let part = Array(streams.sorted()[first...].prefix(Self.renewedAtOnce))
                    try await database.write { try StreamLog.renew(part, at: now, on: $0) }
                }
            }
        } catch {
            figures.failures.add()
        }
    }

    /// Asks, once for each holder, whether what can be revoked is still good.
    private func askAgain(_ followers: [Follower]) async {
        let revocable = followers.filter { $0.pass.isGood != nil }
        for (_, own) in Dictionary(grouping: revocable, by: \.pass.holder) {
            guard let isGood = own.first?.pass.isGood, await !isGood() else { continue }
            for follower in own { follower.end() }
        }
    }
}

/// What the tailer counts.
struct StreamFigures: Sendable {
    let reads: Counter
    let encodings: Counter
    let failures: Counter

    init(_ registry: MetricRegistry) {
        reads = registry.register(
            Counter("dogear_stream_reads_total", "Reads of streams that had news, each for all that follow here."))
        encodings = registry.register(
            Counter("dogear_stream_notices_total", "Notices encoded, each once for all that follow it here."))
        failures = registry.register(
            Counter("dogear_stream_read_failures_total", "Reads of streams that failed and were left to the next look.")
        )
    }
}
