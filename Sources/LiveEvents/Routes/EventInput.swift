import Core
import Hummingbird
import Web

extension Scope {
    static let readEvents = Scope(.events, .read)
    static let writeEvents = Scope(.events, .write)
}

/// Who asks, in the words of live events.
extension DogearContext {
    var part: Part {
        switch caller {
        case .service: .app
        case .user(let id): .user(id)
        case .capability(let own):
            switch (own.role, own.holders.first) {
            case (.host, _): .host(own.holders)
            case (.presenter, let holder?): .presenter(holder.key)
            case (.participant, let holder?): .participant(holder.key, generation: holder.value)
            case (_, nil): .nobody
            }
        case .open, .anonymous: .nobody
        }
    }

    /// The participant who asks, and by which token.
    func participant() throws -> (id: ID, generation: Int) {
        guard case .participant(let id, let generation) = part else { throw EventRefusal.notYours }
        return (id, generation)
    }
}

extension Request {
    func eventID(_ context: DogearContext) throws(Problem) -> ID { try values(context) { $0.id("event_id") } }
    func segmentID(_ context: DogearContext) throws(Problem) -> ID { try values(context) { $0.id("segment_id") } }
}

/// Texts of live events are counted in characters as people count them, below what a row holds.
private let titleLength = 1...200

struct EventInput: Input {
    let title: String
    let description: String
    let timePerQuestion: Int

    init(_ fields: Fields) {
        title = fields.line("title", length: titleLength)
        description = fields.optionalText("description", length: 0...2_000) ?? ""
        timePerQuestion = fields.optionalInteger("time_per_question", 3...600) ?? 20
    }
}

struct EventEditInput: Input {
    let edit: EventStore.Edit

    init(_ fields: Fields) {
        edit = EventStore.Edit(
            title: fields.optionalLine("title", length: titleLength),
            description: fields.optionalText("description", length: 0...2_000),
            timePerQuestion: fields.optionalInteger("time_per_question", 3...600).map { .seconds($0) })
    }
}

struct SegmentInput: Input {
    let presenterName: String
    let title: String
    let order: Int?

    init(_ fields: Fields) {
        presenterName = fields.line("presenter_name", length: titleLength)
        title = fields.line("title", length: titleLength)
        order = fields.optionalInteger("order", 0...1_000_000)
    }
}

struct SegmentEditInput: Input {
    let edit: SegmentStore.Edit

    init(_ fields: Fields) {
        edit = SegmentStore.Edit(
            presenterName: fields.optionalLine("presenter_name", length: titleLength),
            title: fields.optionalLine("title", length: titleLength),
            order: fields.optionalInteger("order", 0...1_000_000))
    }
}

struct QuestionInput: Input {
    let text: String
    let correct: String
    let others: [String]

    init(_ fields: Fields) {
        text = fields.line("question_text", length: 1...500)
        correct = fields.line("correct_answer", length: 1...200)
        others = fields.texts("other_answers", count: 1...7, length: 1...200)
        if Set([correct] + others).count != others.count + 1 {
            fields.refuse("other_answers", "must differ from each other and from correct_answer")
        }
    }

    /// - Parameter draw: Numbers drawn at random, by which the answers are shuffled once and for all.
    func question(_ id: ID, in segment: ID, _ draw: () -> UInt64) -> Question {
        Question(
            id: id, segment: segment, order: 0, text: text, correct: correct, others: others,
            draw: (0...others.count).map { _ in draw() })
    }
}

/// One question, or several at once.
struct QuestionsInput: Input {
    let questions: [QuestionInput]
    let areMany: Bool

    init(_ fields: Fields) {
        areMany = fields.has("questions")
        guard areMany else {
            questions = [QuestionInput(fields)]
            return
        }
        var read: [QuestionInput] = []
        for (index, found) in fields.list("questions", of: QuestionInput.self, count: 1...100).enumerated() {
            switch found {
            case .success(let question): read.append(question)
            case .failure(let refused):
                for field in refused.fields { fields.refuse("questions[\(index)].\(field.field)", field.message) }
            }
        }
        questions = read
    }
}

struct TapInput: Input {
    let seen: Int?

    init(_ fields: Fields) { seen = fields.optionalInteger("question_index", 0...1_000_000) }
}

struct JoinInput: Input {
    let code: String
    let key: String?
    let scan: String?
    let device: ID
    let name: DisplayName?
    let avatar: String?
    let leavesOther: Bool
    let user: ID?

    init(_ fields: Fields) {
        code = TypedCode.read(fields.text("code", length: 1...100))
        key = fields.optionalText("key", length: 1...200)
        scan = fields.optionalText("scan_id", length: 1...200)
        device = fields.id("device_id")
        name = fields.displayName("display_name")
        avatar = fields.optionalText("avatar", length: 1...32)
        leavesOther = fields.optionalFlag("leave_other") ?? false
        user = fields.optionalID("user_id")
    }
}

struct RenameInput: Input {
    let name: DisplayName?

    init(_ fields: Fields) { name = fields.displayName("display_name") }
}

struct HeartbeatInput: Input {
    let isHidden: Bool

    init(_ fields: Fields) { isHidden = fields.optionalFlag("hidden") ?? false }
}

struct AnswerInput: Input {
    let question: ID
    let answer: String

    init(_ fields: Fields) {
        question = fields.id("question_id")
        answer = fields.text("answer", length: 1...200)
    }
}

struct RecoverInput: Input {
    let code: String
    let device: ID

    init(_ fields: Fields) {
        code = TypedCode.read(fields.text("recovery_code", length: 1...100))
        device = fields.id("device_id")
    }
}

struct HostRecoverInput: Input {
    let code: String

    init(_ fields: Fields) { code = TypedCode.read(fields.text("host_recovery_code", length: 1...100)) }
}

extension Fields {
    /// One line of text that is not blank.
    func line(_ name: String, length: ClosedRange<Int>) -> String {
        let text = self.text(name, length: length)
        if !text.isEmpty, text.allSatisfy(\.isWhitespace) { refuse(name, "must not be blank") }
        return text
    }

    func optionalLine(_ name: String, length: ClosedRange<Int>) -> String? {
        has(name) ? line(name, length: length) : nil
    }

    func displayName(_ name: String) -> DisplayName? {
        let text = self.text(name, length: 1...400)
        let read = DisplayName(text)
        if read == nil, !text.isEmpty {
            refuse(
                name,
                "must be 1 to \(DisplayName.longest) characters of which one can be seen, without controls and signs of no width"
            )
        }
        return read
    }
}
