import Core
import SQL
import Web

/// Runs at work, among what is live.
struct MonitoringLiveSource: LiveSource {
    var area: Scope.Area { .monitoring }

    func live(_ seek: Seek, at now: Instant, on connection: any Connection) throws -> [Live] {
        try LiveRun.all(seek, on: connection).map(\.live)
    }

    func counts(at now: Instant, on connection: any Connection) throws -> [Live.Kind: Int] {
        [.run: try LiveRun.count(atMost: Live.counted + 1, on: connection)]
    }
}

extension LiveRun {
    fileprivate var live: Live {
        Live(
            .run, ID(high: Self.kind, low: UInt64(execution)), id: "\(execution)", title: "Posts of \(account)",
            user: user,
            words: "Running since \(startedAt), from \(source)", status: "running", since: startedAt,
            lastActivity: heardAt, link: "/jobs/\(job)")
    }
}
