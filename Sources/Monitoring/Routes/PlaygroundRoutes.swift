import Changes
import Core
import Hummingbird
import Web

/// The playground: a run of a moment, its history, and a job made of it.
struct PlaygroundRoutes: Sendable {
    let changes: Changes
    let jobs: JobStore
    let runner: Runner

    func add(to group: RouteGroup) {
        let player = Audience.signedIn(orKey: nil)
        group.post("playground/run", for: player, use: run)
        group.get("playground/history", for: player, query: .knows(["limit", "before"]), use: history)
        group.get("playground/{run_id}", for: player, use: find)
        group.post("playground/{run_id}/save-as-job", for: player, use: save)
    }

    /// The seed's own path.
    func addSeedPath(to routes: RouteGroup) {
        routes.get("playground/history", for: .signedIn(orKey: nil), query: .knows(["limit", "before"]), use: history)
    }

    @Sendable private func run(_ request: Request, _ context: DogearContext) async throws -> Response {
        let body = try await request.bodyBytes(context)
        let wish = try readInput(PlayInput.self, from: body).wish
        let (user, plays) = (try context.user(named: nil), runner.plays)
        return try await changes.reply(to: request, context, body: body) { [runner] change in
            let play = try plays.start(user, wish, change)
            change.afterCommit { runner.begin(.play(play)) }
            let summary = try plays.find(play.id, user, on: change.connection)
            return Reply(202, MonitoringJSON.summary(summary), location: "/api/v1/playground/\(play.id)")
        }
    }

    @Sendable private func history(_ request: Request, _ context: DogearContext) async throws -> Response {
        let (user, before) = (try context.user(named: nil), try request.before(context))
        let limit = try request.values(context) { $0.limit() }
        let found = try await changes.read {
            try SummaryRows.played(by: user, before: before, limit: limit + 1, on: $0)
        }
        return request.plainList(found, limit: limit, id: \.id, MonitoringJSON.summary)
    }

    @Sendable private func find(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (id, user, plays) = (try request.playID(context), try context.user(named: nil), runner.plays)
        return .ok(MonitoringJSON.summary(try await changes.read { try plays.find(id, user, on: $0) }))
    }

    @Sendable private func save(_ request: Request, _ context: DogearContext) async throws -> Response {
        let (id, user, plays) = (try request.playID(context), try context.user(named: nil), runner.plays)
        let body = try await request.bodyBytes(context)
        let input = try readOptionalInput(SaveInput.self, from: body)
        return try await changes.reply(to: request, context, body: body) { [jobs] change in
            let play = try plays.find(id, user, on: change.connection)
            let made = try play.plans(input).map { try jobs.create(user, $0, change) }
            return Reply(201, ["jobs": .array(made.map(MonitoringJSON.job))])
        }
    }
}

extension Summary {
    /// The jobs that a playground run is saved as: one for each account.
    fileprivate func plans(_ input: SaveInput) -> [JobPlan] {
        (account ?? "").split(separator: ",").map { name in
            JobPlan(
                source: source ?? .folder, account: String(name), frequency: input.frequency, topics: topics,
                language: language, notify: input.notify)
        }
    }
}
