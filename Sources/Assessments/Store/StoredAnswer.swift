import Core
import Foundation
import SQL

/// The three columns that an answer is kept in: a number in `answer_value`, words and days in `answer_text`, choices and orders as a
/// JSON list in `answer_json`, and a matrix there as an object. Words that a choice asked for stand in `answer_text` beside the list.
struct StoredAnswer: Sendable, Hashable {
    let text: String?
    let value: Double?
    let json: String?

    init(_ answer: GivenAnswer) {
        switch answer {
        case .slider(let number), .number(let number): (text, value, json) = (nil, number, nil)
        case .essay(let words), .text(let words), .date(let words): (text, value, json) = (words, nil, nil)
        case .mcq(let list, let other): (text, value, json) = (other, nil, JSON.array(list.map { .string($0) }).text)
        case .ordering(let list): (text, value, json) = (nil, nil, JSON.array(list.map { .string($0) }).text)
        case .matrix(let cells):
            let rows = cells.sorted { $0.key < $1.key }.map { row, columns in
                JSON.Member(row, .array(columns.map { .string($0) }))
            }
            (text, value, json) = (nil, nil, JSON.object(rows).text)
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
        case .mcq: list(within: ["selected_options", "selected"]).map { .mcq($0, other: json == nil ? nil : text) }
        case .ordering: list(within: ["ordered_items", "order"]).map { .ordering($0) }
        case .number: value.map { .number($0) }
        case .date: text.map { .date($0) }
        case .text: text.map { .text($0) }
        case .matrix: cells.map { .matrix($0) }
        }
    }

    private var cells: [String: [String]]? {
        guard let value = json.flatMap(StoredValue.init), value.kind == .object else { return nil }
        let rows = value.members.map { ($0.name, ($0.value.elements ?? []).compactMap(\.scalarText)) }
        return Dictionary(rows) { first, _ in first }
    }

    private func list(within names: [String]) -> [String]? {
        guard let json else { return text.map { [$0] } }
        guard let value = StoredValue(json) else { return nil }
        if value.kind == .object { return names.lazy.compactMap { value[$0]?.elements }.first.flatMap(texts) }
        return value.elements.flatMap(texts) ?? value.scalarText.map { [$0] }
    }

    private func texts(_ list: [StoredValue]) -> [String]? {
        let texts = list.compactMap { element in
            element.kind == .object ? (element["value"] ?? element["text"])?.scalarText : element.scalarText
        }
        return texts.count == list.count ? texts : nil
    }
}

/// A value in a JSON text that a column holds.
struct StoredValue {
    private let document: JSONDocument
    private let index: JSONDocument.Index

    /// Nil for what is no JSON.
    init?(_ text: String) {
        guard let document = JSONDocument(Data(text.utf8)) else { return nil }
        self.init(document, JSONDocument.root)
    }

    private init(_ document: JSONDocument, _ index: JSONDocument.Index) {
        self.document = document
        self.index = index
    }

    var kind: JSONDocument.Kind { document.kind(of: index) }

    /// A member that is there and not null.
    subscript(_ name: String) -> StoredValue? {
        document.member(name, of: index).map { StoredValue(document, $0) }.flatMap { $0.kind == .null ? nil : $0 }
    }

    var members: [(name: String, value: StoredValue)] {
        document.members(of: index).map { ($0.name, StoredValue(document, $0.value)) }
    }

    var elements: [StoredValue]? {
        document.elements(of: index)?.map { StoredValue(document, $0) }
    }

    /// A string, or a number or truth value as its text.
    var scalarText: String? {
        switch kind {
        case .string, .escapedString: document.text(of: index)
        case .number: document.integer(of: index).map { String($0) } ?? document.number(of: index).map { String($0) }
        case .bool: document.bool(of: index).map { String($0) }
        case .object, .array, .null: nil
        }
    }
}

/// The lists that questions keep as JSON.
enum StoredList {
    /// `[{"label": …, "value": …}, …]`; an entry that is text is label and value.
    static func choices(_ json: String?) -> [Question.Choice] {
        elements(json).compactMap { element in
            if let text = element.scalarText { return Question.Choice(value: text, label: text) }
            let label = element["label"]?.scalarText ?? element["text"]?.scalarText
            return (element["value"]?.scalarText ?? label).map { Question.Choice(value: $0, label: label ?? $0) }
        }
    }

    /// `[{"text": …}, …]`; an entry may be text alone.
    static func items(_ json: String?) -> [String] {
        elements(json).compactMap { $0.scalarText ?? $0["text"]?.scalarText }
    }

    /// `[…]` of texts.
    static func texts(_ json: String?) -> [String] {
        elements(json).compactMap(\.scalarText)
    }

    private static func elements(_ json: String?) -> [StoredValue] {
        json.flatMap(StoredValue.init)?.elements ?? []
    }
}
