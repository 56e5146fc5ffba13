import Core
import Logging
import Playback
import Redis
import ServiceLifecycle
import Settings
import Streams
import Web

/// Everything that is done with Redis, where `REDIS_URL` names one.
struct RedisSide: Sendable {
    /// Whether the database is away, as those who have Redis to go on with find it out.
    let outage: Outage
    private let link: RedisLink
    private let address: RedisAddress
    private let logger: Logger

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
        self.address = address
        self.logger = logger
        link = RedisLink(address, scripts: RedisSessions.scripts, metrics: registry, logger: logger)
        outage = Outage(clock: clock) { await readiness.isReady() }
    }

    /// What playback goes on with while the database is away.
    var playback: PlaybackArea.Aside {
        PlaybackArea.Aside(cache: RedisSessions(link: link), outage: outage)
    }

    /// What carries news to other nodes of one Postgres.
    var fanout: any Fanout { RedisFanout(link: link, address: address, logger: logger) }

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

/// News for other nodes by PUBLISH. A link that was lost a moment ago says so only with the next command: what is told then is lost, and
/// found by the next look.
struct RedisFanout: Fanout {
    let link: RedisLink
    let address: RedisAddress
    let logger: Logger

    var isUp: Bool { link.isUp }

    func tell(_ message: FanoutMessage) { link.tell(RedisCommand("PUBLISH", message.channel, message.text)) }

    func messages(on channel: String) -> AsyncStream<String> {
        RedisSubscriber(address, channel: channel, logger: logger).stream
    }
}
