package import Accounts
package import Changes
import Core
import Logging
package import SQL
package import Settings
import Streams
import Web

extension DogearServer {
    /// What knows who was erased, for commands; nil where there is no secret that anybody could have been erased under.
    package static func personHash(_ settings: Settings) -> PersonHash? { try? ServerSecret.personHash(settings) }

    /// Where mails stand as files. It is looked through for an erased person's also where a mail program takes them now: there may be
    /// some from before.
    static func mailFolder(_ settings: Settings) throws -> MailFolder {
        MailFolder(path: settings.mailFolder, hash: try ServerSecret.personHash(settings))
    }

    /// Hands a command what all wings hold of people in a database whose schema is current, wired as the server has it.
    /// - Throws: what the closure throws; `Settings.Refusal` for settings that cannot be used.
    package static func withPeople<Result>(
        _ settings: Settings, _ database: any Database, _ body: (PeopleDesk) async throws -> Result
    ) async throws -> Result {
        var logger = Logger(label: "dogear") { OneLineLog(StreamLogHandler.standardError(label: $0)) }
        logger.logLevel = .error
        let registry = MetricRegistry()
        let redis = try RedisSide(
            settings, readiness: Readiness(clock: .system) { try await database.probe() }, clock: .system,
            registry: registry, logger: logger)
        defer { redis?.close() }
        let hash = try ServerSecret.personHash(settings)
        let changes = Changes(database: database, destinations: settings.delivery.destinations, personHash: hash)
        let streams = StreamTailer(
            database: database, clock: .system, limits: .init(node: 0, holder: 0), metrics: registry,
            encode: EventStreams.encode)
        let wings = try areas(settings, changes, EventStreams(streams), redis, registry, logger)
        return try await body(
            PeopleDesk(
                changes: changes, wings: wings.flatMap(\.holdings), mailsIn: try mailFolder(settings), hash: hash,
                log: ErasureLog(path: settings.erasuresLog), logger: logger))
    }
}
