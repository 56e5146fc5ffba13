/// A stretch of time within which there is a way back: an undo, a resumption, a code that is still good.
///
/// Its last millisecond is inside it.
package struct Window: Sendable, Hashable {
    /// When it opened.
    package let opened: Instant
    /// How long it lasts.
    package let lasts: Duration

    /// A window from its first moment and its length.
    package init(opened: Instant, lasts: Duration) {
        self.opened = opened
        self.lasts = lasts
    }

    /// The last moment at which it is open.
    package var closes: Instant { opened + lasts }

    /// Whether it is open; before its first moment it counts as open, since clocks of several nodes differ.
    package func isOpen(at now: Instant) -> Bool { now <= closes }

    /// Refuses what comes too late.
    package func requireOpen(at now: Instant) throws(Closed) {
        if !isOpen(at: now) { throw Closed(at: closes) }
    }

    /// The way back is closed.
    package struct Closed: Error, Hashable {
        /// The last moment at which it was open.
        package let at: Instant

        /// A way back that was open until then.
        package init(at: Instant) {
            self.at = at
        }
    }
}
