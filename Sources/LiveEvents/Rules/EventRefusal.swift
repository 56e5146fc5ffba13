package import Core

/// Why something of a live event was refused.
package enum EventRefusal: Error, Sendable, Hashable {
    /// There is no such event, segment, question or participant, or the caller may not know of it.
    case none(String)
    /// The caller's token is for another event, segment or person.
    case notYours
    /// Only the host may do that.
    case notHost
    /// A newer token of this participant is in use.
    case superseded
    /// The participant was removed by the host.
    case removed
    /// The participant has left and may join again.
    case left
    /// The state of the event or segment does not allow it.
    case wrongState(current: String, why: String)
    /// Another question is on the screens than the caller believes.
    case otherQuestion(current: Int?)
    /// The event has ended.
    case ended(at: Instant, resumableUntil: Instant?)
    /// Nothing has ended that could be resumed.
    case nothingToResume
    /// The way back has closed.
    case resumeClosed(Window.Closed)
    /// No tap is on record that could be taken back.
    case nothingToUndo
    /// The tap can be taken back no longer.
    case undoClosed(Window.Closed)
    /// No event has this join code.
    case noSuchCode
    /// The event takes no newcomers just now.
    case locked
    /// The device was banned from the event.
    case banned
    /// The device holds a place in another live event.
    case elsewhere(event: ID, title: String)
    /// The device has a participant in this event already.
    case hasParticipant
    /// The recovery code is not one that is waiting to be used.
    case noSuchRecoveryCode
    /// The answer came after the time was up.
    case tooLate
    /// The answer is none of those that were offered.
    case noSuchAnswer
    /// The event has as many segments, questions or participants as it may.
    case full(String)
}
