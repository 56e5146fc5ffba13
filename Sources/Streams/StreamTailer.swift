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

    struct State: Sendable {
        var tails: [StreamName: Tail] = [:]
        var holders: [String: Int] = [:]
        var count = 0
        var next = 0
        var dirty: Set<StreamName> = []
        var isReading = false
        var isClosed = false
        var renewedAt: Instant
        var askedAt: Instant
        var passing = Passing()
    }

    private static let renewedAtOnce = 500

    /// This node, as its messages to others name it.
    package let node = ID.random()
    /// When things are told.
    package let clock: Clock
    let database: any Database
    /// What carries news beside the database; nil where nothing does.
    package let fanout: (any Fanout)?
    private let limits: Limits
    private let figures: StreamFigures
    let encode: Encoding
    let state: Mutex<State>

    /// A notice as it goes over the wire; one that only passes has no number.
    package typealias Encoding = @Sendable (_ offset: Int?, _ name: String, _ data: String) -> ByteBuffer

    /// A tailer over one database.
    package init(
        database: any Database, fanout: (any Fanout)? = nil, clock: Clock, limits: Limits, metrics: MetricRegistry,
        encode: @escaping Encoding
    ) {
        self.database = database
        self.fanout = fanout
        self.clock = clock
        self.limits = limits
        self.encode = encode
        state = Mutex(State(renewedAt: clock.now, askedAt: clock.now))
        figures = StreamFigures(metrics)
        _ = metrics.register(
            Gauge("dogear_open_streams", "Streams open on this node.") { [weak self] in
                Double(self?.count ?? 0)
            })
    }

    /// Whether the node stops, and has ended all streams.
    package var isClosed: Bool { state.withLock { $0.isClosed } }

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
            notices.map { Tail.Encoded(offset: $0.offset, bytes: encode($0.offset, $0.name, $0.data)) }
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
            for messages in [database.notifications, fanout?.messages].compactMap({ $0 }) {
                group.addTask { try await self.listen(to: messages(StreamLog.channel)) { self.hearNews($0) } }
                group.addTask { try await self.listen(to: messages(Passing.channel)) { self.hearPassing($0) } }
            }
            group.addTask { try await self.everySecond { self.tend() } }
            group.addTask { try await self.everySecond { await self.askAgain() } }
            group.addTask { try await self.everySecond { await self.lookUp() } }
            _ = try? await group.next()
            group.cancelAll()
        }
    }

    private func everySecond(_ work: () async -> Void) async throws {
        while true {
            try await clock.sleep(for: .seconds(1))
            await work()
        }
    }

    private func listen(to messages: AsyncStream<String>, _ hear: (String) -> Void) async throws {
        for await message in messages { hear(message) }
        // An engine that has no such thing says nothing; the look every second goes on.
        try await clock.sleep(until: Instant(milliseconds: .max))
    }

    private func hearNews(_ message: String) {
        let lines = message.split(separator: "\n")
        if lines.first.map(String.init) == node.description { return }
        let named = Set(lines.dropFirst().map(String.init))
        wake(
            state.withLock { state in
                state.tails.keys.filter { named.isEmpty || named.contains($0.text) }
            })
    }

    /// All that is done every second, once.
    package func look() async {
        tend()
        await askAgain()
        await lookUp()
    }

    /// Signals quiet followers and ends those whose pass has expired; no database is asked, so one that hangs delays nothing.
    private func tend() {
        let now = clock.now
        for follower in state.withLock({ $0.tails.values.flatMap(\.followers.values) }) {
            if let expiresAt = follower.pass.expiresAt, now >= expiresAt {
                follower.end()
            } else if follower.isQuiet(at: now) {
                follower.signal()
            }
        }
    }

    /// Looks at every stream that is followed here, keeps it followed, and brings what passes.
    private func lookUp() async {
        let streams = state.withLock { Array($0.tails.keys) }
        guard !streams.isEmpty else { return }
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
            let lost = streams.filter { $0.kind.keeps == .whileFollowed && known[$0.text] == nil }
            try await goOnKeeping(lost)
            try await renew(streams.filter { $0.kind.keeps == .whileFollowed })
            try await bringPassing()
        } catch {
            figures.failures.add()
        }
    }

    /// Keeps streams followed, once a minute by the clock: where this node stood still or the database was away for longer than
    /// notices are kept, that is noticed here.
    private func renew(_ streams: [StreamName]) async throws {
        let now = clock.now
        guard now - state.withLock({ $0.renewedAt }) >= .minutes(1) else { return }
        for first in stride(from: 0, to: streams.count, by: Self.renewedAtOnce) {
            let part = Array(streams[first...].prefix(Self.renewedAtOnce))
            let renewed = try await database.write { try StreamLog.renew(part, at: now, on: $0) }
            try await goOnKeeping(part.filter { !renewed.contains($0.text) })
        }
        state.withLock { $0.renewedAt = now }
    }

    /// Begins anew to keep streams that were not kept for a while although somebody follows: they open them again.
    private func goOnKeeping(_ streams: [StreamName]) async throws {
        let now = clock.now
        for stream in streams {
            // One that is just being opened is kept by whoever opens it.
            guard state.withLock({ $0.tails[stream]?.read }) != nil else { continue }
            let last = try await database.write { try StreamLog.keep(stream, at: now, on: $0) }
            let followers = state.withLock { state in
                state.tails[stream]?.lapse(at: last)
                return state.tails[stream].map { Array($0.followers.values) } ?? []
            }
            for follower in followers { follower.signal() }
        }
    }

    /// Asks, once for each holder, whether what can be revoked is still good.
    private func askAgain() async {
        let now = clock.now
        let revocable = state.withLock { state -> [Follower] in
            guard now - state.askedAt >= .seconds(5) else { return [] }
            state.askedAt = now
            return state.tails.values.flatMap(\.followers.values).filter { $0.pass.isGood != nil }
        }
        for (_, own) in Dictionary(grouping: revocable, by: \.pass.holder) {
            guard let isGood = own.first?.pass.isGood, await !isGood() else { continue }
            for follower in own { follower.end() }
        }
    }
}
