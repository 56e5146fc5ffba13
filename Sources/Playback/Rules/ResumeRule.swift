/// Where a title resumes (seed 003). Applied when a place is read; what is stored is the true last position, always.
package struct ResumeRule: Sendable, Hashable {
    /// Positions before this many seconds start over; this one resumes.
    let minimumSeconds: Int
    /// Positions past this share of the duration are finished; exactly this share resumes.
    let finishedRatio: Double

    /// A rule by these thresholds; the seed's where none are given.
    package init(minimumSeconds: Int = 30, finishedRatio: Double = 0.95) {
        self.minimumSeconds = minimumSeconds
        self.finishedRatio = finishedRatio
    }

    /// The second to resume at; nil to start from the beginning. A duration of 0 is an unknown one.
    func resumePosition(position: Int, duration: Int) -> Int? {
        position < minimumSeconds || isFinished(position: position, duration: duration) ? nil : position
    }

    /// The second at which a place is offered to whoever opens its title.
    func offer(of place: WatchPlace) -> Int? {
        place.stands ? resumePosition(position: place.position, duration: place.duration) : nil
    }

    /// Whether a position is past the finished threshold of a known duration.
    func isFinished(position: Int, duration: Int) -> Bool {
        duration > 0 && Double(position) / Double(duration) > finishedRatio
    }
}
