import Changes
import Core
import Hummingbird
import Web

/// Position reports: one of a session, or many at once.
struct ReportRoutes: Sendable {
    let changes: Changes
    let batch: Batch<SentReport, ReportOutcome>
    let reports: ReportStore
    let standby: Standby?

    func add(to group: RouteGroup) {
        group.patch("sessions/{session_id}/position", for: .users(.writePlayback), use: report)
        group.post("positions", for: .users(.writePlayback), use: reportMany)
    }

    @Sendable private func report(_ request: Request, _ context: DogearContext) async throws -> Response {
        let id = try sessionID(request, context)
        let report = try await request.input(ReportInput.self, context).report(receivedAt: changes.clock.now)
        let sent = SentReport(target: .session(id), reach: context.caller.reach, report: report)
        return try await standby.serve(of: id) { [batch] in
            Reply.ok(json(try await batch.submit(sent))).response
        } otherwise: { standby in
            guard let session = try await standby.take([sent])?.first?.get() else { return nil }
            return Reply(
                202, session.json.adding(.init("applied", nil), .init("moved", nil), .init("owed", true), cadence)
            )
            .owed("The history is away and is told later.")
        }
    }

    private var cadence: JSON.Member {
        JSON.Member("next_report_seconds", .integer(CadenceRule.nextReportSeconds(load: batch.load)))
    }

    private func json(_ outcome: ReportOutcome) -> JSON {
        let session = outcome.session.json
        let moved = JSON.Member("moved", .bool(outcome.moved))
        guard let refusal = outcome.refusal else { return session.adding(.init("applied", true), moved, cadence) }
        return session.adding(.init("applied", false), moved, .init("reason", .string(refusal.rawValue)), cadence)
    }

    @Sendable private func reportMany(_ request: Request, _ context: DogearContext) async throws -> Response {
        let body = try await request.bodyBytes(context)
        let input = try readInput(BatchInput.self, from: body)
        let (now, reach) = (changes.clock.now, context.caller.reach)
        let sent = input.reports.map { $0.map { $0.sent(within: reach, receivedAt: now, sentAt: input.sentAt) } }
        let good = sent.compactMap { try? $0.get() }
        if let owed = try await owedReply(to: sent, good, isNeeded: { await $0.surelyOwes(anyOf: good.sessions) }) {
            return owed
        }
        return try await standby.serve { [changes, reports] in
            try await changes.reply(to: request, context, body: body) { change in
                .ok(Self.json(sent, try reports.take(good, change).map(\.json)))
            }
        } otherwise: { _ in
            try await owedReply(to: sent, good) { _ in true }
        }
    }

    /// What is said where the reports are taken for later.
    private func owedReply(
        to sent: [Result<SentReport, Fields.Refused>], _ good: [SentReport],
        isNeeded: (Standby) async -> Bool
    ) async throws -> Response? {
        guard let standby, await isNeeded(standby), let results = await standby.take(good) else { return nil }
        let owed: JSON = ["applied": nil, "moved": nil, "owed": true]
        let json = results.map { result in
            if case .failure(let refusal) = result { refusal.problem.resultJSON } else { owed }
        }
        return Reply(202, Self.json(sent, json)).owed("The history is away and is told later.")
    }

    private static func json(_ sent: [Result<SentReport, Fields.Refused>], _ answers: [JSON]) -> JSON {
        var answers = answers[...]
        let results = sent.map { sent -> JSON in
            switch sent {
            case .failure(let refused): refused.json
            case .success: answers.popFirst() ?? Problem.unanswered.resultJSON
            }
        }
        return ["results": .array(results)]
    }

    /// Replies as a report is replied to, with no database: what `make bench` measures reports against.
    static func addNoOp(to routes: RouteGroup, clock: Clock) {
        routes.patch("bench/sessions/{session_id}/position", for: .users(.writePlayback)) { request, context in
            let id = try sessionID(request, context)
            let now = clock.now
            let report = try await request.input(ReportInput.self, context).report(receivedAt: now)
            let session = PlaybackSession(
                id: id, userID: id, contentID: id, deviceID: "bench", position: report.position, duration: 3_600,
                state: .playing, quality: .auto, startedAt: now, updatedAt: now)
            return Reply.ok(
                session.json.adding(.init("applied", true), .init("moved", true), .init("next_report_seconds", 10)))
        }
    }
}

/// What every report says.
private struct ReportInput: Input {
    let position: Int
    let state: PlaybackState?
    let sequence: Int?
    let duration: Int?
    let rate: Double?
    let startsOver: Bool
    let reportedAt: Instant?
    let sentAt: Instant?

    init(_ fields: Fields) {
        position = fields.seconds("position_seconds")
        duration = fields.optionalSeconds("duration_seconds")
        rate = fields.optionalNumber("playback_rate", 0.01...100)
        startsOver = fields.optionalFlag("start_over") ?? false
        state = fields.optionalChoice("playback_state", PlaybackState.self)
        sequence = fields.optionalInteger("sequence", 0...9_007_199_254_740_991)
        reportedAt = fields.optionalInstant("reported_at")
        sentAt = fields.optionalInstant("sent_at")
    }

    func report(receivedAt now: Instant, sentAt batchSentAt: Instant? = nil) -> PositionReport {
        PositionReport(
            position: position, state: state, sequence: sequence, duration: duration, rate: rate ?? 1,
            startsOver: startsOver,
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
    let target: SentReport.Target
    let report: ReportInput

    init(_ fields: Fields) {
        report = ReportInput(fields)
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

    func sent(within reach: Reach, receivedAt now: Instant, sentAt: Instant?) -> SentReport {
        SentReport(
            target: target, reach: reach,
            report: report.report(receivedAt: now, sentAt: sentAt))
    }
}

extension [SentReport] {
    /// The sessions that they name.
    fileprivate var sessions: [ID] { compactMap { if case .session(let id) = $0.target { id } else { nil } } }
}

// How each report of `POST /positions` went.

extension Result<ReportOutcome, any Error> {
    fileprivate var json: JSON {
        switch self {
        case .success(let outcome):
            outcome.refusal.map {
                ["applied": false, "moved": .bool(outcome.moved), "reason": .string($0.rawValue)]
            } ?? ["applied": true, "moved": .bool(outcome.moved)]
        case .failure(let error): ((error as? any ProblemConvertible)?.problem ?? .unanswered).resultJSON
        }
    }
}

extension Fields.Refused {
    fileprivate var json: JSON {
        ["applied": false, "moved": false, "reason": "invalid", "fields": .array(fields.map(\.json))]
    }
}

extension Problem {
    fileprivate static var unanswered: Problem {
        Problem(500, "internal", "Dogear made a mistake", "A report was not answered. Send it again.")
    }

    fileprivate var resultJSON: JSON { ["applied": false, "moved": false, "reason": .string(code)] }
}
