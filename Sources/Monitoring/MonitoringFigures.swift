import Core

/// What monitoring counts.
struct MonitoringFigures: Sendable {
    let runs: Counter
    let completions: Counter
    let failures: Counter
    let posts: Counter
    let lateness: Histogram

    init(_ registry: MetricRegistry) {
        func counter(_ name: String, _ help: String) -> Counter {
            registry.register(Counter("dogear_job_\(name)", help))
        }
        runs = counter("runs_total", "Runs of jobs that were begun, each attempt for itself.")
        completions = counter("completions_total", "Runs of jobs that ended well.")
        failures = counter("failures_total", "Attempts at runs that failed.")
        posts = counter("posts_total", "New posts that runs took in.")
        lateness = registry.register(
            Histogram(
                "dogear_job_lateness_seconds", "How long after its slot a scheduled run began.",
                bounds: [0.5, 1, 2, 5, 10, 30, 60, 300, 3_600]))
    }
}
