import DequeModule

/// Which job a free thread takes next, as plain values: who waits, who is at work, and how many of each kind may be.
///
/// Jobs are taken in order of arrival. A kind that has as many at work as it may is passed over, so that writes that wait for
/// a lock leave threads for reads, and slow reads leave some for writes.
struct JobQueue<Job> {
    /// What a job does.
    enum Kind: Int, CaseIterable {
        case read
        case write
    }

    /// What came of handing in a job.
    enum Admission: Equatable {
        /// A thread that has nothing to do must be woken for it.
        case wakesThread
        /// A thread that is at work will take it.
        case waits
        /// As many wait as may.
        case full
        /// Nothing is taken any more.
        case closed
    }

    private struct Lane {
        var waiting: Deque<(number: Int, job: Job)> = []
        var working = 0
    }

    private var lanes = Kind.allCases.map { _ in Lane() }
    private var idle = 0
    private var taken = 0
    private var isClosed = false
    private let capacity: Int
    private let limit: Int

    /// A queue for some threads.
    /// - Parameters:
    ///   - threads: How many take jobs.
    ///   - reserved: How many of them each kind leaves to the other.
    ///   - capacity: How many jobs of each kind may wait.
    init(threads: Int, reserved: Int, capacity: Int) {
        self.capacity = capacity
        limit = threads - reserved
    }

    /// Hands in a job.
    mutating func add(_ job: Job, _ kind: Kind) -> Admission {
        guard !isClosed else { return .closed }
        guard lanes[kind.rawValue].waiting.count < capacity else { return .full }
        taken += 1
        lanes[kind.rawValue].waiting.append((taken, job))
        guard idle > 0, lanes[kind.rawValue].working < limit else { return .waits }
        idle -= 1
        return .wakesThread
    }

    /// The next job for a thread that asks, which then must say `finished`.
    /// - Returns: nil where there is none that may run: the thread then waits to be woken.
    mutating func next() -> (job: Job, kind: Kind)? {
        let open = Kind.allCases.filter { lanes[$0.rawValue].working < limit }
        let first = open.compactMap { kind in lanes[kind.rawValue].waiting.first.map { (kind, $0.number) } }
            .min { $0.1 < $1.1 }
        guard let kind = first?.0, let (_, job) = lanes[kind.rawValue].waiting.popFirst() else {
            idle += 1
            return nil
        }
        lanes[kind.rawValue].working += 1
        return (job, kind)
    }

    /// Says that a job is done; the thread asks for the next one itself.
    mutating func finished(_ kind: Kind) {
        lanes[kind.rawValue].working -= 1
    }

    /// Takes no more jobs.
    mutating func close() {
        isClosed = true
    }

    /// Whether a thread that finds nothing to do may end.
    var isDone: Bool { isClosed && lanes.allSatisfy { $0.waiting.isEmpty } }
}
