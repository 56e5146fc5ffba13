import Core
import Synchronization

/// Requests by method, route template and status, and how long each route takes to answer; never by filled path, which may hold an id.
package final class RequestCounts: Metric {
    private struct Key: Hashable, Sendable {
        let method: String
        let route: String
        let status: Int
    }

    private let counts = Mutex<[Key: Int]>([:])
    private let times = Mutex<[String: Histogram]>([:])

    /// Nothing was asked yet.
    package init() {}

    /// - Parameter took: How long until the answer's head was known, of a stream not what comes after it; nil for what no route has seen.
    func count(method: String, route: String?, status: Int, took length: Duration? = nil) {
        let key = Key(method: Self.known(method), route: route ?? "none", status: status)
        counts.withLock { $0[key, default: 0] += 1 }
        guard let length else { return }
        times.withLock { times in
            if let known = times[key.route] { return known }
            let new = Histogram(Self.seconds, "", bounds: Histogram.latencyBounds, labels: "route=\"\(key.route)\"")
            times[key.route] = new
            return new
        }.observe(length / .seconds(1))
    }

    private static let seconds = "dogear_http_request_seconds"

    /// A method that there is, or `other`: what else a request calls itself is the caller's to invent.
    static func known(_ method: String) -> String {
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].contains(method) ? method : "other"
    }

    /// The counts as Prometheus reads them.
    package func exposition() -> String {
        let name = "dogear_http_requests_total"
        let lines = counts.withLock { $0 }.map { key, count in
            "\(name){method=\"\(key.method)\",route=\"\(key.route)\",status=\"\(key.status)\"} \(count)\n"
        }
        let times = times.withLock { $0 }.sorted { $0.key < $1.key }
        return "# HELP \(name) Requests answered.\n# TYPE \(name) counter\n" + lines.sorted().joined()
            + "# HELP \(Self.seconds) Seconds until an answer begins.\n# TYPE \(Self.seconds) histogram\n"
            + times.map(\.value.lines).joined()
    }
}
