import Core

/// What the tailer counts.
struct StreamFigures: Sendable {
    let reads: Counter
    let encodings: Counter
    let failures: Counter

    init(_ registry: MetricRegistry) {
        reads = registry.register(
            Counter("dogear_stream_reads_total", "Reads of streams that had news, each for all that follow here."))
        encodings = registry.register(
            Counter("dogear_stream_notices_total", "Notices encoded, each once for all that follow it here."))
        failures = registry.register(
            Counter("dogear_stream_read_failures_total", "Reads of streams that failed and were left to the next look.")
        )
    }
}
