import Changes
import Core
import Foundation
import Hummingbird
import Web

/// Runs: beginning them, and the record.
struct ExecutionRoutes: Sendable {
    let changes: Changes
    let jobs: JobStore
    let runner: Runner

    func add(to group: RouteGroup) {
        group.post("jobs/{job_id}/run", for: .writers, use: run)
        group.post("jobs/{job_id}/backfill", for: .writers, use: backfill)
        group.get("jobs/{job_id}/executions", for: .readers, query: .knows(["limit", "before"]), use: list)
        group.get("executions/{execution_id}", for: .readers, use: find)
        group.post("executions/{execution_id}/retry", for: .writers, use: retry)
    }

    /// The seed's own path.
    func addSeedPath(to routes: RouteGroup) {
        routes.get("jobs/{job_id}/executions", for: .readers, query: .knows(["limit", "before"]), use: list)
    }

    @Sendable private func run(_ request: Request, _ context: DogearContext) async throws -> Response {
        let (id, reach, claims) = (try request.jobID(context), context.caller.reach, runner.claims)
        return try await begin(request, context) { try claims.start(id, reach, $0) }
    }

    @Sendable private func backfill(_ request: Request, _ context: DogearContext) async throws -> Response {
        let (id, reach, claims) = (try request.jobID(context), context.caller.reach, runner.claims)
        let now = changes.clock.now
        return try await begin(request, context) { body in
            let input = try readInput(BackfillInput.self, from: body)
            guard input.window.to <= now else { throw MonitoringRefusal.badWindow("must not lie ahead") }
            return { try claims.backfill(id, input.window, again: input.again, reach, $0) }
        }
    }

    @Sendable private func retry(_ request: Request, _ context: DogearContext) async throws -> Response {
        let (id, reach, claims) = (try request.executionID(context), context.caller.reach, runner.claims)
        return try await begin(request, context) { try claims.retry(id, reach, $0) }
    }

    private typealias Begin = @Sendable (Change) throws -> Claim

    private func begin(
        _ request: Request, _ context: DogearContext, _ verb: @escaping Begin
    ) async throws -> Response {
        try await begin(request, context, reading: { _ in verb })
    }

    /// Begins a run and answers 202 with it; it is carried out once it is on record.
    private func begin(
        _ request: Request, _ context: DogearContext, reading: (Data) throws -> Begin
    ) async throws -> Response {
        let body = try await request.bodyBytes(context)
        let verb = try reading(body)
        return try await changes.reply(to: request, context, body: body) { [runner] change in
            let claim = try verb(change)
            change.afterCommit { runner.begin(.run(claim)) }
            let execution = try ExecutionRows.require(claim.id, on: change.connection)
            return Reply(202, MonitoringJSON.execution(execution), location: "/api/v1/executions/\(claim.id)")
        }
    }

    @Sendable private func list(_ request: Request, _ context: DogearContext) async throws -> Response {
        let (id, reach, before) = (try request.jobID(context), context.caller.reach, try request.before(context))
        let limit = try request.values(context) { $0.limit(default: 50, max: 500) }
        let found = try await changes.read { [jobs] in
            try jobs.executions(of: id, reach, before: before, limit: limit + 1, on: $0)
        }
        return request.plainList(found, limit: limit, id: \.id, MonitoringJSON.execution)
    }

    @Sendable private func find(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (id, reach) = (try request.executionID(context), context.caller.reach)
        return .ok(MonitoringJSON.run(try await changes.read { [jobs] in try jobs.run(id, reach, on: $0) }))
    }
}
