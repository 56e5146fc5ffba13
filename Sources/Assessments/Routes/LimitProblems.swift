import Core

/// What the limits of a questionnaire refuse.
extension Problem {
    static func notOpen(_ until: Instant) -> Problem {
        Problem(
            403, "questionnaire-not-open", "The questionnaire is not open yet",
            "It opens at \(until). Nothing was stored.", members: [.init("opens_at", .instant(until))])
    }

    static func closed(_ at: Instant) -> Problem {
        Problem(
            410, "questionnaire-closed", "The questionnaire has closed",
            "It closed at \(at). What was answered before is kept; nothing was stored now.",
            members: [.init("closed_at", .instant(at))])
    }

    static func full(_ most: Int) -> Problem {
        Problem(
            403, "questionnaire-full", "There are as many responses as were asked for",
            "\(most) were completed, which is the most that this questionnaire takes. What was answered is kept, and the session stays as it is.",
            members: [.init("responses_at_most", .integer(most))])
    }

    static func timeUp(_ at: Instant) -> Problem {
        Problem(
            410, "time-is-up", "The time for this session is up",
            "It was up at \(at), by the server's clock. What was answered until then is kept: complete the session to hand it in.",
            members: [.init("ended_at", .instant(at))])
    }

    static var noPausing: Problem {
        Problem(
            403, "pausing-not-allowed", "The time of this questionnaire does not stand still",
            "Nothing was changed. The session can be left and gone on with, and its time goes on meanwhile.")
    }
}
