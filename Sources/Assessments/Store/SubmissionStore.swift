import Changes
import Core
import SQL

/// An answer that is to be stored.
struct Submission: Sendable {
    let sessionID: String
    let questionID: Int
    let answer: GivenAnswer
    /// The revision that the respondent's page knew; nil where the last write is to win.
    let revision: Int?
}

/// Takes answers, many at once: sessions locked in one order, each row written once.
struct SubmissionStore: Sendable {
    let outlines: Outlines
    let rules: AssessmentRules
    let figures: AssessmentFigures

    struct Outcome: Sendable {
        let session: AssessmentSession
        let progress: Progress
        let xpGained: Int
        let badges: [String]
    }

    /// The rows that a batch works on, and what has changed in them.
    private struct Rows {
        var sessions: [String: AssessmentSessionRows.Found]
        var outlines: [Int: Outline] = [:]
        var ledgers: [Int: AnswerRows.Ledger] = [:]
        var answers: [AnswerPlace: StoredAnswer] = [:]
        var changed: [AnswerPlace: StoredAnswer] = [:]
        var replaced: [(place: AnswerPlace, answer: StoredAnswer)] = []
        var moved: [Int: AssessmentSession] = [:]
        /// Those that went with whoever they were of.
        var gone: [Person: PersonErased] = [:]
    }

    /// Takes answers in the order given and answers each.
    func take(_ submissions: [Submission], _ change: Change) throws -> [Result<Outcome, any Error>] {
        var rows = try read(for: submissions, change)
        let outcomes = submissions.map { submission in
            Result<Outcome, any Error> { try take(submission, &rows, at: change.now) }
        }
        try AnswerRows.keep(rows.replaced, at: change.now, on: change.connection)
        try AnswerRows.put(rows.changed, on: change.connection)
        try AssessmentSessionRows.move(rows.moved.sorted { $0.key < $1.key }.map(\.value), on: change.connection)
        count(outcomes, change)
        return outcomes
    }

    private func read(for submissions: [Submission], _ change: Change) throws -> Rows {
        let connection = change.connection
        var rows = Rows(sessions: try AssessmentSessionRows.lock(Set(submissions.map(\.sessionID)), on: connection))
        let missing = submissions.map(\.sessionID).filter { rows.sessions[$0] == nil }
        rows.gone = try change.gone(among: Set(missing.map(AssessmentSessionRows.name)))
        for found in rows.sessions.values where found.session.status == .active {
            let id = found.session.questionnaireID
            if rows.outlines[id] == nil { rows.outlines[id] = try outlines.outline(id, found.outlineRevision, change) }
        }
        rows.ledgers = try AnswerRows.ledgers(
            of: Set(rows.sessions.values.map(\.session.responseID)), on: connection)
        rows.answers = try AnswerRows.find(places(for: submissions, rows), on: connection)
        return rows
    }

    /// Where there are answers to know: those that may be replaced, and those that decide what a session is shown.
    private func places(for submissions: [Submission], _ rows: Rows) -> Set<AnswerPlace> {
        var places: Set<AnswerPlace> = []
        for submission in submissions {
            guard let session = rows.sessions[submission.sessionID]?.session,
                let answered = rows.ledgers[session.responseID]?.answered
            else { continue }
            let asked = rows.outlines[session.questionnaireID]?.plan.asksFor ?? []
            for question in asked.union([submission.questionID]).intersection(answered) {
                places.insert(AnswerPlace(responseID: session.responseID, questionID: question))
            }
        }
        return places
    }

    /// What a session is shown, by its answers as they are within this batch.
    private func shown(_ outline: Outline, to session: AssessmentSession, _ rows: Rows) -> Outline {
        var answers: [Int: GivenAnswer] = [:]
        for id in outline.plan.asksFor {
            let place = AnswerPlace(responseID: session.responseID, questionID: id)
            guard let kind = outline.question(id)?.kind.name else { continue }
            answers[id] = (rows.changed[place] ?? rows.answers[place])?.answer(to: kind)
        }
        return outline.shown(to: session.id, answers)
    }

    private func take(_ submission: Submission, _ rows: inout Rows, at now: Instant) throws -> Outcome {
        guard let found = rows.sessions[submission.sessionID] else {
            throw rows.gone[AssessmentSessionRows.name(of: submission.sessionID)] ?? AssessmentRefusal.noSession
        }
        var session = rows.moved[found.session.responseID] ?? found.session
        try session.requireActive(at: now, rules.lifetime)
        guard let outline = rows.outlines[session.questionnaireID],
            let question = outline.question(submission.questionID)
        else { throw AssessmentRefusal.noQuestion }
        try session.requireTime(outline.settings.limits, at: now)
        try AnswerRule(question: question).requireFit(submission.answer)
        let place = AnswerPlace(responseID: session.responseID, questionID: question.id)
        let before = rows.changed[place] ?? rows.answers[place]
        guard !session.isAhead(of: submission.revision) else {
            throw AssessmentRefusal.stale(session, answer: before?.answer(to: question.kind.name))
        }
        let stored = StoredAnswer(submission.answer)
        // What is replaced is kept, unless it says the same.
        if let before, before != stored { rows.replaced.append((place, before)) }
        rows.changed[place] = stored
        var ledger = rows.ledgers[session.responseID] ?? AnswerRows.Ledger(answered: [])
        let isFirst = ledger.insert(question.id)
        rows.ledgers[session.responseID] = ledger
        session.answered(on: outline.page(question.pageID)?.id, at: now)
        rows.moved[session.responseID] = session
        let shown = shown(outline, to: session, rows)
        return Outcome(
            session: session, progress: shown.progress(answered: ledger.answered, awards: ledger.awards),
            xpGained: isFirst ? XPRule.perQuestion : 0,
            badges: isFirst ? XPRule.badges(earnedBy: ledger.awards) : [])
    }

    private func count(_ outcomes: [Result<Outcome, any Error>], _ change: Change) {
        var (answers, changed, stale) = (0, 0, 0)
        for outcome in outcomes {
            switch outcome {
            case .success(let outcome):
                answers += 1
                if outcome.xpGained == 0 { changed += 1 }
            case .failure(AssessmentRefusal.stale): stale += 1
            case .failure: break
            }
        }
        change.afterCommit { [figures, answers, changed, stale] in
            figures.answers.add(answers)
            figures.changedAnswers.add(changed)
            figures.staleSubmits.add(stale)
        }
    }
}
