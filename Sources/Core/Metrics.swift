import Synchronization

/// A figure that `/metrics` shows.
package protocol Metric: Sendable {
    /// The figure's lines in Prometheus' text format.
    func exposition() -> String
}

/// A count that only grows.
package final class Counter: Metric {
    private let name: String
    private let help: String
    private let value = Atomic<Int>(0)

    /// A count from 0.
    package init(_ name: String, _ help: String) {
        self.name = name
        self.help = help
    }

    /// Adds to the count.
    package func add(_ count: Int = 1) { value.add(count, ordering: .relaxed) }

    /// The count now.
    package var count: Int { value.load(ordering: .relaxed) }

    /// The count as Prometheus reads it.
    package func exposition() -> String {
        "# HELP \(name) \(help)\n# TYPE \(name) counter\n\(name) \(count)\n"
    }
}

/// A figure that is asked for when somebody looks.
package final class Gauge: Metric {
    private let name: String
    private let help: String
    private let read: @Sendable () -> Double

    /// A gauge that asks a closure.
    package init(_ name: String, _ help: String, _ read: @escaping @Sendable () -> Double) {
        self.name = name
        self.help = help
        self.read = read
    }

    /// The figure as Prometheus reads it.
    package func exposition() -> String {
        "# HELP \(name) \(help)\n# TYPE \(name) gauge\n\(name) \(read())\n"
    }
}

/// How often a figure fell under each of some bounds.
package final class Histogram: Metric {
    private struct Tally: Sendable {
        var counts: [Int]
        var sum: Double
    }

    private let name: String
    private let help: String
    private let labels: String
    private let bounds: [Double]
    private let tally: Mutex<Tally>

    /// A histogram; the bounds grow, and what lies past the last is counted under `+Inf`.
    package init(_ name: String, _ help: String, bounds: [Double], labels: String = "") {
        self.name = name
        self.help = help
        self.labels = labels
        self.bounds = bounds
        self.tally = Mutex(Tally(counts: Array(repeating: 0, count: bounds.count + 1), sum: 0))
    }

    /// Bounds in seconds for the latency of one database transaction.
    package static let latencyBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
    /// Bounds for the number of rows in one batch.
    package static let sizeBounds: [Double] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024]

    /// Counts one figure.
    package func observe(_ value: Double) {
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        tally.withLock {
            $0.counts[index] += 1
            $0.sum += value
        }
    }

    /// The mean of all figures so far; nil before the first.
    package var mean: Double? {
        tally.withLock {
            let count = $0.counts.reduce(0, +)
            return count == 0 ? nil : $0.sum / Double(count)
        }
    }

    /// The histogram as Prometheus reads it.
    package func exposition() -> String { "# HELP \(name) \(help)\n# TYPE \(name) histogram\n" + lines }

    /// The same without its heading, for one of several that differ by their labels.
    package var lines: String {
        let (counts, sum) = tally.withLock { ($0.counts, $0.sum) }
        var lines = ""
        var running = 0
        let prefix = labels.isEmpty ? "" : labels + ","
        for (index, count) in counts.enumerated() {
            running += count
            let bound = index < bounds.count ? "\(bounds[index])" : "+Inf"
            lines += "\(name)_bucket{\(prefix)le=\"\(bound)\"} \(running)\n"
        }
        let suffix = labels.isEmpty ? "" : "{\(labels)}"
        return lines + "\(name)_sum\(suffix) \(sum)\n\(name)_count\(suffix) \(running)\n"
    }
}

/// Everything that `/metrics` shows, in the order in which it was registered.
package final class MetricRegistry: Sendable {
    private let metrics = Mutex<[any Metric]>([])

    /// An empty registry.
    package init() {}

    /// Adds a figure and returns it.
    package func register<M: Metric>(_ metric: M) -> M {
        metrics.withLock { $0.append(metric) }
        return metric
    }

    /// All figures in Prometheus' text format.
    package func exposition() -> String {
        metrics.withLock { $0 }.map { $0.exposition() }.joined()
    }
}
