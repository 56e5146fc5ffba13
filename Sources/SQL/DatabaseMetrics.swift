package import Core

/// How long transactions take, how many share a commit, and how often the server is waited for.
package struct DatabaseMetrics: Sendable {
    /// Seconds from taking a write to its durable commit.
    package let writes: Histogram
    /// Seconds that reads take.
    package let reads: Histogram
    /// Writes that shared one commit.
    package let groups: Histogram
    /// How often something was sent to the server and its answer waited for: 0 on SQLite, which is no server.
    package let roundTrips: Counter

    /// Registers the figures.
    package init(_ registry: MetricRegistry) {
        writes = registry.register(
            Histogram("dogear_database_write_seconds", "Seconds to a durable commit.", bounds: Histogram.latencyBounds))
        reads = registry.register(
            Histogram("dogear_database_read_seconds", "Seconds that reads take.", bounds: Histogram.latencyBounds))
        groups = registry.register(
            Histogram("dogear_database_group_size", "Writes that shared one commit.", bounds: Histogram.sizeBounds))
        roundTrips = registry.register(
            Counter("dogear_database_round_trips_total", "Waits for an answer of the database server."))
    }
}
