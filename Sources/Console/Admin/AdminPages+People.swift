import Core
import Foundation
import Hummingbird
import Web

/// Somebody, and what can be done for them.
extension AdminPages {
    func addPeople(to admin: RouteGroup) {
        look(admin, "people") { _ in page("admin-people", title: "People", at: "People", [:]) }
        act(admin, "people") { visit, form in
            let who = (form["who"] ?? "").trimmingWhitespace
            // An id may stand in an address; what somebody's mail goes to may not.
            guard who.contains("@") || who.isEmpty else { return away(to: "/admin/people/\(Address.escaped(who))") }
            return try await person(who, visit)
        }
        look(admin, "people/{person}") { visit in
            try await person((visit.context.parameters.get("person") ?? "").removingPercentEncoding ?? "", visit)
        }
        act(admin, "people/export") { visit, form in try await export(form, visit) }
        act(admin, "people/erase") { visit, form in try await erase(form, visit) }
        look(admin, "erasures/{erasure_id}") { visit in
            let id = visit.context.parameters.get("erasure_id") ?? ""
            let erasure = try await visit.see(.get, "/api/v1/erasures/\(Address.escaped(id))")
            return page(
                "admin-erasure", title: "Erasure", at: "People",
                [
                    "state": erasure["state"].words, "id": id,
                    "requested_at": Words.moment(erasure["requested_at"].string),
                    "finished_at": Words.moment(erasure["finished_at"].string),
                    "counts": AdminTable(
                        caption: "What went, by kind", columns: ["Kind", "How many"],
                        rows: erasure["counts"].members.map { [.init($0.name), .figure($0.value.words)] },
                        empty: "Nothing yet."
                    ).values,
                ])
        }
        act(admin, "people/{person}/titles/{content_id}") { visit, form in try await mend(form, visit) }
        act(admin, "people/{person}/sessions/{session_id}/close") { visit, form in
            let (user, session) = try (visit.id("person"), visit.id("session_id"))
            let found = try await visit.see(.get, "/api/v1/sessions/\(session)")
            guard found["user_id"].string == user.description else { throw Problem.notFound("session of this user") }
            guard form["sure"] == "yes" else { return sure(found, visit) }
            _ = try await visit.answer(.delete, "/api/v1/sessions/\(session)")
            return away(to: "/admin/people/\(user)?done=closed")
        }
    }

    // MARK: Looking

    private func person(_ who: String, _ visit: Visit) async throws -> Response {
        guard !who.isEmpty else {
            return page(
                "admin-people", title: "People", at: "People",
                ["trouble": "Type an id of a user, a participant or a session, or an e-mail address."])
        }
        var found: [Seen] = []
        do {
            found = try await visit.see(.post, "/api/v1/admin/people/search", ["who": .string(who)])["people"].list
        } catch let problem as Problem where problem.status == 422 {
            return page(
                "admin-people", title: "People", at: "People",
                ["who": who, "trouble": "That is no id, and no e-mail address. Check that all of it was pasted."])
        }
        var people: [[String: Any]] = []
        for one in found { people.append(try await values(of: one, visit)) }
        var values: [String: Any] = ["who": who, "people": people, "nobody": people.isEmpty]
        if let done = visit.asked("done").flatMap({ Self.done[$0] }) { values["done"] = done }
        return page("admin-people", title: "People", at: "People", values)
    }

    private func values(of one: Seen, _ visit: Visit) async throws -> [String: Any] {
        let (kind, id) = (one["person"].words, one["id"].words)
        var values: [String: Any] = [
            "kind": Self.names[kind] ?? kind, "person": kind, "id": id,
            "held": one["held"].list.filter { kind != "user" || !["place"].contains($0["kind"].words) }.map { some in
                let more = some["more"].bool == true
                return [
                    "kind": some["kind"].words,
                    "table": AdminTable.of(
                        some["items"].list,
                        caption: some["kind"].words + (more ? ", the first of more (export shows all)" : ""),
                        without: ["kind", "user_id"]
                    ).values,
                ] as [String: Any]
            },
        ]
        guard kind == "user" else { return values }
        let titles = try await visit.see(
            .get,
            Address.query("/api/v1/users/\(id)/history", [("limit", "50"), ("cursor", visit.asked("cursor"))]))
        values["titles"] = Self.table(ofTitles: titles, of: id).values
        let sessions = try await visit.see(.get, "/api/v1/users/\(id)/sessions")
        values["sessions"] = Self.table(ofSessions: sessions["sessions"].list, of: id).values
        return values
    }

    private static let names = [
        "user": "User", "assessment": "Questionnaire session", "email": "E-mail address", "participant": "Participant",
    ]

    private static func table(ofTitles titles: Seen, of user: String) -> AdminTable {
        AdminTable(
            caption: "Titles, newest first",
            columns: ["Title", "Place", "Of", "Watched", "Plays", "Last", "What can be done"],
            rows: titles["items"].list.map { title in
                let content = title["content_id"].words
                let action = "/admin/people/\(user)/titles/\(content)"
                func form(_ act: String, _ button: String) -> AdminTable.Form {
                    .init(action: action, button: button, fields: [("act", act)])
                }
                return [
                    .init(title["title"].string ?? content),
                    .figure(Words.position(title["resume_position_seconds"].integer)),
                    .figure(Words.position(title["duration_seconds"].integer)),
                    .init(title["watched"].bool == true ? "yes" : "no"), .figure(title["play_count"].words),
                    .moment(title["last_watched_at"]),
                    .forms([
                        .init(
                            action: action, button: "Set the place", fields: [("act", "place")],
                            asks: (
                                "seconds", "Place in seconds, of \(title["title"].string ?? content)",
                                title["resume_position_seconds"].words
                            )),
                        title["watched"].bool == true ? form("unmark", "Not watched") : form("mark", "Watched"),
                        form("clear", "Clear"), form("undo", "Undo the last"),
                    ]),
                ]
            }, empty: "No titles.",
            next: titles["next_cursor"].string.map { Address.query("/admin/people/\(user)", [("cursor", $0)]) })
    }

    private static func table(ofSessions sessions: [Seen], of user: String) -> AdminTable {
        AdminTable(
            caption: "Live sessions",
            columns: ["Device", "Title", "Place", "State", "Since", "Heard of", "What can be done"],
            rows: sessions.map { session in
                [
                    .init(session["device_id"].words), .init(session["title"].string ?? session["content_id"].words),
                    .figure(Words.position(session["position_seconds"].integer)),
                    .init(session["silent"].bool == true ? "silent" : session["playback_state"].words),
                    .moment(session["started_at"]), .moment(session["updated_at"]),
                    .forms([
                        .init(
                            action: "/admin/people/\(user)/sessions/\(session["id"].words)/close", button: "Close",
                            isDangerous: true)
                    ]),
                ]
            }, empty: "No session is live.")
    }

    // MARK: Doing

    private func sure(_ session: Seen, _ visit: Visit) -> Response {
        page(
            "admin-sure", title: "Close a session", at: "People",
            [
                "question": "Close the session on “\(session["device_id"].words)”?",
                "words":
                    "What it watches goes on for a moment, and its next report is told that it is closed and a new session has to be opened. The place stays. A closed session is not opened again.",
                "action": visit.request.uri.path, "button": "Close it",
                "back": "/admin/people/\(session["user_id"].words)",
            ])
    }

    /// What was done, and how it is taken back.
    private static let done = [
        "place": "The place is set. “Undo the last” brings back the one before.",
        "mark": "Marked as watched. “Undo the last” takes that back for 30 minutes.",
        "unmark": "Marked as not watched. “Undo the last” takes that back for 30 minutes.",
        "clear":
            "Cleared. “Undo the last” brings it back for 30 minutes; a cleared title is found in the list of what was cleared.",
        "undo": "Undone.",
        "closed": "The session is closed. Its place stays; the device is told to open a new one.",
    ]

    /// What is done to one title. A place is set as a device of its own would: by a session that reports once, so that all who follow are
    /// told, and it can be undone as any other jump.
    private func mend(_ form: [String: String], _ visit: Visit) async throws -> Response {
        let (user, content) = try (visit.id("person"), visit.id("content_id"))
        let title = "/api/v1/users/\(user)/history/\(content)"
        let act = form["act"] ?? ""
        switch act {
        case "place":
            guard let seconds = Int((form["seconds"] ?? "").trimmingWhitespace), (0..<2_147_483_648).contains(seconds)
            else {
                throw Problem(
                    422, "invalid", "That is no place",
                    "A place is a whole number of seconds, such as 1800. Go back, and type one.")
            }
            let length = try await visit.see(.get, title)["duration_seconds"].integer ?? 0
            guard length == 0 || seconds <= length else {
                throw Problem(
                    422, "invalid", "That is behind the end",
                    "The title is \(length) seconds long. Nothing was changed. Go back, and type a place within it.")
            }
            try await set(seconds, of: content, length: length, for: user, visit)
        case "mark": _ = try await visit.answer(.put, "\(title)/watched", [:])
        case "unmark": _ = try await visit.answer(.delete, "\(title)/watched")
        case "clear": _ = try await visit.answer(.delete, title)
        case "undo": _ = try await visit.answer(.post, "\(title)/undo")
        default: throw Problem.notFound("such act")
        }
        return away(to: "/admin/people/\(user)?done=\(act)")
    }

    private func set(
        _ seconds: Int, of content: ID, length: Int, for user: ID, _ visit: Visit
    ) async throws {
        do {
            let session = try await visit.see(
                .post, "/api/v1/sessions",
                [
                    "user_id": .id(user), "content_id": .id(content), "device_id": "dogear-admin",
                    "duration_seconds": .integer(length),
                ])["id"].words
            _ = try await visit.answer(
                .patch, "/api/v1/sessions/\(session)/position",
                // The beginning is a place too, where somebody says so.
                ["position_seconds": .integer(seconds), "start_over": true])
            _ = try await visit.answer(.delete, "/api/v1/sessions/\(session)")
        } catch let problem as Problem
            where [404, 409, 410].contains(problem.status) && problem.code != "person-erased"
        {
            // The API tells a player to open another session, which is no help to whoever mends a place.
            throw Problem(
                409, "set-at-once", "Somebody else set it at the same moment",
                "The place of this title was set by two at once, and the other one's may hold. Go back, look at it, and set it again where it is wrong."
            )
        }
    }

    private func export(_ form: [String: String], _ visit: Visit) async throws -> Response {
        let who = form["id"] ?? ""
        var response =
            form["person"] == "email"
            ? try await visit.answer(.post, "/api/v1/people/by-email/export", ["email": .string(who)])
            : try await visit.answer(.get, "\(try Self.path(form))/export")
        response.headers[.contentDisposition] = "attachment; filename=\"person.ndjson\""
        return response
    }

    /// The id is typed once more, since this cannot be taken back.
    private func erase(_ form: [String: String], _ visit: Visit) async throws -> Response {
        let who = form["id"] ?? ""
        guard !who.isEmpty, (form["typed"] ?? "").trimmingWhitespace.lowercased() == who.lowercased() else {
            throw Problem(
                422, "invalid", "That is not the same id",
                "Nothing was erased. Go back, and type \(form["person"] == "email" ? "the address" : "the id") exactly as it is shown."
            )
        }
        let erasure =
            form["person"] == "email"
            ? try await visit.see(.delete, "/api/v1/people/by-email", ["email": .string(who)])
            : try await visit.see(.delete, try Self.path(form))
        return away(to: "/admin/erasures/\(erasure["erasure_id"].words)")
    }

    /// Where the API has all of somebody.
    private static func path(_ form: [String: String]) throws -> String {
        let id = Address.escaped(form["id"] ?? "")
        switch form["person"] {
        case "user": return "/api/v1/people/\(id)"
        case "assessment": return "/api/v1/people/by-assessment/\(id)"
        case "participant": return "/api/v1/people/by-participant/\(id)"
        default: throw Problem.notFound("such person")
        }
    }
}

extension AdminPages.Visit {
    /// An id of the path, which no other address can be made of.
    func id(_ name: String) throws -> ID {
        guard let id = context.parameters.get(name).flatMap({ ID($0) }) else { throw Problem.notFound("such address") }
        return id
    }
}
