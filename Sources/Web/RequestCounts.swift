import Core
import Synchronization

/// Requests by method, route template and status; never by filled path, which may hold an id.
package final class RequestCounts: Metric {
    private struct Key: Hashable, Sendable {
        let method: String
        let route: String
        let status: Int
    }

    private let counts = Mutex<[Key: Int]>([:])

    /// Nothing was asked yet.
    package init() {}

    func count(method: String, route: String?, status: Int) {
        let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].contains(method)
        let key = Key(method: known ? method : "other", route: route ?? "none", status: status)
        counts.withLock { $0[key, default: 0] += 1 }
    }

    /// The counts as Prometheus reads them.
    package func exposition() -> String {
        let name = "dogear_http_requests_total"
        let lines = counts.withLock { $0 }.map { key, count in
            "\(name){method=\"\(key.method)\",route=\"\(key.route)\",status=\"\(key.status)\"} \(count)\n"
        }
        return "# HELP \(name) Requests answered.\n# TYPE \(name) counter\n" + lines.sorted().joined()
    }
}
