import Changes
import Core
import HTTPTypes
import Hummingbird
import NIOCore
import Web

/// What was answered, for whoever asks the questions.
struct ResponseRoutes: Sendable {
    let changes: Changes
    let responses: ResponseStore

    func add(to group: RouteGroup) {
        group.get(
            "questionnaires/{slug}/responses", for: .service(.readAssessments),
            query: .knows(["status", "since", "limit", "cursor"]), use: list)
        group.get(
            "questionnaires/{slug}/responses.csv", for: .service(.readAssessments),
            query: .knows(["status", "since"]), use: table)
        group.get(
            "questionnaires/{slug}/responses.ndjson", for: .service(.readAssessments),
            query: .knows(["status", "since"]), use: lines)
    }

    @Sendable private func list(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let (wanted, limit, cursor) = try request.values(context) { (Self.wanted($0), $0.limit(), $0.cursor()) }
        let page = try await page(wanted, after: cursor?.number ?? 0, limit: limit)
        let questions = page.outline.pages.flatMap { page.outline.questions(on: $0.id) }
        return .ok([
            "responses": .array(page.responses.map { $0.json(questions) }),
            "next_cursor": .optional(page.next) { .string(Cursor(number: $0).text) },
        ])
    }

    @Sendable private func table(_ request: Request, _ context: DogearContext) async throws -> Response {
        try await file("csv", "text/csv; charset=utf-8", request, context) { outline in
            let table = ResponseTable(outline)
            return (CSVFile.line(table.header), { CSVFile.line(table.row($0)) })
        }
    }

    @Sendable private func lines(_ request: Request, _ context: DogearContext) async throws -> Response {
        try await file("ndjson", "application/x-ndjson", request, context) { outline in
            let questions = outline.pages.flatMap { outline.questions(on: $0.id) }
            return ("", { $0.json(questions).text + "\n" })
        }
    }

    /// Written as it is read: what is in memory is one page of it.
    private func file(
        _ ending: String, _ type: String, _ request: Request, _ context: DogearContext,
        _ form: (Outline) -> (head: String, line: @Sendable (SurveyResponse) -> String)
    ) async throws -> Response {
        let wanted = try request.values(context, Self.wanted)
        // The first page before the answer begins, so that a questionnaire that is not there is 404.
        let first = try await page(wanted, after: 0, limit: 200)
        let (head, line) = form(first.outline)
        let body = ResponseBody { writer in
            var page = first
            var text = head
            while true {
                text += page.responses.map(line).joined()
                try await writer.write(ByteBuffer(string: text))
                guard let next = page.next else { break }
                page = try await self.page(wanted, after: next, limit: 200)
                text = ""
            }
            try await writer.finish(nil)
        }
        var response = Response(status: .ok, body: body)
        response.headers[.contentType] = type
        response.headers[.cacheControl] = "no-store"
        response.headers[.contentDisposition] = "attachment; filename=\"\(wanted.slug).\(ending)\""
        return response
    }

    private func page(_ wanted: ResponseStore.Wanted, after number: Int, limit: Int) async throws -> ResponseStore.Page
    {
        try await changes.read { [responses] in
            try responses.page(wanted, after: number, limit: limit, on: $0)
        }
    }

    private static func wanted(_ fields: Fields) -> ResponseStore.Wanted {
        ResponseStore.Wanted(
            slug: fields.anyText("slug") ?? "", status: fields.optionalChoice("status", AssessmentSession.Status.self),
            since: fields.optionalInstant("since"))
    }
}

extension Cursor {
    /// Sessions are listed by their numbers, which tell everything.
    fileprivate init(number: Int) {
        self.init(instant: Instant(milliseconds: 0), id: ID(high: 0, low: UInt64(number)))
    }

    /// A cursor of another list points anywhere; no row has a number past these.
    fileprivate var number: Int { min(Int(clamping: id.low), rowNumbers.upperBound) }
}

extension SurveyResponse {
    /// - Parameter questions: In the questionnaire's order.
    func json(_ questions: [Question]) -> JSON {
        let given = questions.compactMap { question in
            answers[question.id].map { JSON.Member(question.itemID ?? "\(question.id)", $0.json) }
        }
        return [
            "session_id": .string(session.id), "status": .string(session.status.rawValue),
            "language": .optional(session.language) { .string($0) }, "started_at": .instant(session.createdAt),
            "last_activity": .instant(session.lastActivity),
            "completed_at": .optional(session.completedAt) { .instant($0) },
            "seconds": .optional(seconds) { .integer($0) },
            "respondent": [
                "email": .string(details.email), "full_name": .string(details.fullName),
                "age_group": .string(details.ageGroup), "country": .string(details.country),
                "origin_country": .string(details.originCountry),
            ],
            "answers": .object(given),
        ]
    }
}
