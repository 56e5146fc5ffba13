import Changes
import Core
import Logging
import SQL
import ServiceLifecycle
import Synchronization

/// Carries out runs on this node: those that fall due, those that a person began here, and those of nodes that are gone.
///
/// A run goes in three steps, each kept before the next begins: what the source gave, then the summary with its window. Meanwhile
/// the node says every ten seconds that it is at work; one that is told that its run has passed on to another gives it up.
final class Runner: Service {
    /// What there is to do.
    enum Work: Sendable {
        case run(Claim)
        case play(PlayStore.Play)
    }

    private struct State: Sendable {
        var runs: [Int: (claim: Claim, task: Task<Void, Never>)] = [:]
        var plays: [Int: Task<Void, Never>] = [:]
        /// Begun here, and not yet taken up.
        var waiting: [Work] = []
        /// Taken up, and about to be at work.
        var starting: [Int: Claim] = [:]
        /// Whether somebody looks what is due at this moment.
        var isLooking = false
        /// Whether there was no room for all that is due.
        var isBehind = false

        /// How many runs of each user are at work.
        var busy: [ID: Int] {
            (runs.values.map(\.claim) + starting.values).reduce(into: [:]) { $0[$1.job.userID, default: 0] += 1 }
        }
    }

    static let heartbeat = Duration.seconds(10)
    static let look = Duration.seconds(1)
    /// A run that takes longer is given up.
    static let patience = Duration.minutes(15)

    let changes: Changes
    let claims: ClaimStore
    let runs: RunStore
    let plays: PlayStore
    private let outside: MonitoringArea.Outside
    private let room: Int
    let logger: Logger
    private let state = Mutex(State())
    /// Comes when something was begun, or has ended.
    private let turns: AsyncStream<Void>
    private let turn: AsyncStream<Void>.Continuation

    /// A runner with room for so many runs at once.
    init(
        changes: Changes, figures: MonitoringFigures, outside: MonitoringArea.Outside, room: Int,
        mail: MonitoringMail, logger: Logger,
        fraction: @escaping @Sendable () -> Double = { Double.random(in: 0...1) }
    ) {
        self.changes = changes
        claims = ClaimStore(figures: figures)
        runs = RunStore(figures: figures, mail: mail, fraction: fraction)
        plays = PlayStore()
        self.outside = outside
        self.room = room
        self.logger = logger
        (turns, turn) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func source(_ name: SourceName) -> any PostSource { outside.source(name) }
    var summariser: any Summariser { outside.summariser }

    /// Hands over what was begun. What no service takes up falls silent, and is taken over like any other.
    func begin(_ work: Work) {
        state.withLock { $0.waiting.append(work) }
        turn.yield()
    }

    /// Looks what is due and carries runs out, until the server stops; what is in the middle then is given back.
    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await withDiscardingTaskGroup { group in
                group.addTask { await self.every(Self.look) { try await self.takeDue() } }
                group.addTask { await self.every(Self.heartbeat) { try await self.beat() } }
                group.addTask { await self.carryOutAll() }
            }
        }
        await outside.close()
    }

    /// Carries out what is begun, as much at once as there is room for.
    private func carryOutAll() async {
        await withDiscardingTaskGroup { group in
            for await _ in turns {
                while let work = next() { group.addTask { await self.carryOut(work) } }
            }
        }
    }

    /// The next piece of work for which there is room: the playground has its own, and nobody has more than half of that for runs.
    private func next() -> Work? {
        state.withLock { state in
            let busy = state.busy
            let place = state.waiting.firstIndex { work in
                switch work {
                case .run(let claim):
                    state.runs.count + state.starting.count < room && busy[claim.job.userID, default: 0] < share
                case .play: state.plays.count < share
                }
            }
            guard let place else { return nil }
            let work = state.waiting.remove(at: place)
            if case .run(let claim) = work { state.starting[claim.id] = claim }
            return work
        }
    }

    /// How much of the room one user may have.
    private var share: Int { max(1, room / 2) }

    private func every(_ pause: Duration, _ body: () async throws -> Void) async {
        while !Task.isCancelled {
            do { try await changes.clock.sleep(for: pause) } catch { return }
            do {
                try await body()
            } catch {
                logger.warning("the runner could not look", metadata: ["reason": "\(error)"])
            }
        }
    }

    /// Takes over what has fallen silent, and begins what is due, as far as there is room.
    func takeDue() async throws {
        let runs = runs
        let plays = plays
        let now = changes.clock.now
        let found = try await changes.read { connection in
            (
                silent: try !ExecutionRows.silent(for: ClaimStore.silence, at: now, limit: 1, on: connection).isEmpty,
                playing: try plays.anySilent(at: now, on: connection), due: try JobRows.anyDue(at: now, on: connection)
            )
        }
        if found.silent { try await changes.make { try runs.takeOver(limit: 100, $0) } }
        if found.playing { try await changes.make { try plays.takeOver(limit: 100, $0) } }
        if found.silent || found.due { try await fill() }
    }

    /// Begins as many runs as there is room for. While more are due than that, whoever ends makes room for the next.
    private func fill() async throws {
        let found = state.withLock { state -> (free: Int, busy: [ID: Int]) in
            let busy = state.busy
            // Runs of somebody who has their share wait for themselves, and for nobody else's room.
            let waiting = state.waiting.count { work in
                if case .run(let claim) = work { busy[claim.job.userID, default: 0] < share } else { false }
            }
            let free = room - state.runs.count - state.starting.count - waiting
            state.isBehind = free <= 0
            guard free > 0, !state.isLooking else { return (0, [:]) }
            state.isLooking = true
            return (free, state.busy)
        }
        guard found.free > 0 else { return }
        defer { state.withLock { $0.isLooking = false } }
        let claims = claims
        do {
            let begun = try await changes.make {
                try claims.takeDue(limit: found.free, busy: found.busy, share: self.share, $0)
            }
            state.withLock { $0.isBehind = begun.looked == found.free }
            for claim in begun.claims { begin(.run(claim)) }
        } catch let error as SQLError {
            guard case .constraint = error else { throw error }
            try await takeEach(limit: found.free)
        }
    }

    /// Takes what is due job by job: one that cannot be taken keeps no other from being.
    private func takeEach(limit: Int) async throws {
        let (claims, now) = (claims, changes.clock.now)
        for id in try await changes.read({ try JobRows.due(at: now, limit: limit, on: $0) }) {
            do {
                if let claim = try await changes.make({ try claims.takeDue(job: id, $0) }) { begin(.run(claim)) }
            } catch let error as SQLError {
                guard case .constraint = error else { throw error }
                logger.error("a job cannot be run", metadata: ["job": "\(id)", "reason": "\(error)"])
                try await changes.make { try JobRows.postpone(id, until: now + .minutes(1), on: $0.connection) }
            }
        }
    }

    /// Says of everything here that it is at work.
    func beat() async throws {
        let (held, waiting, playing) = state.withLock {
            ($0.runs, $0.waiting + $0.starting.values.map { .run($0) }, Array($0.plays.keys))
        }
        let now = changes.clock.now
        let plays = plays
        let playingToo = waiting.compactMap { if case .play(let play) = $0 { play.id } else { nil } }
        if !(playing + playingToo).isEmpty { try await changes.make { try plays.beat(playing + playingToo, $0) } }
        let waitingToo = waiting.compactMap { if case .run(let claim) = $0 { claim } else { nil } }
        let claims = held.values.map(\.claim) + waitingToo
        guard !claims.isEmpty else { return }
        let runs = runs
        let lost = try await changes.make { try runs.beat(claims, $0) }
        for (id, run) in held where lost.contains(id) || now - run.claim.startedAt > Self.patience {
            run.task.cancel()
        }
    }

    /// Carries out one piece of work.
    func carryOut(_ work: Work) async {
        let task = Task {
            switch work {
            case .run(let claim): await self.perform(claim)
            case .play(let play): await self.perform(play)
            }
        }
        state.withLock { state in
            switch work {
            case .run(let claim):
                state.starting[claim.id] = nil
                state.runs[claim.id] = (claim, task)
            case .play(let play): state.plays[play.id] = task
            }
        }
        await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        state.withLock { state in
            switch work {
            case .run(let claim): state.runs[claim.id] = nil
            case .play(let play): state.plays[play.id] = nil
            }
        }
        turn.yield()
        // Where this fails the next look comes within a second.
        if state.withLock({ $0.isBehind }), !Task.isCancelled { try? await fill() }
    }

    /// Carries out all that was begun here and no service has taken up, side by side: for tests, which run none.
    func finish() async {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        await withDiscardingTaskGroup { group in
            for work in waiting { group.addTask { await self.carryOut(work) } }
        }
    }
}
