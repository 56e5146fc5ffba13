import Core
import Foundation
import SQL

/// Jobs as rows of `jobs`.
enum JobRows {
    private static let columns = """
        id, user_id, x_username, frequency, time_zone, topics, language, is_active, last_run, created_at, source, notify,
        next_due_at, retry_at, retry_of, backfill_at, backfill_of, hold_until, since_token, first_from, covered_until, fetched_until, pending_truncated_by, source_memory,
        fencing_token, failures_in_row
        """

    private static func job(_ row: any Row) throws -> Job {
        let (id, user, account) = (try row.integer(), try row.id(), try row.text())
        let frequency = FrequencyText.read(try row.text(), zone: try row.optional(row.text))
        let topics = TextList.read(try row.optional(row.text))
        let (language, isActive) = (try row.optional(row.text), try row.bool())
        let (lastRun, createdAt) = (try row.optional(row.instant), try row.instant())
        let source = SourceName(rawValue: try row.text()) ?? .x
        let notify = JobPlan.Notify(rawValue: try row.text()) ?? .none
        let plan = JobPlan(
            source: source, account: account, frequency: frequency, topics: topics, language: language,
            isActive: isActive, notify: notify)
        return Job(
            id: id, userID: user, plan: plan, lastRun: lastRun, createdAt: createdAt,
            nextDueAt: try row.optional(row.instant), retryAt: try row.optional(row.instant),
            retryOf: try row.optional(row.integer), backfillAt: try row.optional(row.instant),
            backfillOf: try row.optional(row.integer), holdUntil: try row.optional(row.instant),
            sinceToken: try row.integer(), firstFrom: try row.optional(row.instant),
            coveredUntil: try row.optional(row.instant), fetchedUntil: try row.optional(row.instant),
            pendingTruncatedBy: try row.optional(row.text), memory: MemoryText.read(try row.text()),
            fencingToken: try row.integer(), failuresInRow: try row.integer())
    }

    static func find(_ id: Int, _ reach: Reach, on connection: any Connection) throws -> Job {
        try found(connection.first(findText, [.integer(id)], job), reach)
    }

    private static let findText = SQLText("SELECT \(columns) FROM jobs WHERE id = $1")

    /// A job, locked: no run of it starts or ends meanwhile.
    static func lock(_ id: Int, _ reach: Reach, on connection: any Connection) throws -> Job {
        try found(connection.first(lockText, [.integer(id)], job), reach)
    }

    private static let lockText = SQLText("SELECT \(columns) FROM jobs WHERE id = $1 {for_update}")

    /// What belongs to somebody else is not there.
    private static func found(_ job: Job?, _ reach: Reach) throws -> Job {
        guard let job, reach.covers(job.userID) else { throw MonitoringRefusal.none("job") }
        return job
    }

    /// Jobs that have to be looked at, locked; those that another node looks at are left to it.
    /// - Parameter without: Users whose jobs are passed over; two at most are.
    static func lockDue(
        at now: Instant, limit: Int, without users: [ID], on connection: any Connection
    ) throws -> [Job] {
        let nobody = ID(high: 0, low: 0)
        let passed = [users.first ?? nobody, users.dropFirst().first ?? nobody].map { Value.id($0) }
        return try connection.all(dueText, [.instant(now), .integer(limit)] + passed, job)
    }

    private static let dueText = SQLText(
        sqlite: dueText(""), postgres: dueText("FOR UPDATE OF jobs SKIP LOCKED"))

    private static func dueText(_ locks: String) -> String {
        """
        SELECT \(columns) FROM jobs
        WHERE \(isDue) AND user_id <> $3 AND user_id <> $4
        ORDER BY look_at
        LIMIT $2
        \(locks)
        """
    }

    /// Jobs of somebody who is suspended wait: their slots are written down, and their time is covered, once that is lifted.
    private static let isDue = """
        look_at <= $1 AND NOT EXISTS (SELECT 1 FROM users WHERE users.id = jobs.user_id AND users.status = 'SUSPENDED')
        """

    /// Whether there is one that has to be looked at.
    static func anyDue(at now: Instant, on connection: any Connection) throws -> Bool {
        try connection.first(SQLText("SELECT 1 FROM jobs WHERE \(isDue) LIMIT 1"), [.instant(now)]) { _ in true }
            ?? false
    }

    /// One job that is due, locked; nil where another node looks at it, or it is due no more.
    static func lockDue(_ id: Int, at now: Instant, on connection: any Connection) throws -> Job? {
        try connection.first(oneDueText, [.instant(now), .integer(id)], job)
    }

    private static let oneDueText = SQLText(
        sqlite: "SELECT \(columns) FROM jobs WHERE \(isDue) AND id = $2",
        postgres: "SELECT \(columns) FROM jobs WHERE \(isDue) AND id = $2 FOR UPDATE OF jobs SKIP LOCKED")

    /// The numbers of jobs that are due.
    static func due(at now: Instant, limit: Int, on connection: any Connection) throws -> [Int] {
        try connection.all(
            SQLText("SELECT id FROM jobs WHERE \(isDue) ORDER BY look_at LIMIT $2"), [.instant(now), .integer(limit)]
        ) { try $0.integer() }
    }

    /// Has a job looked at later, whatever it says itself.
    static func postpone(_ id: Int, until moment: Instant, on connection: any Connection) throws {
        try connection.execute("UPDATE jobs SET look_at = $2 WHERE id = $1", [.integer(id), .instant(moment)])
    }

    static func all(
        of user: ID, before: Int?, limit: Int, on connection: any Connection
    ) throws -> [Job] {
        try connection.all(allText, [.id(user), .integer(before ?? Int(Int32.max)), .integer(limit)], job)
    }

    private static let allText = SQLText(
        "SELECT \(columns) FROM jobs WHERE user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3")

    static func count(of user: ID, on connection: any Connection) throws -> Int {
        try connection.one("SELECT COUNT(*) FROM jobs WHERE user_id = $1", [.id(user)]) { try $0.integer() }
    }

    static func insert(_ user: ID, _ plan: JobPlan, at now: Instant, on connection: any Connection) throws -> Job {
        let id = try connection.one(
            """
            INSERT INTO jobs (
                user_id, x_username, frequency, time_zone, topics, language, is_active, source, notify, created_at
            )
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            RETURNING id
            """, [.id(user)] + values(plan) + [.instant(now)]
        ) { try $0.integer() }
        return Job(
            id: id, userID: user, plan: plan, lastRun: nil, createdAt: now, nextDueAt: nil, retryAt: nil, retryOf: nil,
            backfillAt: nil, backfillOf: nil, holdUntil: nil, sinceToken: 0, firstFrom: nil, coveredUntil: nil,
            fetchedUntil: nil, pendingTruncatedBy: nil, memory: SourceMemory(),
            fencingToken: 0, failuresInRow: 0)
    }

    private static func values(_ plan: JobPlan) -> [Value] {
        let (text, zone) = FrequencyText.write(plan.frequency)
        return [
            .text(plan.account), .text(text), .optional(zone) { .text($0) }, .text(TextList.write(plan.topics)),
            .optional(plan.language) { .text($0) }, .bool(plan.isActive), .text(plan.source.rawValue),
            .text(plan.notify.rawValue),
        ]
    }

    static func update(_ job: Job, on connection: any Connection) throws {
        func moment(_ value: Instant?) -> Value { .optional(value) { .instant($0) } }
        try connection.execute(
            """
            UPDATE jobs
            SET x_username = $2, frequency = $3, time_zone = $4, topics = $5, language = $6, is_active = $7, source = $8,
                notify = $9, last_run = $10, next_due_at = $11, retry_at = $12, retry_of = $13, first_from = $14,
                covered_until = $15, fetched_until = $16, pending_truncated_by = $17, source_memory = $18,
                fencing_token = $19, failures_in_row = $20, look_at = $21, backfill_at = $22, backfill_of = $23, hold_until = $24,
                since_token = $25
            WHERE id = $1
            """,
            [.integer(job.id)] + values(job.plan) + [
                moment(job.lastRun), moment(job.nextDueAt), moment(job.retryAt),
                .optional(job.retryOf) { .integer($0) }, moment(job.firstFrom), moment(job.coveredUntil),
                moment(job.fetchedUntil), .optional(job.pendingTruncatedBy) { .text($0) },
                .text(MemoryText.write(job.memory)), .integer(job.fencingToken), .integer(job.failuresInRow),
                moment(job.lookAt), moment(job.backfillAt), .optional(job.backfillOf) { .integer($0) },
                moment(job.holdUntil), .integer(job.sinceToken),
            ])
    }

    static func delete(_ id: Int, on connection: any Connection) throws {
        try connection.execute("DELETE FROM jobs WHERE id = $1", [.integer(id)])
    }

}

/// How frequencies stand in two columns: the seed's, and the time zone of a cron expression.
enum FrequencyText {
    static func write(_ frequency: Frequency) -> (text: String, zone: String?) {
        switch frequency {
        case .named(let name): (name.rawValue, nil)
        case .cron(let text, let zone): (text, zone)
        }
    }

    /// What an older program wrote and nobody knows is a cron expression that is none: such a job is never due.
    static func read(_ text: String, zone: String?) -> Frequency {
        if zone == nil, let name = Frequency.Name(rawValue: text) { return .named(name) }
        return .cron(text, zone: zone ?? "UTC")
    }
}

/// A list of texts in a column of JSON.
enum TextList {
    static func write(_ texts: [String]) -> String { JSON.array(texts.map { .string($0) }).text }

    static func read(_ text: String?) -> [String] {
        guard let text, let document = JSONDocument(Data(text.utf8)) else { return [] }
        if let elements = document.elements(of: JSONDocument.root) {
            return elements.compactMap { document.text(of: $0) }
        }
        // An older program may have written one topic as a text.
        return document.text(of: JSONDocument.root).map { [$0] } ?? []
    }
}

/// What a source wants kept, as a JSON object of texts.
enum MemoryText {
    static func write(_ memory: SourceMemory) -> String {
        JSON.object(memory.values.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) }).text
    }

    static func read(_ text: String) -> SourceMemory {
        guard let values = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8)) else {
            return SourceMemory()
        }
        return SourceMemory(values)
    }
}
