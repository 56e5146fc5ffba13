import Core

/// What playback counts.
struct PlaybackFigures: Sendable {
    let lookups: Counter
    let hits: Counter
    let positions: Histogram
    let writeFailures: Counter
    let staleReports: Counter
    let batchSizes: Histogram

    init(_ registry: MetricRegistry) {
        lookups = registry.register(
            Counter("dogear_resume_lookups_total", "Sessions opened, each of which asked for a place to resume at."))
        hits = registry.register(Counter("dogear_resume_hits_total", "Sessions opened that had a place to resume at."))
        positions = registry.register(
            Histogram(
                "dogear_resume_position_seconds", "Positions resumed at; sum by count is the average.",
                bounds: [60, 300, 600, 1_800, 3_600, 7_200]))
        writeFailures = registry.register(
            Counter("dogear_history_write_failures_total", "Reports that the database did not take."))
        staleReports = registry.register(
            Counter("dogear_stale_reports_total", "Reports refused because a newer one was in."))
        batchSizes = registry.register(
            Histogram("dogear_report_batch_size", "Reports in one transaction.", bounds: Histogram.sizeBounds))
    }

    func opened(resumingAt position: Int?) {
        lookups.add()
        guard let position else { return }
        hits.add()
        positions.observe(Double(position))
    }
}
