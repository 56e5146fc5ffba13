import Core

/// Why playback does not do what it was asked for.
enum PlaybackRefusal: Error, Hashable {
    /// There is no such session, or it is not for this caller to know of; it may have been closed, or have lapsed.
    case noSession
    /// Another session holds the place now.
    case handedOff(to: ID)
    /// The device has opened the title anew; this session ended then.
    case superseded(by: ID)
    /// The user has no place in this title.
    case noPlace
    /// There is no such play.
    case noPlay
    /// No move and no clearing is on record.
    case nothingToUndo
    /// The clearing can be undone no longer.
    case undoClosed(Window.Closed)
}
