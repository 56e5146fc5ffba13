import Core
import Testing

@testable import Playback

@Suite struct PlaybackSessionTests {
    @Test(arguments: [
        (100, 3_600, 0, "playing"), (3_600, 3_600, 0, "ended"), (3_602, 3_600, 0, "ended"),
        (3_603, 3_600, 3_600, "playing"),
        (2_147_483_647, 3_600, 3_600, "playing"), (2_147_483_647, 0, 0, "playing"),
    ]) func `a position is held to nothing, and says which length was wrong`(
        reported: Int, duration: Int, outgrown: Int, state: String
    ) {
        var session = session(duration: duration)
        _ = session.take(report(reported, after: 10), at: noon + .seconds(10))
        #expect(session.position == reported && session.outgrown == outgrown && session.state.rawValue == state)
    }

    @Test func `reaching the end ends it, whatever the player says, and a later move reopens it`() {
        var session = session(duration: 100)
        _ = session.take(report(100, after: 1, state: .playing), at: noon)
        #expect(session.state == .ended)
        _ = session.take(report(100, after: 2, state: .paused), at: noon)
        #expect(session.state == .ended)
        _ = session.take(report(50, after: 3), at: noon)
        #expect(session.state == .playing)
        _ = session.take(report(100, after: 4), at: noon)
        _ = session.take(report(40, after: 5, state: .paused), at: noon)
        #expect(session.state == .paused)
    }

    @Test func `a heartbeat without a state keeps the state`() {
        var session = session()
        _ = session.take(report(10, after: 1, state: .paused), at: noon)
        _ = session.take(report(10, after: 2), at: noon)
        #expect(session.state == .paused)
    }

    @Test(arguments: [(24 * 3_600_000, true), (24 * 3_600_000 + 1, false), (0, true)])
    func `it lives 24 hours after its last report, to the millisecond`(age: Int, isLive: Bool) {
        #expect(session().takesReports(at: noon + .milliseconds(Int64(age))) == isLive)
    }

    @Test func `a closed or handed-off session takes no reports`() {
        var closed = session()
        closed.close(at: noon)
        #expect(!closed.takesReports(at: noon))
        var old = session()
        _ = old.take(report(1_234, after: 1), at: noon)
        let next = old.handOff(to: viewer, onDevice: "phone", at: noon)
        #expect(!old.takesReports(at: noon))
        #expect(old.handedOffTo == next.id)
        #expect(next.position == 1_234)
        #expect(next.deviceID == "phone")
        #expect(next.lastSequence == nil)
    }

    @Test(
        arguments: [
            (nil, nil, false), (nil, 5, false), (5, nil, false), (5, 4, false), (5, 5, true), (4, 5, true),
            (0, 0, true),
        ] as [(Int?, Int?, Bool)])
    func `a sequence at or below the last one is stale`(sequence: Int?, last: Int?, isStale: Bool) {
        var session = session()
        _ = session.take(report(1, after: 1, sequence: last), at: noon)
        #expect(session.isStale(sequence: sequence) == isStale)
    }
}

extension PlaybackSession {
    fileprivate func takesReports(at now: Instant) -> Bool {
        (try? requireLive(at: now, lifetime: .hours(24))) != nil
    }
}
