import Changes
import Core
import NIOCore
import Outbox
import SQL
import Streams
import Synchronization
import TestSupport

@testable import Monitoring

/// A source that gives what a test tells it to, and a summariser that says of each post that it was there.
final class ScriptedSource: PostSource, Summariser {
    typealias Give = @Sendable (PostRequest) async throws -> FetchedPosts
    typealias Write = @Sendable (SummaryRequest) async throws -> SummaryText

    private let script: Mutex<(give: Give, write: Write)>
    private let asked = Mutex<(requests: [PostRequest], summaries: [SummaryRequest])>(([], []))

    init(give: @escaping Give = { FetchedPosts(posts: [], memory: $0.memory) }) {
        script = Mutex((give, { ScriptedSource.plain($0) }))
    }

    var requests: [PostRequest] { asked.withLock { $0.requests } }
    var summaries: [SummaryRequest] { asked.withLock { $0.summaries } }

    func gives(_ give: @escaping Give) { script.withLock { $0.give = give } }
    func writes(_ write: @escaping Write) { script.withLock { $0.write = write } }

    func posts(_ request: PostRequest) async throws -> FetchedPosts {
        asked.withLock { $0.requests.append(request) }
        return try await script.withLock { $0.give }(request)
    }

    func summarise(_ request: SummaryRequest) async throws -> SummaryText {
        asked.withLock { $0.summaries.append(request) }
        return try await script.withLock { $0.write }(request)
    }

    static func plain(_ request: SummaryRequest) -> SummaryText {
        SummaryText(
            sentences: request.posts.indices.map { .init(text: request.posts[$0].text, posts: [$0]) },
            writer: "scripted")
    }

    /// One post, by its number.
    static func post(_ number: Int, at moment: Instant?) -> Post {
        Post(
            keys: ["id:\(number)"], author: "ann", text: "Post \(number).", url: "https://example.org/\(number)",
            postedAt: moment)
    }

    /// Gives these posts, as far as they lie in what is asked for.
    static func posts(_ posts: [(Int, Instant)]) -> Give {
        { request in
            let inside = posts.filter { $0.1 >= request.from && $0.1 < request.until }
            return FetchedPosts(posts: inside.map { post($0.0, at: $0.1) }, memory: request.memory)
        }
    }
}

/// Jobs over one database, with a clock that is moved by hand and no service: runs are carried out when the test says so.
struct Watch: Sendable {
    static let user = ID(high: 11, low: 1)

    let changes: Changes
    let clock: ManualClock
    let source: ScriptedSource
    let runner: Runner
    let jobs = JobStore()

    /// A node over a database.
    init(
        _ database: any Database, clock: ManualClock = ManualClock(), source: ScriptedSource = ScriptedSource(),
        room: Int = 2_000,
        mails: Bool = false
    ) {
        self.clock = clock
        self.source = source
        changes = Changes(
            database: database,
            streams: StreamTailer(
                database: database, clock: clock.source, limits: .init(node: 0, holder: 0), metrics: MetricRegistry()
            ) { _, _, _ in ByteBuffer() }, outbox: Outbox(destinations: mails ? [.mail] : []), clock: clock.source)
        let outside = MonitoringArea.Outside(source: { _ in source }, summariser: source)
        runner = Runner(
            changes: changes, figures: MonitoringFigures(MetricRegistry()), outside: outside, room: room,
            mail: MonitoringMail(Unsubscriptions([UInt8](repeating: 7, count: 32), publicURL: "https://d.example")),
            logger: quietLogger, fraction: { 1 })
    }

    /// Another node over the same database.
    func second() -> Watch { Watch(changes.database, clock: clock, source: source) }

    static func run(_ engine: TestEngine, _ body: (Watch) async throws -> Void) async throws {
        try await engine.withDatabase { try await body(Watch($0)) }
    }

    func job(
        _ frequency: Frequency = .cron("0 * * * *", zone: "UTC"), source: SourceName = .folder,
        notify: JobPlan.Notify = .none, user: ID = Watch.user
    ) async throws -> Int {
        let jobs = jobs
        return try await changes.make {
            try jobs.create(
                user, JobPlan(source: source, account: "ann", frequency: frequency, notify: notify), $0
            ).job.id
        }
    }

    /// Looks what is due, and carries out all that is begun.
    func look() async throws {
        try await runner.takeDue()
        await runner.finish()
    }

    func start(_ job: Int) async throws -> Claim {
        let claims = runner.claims
        return try await changes.make { try claims.start(job, .anybody, $0) }
    }

    func find(_ job: Int) async throws -> Job { try await changes.read { try JobRows.find(job, .anybody, on: $0) } }

    /// The record, oldest first.
    func record(_ job: Int) async throws -> [Execution] {
        try await changes.read { try ExecutionRows.newest(of: job, before: nil, limit: 5_000, on: $0) }.reversed()
    }

    func summaries(_ job: Int) async throws -> [Summary] {
        try await changes.read { try SummaryRows.newest(of: job, before: nil, limit: 1_000, on: $0) }.reversed()
    }

    /// Has the runs that are at work fall silent, as those of a node that was killed.
    func silence() async throws {
        try await changes.make { change in
            try change.connection.execute(
                "UPDATE job_executions SET heartbeat_at = $1 WHERE status = 'RUNNING'",
                [
                    .instant(
                        change.connection.dialect == .sqlite ? change.now - .seconds(31) : Instant(milliseconds: 1_000))
                ])
            try change.connection.execute(
                "UPDATE summaries SET heartbeat_at = $1 WHERE status = 'RUNNING'",
                [.instant(Instant(milliseconds: 1_000))])
        }
    }
}
