import Changes
import Core
import HTTPTypes
import Hummingbird
import Web

/// Jobs: making, changing, looking.
struct JobRoutes: Sendable {
    let changes: Changes
    let jobs: JobStore
    let mail: Unsubscriptions

    func add(to group: RouteGroup) {
        group.post("jobs", for: .writers, use: create)
        group.get("jobs", for: .readers, query: .knows(["user_id", "limit", "cursor"]), use: list)
        group.get("jobs/{job_id}", for: .readers, use: find)
        group.patch("jobs/{job_id}", for: .writers, use: edit)
        group.delete("jobs/{job_id}", for: .writers, use: delete)
        group.get("jobs/{job_id}/next", for: .readers, query: .knows(["count"]), use: next)
        group.get("jobs/{job_id}/gaps", for: .readers, use: gaps)
        group.get("jobs/{job_id}/summaries", for: .readers, query: .knows(["limit", "before"]), use: summaries)
        group.get(
            "schedules/next", for: .anybody, query: .knows(["frequency", "time_zone", "count", "from"]), use: preview)
    }

    /// What mails end with; a page of ours is at the same address.
    func addUnsubscribing(to routes: RouteGroup) {
        routes.post("unsubscribe/{job_id}/{token}", for: .anybody, query: .any, use: unsubscribe)
    }

    @Sendable private func create(_ request: Request, _ context: DogearContext) async throws -> Response {
        let body = try await request.bodyBytes(context)
        let input = try readInput(JobInput.self, from: body)
        let user = try context.user(named: input.userID)
        return try await changes.reply(to: request, context, body: body) { [jobs] change in
            let view = try jobs.create(user, input.plan, change)
            return Reply(201, MonitoringJSON.job(view), location: "/api/v1/jobs/\(view.job.id)")
        }
    }

    @Sendable private func list(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (named, limit, before) = try request.values(context) { fields in
            let cursor = fields.cursor()
            // One of another list names no job.
            let before = cursor.flatMap { $0.id.high == 0 ? Int32(exactly: $0.id.low) : nil }.map(Int.init)
            if cursor != nil, before == nil {
                fields.refuse("cursor", "must be the `next_cursor` of an earlier answer")
            }
            return (fields.optionalID("user_id"), fields.limit(default: 50), before)
        }
        let user = try context.user(named: named)
        let now = changes.clock.now
        let views = try await changes.read { [jobs] in
            try jobs.list(of: user, before: before, limit: limit + 1, at: now, on: $0)
        }
        let shown = views.prefix(limit)
        let next = views.count > limit ? shown.last.map { Cursor(job: $0.job) } : nil
        return .ok([
            "items": .array(shown.map(MonitoringJSON.job)), "next_cursor": .optional(next) { .string($0.text) },
        ])
    }

    @Sendable private func find(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (id, reach, now) = (try request.jobID(context), context.caller.reach, changes.clock.now)
        return .ok(MonitoringJSON.job(try await changes.read { [jobs] in try jobs.find(id, reach, at: now, on: $0) }))
    }

    @Sendable private func edit(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (id, reach) = (try request.jobID(context), context.caller.reach)
        let input = try await request.input(JobEditInput.self, context)
        let view = try await changes.make { [jobs] in try jobs.edit(id, reach, $0) { try input.edited($0) } }
        return .ok(MonitoringJSON.job(view))
    }

    @Sendable private func delete(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (id, reach) = (try request.jobID(context), context.caller.reach)
        try await changes.make { [jobs] in try jobs.delete(id, reach, $0) }
        return .done
    }

    @Sendable private func next(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (id, reach, now) = (try request.jobID(context), context.caller.reach, changes.clock.now)
        let count = try request.values(context) { $0.optionalInteger("count", 1...100) ?? 5 }
        let job = try await changes.read { [jobs] in try jobs.find(id, reach, at: now, on: $0).job }
        let times = job.plan.isActive ? job.timetable?.next(count, after: now) ?? [] : []
        return .ok(["next": .array(times.map { .instant($0) })])
    }

    @Sendable private func preview(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let now = changes.clock.now
        let (times, isExact) = try request.values(context) { fields -> ([Instant], Bool) in
            let count = fields.optionalInteger("count", 1...100) ?? 5
            let from = fields.optionalInstant("from") ?? now
            // Forms write a space as `+`, which no expression has.
            let text = fields.text("frequency", length: 1...200).replacing("+", with: " ")
            let zone = fields.optionalText("time_zone", length: 1...100)
            let name = Frequency.Name(rawValue: text)
            let frequency = name.map { Frequency.named($0) } ?? .cron(text, zone: zone ?? "UTC")
            if let fault = text.isEmpty ? nil : frequency.fault(at: from) {
                fields.refuse(fault.contains("time zone") ? "time_zone" : "frequency", fault)
            }
            return (frequency.timetable(job: 0)?.next(count, after: from) ?? [], name == nil)
        }
        return .ok(["next": .array(times.map { .instant($0) }), "exact": .bool(isExact)])
    }

    @Sendable private func gaps(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (id, reach, now) = (try request.jobID(context), context.caller.reach, changes.clock.now)
        let gaps = try await changes.read { [jobs] in try jobs.gaps(id, reach, at: now, on: $0) }
        return .ok(["gaps": .array(gaps.map(MonitoringJSON.gap))])
    }

    @Sendable private func summaries(_ request: Request, _ context: DogearContext) async throws -> Response {
        let (id, reach, before) = (try request.jobID(context), context.caller.reach, try request.before(context))
        let limit = try request.values(context) { $0.limit() }
        let found = try await changes.read { [jobs] in
            try jobs.summaries(of: id, reach, before: before, limit: limit + 1, on: $0)
        }
        return request.plainList(found, limit: limit, id: \.id, MonitoringJSON.summary)
    }

    /// One click in a mail (RFC 8058): no sign-in, and the same answer however often.
    @Sendable private func unsubscribe(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let id = try request.jobID(context)
        guard let token = context.parameters.get("token"), mail.isToken(token, of: id) else {
            throw Problem.notFound("such subscription")
        }
        try await changes.make { [jobs] in try jobs.unsubscribe(id, $0) }
        return .ok(["unsubscribed": true])
    }
}

extension Cursor {
    /// After a job, in a list with the newest first.
    fileprivate init(job: Job) {
        self.init(instant: job.createdAt, id: ID(high: 0, low: UInt64(job.id)))
    }
}

extension Request {
    /// A list as the seed has it, a plain array; where it goes on stands in `Link` (RFC 8288).
    /// - Parameter found: One more than the limit, where there are more.
    func plainList<Row>(
        _ found: [Row], limit: Int, id: (Row) -> Int, _ json: (Row) -> JSON
    ) -> Response {
        let shown = found.prefix(limit)
        var response = Reply.ok(.array(shown.map(json))).response
        if found.count > limit, let last = shown.last, let link = HTTPField.Name("Link") {
            response.headers[link] = "<\(uri.path)?limit=\(limit)&before=\(id(last))>; rel=\"next\""
        }
        return response
    }
}
