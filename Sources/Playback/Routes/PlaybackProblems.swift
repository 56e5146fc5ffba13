import Core

extension PlaybackRefusal: ProblemConvertible {
    /// What the caller is told, and what to do next.
    package var problem: Problem {
        switch self {
        case .noSession: .notFound("playback session")
        case .noPlace: .notFound("place in this title")
        case .noPlay: .notFound("play")
        case .handedOff(let session):
            Problem(
                409, "session-handed-off", "This place is held by another device",
                "The session was handed to another device, which keeps the place now. Stop reporting, or take it back with a hand-off of that session.",
                members: [.init("handed_off_to", .id(session))])
        case .superseded(let session):
            Problem(
                409, "session-superseded", "This device has opened the title anew",
                "Another session of this device plays the title now, and this one ended. Stop reporting, and go on with a new session only when the person asks for it.",
                members: [.init("superseded_by", .id(session))])
        case .nothingToUndo:
            Problem(
                409, "nothing-to-undo", "There is nothing to undo",
                "No jump, change of session, mark or clearing is on record. Nothing changed.")
        case .undoClosed(let closed):
            Problem(
                410, "undo-expired", "This can be undone no longer",
                "A clearing or a mark can be undone for 30 minutes; that ended at \(closed.at). Nothing changed.",
                members: [.init("expired_at", .instant(closed.at))])
        }
    }
}
