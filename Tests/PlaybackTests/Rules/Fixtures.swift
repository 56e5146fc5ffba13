import Core

@testable import Playback

/// Noon, from which the tests of the rules count.
let noon = Instant(milliseconds: 1_795_262_400_000)
let viewer = ID(high: 1, low: 1)
let film = ID(high: 2, low: 2)

/// A session of an hour's film that opened at noon.
func session(duration: Int = 3_600, device: String = "tv") -> PlaybackSession {
    .opening(
        ID(high: 3, low: UInt64(device.utf8.reduce(0) { $0 &* 31 &+ Int($1) }.magnitude)), userID: viewer,
        contentID: film, deviceID: device, duration: duration, at: noon)
}

/// A report of a position, some seconds after noon.
func report(
    _ position: Int, after seconds: Int, state: PlaybackState? = nil, sequence: Int? = nil, duration: Int? = nil
) -> PositionReport {
    PositionReport(
        position: position, state: state, sequence: sequence, duration: duration, instant: noon + .seconds(seconds))
}

/// A viewer of one film: a place, the rule that moves it, and when the film was finished.
struct Viewing {
    var place = WatchPlace(userID: viewer, contentID: film)
    var plays: [Instant] = []
    let rule = ReportRule(resume: ResumeRule())

    mutating func report(
        _ position: Int, after seconds: Int, state: PlaybackState? = nil, sequence: Int? = nil, rate: Double = 1,
        startsOver: Bool = false, arriving: Int? = nil, in session: inout PlaybackSession
    ) -> ReportRule.Effect {
        let effect = rule.apply(
            Playback.PositionReport(
                position: position, state: state, sequence: sequence, rate: rate, startsOver: startsOver,
                instant: noon + .seconds(seconds)), to: &session, &place, at: noon + .seconds(arriving ?? seconds))
        let finishes = [effect.finish].compactMap { $0 }
        plays += PlayRule.plays(among: finishes, known: plays).map(\.at)
        return effect
    }
}
