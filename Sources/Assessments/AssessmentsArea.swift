package import Core
package import Hummingbird
package import SQL
package import Web

/// The thresholds of assessments, from the settings.
package struct AssessmentRules: Sendable {
    /// How long a session lives after its last activity.
    package let lifetime: Span
    /// Whether anybody may start a session and read questionnaires where keys are configured.
    package let isPublic: Bool

    /// The rules by these thresholds.
    package init(lifetime: Span = .days(30), isPublic: Bool = false) {
        self.lifetime = lifetime
        self.isPublic = isPublic
    }
}

/// Assessments, whole: questionnaires, sessions, answers. What the server wires up.
package struct AssessmentsArea: Sendable {
    let database: any Database
    let changes: Changes
    let outlines: OutlineStore
    let submissions: SubmissionStore
    let sessions: SessionChangeStore
    let rules: AssessmentRules
    let clock: TimeSource
    let metrics: AssessmentMetrics

    /// Assessments over one database.
    package init(
        database: any Database, changes: Changes, rules: AssessmentRules, clock: TimeSource,
        metrics registry: MetricRegistry
    ) {
        self.database = database
        self.changes = changes
        self.rules = rules
        self.clock = clock
        outlines = OutlineStore(database: database)
        submissions = SubmissionStore(outlines: outlines, lifetime: rules.lifetime)
        sessions = SessionChangeStore(outlines: outlines, lifetime: rules.lifetime)
        metrics = AssessmentMetrics(registry)
    }

    /// Adds every route of assessments below `/api/v2`.
    package func addRoutes(to router: Router<DogearContext>) {
        let group = router.group("api/v2")
        AssessmentSessionRoutes(area: self).add(to: group)
        AnswerRoutes(area: self).add(to: group)
        AssessmentProgressRoutes(area: self).add(to: group)
        QuestionnaireRoutes(area: self).add(to: group)
    }

    /// Adds the route that `make bench` measures submits against: the same decoding and answer, and no database.
    package func addBenchmarkRoutes(to router: Router<DogearContext>) {
        AnswerRoutes.addNoOp(to: router)
    }
}

/// The figures of assessments.
struct AssessmentMetrics: Sendable {
    let started: Counter
    let answers: Counter
    let changedAnswers: Counter
    let completed: Counter
    let abandoned: Counter
    let resumed: Counter
    let staleSubmits: Counter

    init(_ registry: MetricRegistry) {
        func counter(_ name: String, _ help: String) -> Counter {
            registry.register(Counter("dogear_assessment_\(name)_total", help))
        }
        started = counter("sessions_started", "Sessions started.")
        answers = counter("answers", "Answers stored, changed ones too.")
        changedAnswers = counter("answers_changed", "Answers stored to questions that were answered before.")
        completed = counter("sessions_completed", "Sessions completed.")
        abandoned = counter("sessions_abandoned", "Sessions abandoned.")
        resumed = counter("sessions_resumed", "Sessions resumed.")
        staleSubmits = counter("stale_submits", "Answers refused because a newer one was in.")
    }
}
