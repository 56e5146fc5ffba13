import Testing

@testable import Postgres
@testable import SQL

/// The rules of the pool as plain values, without threads or sockets.
@Suite struct JobQueueTests {
    @Test func `jobs are taken in order of arrival, whatever their kind`() {
        var queue = JobQueue<Int>(threads: 4, reserved: 1, capacity: 10)
        for (number, kind) in [JobQueue<Int>.Kind.read, .write, .write, .read].enumerated() {
            #expect(queue.add(number, kind) == .waits)
        }
        #expect((0..<4).compactMap { _ in queue.next()?.job } == [0, 1, 2, 3])
        #expect(queue.next() == nil)
    }

    @Test(arguments: [(8, 2, 6), (4, 1, 3), (2, 1, 1), (1, 0, 1)])
    func `writes that hang leave threads to reads`(threads: Int, reserved: Int, atWork: Int) {
        var queue = JobQueue<Int>(threads: threads, reserved: reserved, capacity: 100)
        for number in 0..<50 { _ = queue.add(number, .write) }
        #expect((0..<threads).compactMap { _ in queue.next()?.job } == Array(0..<atWork))
        guard reserved > 0 else { return }
        #expect(queue.add(99, .read) == .wakesThread)
        #expect(queue.next()?.job == 99)
        queue.finished(.read)
        queue.finished(.write)
        #expect(queue.next()?.job == atWork)
    }

    @Test func `a thread is woken only where it can do something`() {
        var queue = JobQueue<Int>(threads: 2, reserved: 1, capacity: 10)
        #expect(queue.next() == nil && queue.next() == nil)
        #expect(queue.add(1, .write) == .wakesThread)
        #expect(queue.next()?.job == 1)
        #expect(queue.add(2, .write) == .waits)
        #expect(queue.add(3, .read) == .wakesThread)
        #expect(queue.next()?.job == 3)
        queue.finished(.write)
        #expect(queue.next()?.job == 2)
    }

    @Test func `each kind waits up to its bound, and a closed queue ends with its last job`() {
        var queue = JobQueue<Int>(threads: 1, reserved: 0, capacity: 2)
        #expect([1, 2, 3].map { queue.add($0, .write) } == [.waits, .waits, .full])
        #expect(queue.add(4, .read) == .waits)
        queue.close()
        #expect(queue.add(5, .read) == .closed)
        #expect(!queue.isDone)
        for _ in 0..<3 { if let next = queue.next() { queue.finished(next.kind) } }
        #expect(queue.isDone)
    }

    @Test(arguments: [
        (RunAgain.conflict(""), 10), (.locked(""), 2), (.stalePlan(""), 2), (.lost(""), 2),
    ])
    func `a transaction is run again as often as that may help`(failure: RunAgain, runs: Int) {
        var attempts = Attempts()
        var made = 1
        while attempts.mayRunAgain(after: failure) { made += 1 }
        #expect(made == runs)
    }

    @Test func `the pauses before a lost server is tried again grow to five seconds`() {
        let pauses = (1...8).map(Reachability.pauseMilliseconds)
        #expect(pauses == [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000])
        var server = Reachability()
        #expect(!server.isWaiting(at: 0))
        server.failed(at: 1_000)
        #expect(server.isWaiting(at: 100_000_999) && !server.isWaiting(at: 100_001_000))
    }
}
