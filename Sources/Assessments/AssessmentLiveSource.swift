import Core
import SQL
import Web

/// Respondents at questionnaires, among what is live.
struct AssessmentLiveSource: LiveSource {
    let responses: LiveResponses

    var area: Scope.Area { .assessments }

    func live(_ seek: Seek, at now: Instant, on connection: any Connection) throws -> [Live] {
        let silence = AssessmentSession.silence(at: now)
        return try responses.shown(seek, at: now, on: connection).map {
            $0.live(isSilent: $0.state.session.lastActivity < silence)
        }
    }

    func counts(at now: Instant, on connection: any Connection) throws -> [Live.Kind: Int] {
        [.questionnaireSession: try LiveResponses.count(at: now, atMost: Live.counted + 1, on: connection)]
    }
}

extension LiveResponses.Shown {
    fileprivate func live(isSilent: Bool) -> Live {
        let session = state.session
        let status = isSilent ? "silent" : session.pausedAt == nil ? "active" : "paused"
        return Live(
            .questionnaireSession, ID(high: LiveResponses.kind, low: UInt64(session.responseID)), id: session.id,
            title: questionnaire.title, user: user, words: words, status: status, since: session.createdAt,
            lastActivity: session.lastActivity, link: "/assessments/\(questionnaire.slug)#session=\(session.id)")
    }

    private var words: String {
        let share = "\(Int(state.progress.percentage)) %"
        let page = state.session.currentPageID.flatMap(state.outline.navigation)
        return page.map { "Page \($0.current) of \($0.total), \(share)" } ?? share
    }
}
