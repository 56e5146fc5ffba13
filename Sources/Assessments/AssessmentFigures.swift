import Core

/// What assessments count.
struct AssessmentFigures: Sendable {
    let started: Counter
    let answers: Counter
    let changedAnswers: Counter
    let takenBack: Counter
    let completed: Counter
    let abandoned: Counter
    let dropped: Counter
    let resumed: Counter
    let staleSubmits: Counter
    let batchSizes: Histogram

    init(_ registry: MetricRegistry) {
        func counter(_ name: String, _ help: String) -> Counter {
            registry.register(Counter("dogear_assessment_\(name)_total", help))
        }
        started = counter("sessions_started", "Sessions started.")
        answers = counter("answers", "Answers stored, changed ones too.")
        changedAnswers = counter("answers_changed", "Answers stored to questions that were answered before.")
        takenBack = counter("answers_taken_back", "Answers taken back.")
        completed = counter("sessions_completed", "Sessions completed.")
        abandoned = counter("sessions_abandoned", "Sessions abandoned.")
        dropped = counter("sessions_dropped", "Sessions dropped, with their answers, because nobody had touched them.")
        resumed = counter("sessions_resumed", "Sessions resumed.")
        staleSubmits = counter("stale_submits", "Answers refused because a newer one was in.")
        batchSizes = registry.register(
            Histogram("dogear_submit_batch_size", "Answers in one transaction.", bounds: Histogram.sizeBounds))
    }
}
