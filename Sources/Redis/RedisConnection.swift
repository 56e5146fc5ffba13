import CRedis
import Core
import Foundation

/// One hiredis connection, used by one thread.
final class RedisConnection {
    /// How long things may take.
    struct Limits: Sendable {
        /// Until the connection is made.
        var connect = Duration.seconds(1)
        /// Until a whole batch is answered.
        var batch = Duration.seconds(1)
    }

    /// Which run of Redis is at the other end.
    private(set) var runID = ""
    private let context: UnsafeMutablePointer<redisContext>
    private let limits: Limits
    private var scripts: [String: String] = [:]

    /// Connects, signs in, and finds out that Redis does its work: it says which run it is, and takes a write.
    /// - Throws: `RedisError.away`.
    init(_ address: RedisAddress, limits: Limits, scripts: [RedisScript] = [], writes: Bool = true) throws {
        self.limits = limits
        guard let opened = redisConnectWithTimeout(address.host, Int32(address.port), limits.connect.time) else {
            throw RedisError.away("hiredis has no memory for a connection")
        }
        context = opened
        guard opened.pointee.err == 0 else { throw RedisError.away(reason) }
        _ = redisSetTimeout(opened, limits.batch.time)
        if let password = address.password {
            try require(RedisCommand(["AUTH"] + (address.user.map { [$0] } ?? []) + [password]))
        }
        if address.database != 0 { try require(RedisCommand("SELECT", "\(address.database)")) }
        runID = try findRunID()
        if writes { try require(RedisCommand("SET", "dogear:writable", "1", "PX", "60000")) }
        for script in scripts {
            self.scripts[script.name] = try require(RedisCommand("SCRIPT", "LOAD", script.text)).text
        }
    }

    deinit {
        redisFree(context)
    }

    var descriptor: Int32 { context.pointee.fd }

    private func findRunID() throws -> String {
        let lines = (try require(RedisCommand("INFO", "server")).text ?? "").split(whereSeparator: \.isNewline)
        guard let line = lines.first(where: { $0.hasPrefix("run_id:") }) else {
            throw RedisError.away("it does not say which run it is, so it is no Redis")
        }
        return String(line.dropFirst("run_id:".count))
    }

    @discardableResult
    private func require(_ command: RedisCommand) throws -> RedisReply {
        let reply = try exchange([command]).first ?? .nothing
        if case .refusal(let message) = reply { throw RedisError.away(message) }
        return reply
    }

    /// Sends commands at once and reads what comes back to each.
    /// - Throws: `RedisError.away` where the connection can be used no longer.
    func exchange(_ commands: [RedisCommand]) throws -> [RedisReply] {
        let deadline = Deadline(after: limits.batch)
        for command in commands {
            let bytes = resolved(command).bytes
            let code = bytes.withUnsafeBytes {
                redisAppendFormattedCommand(context, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
            }
            guard code == REDIS_OK else { throw RedisError.away(reason) }
        }
        try send(until: deadline)
        return try commands.map { _ in try read(until: deadline) }
    }

    /// `EVALSHA` names a script by its hash, which Redis told when the script was loaded.
    private func resolved(_ command: RedisCommand) -> RedisCommand {
        guard command.words.first == "EVALSHA", let hash = scripts[command.words[1]] else { return command }
        return RedisCommand(["EVALSHA", hash] + command.words.dropFirst(2))
    }

    private func send(until deadline: Deadline) throws {
        var isDone: Int32 = 0
        while isDone == 0 {
            guard !deadline.isPast else { throw RedisError.away("it takes no more commands") }
            guard redisBufferWrite(context, &isDone) == REDIS_OK else { throw RedisError.away(reason) }
        }
    }

    private func read(until deadline: Deadline) throws -> RedisReply {
        while true {
            if let reply = try next() { return reply }
            guard deadline.waitForInput(on: descriptor) else { throw RedisError.away("it did not answer in time") }
            try receive()
        }
    }

    /// The next reply among what was received; nil where it is not there yet.
    func next() throws -> RedisReply? {
        var raw: UnsafeMutableRawPointer?
        guard redisGetReplyFromReader(context, &raw) == REDIS_OK else { throw RedisError.away(reason) }
        guard let raw else { return nil }
        defer { freeReplyObject(raw) }
        return Self.reply(raw.assumingMemoryBound(to: redisReply.self).pointee)
    }

    /// Takes what the socket has.
    func receive() throws {
        guard redisBufferRead(context) == REDIS_OK else { throw RedisError.away(reason) }
    }

    private static func reply(_ raw: redisReply) -> RedisReply {
        switch raw.type {
        case REDIS_REPLY_INTEGER: return .integer(Int(raw.integer))
        case REDIS_REPLY_STRING, REDIS_REPLY_STATUS: return .text(text(raw))
        case REDIS_REPLY_ERROR: return .refusal(text(raw))
        case REDIS_REPLY_ARRAY:
            return .list((0..<Int(raw.elements)).compactMap { raw.element?[$0].map { reply($0.pointee) } })
        default: return .nothing
        }
    }

    private static func text(_ raw: redisReply) -> String {
        guard let start = raw.str else { return "" }
        return String(decoding: UnsafeRawBufferPointer(start: start, count: Int(raw.len)), as: UTF8.self)
    }

    private var reason: String {
        let said = withUnsafeBytes(of: context.pointee.errstr) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        return said.isEmpty ? "the connection was lost" : said
    }
}

/// Until when something may take.
private struct Deadline {
    private let end: UInt64

    init(after length: Duration) {
        end = DispatchTime.now().uptimeNanoseconds + UInt64(length.milliseconds) * 1_000_000
    }

    private var milliseconds: Int32 {
        let now = DispatchTime.now().uptimeNanoseconds
        return now >= end ? 0 : Int32((end - now + 999_999) / 1_000_000)
    }

    var isPast: Bool { milliseconds == 0 }

    func waitForInput(on descriptor: Int32) -> Bool {
        var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            let left = milliseconds
            guard left > 0 else { return false }
            let count = poll(&polled, 1, left)
            if count > 0 { return true }
            if count == 0 { return false }
            guard errno == EINTR else { return false }
        }
    }
}

extension Duration {
    fileprivate var time: timeval {
        timeval(tv_sec: Int(milliseconds) / 1_000, tv_usec: Int(milliseconds) % 1_000 * 1_000)
    }
}
