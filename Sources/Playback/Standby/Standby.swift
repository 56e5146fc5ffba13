import Changes
import Core
import SQL
import Web

/// Goes on without the database: sessions are looked up in the cache, and what they are to become is owed to the database, which is told
/// once it is back.
///
/// Nothing here is durable, so nothing here is answered with 200 where something was written. What the cache may not be trusted with, or
/// has no room for, is nil: the caller is told then that the database is away.
struct Standby: Sendable {
    let mirror: SessionMirror
    let outage: Outage
    let lifetime: Duration
    let clock: Clock
    let figures: StandbyFigures

    private var cache: any SessionCache { mirror.cache }

    /// Whether anything can be had from the cache at all.
    var isThere: Bool { cache.isUp && mirror.seal != nil }

    /// Opens a session in the cache alone.
    func open(_ session: PlaybackSession) async -> PlaybackSession? {
        // Sent again, it is what it was made the first time.
        if let known = await known([session.id])?[session.id], known.session.userID == session.userID {
            return known.session
        }
        // A device has one live session of a title here too; the database ends the others by the same rule.
        let ended = (await live(of: session.userID) ?? []).filter { $0.device == session.device }.map { other in
            var other = other
            other.supersede(by: session.id, at: session.startedAt)
            return other
        }
        let known = await known(ended.map(\.id)) ?? [:]
        let records = ended.map { CachedSession($0, isOwed: known[$0.id]?.isOwed ?? false) }
        return await owe([.open(session)], records + [CachedSession(session, isOwed: true)]) ? session : nil
    }

    /// A session that is neither closed nor lapsed; nil where that cannot be said.
    func find(_ id: ID, _ reach: Reach) async throws(PlaybackRefusal) -> CachedSession? {
        guard let known = await known([id])?[id] else { return nil }
        return try checked(known, reach)
    }

    private func checked(_ known: CachedSession, _ reach: Reach) throws(PlaybackRefusal) -> CachedSession {
        guard reach.covers(known.session.userID), known.session.isKnown(at: clock.now, lifetime: lifetime) else {
            throw .noSession
        }
        return known
    }

    /// A user's sessions that take reports, newest first, at most 100; nil where that cannot be said.
    func live(of user: ID) async -> [PlaybackSession]? {
        guard let texts = try? await cache.live(of: user).trusted(by: mirror.seal) else { return nil }
        let sessions = texts.compactMap { CachedSession(text: $0)?.session }.filter {
            $0.userID == user && $0.handedOffTo == nil && $0.isKnown(at: clock.now, lifetime: lifetime)
        }
        return Array(sessions.sorted { $0.startedAt > $1.startedAt }.prefix(100))
    }

    /// Takes reports for later, in the order given; for each where its session will be, as far as is known. Nil where one of them is of a
    /// session that is not known here, or all could not be taken.
    func take(_ reports: [SentReport]) async -> [Result<PlaybackSession?, PlaybackRefusal>]? {
        let ids = reports.compactMap { if case .session(let id) = $0.target { id } else { nil } }
        guard var known = await known(Array(Set(ids))), ids.allSatisfy({ known[$0] != nil }) else { return nil }
        let now = clock.now
        var works: [OwedEntry.Work] = []
        var results: [Result<PlaybackSession?, PlaybackRefusal>] = []
        for sent in reports {
            do throws(PlaybackRefusal) {
                results.append(.success(try take(sent, &known, at: now)))
                works.append(.report(sent))
            } catch {
                results.append(.failure(error))
            }
        }
        if !works.isEmpty, await !owe(works, Array(known.values)) { return nil }
        return results
    }

    private func take(
        _ sent: SentReport, _ known: inout [ID: CachedSession], at now: Instant
    ) throws(PlaybackRefusal) -> PlaybackSession? {
        switch sent.target {
        case .device(let device):
            guard sent.reach.covers(device.userID) else { throw .noSession }
            return nil
        case .session(let id):
            guard var one = known[id], sent.reach.covers(one.session.userID) else { throw .noSession }
            try one.session.requireLive(of: sent.report.instant, at: now, lifetime: lifetime)
            if !one.session.isStale(sequence: sent.report.sequence), !one.session.isPast(sent.report.instant, at: now) {
                _ = one.session.take(sent.report, at: now)
            }
            known[id] = one
            return one.session
        }
    }

    /// Closes a session for later; nil where that cannot be said.
    func close(_ id: ID, _ reach: Reach) async throws(PlaybackRefusal) -> PlaybackSession? {
        guard var known = try await find(id, reach) else { return nil }
        known.session.close(at: clock.now)
        return await owe([.close(id, reach)], [known]) ? known.session : nil
    }

    /// Whether one of these sessions was opened while the database was away, which does not know it yet.
    /// - Throws: `SQLError.unavailable` where there may be such sessions and nobody can say.
    func owes(anyOf ids: [ID]) async throws(SQLError) -> Bool {
        guard mirror.mayOwe else { return false }
        guard let known = await known(ids) else {
            throw SQLError.unavailable(
                "whether there is such a session is known only to Redis, which is not trusted now")
        }
        return ids.contains { known[$0]?.isOwed ?? false }
    }

    /// As `owes`; false where nobody can say. Of many reports those that only Redis could take are told so one by one.
    func surelyOwes(anyOf ids: [ID]) async -> Bool {
        do { return try await owes(anyOf: ids) } catch { return false }
    }

    private func known(_ ids: [ID]) async -> [ID: CachedSession]? {
        guard isThere, let texts = try? await cache.find(ids).trusted(by: mirror.seal) else { return nil }
        let sessions = texts.compactMap { CachedSession(text: $0) }.map { ($0.session.id, $0) }
        return Dictionary(sessions) { first, _ in first }
    }

    private func owe(_ works: [OwedEntry.Work], _ sessions: [CachedSession]) async -> Bool {
        guard let seal = mirror.seal else { return false }
        let now = clock.now
        let entries = works.map { OwedEntry(work: $0, takenAt: now, runID: seal.runID).text }
        let records = sessions.map { $0.record(lifetime: lifetime) }
        guard let runID = try? await cache.owe(entries, records, within: seal.generation), runID == seal.runID else {
            return false
        }
        figures.owed.add(works.count)
        mirror.owes(true)
        return true
    }
}

/// What is counted of what was owed to the database.
struct StandbyFigures: Sendable {
    let owed: Counter
    let drained: Counter
    let refused: Counter

    init(_ registry: MetricRegistry) {
        owed = registry.register(
            Counter("dogear_owed_total", "Writes that were taken while the database was away, and answered with 202."))
        drained = registry.register(
            Counter("dogear_owed_drained_total", "Writes that the database was told of once it was back."))
        refused = registry.register(
            Counter(
                "dogear_owed_refused_total", "Writes among those that the rules, or the database, did not take then."))
    }
}

extension Standby? {
    /// Serves from the database; where it is away, or does not know a session that was opened meanwhile, in another way. What that other
    /// way cannot serve either is answered as it would be without it.
    func serve<Result: Sendable>(
        of session: ID? = nil, _ work: @escaping @Sendable () async throws -> Result,
        otherwise: (Standby) async throws -> Result?
    ) async throws -> Result {
        guard let standby = self else { return try await work() }
        do {
            return try await standby.outage.watching(work)
        } catch SQLError.unavailable(let reason) {
            standby.mirror.owes(true)
            guard let result = try await otherwise(standby) else { throw SQLError.unavailable(reason) }
            return result
        } catch PlaybackRefusal.noSession {
            guard let session, standby.mirror.mayOwe else { throw PlaybackRefusal.noSession }
            if try await standby.owes(anyOf: [session]), let result = try await otherwise(standby) { return result }
            // It may have reached the database between the two looks.
            return try await work()
        }
    }
}
