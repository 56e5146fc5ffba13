import Core
import Logging
import Playback
import Redis
import ServiceLifecycle
import Settings
import Web

/// Everything that is done with Redis, where `REDIS_URL` names one.
struct RedisSide: Sendable {
    /// Whether the database is away, as those who have Redis to go on with find it out.
    let outage: Outage
    private let link: RedisLink

    /// - Throws: `Settings.Refusal` for an address that cannot be used.
    init?(
        _ settings: Settings, readiness: Readiness, clock: Clock, registry: MetricRegistry, logger: Logger
    ) throws(Settings.Refusal) {
        guard let url = settings.redisURL else { return nil }
        let address: RedisAddress
        do throws(RedisAddress.Refusal) {
            address = try RedisAddress(url)
        } catch {
            throw Settings.Refusal(description: error.description)
        }
        link = RedisLink(address, scripts: RedisSessions.scripts, metrics: registry, logger: logger)
        outage = Outage(clock: clock) { await readiness.isReady() }
    }

    /// What playback goes on with while the database is away.
    var playback: PlaybackArea.Aside {
        PlaybackArea.Aside(cache: RedisSessions(link: link), outage: outage)
    }

    /// Whether Redis does its work.
    var isUp: @Sendable () -> Bool { { [link] in link.isUp } }

    /// Lets go of Redis.
    func close() { link.close() }

    /// What runs for as long as the server does.
    var services: [any Service] {
        [
            AtTheEnd { close() },
            Background { [outage] in try await outage.run() },
        ]
    }
}
