import Core
import Foundation
import SQL

/// The three columns that an answer is kept in: a slider's in `answer_value`, an essay's in `answer_text`, choices and orders
/// as a JSON list in `answer_json`.
struct StoredAnswer: Sendable, Hashable {
    let text: String?
    let value: Double?
    let json: String?

    init(_ answer: GivenAnswer) {
        switch answer {
        case .slider(let number): (text, value, json) = (nil, number, nil)
        case .essay(let words): (text, value, json) = (words, nil, nil)
        case .mcq(let list), .ordering(let list):
            (text, value, json) = (nil, nil, JSON.array(list.map { .string($0) }).text)
        }
    }

    init(text: String?, value: Double?, json: String?) {
        self.text = text
        self.value = value
        self.json = json
    }

    /// From the next three columns of a row.
    init(_ row: any Row) throws {
        text = try row.optional(row.text)
        value = try row.optional(row.real)
        json = try row.optional(row.text)
    }

    static let columns = "answer_text, answer_value, CAST(answer_json AS TEXT)"

    var values: [Value] {
        [.optional(text) { .text($0) }, .optional(value) { .real($0) }, .optional(json) { .text($0) }]
    }

    /// What was answered to a question of this kind; nil for what an older app kept in a form that we do not know.
    func answer(to kind: Question.Name) -> GivenAnswer? {
        switch kind {
        case .slider: value.map { .slider($0) }
        case .essay: text.map { .essay($0) }
        case .mcq: list(within: ["selected_options", "selected"]).map { .mcq($0) }
        case .ordering: list(within: ["ordered_items", "order"]).map { .ordering($0) }
        }
    }

    private func list(within names: [String]) -> [String]? {
        guard let json else { return text.map { [$0] } }
        let kept = try? JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
        if let object = kept as? [String: Any] {
            return names.lazy.compactMap { object[$0] as? [Any] }.first.flatMap(texts)
        }
        return (kept as? [Any]).flatMap(texts) ?? scalarText(kept).map { [$0] }
    }

    private func texts(_ list: [Any]) -> [String]? {
        let texts = list.compactMap { element in
            (element as? [String: Any]).map { scalarText($0["value"] ?? $0["text"]) } ?? scalarText(element)
        }
        return texts.count == list.count ? texts : nil
    }
}

/// A string, or a number or truth value as its text.
private func scalarText(_ value: Any?) -> String? {
    if let text = value as? String { return text }
    guard let number = value as? NSNumber else { return nil }
    // Objective-C's code for a truth value.
    return String(cString: number.objCType) == "c" ? String(number.boolValue) : number.stringValue
}

/// The lists that questions keep as JSON.
enum StoredList {
    /// `[{"label": …, "value": …}, …]`; an entry that is text is label and value.
    static func choices(_ json: String?) -> [Question.Choice] {
        elements(json).compactMap { element in
            if let text = scalarText(element) { return Question.Choice(value: text, label: text) }
            guard let object = element as? [String: Any] else { return nil }
            let label = scalarText(object["label"]) ?? scalarText(object["text"])
            return (scalarText(object["value"]) ?? label).map { Question.Choice(value: $0, label: label ?? $0) }
        }
    }

    /// `[{"text": …}, …]`; an entry may be text alone.
    static func items(_ json: String?) -> [String] {
        elements(json).compactMap { scalarText($0) ?? scalarText(($0 as? [String: Any])?["text"]) }
    }

    /// `[…]` of texts.
    static func texts(_ json: String?) -> [String] {
        elements(json).compactMap(scalarText)
    }

    private static func elements(_ json: String?) -> [Any] {
        guard let json, let value = try? JSONSerialization.jsonObject(with: Data(json.utf8)) else { return [] }
        return value as? [Any] ?? []
    }
}
