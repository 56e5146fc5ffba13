import Changes
import Core

/// What is asked of sessions that are not there.
extension Change {
    /// What refuses each of some sessions that are not there: they went with whoever they were of. Those that nobody knows are not
    /// among them, and neither are those that are not their caller's to know of.
    func refusals(
        ofMissing asked: Set<AskedSession>
    ) throws -> [AskedSession: PersonErased] {
        guard !asked.isEmpty else { return [:] }
        let erased = try gone(among: asked.reduce(into: []) { $0.formUnion($1.names) })
        return asked.reduce(into: [:]) { refusals, one in
            guard one.names.allSatisfy({ erased[$0] != nil }) else { return }
            refusals[one] = erased[.playbackSession(one.id)]
        }
    }

    /// Why a session that is not there is refused.
    func refusal(ofMissing id: ID, _ reach: Reach) throws -> any Error {
        let asked = AskedSession(id: id, reach: reach)
        return try refusals(ofMissing: [asked])[asked] ?? PlaybackRefusal.noSession
    }
}

/// A session by its id, and whose rows whoever asks may touch.
struct AskedSession: Sendable, Hashable {
    let id: ID
    let reach: Reach

    /// Who has to be erased for it to have gone with them: whoever has a user's token only knows of that user's.
    fileprivate var names: Set<Person> {
        if case .user(let own) = reach { [.playbackSession(id), .user(own)] } else { [.playbackSession(id)] }
    }
}
