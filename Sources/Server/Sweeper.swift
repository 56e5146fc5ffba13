import Core
import Logging
import Playback
import SQL
import ServiceLifecycle
import Web

/// Clears away what has had its time: streams and kept answers every ten minutes, the rest once a night after 03:00 UTC.
struct Sweeper: Service {
    let database: any Database
    let playback: PlaybackArea
    let clock: TimeSource
    let logger: Logger

    func run() async throws {
        var sweptDay: Int64 = -1
        while !Task.isCancelled && !Task.isShuttingDownGracefully {
            let day = (clock.now.milliseconds - 3 * 3_600_000) / 86_400_000
            do {
                try await sweepOften()
                if day != sweptDay {
                    try await playback.sweep()
                    sweptDay = day
                }
            } catch {
                logger.warning("clean-up put off", metadata: ["reason": "\(error)"])
            }
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(600)) }
        }
    }

    private func sweepOften() async throws {
        let now = clock.now
        try await database.write { connection in
            try Changes.sweep(on: connection, now: now)
            try StreamLog.sweep(on: connection, now: now)
        }
    }
}
