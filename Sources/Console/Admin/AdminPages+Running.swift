import Core
import Hummingbird
import Web

/// How the server is run: what went wrong, who may ask, how it is set, and its backups.
extension AdminPages {
    func addRunning(to admin: RouteGroup) {
        look(admin, "errors") { visit in errors(try await visit.see(.get, "/api/v1/admin/errors")) }
        look(admin, "settings") { visit in settings(try await visit.see(.get, "/api/v1/admin/settings")) }
        look(admin, "keys") { visit in try await keys(visit) }
        act(admin, "keys") { visit, form in try await make(form, visit) }
        act(admin, "keys/{key_id}/revoke") { visit, form in
            let id = try visit.id("key_id")
            guard form["sure"] == "yes" else { return try await ask(id, visit) }
            _ = try await visit.answer(.delete, "/api/v1/admin/keys/\(id)")
            return away(to: "/admin/keys?done=revoked")
        }
        look(admin, "backups") { visit in backups(try await visit.see(.get, "/api/v1/admin/backups")) }
        act(admin, "backups") { visit, _ in
            _ = try await visit.answer(.post, "/api/v1/admin/backups")
            return away(to: "/admin/backups")
        }
    }

    // MARK: Errors

    private func errors(_ seen: Seen) -> Response {
        func table(_ caption: String, _ items: [Seen], counted: Bool, empty: String) -> AdminTable {
            AdminTable(
                caption: caption,
                columns: ["When", "Status", "Code", "What", "Route", "Request"] + (counted ? ["How often"] : []),
                rows: items.map { one in
                    [
                        .moment(one["at"]), .figure(one["status"].words), .init(one["code"].words),
                        .init(one["title"].words),
                        .init("\(one["method"].words) \(one["route"].string ?? "no route")"),
                        .init(one["request_id"].words),
                    ] + (counted ? [.figure(one["count"].words)] : [])
                }, empty: empty)
        }
        return page(
            "admin-errors", title: "Errors", at: "Errors",
            [
                "since": Words.moment(seen["since"].string), "node": seen["node"].words,
                "failures": table(
                    "Failures (5xx), newest first", seen["failures"].list, counted: false,
                    empty: "Nothing has failed since the start."
                ).values,
                "refusals": table(
                    "Refusals (4xx), the newest of each code", seen["refusals"].list, counted: true,
                    empty: "Nobody was refused anything since the start."
                ).values,
            ])
    }

    // MARK: Settings

    private func settings(_ seen: Seen) -> Response {
        let table = AdminTable(
            caption: "Settings", columns: ["Name", "Value", "From", "Unit or form", "What it is for"],
            rows: seen["items"].list.map { one in
                let value: String =
                    if one["is_secret"].bool == true, one["value"].string == nil {
                        one["is_set"].bool == true ? "set (not shown)" : "unset"
                    } else {
                        one["value"].words.isEmpty ? "unset" : one["value"].words
                    }
                return [
                    .init(one["name"].words), .init(value), .init(one["origin"].words), .init(one["unit"].words),
                    .init(one["meaning"].words),
                ]
            })
        return page("admin-settings", title: "Settings", at: "Settings", ["table": table.values])
    }

    // MARK: Keys

    private func keys(_ visit: Visit, made: Seen? = nil) async throws -> Response {
        let items = try await visit.see(.get, "/api/v1/admin/keys")["items"].list
        let table = AdminTable(
            caption: "Keys", columns: ["Name", "Scopes", "Made", "Last used", "State", "What can be done"],
            rows: items.map { key in
                let revoked = key["revoked_at"].string
                return [
                    .init(key["name"].words), .init(key["scopes"].words), .moment(key["created_at"]),
                    .init(key["last_used_at"].string.map { String(Words.moment($0).prefix(16)) } ?? "never"),
                    .init(revoked.map { "revoked \(Words.moment($0))" } ?? "good"),
                    .forms(
                        revoked == nil
                            ? [
                                .init(
                                    action: "/admin/keys/\(key["id"].words)/revoke", button: "Revoke", isDangerous: true
                                )
                            ]
                            : []),
                ]
            }, empty: "There are no keys. The first one that is made ends open mode at the next start.")
        var values: [String: Any] = [
            "table": table.values, "open": !asksToSignIn,
            "scopes": Scope.all.map(\.description).sorted().map { name -> [String: Any] in
                ["name": name, "chosen": Scope(name).map(Scope.everyday.contains) ?? false]
            },
        ]
        if let made {
            values["made"] = ["name": made["name"].words, "token": made["token"].words]
        }
        if visit.asked("done") == "revoked" { values["revoked"] = true }
        return page("admin-keys", title: "Keys", at: "Keys", values)
    }

    private func make(_ form: [String: String], _ visit: Visit) async throws -> Response {
        let scopes = Scope.all.map(\.description).sorted().filter { form["scope-\($0)"] != nil }
        let made = try await visit.see(
            .post, "/api/v1/admin/keys",
            [
                "name": .string((form["name"] ?? "").trimmingWhitespace), "scopes": .array(scopes.map { .string($0) }),
            ])
        return try await keys(visit, made: made)
    }

    private func ask(_ id: ID, _ visit: Visit) async throws -> Response {
        let items = try await visit.see(.get, "/api/v1/admin/keys")["items"].list
        guard let key = items.first(where: { $0["id"].string == id.description }) else {
            throw Problem.notFound("key of this id")
        }
        let own: Bool =
            if case .service(id, _) = visit.known.caller { true } else { false }
        return page(
            "admin-sure", title: "Revoke a key", at: "Keys",
            [
                "question": "Revoke “\(key["name"].words)”?",
                "words":
                    "\(own ? "You are signed in with this key: you are signed out too. Without another key with the scope admin, a new one is made on the server's machine. " : "")Whoever uses it is refused within five seconds, on every node. That cannot be taken back: a new key has to be made. It was last used: \(key["last_used_at"].string.map { Words.moment($0) } ?? "never").",
                "action": "/admin/keys/\(id)/revoke", "button": "Revoke it", "back": "/admin/keys",
            ])
    }

    // MARK: Backups

    private func backups(_ seen: Seen) -> Response {
        let occasions = ["nightly": "the night", "by-hand": "somebody asked", "before-migration": "before a migration"]
        let table = AdminTable(
            caption: "Backups, newest first", columns: ["Made", "For", "Size", "Check", "File"],
            rows: seen["items"].list.map { copy in
                [
                    .moment(copy["made_at"]), .init(occasions[copy["occasion"].words] ?? copy["occasion"].words),
                    .figure(Words.size(copy["bytes"].number)), .init(copy["check"].words), .init(copy["file"].words),
                ]
            }, empty: "There is no backup yet.")
        var values: [String: Any] = ["table": table.values, "kept": seen["nightly_kept"].words]
        values["folder"] = seen["folder"].string
        values["next"] = seen["next_nightly_at"].string.map { Words.moment($0) }
        values["running"] = seen["running_since"].string.map { Words.moment($0) }
        values["failure"] = seen["last_failure"]["reason"].string.map {
            ["reason": $0, "at": Words.moment(seen["last_failure"]["at"].string)]
        }
        return page("admin-backups", title: "Backups", at: "Backups", values)
    }
}
