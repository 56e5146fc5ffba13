import Core
import Playback
import Redis

/// Playback's sessions in Redis: `session:{id}` a hash, `user:{id}:sessions` the ids by the moment of their beginning, and
/// `dogear:owed` the stream of what is owed to the database. Whatever belongs together is one script, which Redis runs alone.
struct RedisSessions: SessionCache {
    let link: RedisLink

    private static let generation = "dogear:generation"
    private static let paid = "dogear:paid"
    private static let stream = "dogear:owed"
    /// Past this many, what is owed is taken no more.
    private static let owedAtMost = 1_000_000
    private static let recordsAtOnce = 100

    /// The scripts that the link has to know.
    static let scripts = [setting, finding, living, forgetting, finishing, owing]

    var isUp: Bool { link.isUp }

    func set(_ records: [CacheRecord]) async throws {
        let commands = stride(from: 0, to: records.count, by: Self.recordsAtOnce).map { first in
            let part = records[first...].prefix(Self.recordsAtOnce)
            return RedisCommand(["EVALSHA", "set", "1", Self.generation] + part.flatMap(Self.words))
        }
        if !commands.isEmpty { _ = try await replies(commands) }
    }

    func forget(_ user: ID, _ sessions: [ID]) async throws {
        _ = try await replies([
            RedisCommand(
                ["EVALSHA", "forget", "2", Self.list(user), Self.generation] + sessions.map { "session:\($0)" })
        ])
    }

    func find(_ ids: [ID]) async throws -> CacheLook {
        try await look(RedisCommand(["EVALSHA", "find", "1", Self.paid] + ids.map { "session:\($0)" }))
    }

    func live(of user: ID) async throws -> CacheLook {
        try await look(RedisCommand("EVALSHA", "live", "2", Self.paid, Self.list(user)))
    }

    func begin(_ generation: Int) async throws -> String {
        try await replies([
            RedisCommand("DEL", Self.paid), RedisCommand("SET", Self.generation, "\(generation)"),
        ]).runID
    }

    func finish(_ generation: Int) async throws -> String? {
        let answer = try await replies([
            RedisCommand("EVALSHA", "finish", "2", Self.generation, Self.paid, "\(generation)")
        ])
        return answer.replies[0].integer == 1 ? answer.runID : nil
    }

    func owe(_ entries: [String], _ records: [CacheRecord], within generation: Int) async throws -> String? {
        let words = ["\(generation)", "\(Self.owedAtMost)", "\(entries.count)"] + entries
        let answer = try await replies([
            RedisCommand(
                ["EVALSHA", "owe", "3", Self.generation, Self.paid, Self.stream] + words + records.flatMap(Self.words))
        ])
        return answer.replies[0].integer == 1 ? answer.runID : nil
    }

    func owed(limit: Int) async throws -> [CacheEntry] {
        let answer = try await replies([RedisCommand("XRANGE", Self.stream, "-", "+", "COUNT", "\(limit)")])
        return answer.replies[0].list.compactMap { entry in
            let parts = entry.list
            guard parts.count == 2, let id = parts[0].text?.split(separator: "-"), id.count == 2,
                let milliseconds = Int(id[0]), let number = Int(id[1])
            else { return nil }
            return CacheEntry(milliseconds: milliseconds, number: number, text: parts[1].list.last?.text ?? "")
        }
    }

    func settle(_ entries: [CacheEntry]) async throws {
        let ids = entries.map { "\($0.milliseconds)-\($0.number)" }
        _ = try await replies([RedisCommand(["XDEL", Self.stream] + ids)])
    }

    private static func list(_ user: ID) -> String { "user:\(user):sessions" }

    private static func words(_ record: CacheRecord) -> [String] {
        [
            "session:\(record.id)", list(record.user), "\(record.id)", "\(record.revision)",
            "\(record.lifetime.milliseconds)", "\(record.startedAt.milliseconds)", record.isLive ? "1" : "0",
            record.text,
        ]
    }

    /// A refusal of one command makes the whole of no use: somebody else may have a key of ours.
    private func replies(_ commands: [RedisCommand]) async throws -> RedisAnswer {
        let answer = try await link.send(commands)
        for case .refusal(let reason) in answer.replies { throw RedisError.away(reason) }
        return answer
    }

    private func look(_ command: RedisCommand) async throws -> CacheLook {
        let answer = try await replies([command])
        let parts = answer.replies[0].list
        let found = stride(from: 1, to: parts.count - 1, by: 2).compactMap { index in
            parts[index + 1].text.map {
                CacheLook.Found(generation: parts[index].text.flatMap { Int($0) }, text: $0)
            }
        }
        return CacheLook(runID: answer.runID, paid: parts.first?.text.flatMap { Int($0) }, found: found)
    }
}

// The scripts. An absent value is written as an empty text, since Redis ends a list at the first that is none.

extension RedisSessions {
    /// Sets records from a place among the arguments on: each is set unless a newer one was written under the same generation.
    private static let keep = """
        local function keep(from)
            local tag = redis.call('GET', KEYS[1]) or ''
            for i = from, #ARGV, 8 do
                local old = redis.call('HMGET', ARGV[i], 'generation', 'revision')
                if not (old[1] == tag and old[2] and tonumber(old[2]) > tonumber(ARGV[i + 3])) then
                    redis.call('HSET', ARGV[i], 'generation', tag, 'revision', ARGV[i + 3], 'session', ARGV[i + 7])
                    redis.call('PEXPIRE', ARGV[i], ARGV[i + 4])
                    if ARGV[i + 6] == '1' then
                        redis.call('ZADD', ARGV[i + 1], ARGV[i + 5], ARGV[i + 2])
                        redis.call('ZREMRANGEBYRANK', ARGV[i + 1], 0, -201)
                        redis.call('PEXPIRE', ARGV[i + 1], ARGV[i + 4])
                    else
                        redis.call('ZREM', ARGV[i + 1], ARGV[i + 2])
                    end
                end
            end
        end

        """

    private static let setting = RedisScript("set", keep + "keep(1)\nreturn 1")

    private static let finding = RedisScript(
        "find",
        """
        local found = {redis.call('GET', KEYS[1]) or ''}
        for i = 1, #ARGV do
            local one = redis.call('HMGET', ARGV[i], 'generation', 'session')
            if one[2] then
                table.insert(found, one[1] or '')
                table.insert(found, one[2])
            end
        end
        return found
        """)

    private static let living = RedisScript(
        "live",
        """
        local found = {redis.call('GET', KEYS[1]) or ''}
        for _, id in ipairs(redis.call('ZREVRANGE', KEYS[2], 0, 199)) do
            local one = redis.call('HMGET', 'session:' .. id, 'generation', 'session')
            if one[2] then
                table.insert(found, one[1] or '')
                table.insert(found, one[2])
            end
        end
        return found
        """)

    private static let forgetting = RedisScript(
        "forget",
        """
        local tag = redis.call('GET', KEYS[2]) or ''
        local function fence(name)
            redis.call('DEL', name)
            redis.call('HSET', name, 'generation', tag, 'revision', '9007199254740992')
            redis.call('PEXPIRE', name, 60000)
        end
        for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do fence('session:' .. id) end
        for _, name in ipairs(ARGV) do fence(name) end
        return redis.call('DEL', KEYS[1])
        """)

    private static let finishing = RedisScript(
        "finish",
        """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        redis.call('SET', KEYS[2], ARGV[1])
        return 1
        """)

    private static let owing = RedisScript(
        "owe",
        keep + """
            if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
            local count = tonumber(ARGV[3])
            if redis.call('XLEN', KEYS[3]) + count > tonumber(ARGV[2]) then return 0 end
            for i = 4, 3 + count do redis.call('XADD', KEYS[3], '*', 'entry', ARGV[i]) end
            keep(4 + count)
            return 1
            """)
}
