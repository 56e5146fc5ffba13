import Core
import Foundation
import SQL
import Synchronization
import TestSupport
import Testing

/// Runs of jobs whose server is killed or frozen in the middle, against sources that are asked over real sockets.
@Suite(.inTurns) struct JobCrashTests {
    /// Where a run is stopped.
    enum Step: String, CaseIterable, CustomTestStringConvertible {
        case fetching, summarising, storing
        var testDescription: String { rawValue }
    }

    /// X and a model, of which the first answer at one step waits.
    private final class Outside: Sendable {
        let gate = DispatchGate()
        let x: StubServer
        let model: StubServer

        init(holding step: Step) throws {
            let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
            let posts = (1...3).map { number in
                #"{"id":"\#(number)","text":"Post \#(number).","created_at":"\#(now - .minutes(10 - number))"}"#
            }
            let timeline = #"{"data":[\#(posts.joined(separator: ","))],"meta":{"result_count":3}}"#
            x = try StubServer { request, _ in
                if request.path.hasSuffix("/by/username/ann") {
                    return .text(#"{"data":{"id":"1","username":"ann","name":"Ann"}}"#)
                }
                return step == .fetching && Self.isFirst(request) ? .silence("") : .text(timeline)
            }
            let content = #"{\"sentences\":[{\"text\":\"All is well.\",\"posts\":[1,2,3]}]}"#
            let answer =
                #"{"choices":[{"message":{"role":"assistant","content":"\#(content)"},"finish_reason":"stop"}]}"#
            let gate = gate
            model = try StubServer { _, before in
                guard before == 0 else { return .text(answer) }
                if step == .summarising { return .silence("") }
                if step == .storing { gate.wait() }
                return .text(answer)
            }
        }

        private static let seen = Mutex<Set<String>>([])
        private static func isFirst(_ request: StubServer.Request) -> Bool {
            seen.withLock { $0.insert(request.headers["host"] ?? "").inserted }
        }

        var environment: [String: String] {
            ["X_API_URL": x.origin, "X_API_TOKEN": "t", "SUMMARISER_URL": model.origin, "SUMMARISER_MODEL": "stub"]
        }

        func close() {
            gate.open()
            x.close()
            model.close()
        }
    }

    private struct Node: Sendable {
        let server: DogearProcess
        let key: String

        func send(_ method: String, _ path: String, _ body: String? = nil) async throws -> TestReply {
            try await server.send(method, "/api/v1/\(path)", body, headers: ["Authorization": "Bearer \(key)"])
        }

        /// Makes a job and begins a run of it.
        func begin() async throws -> Int {
            let job = try await make()
            let begun = try await send("POST", "jobs/\(job)/run")
            #expect(begun.status == 202)
            return job
        }

        func make() async throws -> Int {
            let user = "00000000-0000-4000-8000-000000000007"
            let made = try await send(
                "POST", "jobs", #"{"user_id":"\#(user)","source":"x","x_username":"ann","frequency":"daily"}"#)
            return try #require(made["id"].int, "\(made.text)")
        }

        /// The outcomes on record, oldest first, and how many posts each summary is of.
        func record(_ job: Int) async throws -> [String] {
            try await send("GET", "jobs/\(job)/executions").json.elements.reversed().map {
                ($0["status"].string ?? "") + " " + ($0["outcome"].string ?? "")
            }
        }

        func summaries(_ job: Int) async throws -> [Int] {
            try await send("GET", "jobs/\(job)/summaries").json.elements.compactMap { $0["tweets_count"].int }
        }
    }

    private func inFolder(_ engine: TestEngine, _ body: (String, String) async throws -> Void) async throws {
        let folder = try temporaryFolder("jobs")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(try engine.address(in: folder), folder)
    }

    private func start(_ address: String, _ folder: String, _ outside: Outside, key: String? = nil) async throws -> Node
    {
        func serve() throws -> DogearProcess {
            try DogearProcess(["--database", address], environment: outside.environment, in: folder)
        }
        if let key { return Node(server: try serve(), key: key) }
        // The schema is made by the first start, and the key is asked for from the next one.
        try serve().stop()
        let made = try await runAside(
            DogearProcess.binary, ["key", "create", "--database", address], in: folder)
        return Node(server: try serve(), key: String(made.firstMatch(of: /dogear_\S+/)?.output ?? ""))
    }

    @Test(arguments: TestEngine.allCases, Step.allCases)
    func `a run that is killed is interrupted, and the next attempt brings each post once`(
        engine: TestEngine, step: Step
    ) async throws {
        try await inFolder(engine) { address, folder in
            let outside = try Outside(holding: step)
            defer { outside.close() }
            let node = try await start(address, folder, outside)
            let job = try await node.begin()
            switch step {
            case .fetching: try await eventually("the source is asked") { outside.x.requests.count == 2 }
            case .summarising: try await eventually("the model is asked") { outside.model.requests.count == 1 }
            case .storing:
                try await eventually("the model is asked") { outside.model.requests.count == 1 }
                try await whileNobodyWrites(engine, address) {
                    outside.gate.open()
                    if engine == .postgres { try await waitForWriter(address) }
                    node.server.kill()
                }
            }
            node.server.kill()
            let again = try await start(address, folder, outside, key: node.key)
            defer { again.server.stop() }
            #expect(try await again.record(job) == ["RUNNING "])
            try await eventually("another attempt completes", within: 45) {
                try await again.record(job) == ["FAILED interrupted", "COMPLETED ok"]
            }
            #expect(try await again.summaries(job) == [3])
            // What was fetched before is not fetched again.
            let timelines = outside.x.requests.filter { $0.path.hasSuffix("/tweets") }.count
            #expect(timelines == (step == .fetching ? 2 : 1))
        }
    }

    /// Holds the write lock of a database meanwhile.
    private func whileNobodyWrites(
        _ engine: TestEngine, _ address: String, _ body: () async throws -> Void
    ) async throws {
        let other = try engine.open(address)
        let (locked, done) = (DispatchGate(), DispatchGate())
        let holding = Task {
            try await other.session { connection in
                try connection.script(
                    engine == .sqlite ? "BEGIN IMMEDIATE" : "BEGIN; LOCK TABLE summaries IN EXCLUSIVE MODE")
                locked.open()
                done.wait()
                try connection.script("ROLLBACK")
            }
        }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                locked.wait()
                continuation.resume()
            }
        }
        do { try await body() } catch { Issue.record(error) }
        done.open()
        try await holding.value
        await other.close()
    }

    private func waitForWriter(_ address: String) async throws {
        let other = try TestEngine.postgres.open(address)
        try await eventually("the summary waits to be stored") {
            try await other.read {
                try $0.one("SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND mode = 'RowExclusiveLock'") {
                    try $0.integer()
                }
            } > 0
        }
        await other.close()
    }

    @Test func `a node that is frozen and wakes up late is refused, and changes nothing`() async throws {
        try await inFolder(.postgres) { address, folder in
            let outside = try Outside(holding: .storing)
            defer { outside.close() }
            let frozen = try await start(address, folder, outside)
            defer { frozen.server.stop() }
            let job = try await frozen.begin()
            try await eventually("the model is asked") { outside.model.requests.count == 1 }
            Foundation.kill(frozen.server.pid, SIGSTOP)
            let other = try await start(address, folder, outside, key: frozen.key)
            defer { other.server.stop() }
            try await eventually("the other node completes it", within: 45) {
                try await other.record(job) == ["FAILED interrupted", "COMPLETED ok"]
            }
            outside.gate.open()
            Foundation.kill(frozen.server.pid, SIGCONT)
            try await eventually("the frozen node is told", within: 30) {
                frozen.server.text.contains("passed on to another")
            }
            #expect(try await other.record(job) == ["FAILED interrupted", "COMPLETED ok"])
            #expect(try await other.summaries(job) == [3])
        }
    }

    @Test func `two nodes that are told to run a job at once run it once`() async throws {
        try await inFolder(.postgres) { address, folder in
            let outside = try Outside(holding: .summarising)
            defer { outside.close() }
            let first = try await start(address, folder, outside)
            defer { first.server.stop() }
            let second = try await start(address, folder, outside, key: first.key)
            defer { second.server.stop() }
            let job = try await first.make()
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for node in [first, second, first, second] {
                    group.addTask { try await node.send("POST", "jobs/\(job)/run").status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [202, 409, 409, 409])
            #expect(try await second.record(job) == ["RUNNING "])
        }
    }
}
