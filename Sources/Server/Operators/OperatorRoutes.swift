import Changes
import Core
import Hummingbird
import SQL
import Settings
import Streams
import Web

/// What whoever runs the server may see of it, and have it do: what the page `/admin` reads.
struct OperatorRoutes: Sendable {
    let settings: Settings
    let errors: ErrorBook
    let history: FigureHistory
    let dependencies: Dependencies
    let backups: BackupDesk
    /// This node, as streams and leases call it.
    let node: String
    let startedAt: Instant

    func add(to routes: RouteGroup) {
        let group = routes.group("api/v1/admin")
        group.get("figures", for: .service(.admin)) { _, _ in Reply.ok(figures) }
        group.get("dependencies", for: .service(.admin)) { _, _ in
            Reply.ok(["items": .array(await dependencies.look().map(\.json))])
        }
        group.get("errors", for: .service(.admin)) { _, _ in Reply.ok(failures) }
        group.get("settings", for: .service(.admin)) { _, _ in
            Reply.ok(["items": .array(settings.shown.map { Self.json($0, settings, folder: backups.folder) })])
        }
        group.get("backups", for: .service(.admin)) { _, _ in Reply.ok(standing()) }
        group.post("backups", for: .service(.admin)) { _, _ in
            try backups.begin()
            return Reply(202, standing(), location: "/api/v1/admin/backups")
        }
    }

    private var failures: JSON {
        [
            "node": .string(node), "since": .instant(startedAt),
            "failures": .array(errors.failures.map(\.json)),
            "refusals": .array(errors.refusals.map { $0.last.json.adding(.init("count", .integer($0.count))) }),
        ]
    }

    private func standing() -> JSON {
        let now = backups.now
        return [
            "folder": .optional(backups.folder) { .string($0) },
            "nightly_kept": .integer(backups.folder == nil ? 0 : backups.kept),
            "next_nightly_at": .optional(backups.folder != nil && backups.kept > 0 ? backups.due() : nil) {
                .instant($0)
            },
            "running_since": .optional(now.begun) { .instant($0) },
            "last_failure": .optional(now.failure) {
                ["at": .instant($0.at), "reason": .string(Redaction.hidingAddresses(in: $0.reason))]
            },
            "items": .array(backups.copies().map(\.json)),
        ]
    }

    /// The database's address is shown as the log has it: without a password, and yet which one it is.
    /// - Parameter folder: Where backups go.
    private static func json(_ shown: ShownSetting, _ settings: Settings, folder: String?) -> JSON {
        let value: String? =
            switch shown.key.name {
            case "DATABASE_URL": Engine.name(of: settings.database)
            // Where nobody has said, what is used follows from the database.
            case "ERASURES_LOG": settings.erasuresLog
            case "BACKUPS_FOLDER": folder
            default: shown.value.map { Redaction.hidingAddresses(in: $0) }
            }
        let (meaning, unit) = shown.key.sentence
        return [
            "name": .string(shown.key.name), "value": .optional(value) { .string($0) }, "is_set": .bool(shown.isSet),
            "is_secret": .bool(shown.key.isSecret), "origin": .string(shown.origin.rawValue),
            "default": .optional(shown.key.isSecret ? nil : shown.key.standard) { .string($0) },
            "meaning": .string(meaning), "unit": .optional(unit) { .string($0) },
        ]
    }
}

extension OperatorRoutes {
    /// The last hour: each figure's values in order, and the routes that were asked for most.
    private var figures: JSON {
        let looks = history.looks
        return [
            "node": .string(node), "started_at": .instant(startedAt),
            "interval_seconds": .number(FigureHistory.every / .seconds(1)),
            "as_of": .optional(looks.last?.at) { .instant($0) },
            "figures": .array(
                FigureHistory.figures.enumerated().map { index, figure in
                    let values = looks.map { $0.values[index] }
                    return [
                        "name": .string(figure.name), "title": .string(figure.title), "unit": .string(figure.unit),
                        "metric": .string(figure.metric), "now": .optional(values.last ?? nil) { .rounded($0) },
                        "values": .array(values.map { .optional($0) { .rounded($0) } }),
                    ]
                }),
            "routes": .array(Self.routes(of: looks)),
        ]
    }

    private static func routes(of looks: [FigureHistory.Look]) -> [JSON] {
        let whole = looks.reduce(into: [String: Buckets]()) { whole, look in
            whole.merge(look.routes) { $0 + $1 }
        }
        return whole.sorted { ($0.value.total, $1.key) > ($1.value.total, $0.key) }.prefix(50).map { route, buckets in
            let values = looks.map { look -> JSON in
                .optional(look.routes[route]?.quantile(0.99)) { .rounded($0 * 1_000) }
            }
            return [
                "route": .string(route), "requests": .integer(Int(buckets.total)),
                "p50_ms": .optional(buckets.quantile(0.5)) { .rounded($0 * 1_000) },
                "p99_ms": .optional(buckets.quantile(0.99)) { .rounded($0 * 1_000) },
                "p99_values": .array(values),
            ]
        }
    }
}

extension JSON {
    /// Three places behind the point are more than anybody reads off a figure.
    fileprivate static func rounded(_ value: Double) -> JSON { .number((value * 1_000).rounded() / 1_000) }
}

extension ErrorBook.Entry {
    fileprivate var json: JSON {
        [
            "at": .instant(at), "status": .integer(status), "code": .string(code), "title": .string(title),
            "method": .string(method), "route": .optional(route) { .string($0) }, "request_id": .string(requestID),
        ]
    }
}

extension Dependencies.Standing {
    fileprivate var json: JSON {
        [
            "name": .string(name), "status": .string(status), "required": .bool(isRequired), "since": .instant(since),
            "detail": .optional(detail) { .string($0) },
        ]
    }
}

extension BackupDesk.Copy {
    fileprivate var json: JSON {
        [
            "file": .string(path), "occasion": .string(occasion.rawValue), "bytes": .integer(bytes),
            "made_at": .instant(madeAt), "check": isWhole ? "passed" : "failed",
        ]
    }
}
