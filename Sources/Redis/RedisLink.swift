package import Core
import DequeModule
import Foundation
package import Logging
import Synchronization

/// A Redis: one thread with one connection, which sends all that waits at once and reads the replies.
///
/// While Redis is away every call fails at once, and the thread tries to get it back with growing pauses (0.1 s to 5 s). What is
/// full, read-only, loading, too slow or speaks something else is as good as away. A call never waits longer than for the batch
/// that is under way and its own.
package final class RedisLink: Sendable {
    private struct Job: Sendable {
        let commands: [RedisCommand]
        let continuation: CheckedContinuation<RedisAnswer, any Error>?

        func end(_ result: Result<RedisAnswer, RedisError>) { continuation?.resume(with: result) }
    }

    private struct State: Sendable {
        var waiting: Deque<Job> = []
        var count = 0
        var runID: String?
        var absence = "it was not reached yet"
        var isClosed = false
    }

    private static let capacity = 20_000
    private static let batchCount = 1_000
    private static let batchSize = 1 << 20
    /// A connection on which nothing is said is asked this often whether it lives.
    private static let idle = DispatchTimeInterval.seconds(5)

    private let address: RedisAddress
    private let scripts: [RedisScript]
    private let limits: RedisConnection.Limits
    private let figures: RedisFigures
    private let warnings: Warnings
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let end = WakePipe()

    /// A link, which begins at once to look for its Redis.
    /// - Parameters:
    ///   - scripts: What is to run within Redis, called by `EVALSHA` and the script's name.
    ///   - patience: How long Redis may take for a connection, and for a batch.
    package init(
        _ address: RedisAddress, scripts: [RedisScript] = [], patience: Duration = .seconds(1), metrics: MetricRegistry,
        logger: Logger
    ) {
        self.address = address
        self.scripts = scripts
        limits = RedisConnection.Limits(connect: patience, batch: patience)
        figures = RedisFigures(metrics)
        warnings = Warnings(logger)
        _ = metrics.register(
            Gauge("dogear_redis_up", "Whether Redis does its work: 1 or 0.") { [weak self] in self?.isUp == true ? 1 : 0
            })
        let thread = Thread { [self] in run() }
        thread.name = "redis"
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Which run of Redis is reached; nil while none is.
    package var runID: String? { state.withLock { $0.runID } }

    /// Whether Redis does its work, as far as is known.
    package var isUp: Bool { runID != nil }

    /// Sends commands one after another and waits for what is said to each.
    /// - Throws: `RedisError`; which of the commands were carried out is not known then.
    package func send(_ commands: [RedisCommand]) async throws -> RedisAnswer {
        try await withCheckedThrowingContinuation { continuation in
            let job = Job(commands: commands, continuation: continuation)
            if let refusal = add(job) { job.end(.failure(refusal)) }
        }
    }

    /// Sends a command and waits for nothing; whether it is on its way.
    @discardableResult
    package func tell(_ command: RedisCommand) -> Bool {
        add(Job(commands: [command], continuation: nil)) == nil
    }

    /// Ends the connection; later calls fail.
    package func close() {
        state.withLock { $0.isClosed = true }
        end.wake()
        wake.signal()
    }

    private func add(_ job: Job) -> RedisError? {
        let refusal = state.withLock { state -> RedisError? in
            guard state.runID != nil, !state.isClosed else { return .away(state.absence) }
            guard state.count + job.commands.count <= Self.capacity else { return .full }
            state.count += job.commands.count
            state.waiting.append(job)
            return nil
        }
        if refusal == nil { wake.signal() } else { figures.failures.add(job.commands.count) }
        return refusal
    }

    // MARK: The thread

    private func run() {
        blockBrokenPipes()
        var failures = 0
        while !isClosed {
            do {
                let connection = try RedisConnection(address, limits: limits, scripts: scripts)
                state.withLock { $0.runID = connection.runID }
                warnings.isBack()
                while !isClosed {
                    try serve(connection)
                    failures = 0
                }
            } catch {
                lose(error)
                warnings.isAway(error)
            }
            failures += 1
            if !isClosed { end.wait(milliseconds: Int32(min(5_000, 100 << min(failures - 1, 6)))) }
        }
        lose(RedisError.away("the server is stopping"))
    }

    private var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Carries out what waits; where nothing does for a while, asks whether Redis lives.
    private func serve(_ connection: RedisConnection) throws {
        let isIdle = wake.wait(timeout: .now() + Self.idle) == .timedOut
        let jobs = take()
        let commands = jobs.isEmpty && isIdle ? [RedisCommand("PING")] : jobs.flatMap(\.commands)
        guard !commands.isEmpty else { return }
        do {
            let replies = try connection.exchange(commands)
            if let absence = replies.lazy.compactMap(\.absence).first { throw RedisError.away(absence) }
            figures.commands.add(commands.count)
            var rest = replies[...]
            for job in jobs {
                job.end(.success(RedisAnswer(replies: Array(rest.prefix(job.commands.count)), runID: connection.runID)))
                rest = rest.dropFirst(job.commands.count)
            }
        } catch {
            figures.failures.add(commands.count)
            lose(error, with: jobs)
            throw error
        }
    }

    private func take() -> [Job] {
        state.withLock { state in
            var (jobs, count, size) = ([Job](), 0, 0)
            while let next = state.waiting.first, count < Self.batchCount, size < Self.batchSize {
                state.waiting.removeFirst()
                count += next.commands.count
                size += next.commands.reduce(0) { $0 + $1.size }
                jobs.append(next)
            }
            state.count -= count
            // What is left is a batch of its own, for which nobody need call.
            if !state.waiting.isEmpty { wake.signal() }
            return jobs
        }
    }

    /// Notes that Redis is away, before those who waited are told so.
    private func lose(_ error: any Error, with jobs: [Job] = []) {
        let absence = error as? RedisError ?? .away("\(error)")
        let waiting = state.withLock { state in
            defer { (state.waiting, state.count) = ([], 0) }
            state.runID = nil
            state.absence = absence.description
            return Array(state.waiting)
        }
        for job in jobs + waiting { job.end(.failure(absence)) }
    }
}

/// What is counted of Redis.
struct RedisFigures: Sendable {
    let commands: Counter
    let failures: Counter

    init(_ registry: MetricRegistry) {
        commands = registry.register(Counter("dogear_redis_commands_total", "Commands that Redis has answered."))
        failures = registry.register(
            Counter("dogear_redis_failures_total", "Commands that Redis did not answer, or that were not sent."))
    }
}

/// Says that Redis is away, once a minute at most, and once that it is back.
final class Warnings: Sendable {
    private let logger: Logger
    private let state = Mutex<(isAway: Bool, warned: UInt64?)>((false, nil))

    init(_ logger: Logger) {
        self.logger = logger
    }

    func isAway(_ error: any Error) {
        let now = DispatchTime.now().uptimeNanoseconds
        let warns = state.withLock { state in
            state.isAway = true
            if let warned = state.warned, now - warned < 60_000_000_000 { return false }
            state.warned = now
            return true
        }
        if warns { logger.warning("Redis is away; going on without it", metadata: ["reason": "\(error)"]) }
    }

    func isBack() {
        let wasAway = state.withLock { state in
            defer { state.isAway = false }
            return state.isAway
        }
        if wasAway { logger.notice("Redis is back") }
    }
}

/// hiredis writes to sockets whose other end may have gone, for which the system would end the process.
func blockBrokenPipes() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
}
