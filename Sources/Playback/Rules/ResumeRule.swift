/// Where a title resumes (seed 003). Applied when a place is read; what is stored is the true last position, always.
package struct ResumeRule: Sendable, Hashable {
    /// Positions before this many seconds start over; this one resumes.
    let minimumSeconds: Int
    /// What is past it starts over.
    let line: FinishLine

    /// A rule by these thresholds; the seed's where none are given.
    package init(minimumSeconds: Int = 30, line: FinishLine = FinishLine()) {
        self.minimumSeconds = minimumSeconds
        self.line = line
    }

    /// The second at which a place is offered; nil to start from the beginning.
    /// - Parameter stated: The length that whoever asks has just stated; 0 where they did not.
    func offer(of place: WatchPlace, asking stated: Int = 0) -> Int? {
        guard place.stands, place.position >= minimumSeconds else { return nil }
        if stated > 0 && place.position > stated { return nil }
        let standing = Standing(
            position: place.position, duration: stated > 0 ? stated : place.knownDuration, isEnded: place.isEnded,
            creditsAt: place.title.creditsAt)
        return line.isPast(standing) ? nil : place.position
    }
}
