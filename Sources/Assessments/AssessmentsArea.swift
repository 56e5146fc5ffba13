package import Changes
package import Core
package import SQL
package import Upkeep
package import Web

/// The thresholds of assessments, from the settings.
package struct AssessmentRules: Sendable {
    /// How long a session lives after its last activity.
    let lifetime: Duration
    /// How long sessions that nobody touches are kept, with their answers; nil for ever.
    let retention: Duration?
    /// Whether anybody may start a session and read questionnaires where keys are configured.
    let isPublic: Bool

    /// The rules by these thresholds; the contract's where none are given.
    package init(lifetime: Duration = .days(30), retention: Duration? = nil, isPublic: Bool = false) {
        self.lifetime = lifetime
        self.retention = retention
        self.isPublic = isPublic
    }
}

/// Assessments, whole: questionnaires, sessions, answers. What the server wires up.
package struct AssessmentsArea: Area {
    private let changes: Changes
    private let rules: AssessmentRules
    private let sessions: AssessmentSessionStore
    private let submissions: OnceBatch<Submission>
    private let answers: AnswerStore
    private let outlines: Outlines
    private let figures: AssessmentFigures
    private let samples: [SampleQuestionnaire]

    /// Assessments over one database.
    /// - Parameter samples: The questionnaires of the sample content.
    package init(
        changes: Changes, rules: AssessmentRules, samples: [SampleQuestionnaire] = [],
        metrics registry: MetricRegistry
    ) {
        self.changes = changes
        self.rules = rules
        self.samples = samples
        let (outlines, figures) = (Outlines(), AssessmentFigures(registry))
        self.outlines = outlines
        self.figures = figures
        sessions = AssessmentSessionStore(outlines: outlines, rules: rules, figures: figures)
        answers = AnswerStore(outlines: outlines, rules: rules, figures: figures)
        let store = SubmissionStore(outlines: outlines, rules: rules, figures: figures)
        submissions = changes.onceBatch(sizes: figures.batchSizes) { submissions, change in
            try store.take(submissions, change).map { outcome in outcome.map { .ok($0.json) } }
        }
    }

    /// Everything below `/api/v2`.
    package func addRoutes(to routes: RouteGroup) {
        let group = routes.group("api/v2")
        AssessmentSessionRoutes(changes: changes, sessions: sessions, rules: rules).add(to: group)
        AnswerRoutes(changes: changes, sessions: sessions, submissions: submissions, answers: answers).add(to: group)
        AssessmentProgressRoutes(changes: changes, sessions: sessions).add(to: group)
        QuestionnaireRoutes(changes: changes, outlines: OutlineStore(outlines: outlines), rules: rules).add(to: group)
        ResponseRoutes(changes: changes, responses: ResponseStore(outlines: outlines)).add(to: group)
        FigureRoutes(
            changes: changes, figures: QuestionnaireFigures(outlines: outlines, lifetime: rules.lifetime)
        ).add(to: routes)
    }

    /// What submits are measured against: the same decoding and reply, and no database.
    package func addBenchmarkRoutes(to routes: RouteGroup) {
        AnswerRoutes.addNoOp(to: routes)
    }

    /// Questionnaires that were begun.
    package var resumeSource: (any ResumeSource)? { AssessmentResumeSource(sessions: sessions) }

    /// Whom a session is of, where the app has said so.
    package func owners(of id: ID, on connection: any Connection) throws -> [Person] {
        try HeldTable.owners("student_responses", "session_id", .text(id.description), on: connection)
    }

    /// Respondents at questionnaires.
    package var liveSource: (any LiveSource)? { AssessmentLiveSource(responses: LiveResponses(outlines: outlines)) }

    /// Sessions expire by being read, and stay; only where a retention is set are they dropped, at night. What is told of them is
    /// counted every minute, where something has changed.
    package var chores: [Chore] {
        let counting = QuestionnaireFigures(outlines: outlines, lifetime: rules.lifetime)
        let chores = [Chore("questionnaire-figures", .every(.minutes(1))) { try counting.step(from: $0, $1) }]
        guard let retention = rules.retention else { return chores }
        return chores + [
            Chore("untouched-responses", .nightly(hour: 3)) { [figures] from, change in
                try ResponseRetention.sweep(after: from, untouchedFor: retention, figures, change)
            }
        ]
    }

    /// Sessions with their answers, by the session or by the address that was given.
    package var holdings: [Holding] { AssessmentHoldings.all }

    /// Imports the sample questionnaires that are not there.
    package func addSampleContent() async throws {
        let library = QuestionnaireLibrary(changes: changes)
        for sample in samples where try await library.title(of: sample.slug) == nil {
            try await library.importFile(sample.file, .yaml)
        }
    }

    /// A questionnaire of the sample content.
    package struct SampleQuestionnaire: Sendable {
        let slug: String
        let file: String

        /// A questionnaire from its name in addresses and its YAML.
        package init(slug: String, file: String) {
            self.slug = slug
            self.file = file
        }
    }
}
