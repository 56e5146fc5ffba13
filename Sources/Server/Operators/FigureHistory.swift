import Core
import ServiceLifecycle
import Synchronization

/// The figures of the last hour, looked at every fifteen seconds: what has happened lately is seen without a monitoring system beside Dogear.
final class FigureHistory: Service {
    /// One figure of the operator's page.
    struct Figure: Sendable {
        /// What it is called in addresses and programs.
        let name: String
        /// What it says, for people.
        let title: String
        /// What it is counted in.
        let unit: String
        /// Where `/metrics` has it.
        let metric: String
        /// Its value between two looks; nil where nothing happened that it could be of.
        let value: @Sendable (_ now: Exposition, _ before: Exposition?, _ seconds: Double) -> Double?
    }

    /// One look.
    struct Look: Sendable {
        let at: Instant
        /// In the order of `figures`.
        let values: [Double?]
        /// Those routes alone that were asked for.
        let routes: [String: Buckets]
    }

    static let every = Duration.seconds(15)
    private static let kept = 240

    private struct State: Sendable {
        var looks: [Look] = []
        var last: (exposition: Exposition, routes: [String: Buckets], at: Instant)?
    }

    private let registry: MetricRegistry
    private let clock: Clock
    private let state = Mutex(State())

    init(registry: MetricRegistry, clock: Clock) {
        self.registry = registry
        self.clock = clock
    }

    /// Looks until a stop is asked for.
    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            repeat {
                look()
                do { try await clock.sleep(for: Self.every) } catch { return }
            } while !Task.isCancelled
        }
    }

    /// Looks now. The first look only knows how things stand, not what has happened.
    func look() {
        let (now, exposition) = (clock.now, Exposition(registry.exposition()))
        let routes = Self.routes(exposition)
        state.withLock { state in
            defer { state.last = (exposition, routes, now) }
            let seconds = state.last.map { Double((now - $0.at).milliseconds) / 1_000 } ?? 0
            guard let last = state.last, seconds > 0 else { return }
            let asked = routes.compactMap { name, buckets -> (String, Buckets)? in
                let new = buckets.since(last.routes[name])
                return new.total > 0 ? (name, new) : nil
            }
            state.looks.append(
                Look(
                    at: now, values: Self.figures.map { $0.value(exposition, last.exposition, seconds) },
                    routes: Dictionary(uniqueKeysWithValues: asked)))
            state.looks.removeFirst(max(0, state.looks.count - Self.kept))
        }
    }

    /// The looks of the last hour, the oldest first.
    var looks: [Look] { state.withLock { $0.looks } }

    private static func routes(_ exposition: Exposition) -> [String: Buckets] {
        var found: [String: Buckets] = [:]
        for one in exposition.series where one.name == "dogear_http_request_seconds_bucket" {
            guard let route = one.label("route"), let text = one.label("le"),
                let bound = text == "+Inf" ? .infinity : Double(text)
            else { continue }
            found[String(route), default: Buckets(counts: [:])].counts[bound] = one.value
        }
        return found
    }
}

extension FigureHistory {
    private static func rate(
        _ metric: String, where isWanted: @escaping @Sendable (Exposition.Series) -> Bool = { _ in true }
    ) -> @Sendable (Exposition, Exposition?, Double) -> Double? {
        { now, before, seconds in
            max(0, now.sum(metric, where: isWanted) - (before?.sum(metric, where: isWanted) ?? 0)) / seconds
        }
    }

    private static func level(_ metric: String) -> @Sendable (Exposition, Exposition?, Double) -> Double? {
        { now, _, _ in now.sum(metric) }
    }

    private static func milliseconds(
        _ metric: String, _ share: Double
    ) -> @Sendable (Exposition, Exposition?, Double) -> Double? {
        { now, before, _ in
            now.buckets(metric).since(before?.buckets(metric)).quantile(share).map { $0 * 1_000 }
        }
    }

    /// What the page shows, in its order.
    static let figures = [
        Figure(
            name: "requests", title: "Requests", unit: "a second", metric: "dogear_http_requests_total",
            value: rate("dogear_http_requests_total")),
        Figure(
            name: "errors", title: "Failures (5xx)", unit: "a second", metric: "dogear_http_requests_total",
            value: rate("dogear_http_requests_total") { $0.label("status")?.first == "5" }),
        Figure(
            name: "p50", title: "Half of all answers within", unit: "ms", metric: "dogear_http_request_seconds",
            value: milliseconds("dogear_http_request_seconds", 0.5)),
        Figure(
            name: "p99", title: "99 of 100 answers within", unit: "ms", metric: "dogear_http_request_seconds",
            value: milliseconds("dogear_http_request_seconds", 0.99)),
        Figure(
            name: "writes", title: "Writes", unit: "a second", metric: "dogear_database_write_seconds_count",
            value: rate("dogear_database_write_seconds_count")),
        Figure(
            name: "commit_time", title: "99 of 100 writes durable within", unit: "ms",
            metric: "dogear_database_write_seconds", value: milliseconds("dogear_database_write_seconds", 0.99)),
        Figure(
            name: "queue", title: "Messages owed", unit: "messages", metric: "dogear_outbox_messages",
            value: level("dogear_outbox_messages")),
        Figure(
            name: "streams", title: "Streams", unit: "open", metric: "dogear_open_streams",
            value: level("dogear_open_streams")),
        Figure(
            name: "connections", title: "Connections", unit: "open", metric: "dogear_open_connections",
            value: level("dogear_open_connections")),
        Figure(
            name: "memory", title: "Memory", unit: "bytes", metric: "process_resident_memory_bytes",
            value: level("process_resident_memory_bytes")),
    ]
}
