package import Core

extension EventRefusal: ProblemConvertible {
    /// What the caller is told, and what to do next.
    package var problem: Problem {
        switch self {
        case .none(let thing): .notFound(thing)
        case .notYours:
            Problem(
                403, "forbidden", "This token is for something else",
                "The token is good, but for another event, segment or person. Send the one that you were given for this."
            )
        case .notHost:
            Problem(403, "not-host", "Only the host may do that", "Ask the host of the event to do it.")
        case .superseded:
            Problem(
                401, "token-superseded", "Your place is held elsewhere now",
                "This place was taken over by a newer tab or device, with its name and score. Join again here to take it back.",
                headers: [.init(name: "WWW-Authenticate", value: "Bearer error=\"invalid_token\"")])
        case .removed:
            Problem(
                403, "removed", "You were removed from this event",
                "The host has removed you. You may join again with the code, unless you were banned.")
        case .left:
            Problem(409, "left", "You have left this event", "Join again to take your place and your score back.")
        case .wrongState(let current, let why):
            Problem(
                409, "wrong-state", "That does not go just now", "Nothing changed: \(why).",
                members: [.init("current", .string(current))])
        case .otherQuestion(let current):
            Problem(
                409, "other-question", "Another question is on the screens",
                "Nothing changed. Look at which question is shown now, and tap again if you still mean it.",
                members: [.init("current", .optional(current) { .integer($0) })])
        case .ended(let at, let until):
            Problem(
                410, "event-ended", "The event has ended",
                until == nil
                    ? "It ended at \(at) and does not go on. Your score is kept."
                    : "It ended at \(at). Your place and score are kept; the host may still take the ending back.",
                members: [
                    .init("was_ended_at", .instant(at)), .init("resumable_until", .optional(until) { .instant($0) }),
                ])
        case .nothingToResume:
            Problem(
                409, "nothing-to-resume", "There is nothing to resume",
                "It has not ended, or the way back was given up. Nothing changed.")
        case .resumeClosed(let closed):
            Problem(
                410, "resume-expired", "This can be resumed no longer",
                "The ending could be taken back until \(closed.at). Nothing changed. What was answered is kept.",
                members: [.init("expired_at", .instant(closed.at))])
        case .nothingToUndo:
            Problem(
                409, "nothing-to-undo", "There is nothing to take back",
                "No tap is on record that could be taken back. Nothing changed.")
        case .undoClosed(let closed):
            Problem(
                410, "undo-expired", "This can be taken back no longer",
                "The tap could be taken back until \(closed.at). Nothing changed.",
                members: [.init("expired_at", .instant(closed.at))])
        case .noSuchCode:
            Problem(
                404, "join-code-unknown", "No event has this code",
                "Check the code on the screen: six letters and digits, none of which look alike.")
        case .locked:
            Problem(
                403, "join-locked", "The event takes nobody new just now",
                "The host has closed the door. Who was in already may come back; ask the host to open it.")
        case .banned:
            Problem(
                403, "banned", "This device may not join this event",
                "The host has banned it. Ask the host if that is a mistake.")
        case .elsewhere(let event, let title):
            Problem(
                409, "device-in-another-event", "This device is in another event",
                "It holds a place in \u{201C}\(title)\u{201D}. Leave that one, or join with `leave_other`; its score is kept.",
                members: [.init("event_id", .id(event)), .init("event_title", .string(title))])
        case .hasParticipant:
            Problem(
                409, "device-has-participant", "This device has a place here already",
                "Recover on a device that has not joined this event, or go on with the place that it has.")
        case .noSuchRecoveryCode:
            Problem(
                404, "recovery-code-unknown", "This recovery code is not good",
                "It may have been used, or replaced by a newer one. Check it, or ask on the old device for a new one.")
        case .tooLate:
            Problem(
                409, "too-late", "The time for this question is up",
                "The answer came after the end, so it does not count. The next question comes soon.")
        case .noSuchAnswer:
            .invalid([FieldProblem("answer", "must be one of the question's answers")])
        case .full(let what):
            Problem(
                409, "full", "There is no room for more", "The event has as many \(what) as it may. Nothing changed.")
        }
    }
}
