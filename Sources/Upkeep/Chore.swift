package import Changes
import Core

/// Something that has to be done every so often, on one node of all: clearing away what has had its time.
///
/// A chore goes in steps. Each is a transaction of its own that touches a bounded number of rows, so that nobody who writes
/// meanwhile waits for long, and a chore that is cut off goes on where it was.
package struct Chore: Sendable {
    /// When a chore is due.
    package enum Schedule: Sendable, Hashable {
        /// When this long has passed since it was last done.
        case every(Duration)
        /// Once a day, after this hour of UTC.
        case nightly(hour: Int)
    }

    /// How a step ended.
    package enum Step: Sendable, Hashable {
        /// Nothing is left to do.
        case done
        /// There may be more; the next step is told from where, in the chore's own words.
        case more(from: String? = nil)

        /// There is more where a step did as much as it may.
        package static func whole(_ count: Int, of limit: Int) -> Step { count < limit ? .done : .more() }
    }

    /// Its name among all chores: `playback-sessions`.
    package let name: String
    /// When it is due.
    package let schedule: Schedule
    /// Does a bounded part of it, from where the step before ended.
    package let step: @Sendable (_ from: String?, Change) throws -> Step

    /// A chore from its parts.
    package init(
        _ name: String, _ schedule: Schedule, step: @escaping @Sendable (_ from: String?, Change) throws -> Step
    ) {
        self.name = name
        self.schedule = schedule
        self.step = step
    }

    /// Whether it is due, given when it was last done.
    func isDue(at now: Instant, lastDone: Instant?) -> Bool {
        guard let lastDone else { return true }
        switch schedule {
        case .every(let length): return now - lastDone >= length
        case .nightly(let hour):
            let day = { (moment: Instant) in (moment - .hours(hour)).milliseconds / 86_400_000 }
            return day(now) > day(lastDone)
        }
    }
}
