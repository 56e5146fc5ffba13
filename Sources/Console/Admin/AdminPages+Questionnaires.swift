import Core
import Hummingbird
import Web

/// Questionnaires: how they are answered, and by whom.
extension AdminPages {
    func addQuestionnaires(to admin: RouteGroup) {
        look(admin, "questionnaires") { visit in
            let items = try await visit.see(.get, "/api/v1/admin/questionnaires")["questionnaires"].list
            return page(
                "admin-questionnaires", title: "Questionnaires", at: "Questionnaires",
                ["table": Self.table(of: items).values])
        }
        look(admin, "questionnaires/{slug}") { visit in try await questionnaire(visit) }
        for format in ["csv", "ndjson"] {
            look(admin, "questionnaires/{slug}/responses.\(format)") { visit in
                let query = [("status", visit.asked("status")), ("since", visit.since)]
                var response = try await visit.answer(
                    .get, Address.query("/api/v2/questionnaires/\(visit.slug)/responses.\(format)", query))
                response.headers[.contentDisposition] = "attachment; filename=\"\(visit.slug).\(format)\""
                return response
            }
        }
        look(admin, "questionnaires/{slug}/responses/{session_id}") { visit in try await respondent(visit) }
    }

    private static func table(of items: [Seen]) -> AdminTable {
        AdminTable(
            caption: "Questionnaires",
            columns: ["Questionnaire", "Started", "Active", "Finished", "Abandoned", "Expired", "Half within", "Last"],
            rows: items.map { item in
                [
                    .init(item["title"].words, link: "/admin/questionnaires/\(Address.escaped(item["slug"].words))")
                ] + Self.figures(of: item).map { .figure($0.value) } + [.moment(item["last_activity"])]
            }, empty: "There are no questionnaires.")
    }

    private static func figures(of item: Seen) -> [(name: String, value: String)] {
        [
            ("Started", item["started"].words), ("Active", item["active"].words), ("Finished", item["finished"].words),
            ("Abandoned", item["abandoned"].words), ("Expired", item["expired"].words),
            ("Half of the finished within", item["median_seconds"].integer.map { Words.position($0) } ?? "none"),
        ]
    }

    private func questionnaire(_ visit: Visit) async throws -> Response {
        let (status, since) = (visit.asked("status"), visit.since)
        let found = try await visit.see(.get, "/api/v1/admin/questionnaires/\(visit.slug)")
        let responses = try await visit.see(
            .get,
            Address.query(
                "/api/v2/questionnaires/\(visit.slug)/responses",
                [("status", status), ("since", since), ("cursor", visit.asked("cursor")), ("limit", "50")]))
        let here = "/admin/questionnaires/\(visit.slug)"
        let filter = [("status", status), ("since", since)]
        return page(
            "admin-questionnaire", title: found["title"].words, at: "Questionnaires",
            [
                "title": found["title"].words, "slug": found["slug"].words, "here": here,
                "figures": Self.figures(of: found).map { ["name": $0.name, "value": $0.value] },
                "as_of": found["as_of"].string.map { Words.moment($0) } ?? false as Any,
                "never": found["never_answered"].words, "pages": bars(found["pages"].list),
                "statuses": Self.choices(status),
                "since": since ?? "", "csv": Address.query("\(here)/responses.csv", filter),
                "ndjson": Address.query("\(here)/responses.ndjson", filter),
                "table": table(ofResponses: responses, at: here, filter).values,
            ])
    }

    private static func choices(_ chosen: String?) -> [[String: Any]] {
        statuses.map { value, name -> [String: Any] in
            ["value": value, "name": name, "chosen": value == chosen ?? ""]
        }
    }

    private static func word(_ status: String) -> String {
        statuses.first { value, _ in value == status }?.name ?? status
    }

    /// As responses have them, and as people say it.
    private static let statuses: [(value: String, name: String)] = [
        ("", "all"), ("active", "active"), ("completed", "completed"),
        ("user_abandoned_not_completed", "abandoned"),
    ]

    /// Where people stop, a bar for each page.
    private func bars(_ pages: [Seen]) -> [[String: Any]] {
        let most = pages.compactMap { $0["reached"].number }.max() ?? 0
        return pages.map { page in
            [
                "title": page["title"].words, "reached": page["reached"].words, "answered": page["answered"].words,
                "stopped": page["stopped_here"].words,
                "width": most > 0 ? Int((page["reached"].number ?? 0) / most * 100) : 0,
                "lost": most > 0 ? Int((page["stopped_here"].number ?? 0) / most * 100) : 0,
            ]
        }
    }

    private func table(ofResponses responses: Seen, at here: String, _ filter: [(String, String?)]) -> AdminTable {
        AdminTable(
            caption: "A row for each session", columns: ["Session", "Status", "Started", "Last", "Time", "Answers"],
            rows: responses["responses"].list.map { one in
                let session = one["session_id"].words
                return [
                    .init(session, link: "\(here)/responses/\(Address.escaped(session))"),
                    .init(Self.word(one["status"].words)),
                    .moment(one["started_at"]), .moment(one["last_activity"]),
                    .figure(Words.position(one["seconds"].integer)), .figure(String(one["answers"].members.count)),
                ]
            }, empty: "No responses are like that.",
            next: responses["next_cursor"].string.map { Address.query(here, filter + [("cursor", $0)]) })
    }

    private func respondent(_ visit: Visit) async throws -> Response {
        let session = Address.escaped(visit.context.parameters.get("session_id") ?? "")
        let answers = try await visit.see(.get, "/api/v2/session/\(session)/answers")
        let progress = try await visit.see(.get, "/api/v2/session/\(session)/progress")
        return page(
            "admin-respondent", title: "One respondent", at: "Questionnaires",
            [
                "session": visit.context.parameters.get("session_id") ?? "",
                "here": "/admin/questionnaires/\(visit.slug)",
                "person": "/admin/people/\(session)",
                "progress": progress.members.filter { !$0.value.words.isEmpty && $0.value.list.isEmpty }.map {
                    ["name": $0.name.replacing("_", with: " "), "value": $0.value.words]
                },
                "table": AdminTable.of(answers["answers"].list, caption: "Answers").values,
            ])
    }
}

extension AdminPages.Visit {
    /// A questionnaire's name, as a path takes it.
    var slug: String { Address.escaped(context.parameters.get("slug") ?? "") }

    /// Since when; a day begins at midnight of UTC.
    var since: String? { asked("since").map { $0.count == 10 ? "\($0)T00:00:00Z" : $0 } }
}
