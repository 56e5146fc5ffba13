import Core
import Hummingbird
import SQL
import Web

/// Position reports: one of a session, or many at once.
struct ReportRoutes: Sendable {
    let area: PlaybackArea

    func add(to group: RouterGroup<DogearContext>) {
        group.patch("sessions/{session_id}/position", use: report)
        group.post("positions", use: reportMany)
    }

    @Sendable private func report(_ request: Request, _ context: DogearContext) async throws -> Answer {
        try context.caller.require(Scope(.playback, .write))
        let values = RequestValues(request, context)
        let id = values.pathID("session_id")
        try values.check()
        let report = try await request.input(ReportInput.self).report(receivedAt: area.clock.now)
        let outcome: ReportOutcome
        do {
            outcome = try await area.coalescer.submit(
                ReportCommand(target: .session(id), caller: context.caller, report: report))
        } catch let error as SQLError {
            area.metrics.writeFailures.add()
            throw error
        }
        area.metrics.reported(outcome.refusal)
        area.hub.wake(outcome.streams)
        return .ok(answer(outcome.session, outcome.refusal))
    }

    private func answer(_ session: PlaybackSession, _ refusal: ReportRule.Refusal?) -> JSON {
        let cadence = JSON.Member(
            "next_report_seconds", .integer(CadenceRule.nextReportSeconds(load: area.coalescer.load)))
        guard let refusal else { return session.json.adding(.init("applied", true), cadence) }
        return session.json.adding(.init("applied", false), .init("reason", .string(refusal.rawValue)), cadence)
    }

    @Sendable private func reportMany(_ request: Request, _ context: DogearContext) async throws -> Response {
        try context.caller.require(Scope(.playback, .write))
        let body = try await request.bodyBytes()
        let input = try readInput(BatchInput.self, from: body)
        let now = area.clock.now
        let caller = context.caller
        let commands = input.reports.map {
            $0.map { $0.command(caller: caller, receivedAt: now, sentAt: input.sentAt) }
        }
        return try await area.changes.answer(request, context, body: body) { [area] connection in
            let good = commands.compactMap { try? $0.get() }
            var outcomes = try area.reports.apply(good, at: now, on: connection).makeIterator()
            var streams: [String] = []
            var refusals: [ReportRule.Refusal?] = []
            let results = commands.map { command -> JSON in
                if case .failure(let refused) = command { return refused.json }
                switch outcomes.next() {
                case .success(let outcome)?:
                    streams = outcome.streams
                    refusals.append(outcome.refusal)
                    return outcome.json
                case .failure(let error)?: return failure(error)
                case nil: return failure(SQLError.unavailable("a report was not answered"))
                }
            }
            return Answer(
                200, ["results": .array(results)], streams: streams,
                then: { [refusals] in refusals.forEach(area.metrics.reported) })
        }
    }

    /// Answers as a report is answered, with no database: what `make bench` measures reports against.
    static func addNoOp(to router: Router<DogearContext>, clock: TimeSource) {
        router.patch("bench/sessions/{session_id}/position") { request, context -> Answer in
            let values = RequestValues(request, context)
            let id = values.pathID("session_id")
            try values.check()
            try context.caller.require(Scope(.playback, .write))
            let now = clock.now
            let report = try await request.input(ReportInput.self).report(receivedAt: now)
            let session = PlaybackSession(
                id: id, userID: id, contentID: id, deviceID: "bench", position: report.position, duration: 3_600,
                state: .playing, quality: .auto, startedAt: now, updatedAt: now)
            return .ok(session.json.adding(.init("applied", true), .init("next_report_seconds", 10)))
        }
    }
}

/// What every report says.
private struct ReportInput: Input {
    let position: Int
    let state: PlaybackState?
    let sequence: Int?
    let reportedAt: Instant?
    let sentAt: Instant?

    init(_ fields: Fields) {
        position = fields.seconds("position_seconds")
        state = fields.optionalChoice("playback_state", PlaybackState.self)
        sequence = fields.optionalInteger("sequence", 0...9_007_199_254_740_991)
        reportedAt = fields.optionalInstant("reported_at")
        sentAt = fields.optionalInstant("sent_at")
    }

    func report(receivedAt now: Instant, sentAt batchSentAt: Instant? = nil, duration: Int? = nil) -> PositionReport {
        PositionReport(
            position: position, state: state, sequence: sequence, duration: duration,
            instant: PositionReport.instant(
                receivedAt: now, reportedAt: reportedAt, sentAt: batchSentAt ?? sentAt))
    }
}

/// Many reports, sent together.
private struct BatchInput: Input {
    let sentAt: Instant?
    let reports: [Result<BatchReportInput, Fields.Refused>]

    init(_ fields: Fields) {
        sentAt = fields.optionalInstant("sent_at", required: true)
        reports = fields.list("reports", of: BatchReportInput.self, count: 1...1_000)
    }
}

/// One report among many, which names its session, or the device and title it is of.
private struct BatchReportInput: Input {
    let target: ReportCommand.Target
    let report: ReportInput
    let duration: Int?

    init(_ fields: Fields) {
        report = ReportInput(fields)
        duration = fields.optionalSeconds("duration_seconds")
        if fields.has("session_id") {
            target = .session(fields.id("session_id"))
        } else if fields.has("user_id") || fields.has("content_id") || fields.has("device_id") {
            target = .device(
                DeviceInTitle(
                    userID: fields.id("user_id"), contentID: fields.id("content_id"),
                    deviceID: fields.text("device_id", length: 1...200)))
        } else {
            target = .session(fields.id("session_id"))
        }
    }

    func command(caller: Caller, receivedAt now: Instant, sentAt: Instant?) -> ReportCommand {
        ReportCommand(
            target: target, caller: caller,
            report: report.report(receivedAt: now, sentAt: sentAt, duration: duration))
    }
}

extension ReportOutcome {
    /// As one of the results of `POST /positions`.
    fileprivate var json: JSON {
        refusal.map { ["applied": false, "reason": .string($0.rawValue)] } ?? ["applied": true]
    }
}

extension Fields.Refused {
    /// As one of the results of `POST /positions`.
    fileprivate var json: JSON {
        ["applied": false, "reason": "invalid", "fields": .array(fields.map(\.json))]
    }
}

/// A report that failed alone, as one of the results of `POST /positions`.
private func failure(_ error: any Error) -> JSON {
    let code = (error as? any ProblemConvertible)?.problem.code ?? "internal"
    return ["applied": false, "reason": .string(code)]
}
