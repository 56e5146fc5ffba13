import Core
import Foundation
import Hummingbird
import Web

extension Scope {
    static let readMonitoring = Scope(.monitoring, .read)
    static let writeMonitoring = Scope(.monitoring, .write)
}

extension Audience {
    /// Whoever may look at jobs.
    static let readers = Audience.signedIn(orKey: .readMonitoring)
    /// Whoever may change them.
    static let writers = Audience.signedIn(orKey: .writeMonitoring)
}

extension Request {
    func jobID(_ context: DogearContext) throws(Problem) -> Int { try number("job_id", context, "job") }
    func executionID(_ context: DogearContext) throws(Problem) -> Int {
        try number("execution_id", context, "execution")
    }
    func playID(_ context: DogearContext) throws(Problem) -> Int { try number("run_id", context, "playground run") }

    /// A row's number from the path; what is no number is nothing's.
    private func number(_ name: String, _ context: DogearContext, _ thing: String) throws(Problem) -> Int {
        guard let text = context.parameters.get(name), let number = Int32(text), number > 0 else {
            throw .notFound(thing)
        }
        return Int(number)
    }

    /// Where a plain list goes on: before this row.
    func before(_ context: DogearContext) throws(Problem) -> Int? {
        try values(context) { $0.optionalInteger("before", 1...Int(Int32.max)) }
    }
}

extension DogearContext {
    /// The user whose things are meant: oneself, or whom an app's backend names.
    func user(named id: ID?) throws(Problem) -> ID {
        if case .user(let own) = caller {
            if let id { try caller.requireReach(to: id) }
            return own
        }
        guard let id else {
            throw .invalid([FieldProblem("user_id", "is missing; a service key acts for the user that it names")])
        }
        return id
    }
}

/// A job as somebody wants it to be.
struct JobInput: Input {
    let userID: ID?
    let plan: JobPlan

    init(_ fields: Fields) {
        userID = fields.optionalID("user_id")
        let source = fields.optionalChoice("source", SourceName.self) ?? .folder
        plan = JobPlan(
            source: source, account: fields.account("x_username", source),
            frequency: fields.frequency() ?? .named(.daily), topics: fields.topics() ?? [],
            language: fields.language(), isActive: fields.optionalFlag("is_active") ?? true,
            notify: fields.optionalChoice("notify", JobPlan.Notify.self) ?? .none)
        if !fields.has("frequency") { fields.refuse("frequency", "is missing; it \(Fields.frequencies)") }
    }
}

/// What of a job is to be otherwise.
struct JobEditInput: Input {
    private let source: SourceName?
    private let account: String?
    private let frequency: Frequency?
    private let topics: [String]?
    /// Named as null, it is the posts' own again.
    private let language: String??
    private let isActive: Bool?
    private let notify: JobPlan.Notify?

    init(_ fields: Fields) {
        source = fields.optionalChoice("source", SourceName.self)
        account = fields.optionalText("x_username", length: 1...500)
        frequency = fields.has("frequency") ? fields.frequency() : nil
        topics = fields.topics()
        language = fields.names("language") ? .some(fields.language()) : nil
        isActive = fields.optionalFlag("is_active")
        notify = fields.optionalChoice("notify", JobPlan.Notify.self)
    }

    /// A plan with these changes.
    /// - Throws: 422 where the account is none of the source's.
    func edited(_ plan: JobPlan) throws(Problem) -> JobPlan {
        var plan = plan
        plan.source = source ?? plan.source
        if let account { plan.account = account }
        if source != nil || account != nil {
            guard let name = AccountName.check(plan.source, plan.account) else {
                throw .invalid([FieldProblem("x_username", AccountName.expected(plan.source))])
            }
            plan.account = name
        }
        plan.frequency = frequency ?? plan.frequency
        plan.topics = topics ?? plan.topics
        plan.language = language ?? plan.language
        plan.isActive = isActive ?? plan.isActive
        plan.notify = notify ?? plan.notify
        return plan
    }
}

/// A window of the past.
struct BackfillInput: Input {
    let window: Span
    let again: Bool

    init(_ fields: Fields) {
        let from = fields.optionalInstant("from", required: true)
        let to = fields.optionalInstant("to", required: true)
        let nothing = Instant(milliseconds: 0)
        window = Span(from ?? nothing, to ?? nothing)
        again = fields.optionalFlag("again") ?? false
        if let from, let to, from >= to { fields.refuse("to", "must be later than `from`") }
    }
}

/// A run of the playground.
struct PlayInput: Input {
    let wish: PlayStore.Wish

    /// So many accounts at once.
    static let accountLimit = 5

    init(_ fields: Fields) {
        let source = fields.optionalChoice("source", SourceName.self) ?? .folder
        let names = fields.text("x_username", length: 1...2_500)
            .split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        let accounts = names.compactMap { AccountName.check(source, $0) }
        if names.isEmpty || accounts.count != names.count {
            fields.refuse("x_username", AccountName.expected(source) + "; several are separated by commas")
        } else if accounts.count > Self.accountLimit {
            fields.refuse("x_username", "may name \(Self.accountLimit) accounts at most")
        }
        wish = PlayStore.Wish(
            source: source, accounts: accounts.reduce(into: []) { if !$0.contains($1) { $0.append($1) } },
            topics: fields.topics() ?? [], hoursBack: fields.optionalInteger("hours_back", 1...720) ?? 24,
            language: fields.language())
    }
}

/// How often the jobs are to run that a playground run is saved as.
struct SaveInput: Input {
    let frequency: Frequency
    let notify: JobPlan.Notify

    init(_ fields: Fields) {
        frequency = fields.has("frequency") ? fields.frequency() ?? .named(.daily) : .named(.daily)
        notify = fields.optionalChoice("notify", JobPlan.Notify.self) ?? .none
    }
}

extension Fields {
    static var frequencies: String {
        "must be one of \(Frequency.Name.allCases.map(\.rawValue).joined(separator: ", ")), or an object of `cron` and `time_zone`"
    }

    /// A name of a pace, or an object with a cron expression.
    func frequency() -> Frequency? {
        guard let text = anyText("frequency") else {
            guard has("frequency") else { return nil }
            return object("frequency", of: CronInput.self)?.frequency
        }
        guard let name = Frequency.Name(rawValue: text) else {
            refuse("frequency", Self.frequencies)
            return nil
        }
        return .named(name)
    }

    func account(_ name: String, _ source: SourceName) -> String {
        let text = self.text(name, length: 1...500)
        guard !text.isEmpty else { return text }
        guard let account = AccountName.check(source, text) else {
            refuse(name, AccountName.expected(source))
            return text
        }
        return account
    }

    func topics() -> [String]? {
        guard has("topics") else { return nil }
        return texts("topics", count: 0...20, length: 1...100)
    }

    /// A language's tag (RFC 5646), as far as its letters go.
    func language() -> String? {
        guard let text = optionalText("language", length: 2...35) else { return nil }
        guard text.wholeMatch(of: /[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*/) != nil else {
            refuse("language", "must be a language's tag, such as en or pt-BR")
            return nil
        }
        return text
    }
}

private struct CronInput: Input {
    let frequency: Frequency

    init(_ fields: Fields) {
        let cron = fields.text("cron", length: 1...200)
        frequency = .cron(cron, zone: fields.optionalText("time_zone", length: 1...100) ?? "UTC")
        let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        if !cron.isEmpty, let fault = frequency.fault(at: now) {
            fields.refuse(fault.contains("time zone") ? "time_zone" : "cron", fault)
        }
    }
}
