import Core
import Hummingbird
import Web

/// What is going on.
extension AdminPages {
    func addNow(to admin: RouteGroup) {
        look(admin, "") { visit in
            let (search, area) = (visit.asked("search"), visit.asked("area"))
            let live = try await self.live(visit, search: search, area: area)
            let figures = try await visit.see(.get, "/api/v1/admin/figures")
            let dependencies = try await visit.see(.get, "/api/v1/admin/dependencies")
            return page(
                "admin-now", title: "Now", at: "Now",
                [
                    "search": search ?? "", "counts": counts(live["counts"]), "away": live["items"].isNothing,
                    "areas": areas(chosen: area),
                    "live": liveTable(live, search: search, area: area).values,
                    "figures": figures["figures"].list.map(Sparkline.values),
                    "waits": figures["as_of"].string == nil,
                    "routes": routes(figures["routes"].list).values,
                    "dependencies": dependencyTable(dependencies["items"].list).values,
                    "node": figures["node"].words, "started_at": Words.moment(figures["started_at"].string),
                ])
        }
    }

    /// Who is live; nothing while the database is away, when all else of the page is wanted most.
    private func live(_ visit: Visit, search: String?, area: String?) async throws -> Seen {
        do {
            return try await visit.see(
                .get,
                Address.query(
                    "/api/v1/admin/live",
                    [("search", search), ("area", area), ("cursor", visit.asked("cursor")), ("limit", "50")]))
        } catch let problem as Problem where problem.status == 503 {
            return Seen([])
        }
    }

    private func areas(chosen: String?) -> [[String: Any]] {
        [("", "Everything")].map { ["value": $0.0, "name": $0.1, "chosen": chosen == nil] as [String: Any] }
            + [
                ("playback", "Playback"), ("assessments", "Questionnaires"), ("events", "Live events"),
                ("monitoring", "Jobs"),
            ].map { ["value": $0.0, "name": $0.1, "chosen": chosen == $0.0] as [String: Any] }
    }

    private func counts(_ counts: Seen) -> [[String: Any]] {
        counts.members.map { name, value in
            ["name": Self.kinds[name]?.many ?? name, "count": value.words]
        }
    }

    /// What the API's kinds are called: one of them, and behind how many there are.
    private static let kinds = [
        "playback-session": (one: "watching", many: "watching"),
        "questionnaire-session": (one: "answering", many: "answering"),
        "event": (one: "event", many: "events"), "participant": (one: "in an event", many: "in events"),
        "run": (one: "run of a job", many: "runs of jobs"),
    ]

    private func liveTable(_ live: Seen, search: String?, area: String?) -> AdminTable {
        let next = live["next_cursor"].string.map {
            Address.query("/admin", [("search", search), ("area", area), ("cursor", $0)])
        }
        return AdminTable(
            caption: "Who is live, newest first",
            columns: ["What", "Title", "How far", "Who", "Device", "Since", "Heard of"],
            rows: live["items"].list.map { item in
                let user = item["user_id"].string
                return [
                    .init(Self.kinds[item["kind"].words]?.one ?? item["kind"].words),
                    // A respondent's page is the questionnaire itself: one click there would answer for them.
                    .init(
                        item["title"].words,
                        link: item["kind"].string == "questionnaire-session" ? nil : item["url"].string),
                    .init(item["words"].words),
                    .init(user ?? item["id"].words, link: "/admin/people/\(Address.escaped(user ?? item["id"].words))"),
                    .init(item["device"].words), .moment(item["since"]), .moment(item["last_activity"]),
                ]
            }, empty: search == nil ? "Nobody is live just now." : "Nobody who is live is found by that.", next: next)
    }

    private func routes(_ routes: [Seen]) -> AdminTable {
        AdminTable(
            caption: "Routes that were asked for in the last hour, most first (dogear_http_request_seconds)",
            columns: ["Route", "Requests", "Half within, ms", "99 of 100 within, ms"],
            rows: routes.prefix(20).map { route in
                [
                    .init(route["route"].words), .figure(route["requests"].words),
                    .figure(Words.rounded(route["p50_ms"].number)), .figure(Words.rounded(route["p99_ms"].number)),
                ]
            }, empty: "Nothing was asked for yet.")
    }

    private func dependencyTable(_ items: [Seen]) -> AdminTable {
        AdminTable(
            caption: "What Dogear depends on", columns: ["Name", "Status", "Since", "Needed", "More"],
            rows: items.map { item in
                [
                    .init(item["name"].words), .init(item["status"].words), .moment(item["since"]),
                    .init(item["required"].bool == true ? "yes" : "no"), .init(item["detail"].words),
                ]
            })
    }
}

/// A figure of the last hour as a line.
enum Sparkline {
    private static let (width, height) = (240.0, 40.0)

    /// As the template reads it: points of a drawing, and the same in words.
    static func values(_ figure: Seen) -> [String: Any] {
        let values = figure["values"].list.map(\.number)
        let known = values.compactMap(\.self)
        let isSize = figure["unit"].string == "bytes"
        func words(_ value: Double?) -> String {
            isSize ? Words.size(value) : value.map { "\(Words.rounded($0)) \(figure["unit"].words)" } ?? "nothing yet"
        }
        let range = known.isEmpty ? nil : "from \(words(known.min())) to \(words(known.max()))"
        return [
            "title": figure["title"].words, "metric": figure["metric"].words, "now": words(figure["now"].number),
            "range": range ?? "", "told": range ?? words(nil), "lines": lines(values, top: known.max() ?? 0),
        ]
    }

    /// A line for each stretch in which something happened, from 0 up.
    private static func lines(_ values: [Double?], top: Double) -> [String] {
        guard values.count > 1 else { return [] }
        var stretches: [[String]] = [[]]
        for (index, value) in values.enumerated() {
            guard let value else {
                if stretches.last?.isEmpty == false { stretches.append([]) }
                continue
            }
            let x = Double(index) / Double(values.count - 1) * width
            let y = height - 2 - (top > 0 ? value / top : 0) * (height - 4)
            stretches[stretches.count - 1].append("\(tenth(x)),\(tenth(y))")
        }
        // A point alone is drawn as a short stroke.
        return stretches.filter { !$0.isEmpty }.map { ($0.count == 1 ? $0 + $0 : $0).joined(separator: " ") }
    }

    private static func tenth(_ value: Double) -> String { String((value * 10).rounded() / 10) }
}
