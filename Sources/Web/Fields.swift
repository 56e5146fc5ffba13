package import Core
package import Foundation
import Hummingbird

/// A request body that can be read from `Fields`.
package protocol Input {
    /// Reads every field, so that every bad one is named at once; what is made of bad fields is thrown away.
    init(_ fields: Fields)
}

/// Named values, read one by one, wherever they come from: the members of a JSON object, or a request's path and query.
/// What is not acceptable is noted, and refused all at once when everything was read: only `collect` makes one.
package final class Fields {
    /// Where values come from.
    enum Source {
        case json(JSONDocument, JSONDocument.Index)
        case request(Request, DogearContext)
    }

    /// A value as its source has it.
    private enum Raw {
        case json(JSONDocument, JSONDocument.Index)
        case text(String)
    }

    private let source: Source
    private var problems: [FieldProblem] = []

    private init(_ source: Source) {
        self.source = source
        if !isReadable { problems.append(FieldProblem("", "must be a JSON object")) }
    }

    /// What a closure reads.
    /// - Throws: 422 naming everything that was not acceptable.
    static func collect<Value>(_ source: Source, _ read: (Fields) -> Value) throws(Problem) -> Value {
        switch checked(source, read) {
        case .success(let value): return value
        case .failure(let refused):
            throw .invalid(refused.fields.map { $0.field.isEmpty ? FieldProblem("body", $0.message) : $0 })
        }
    }

    private static func checked<Value>(_ source: Source, _ read: (Fields) -> Value) -> Result<Value, Refused> {
        let fields = Fields(source)
        let value = read(fields)
        return fields.problems.isEmpty ? .success(value) : .failure(Refused(fields: fields.problems))
    }

    fileprivate static func line<Value: Input>(_ bytes: Data, _ type: Value.Type) -> Result<Value, Refused> {
        guard let document = JSONDocument(bytes) else {
            return .failure(Refused(fields: [FieldProblem("", "is not JSON")]))
        }
        return checked(.json(document, JSONDocument.root), Value.init)
    }

    private var isReadable: Bool {
        if case .json(let document, let object) = source { document.kind(of: object) == .object } else { true }
    }

    /// Notes that a field is not acceptable.
    package func refuse(_ name: String, _ message: String) {
        problems.append(FieldProblem(name, message))
    }

    /// Whether a field is there and not null.
    package func has(_ name: String) -> Bool {
        raw(name) != nil
    }

    /// Whether a field is there, be it null.
    package func names(_ name: String) -> Bool {
        guard case .json(let document, let object) = source else { return has(name) }
        return document.member(name, of: object) != nil
    }

    /// A UUID.
    package func id(_ name: String) -> ID {
        optionalID(name, required: true) ?? ID(high: 0, low: 0)
    }

    /// A UUID that may be left out.
    package func optionalID(_ name: String, required: Bool = false) -> ID? {
        read(name, Fields.text, required: required, expected: Expected.id) { ID($0) }
    }

    /// Text of a length in Unicode code points, without NUL, which Postgres cannot store.
    package func text(_ name: String, length: ClosedRange<Int>) -> String {
        optionalText(name, length: length, required: true) ?? ""
    }

    /// Text that may be left out.
    package func optionalText(_ name: String, length: ClosedRange<Int>, required: Bool = false) -> String? {
        read(name, Fields.text, required: required, expected: Expected.text(length)) { text in
            length.contains(text.unicodeScalars.count) && !text.utf8.contains(0) ? text : nil
        }
    }

    /// Text as it is, for what is looked up and may be anything.
    package func anyText(_ name: String) -> String? {
        raw(name).flatMap(Fields.text)
    }

    /// Seconds as a number from 0 to below 2^31, floored to a whole one.
    package func seconds(_ name: String) -> Int {
        optionalSeconds(name, required: true) ?? 0
    }

    /// Seconds that may be left out.
    package func optionalSeconds(_ name: String, required: Bool = false) -> Int? {
        read(name, Fields.number, required: required, expected: Expected.seconds) { number in
            number >= 0 && number < 2_147_483_648 ? Int(number) : nil
        }
    }

    /// A whole number that may be left out.
    package func optionalInteger(_ name: String, _ range: ClosedRange<Int>) -> Int? {
        read(name, Fields.integer, required: false, expected: Expected.integer(range)) {
            range.contains($0) ? $0 : nil
        }
    }

    /// A whole number.
    package func integer(_ name: String, _ range: ClosedRange<Int>) -> Int {
        read(name, Fields.integer, required: true, expected: Expected.integer(range)) {
            range.contains($0) ? $0 : nil
        } ?? range.lowerBound
    }

    /// True or false, which may be left out.
    package func optionalFlag(_ name: String) -> Bool? {
        read(name, Fields.flag, required: false, expected: "must be true or false") { $0 }
    }

    /// A number that a `Double` holds.
    package func number(_ name: String) -> Double {
        read(name, Fields.number, required: true, expected: "must be a number") { $0.isFinite ? $0 : nil } ?? 0
    }

    /// A number within bounds that may be left out.
    package func optionalNumber(_ name: String, _ range: ClosedRange<Double>) -> Double? {
        read(
            name, Fields.number, required: false,
            expected: "must be a number from \(range.lowerBound) to \(range.upperBound)"
        ) { range.contains($0) ? $0 : nil }
    }

    /// A list of texts, each of a length in Unicode code points and without NUL.
    package func texts(_ name: String, count: ClosedRange<Int>, length: ClosedRange<Int>) -> [String] {
        read(
            name, Fields.elements, required: true,
            expected:
                "must be a list of \(count.lowerBound) to \(count.upperBound) texts of \(length.lowerBound) to \(length.upperBound) characters without NUL"
        ) { elements in
            guard count.contains(elements.count) else { return nil }
            let texts = elements.compactMap(Fields.text).filter {
                length.contains($0.unicodeScalars.count) && !$0.utf8.contains(0)
            }
            return texts.count == elements.count ? texts : nil
        } ?? []
    }

    /// An object whose members are lists of texts, all of a length in Unicode code points and without NUL, the names too.
    package func textsByName(_ name: String, count: ClosedRange<Int>, length: ClosedRange<Int>) -> [String: [String]] {
        func isText(_ text: String) -> Bool { length.contains(text.unicodeScalars.count) && !text.utf8.contains(0) }
        return read(
            name, { $0 }, required: true,
            expected:
                "must be an object of \(count.lowerBound) to \(count.upperBound) members, each a list of texts of \(length.lowerBound) to \(length.upperBound) characters without NUL"
        ) { raw in
            guard case .json(let document, let index) = raw, document.kind(of: index) == .object else { return nil }
            let members = document.members(of: index)
            let lists = members.compactMap { member -> (String, [String])? in
                guard isText(member.name), let elements = document.elements(of: member.value),
                    elements.count <= count.upperBound
                else { return nil }
                let texts = elements.compactMap(document.text).filter(isText)
                return texts.count == elements.count ? (member.name, texts) : nil
            }
            guard count.contains(members.count), lists.count == members.count else { return nil }
            return Dictionary(lists) { _, last in last }
        } ?? [:]
    }

    /// An object within this one; what is not acceptable in it is named `name.field`.
    package func object<Value: Input>(_ name: String, of type: Value.Type) -> Value? {
        guard case .json(let document, let index)? = raw(name) else {
            if isReadable { refuse(name, "is missing; it must be a JSON object") }
            return nil
        }
        switch Self.checked(.json(document, index), Value.init) {
        case .success(let value): return value
        case .failure(let refused):
            problems += refused.fields.map { FieldProblem($0.field.isEmpty ? name : "\(name).\($0.field)", $0.message) }
            return nil
        }
    }

    /// A moment in RFC 3339 that may be left out.
    package func optionalInstant(_ name: String, required: Bool = false) -> Instant? {
        read(name, Fields.text, required: required, expected: Expected.instant) { text in
            isRFC3339(text) ? Instant(text) : nil
        }
    }

    /// One of some words, which may be left out.
    package func optionalChoice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Choice.Type, required: Bool = false
    ) -> Choice? where Choice.RawValue == String {
        read(
            name, Fields.text, required: required,
            expected: "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))"
        ) { Choice(rawValue: $0) }
    }

    /// A list, each element read for itself: a bad one does not spoil the others.
    package func list<Element: Input>(
        _ name: String, of type: Element.Type, count: ClosedRange<Int>
    ) -> [Result<Element, Refused>] {
        guard case .json(let document, let index)? = raw(name), let elements = document.elements(of: index),
            count.contains(elements.count)
        else {
            refuse(name, "must be a list of \(count.lowerBound) to \(count.upperBound) elements")
            return []
        }
        return elements.map { Self.checked(.json(document, $0), Element.init) }
    }

    /// How many rows a list may have; the default where it is not given.
    package func limit(default standard: Int = 20, max: Int = 100) -> Int {
        optionalInteger("limit", 1...max) ?? standard
    }

    /// Where a list goes on.
    package func cursor() -> Cursor? {
        read(
            "cursor", Fields.text, required: false, expected: "must be the `next_cursor` of an earlier answer"
        ) { Cursor($0) }
    }

    /// The fields of an element that were not acceptable.
    package struct Refused: Error {
        /// Which, and why.
        package let fields: [FieldProblem]
    }

    private func raw(_ name: String) -> Raw? {
        switch source {
        case .json(let document, let object):
            document.member(name, of: object).flatMap {
                document.kind(of: $0) == .null ? nil : .json(document, $0)
            }
        case .request(let request, let context):
            (context.parameters.get(name) ?? request.uri.queryParameters[name[...]].map(String.init)).map { .text($0) }
        }
    }

    private static func text(_ raw: Raw) -> String? {
        switch raw {
        case .json(let document, let index): document.text(of: index)
        case .text(let text): text
        }
    }

    private static func number(_ raw: Raw) -> Double? {
        switch raw {
        case .json(let document, let index): document.number(of: index)
        case .text(let text): Double(text)
        }
    }

    private static func integer(_ raw: Raw) -> Int? {
        switch raw {
        case .json(let document, let index): document.integer(of: index)
        case .text(let text): Int(text)
        }
    }

    private static func flag(_ raw: Raw) -> Bool? {
        switch raw {
        case .json(let document, let index): document.bool(of: index)
        case .text(let text): Bool(text)
        }
    }

    private static func elements(_ raw: Raw) -> [Raw]? {
        guard case .json(let document, let index) = raw else { return nil }
        return document.elements(of: index).map { $0.map { .json(document, $0) } }
    }

    private func read<Middle, Value>(
        _ name: String, _ middle: (Raw) -> Middle?, required: Bool, expected: @autoclosure () -> String,
        _ convert: (Middle) -> Value?
    ) -> Value? {
        guard isReadable else { return nil }
        guard let raw = raw(name) else {
            if required { refuse(name, "is missing; it \(expected())") }
            return nil
        }
        guard let value = middle(raw).flatMap(convert) else {
            refuse(name, expected())
            return nil
        }
        return value
    }
}

/// Whether a moment has the parts that RFC 3339 asks for: a `T`, seconds, and `Z` or an offset with a colon.
private func isRFC3339(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes[10] | 0x20 == UInt8(ascii: "t"), bytes[16] == UInt8(ascii: ":") else { return false }
    if bytes[bytes.count - 1] | 0x20 == UInt8(ascii: "z") { return true }
    let sign = bytes[bytes.count - 6]
    return bytes[bytes.count - 3] == UInt8(ascii: ":") && (sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"))
}

/// What would have been acceptable, in words.
enum Expected {
    static let id = "must be a UUID such as 2f1e9c7a-5b1d-4c6e-9f3a-8d7c6b5a4f3e"
    static let seconds = "must be a number from 0 to below 2147483648"
    static let instant = "must be a moment in RFC 3339, such as 2026-11-21T12:00:00Z"
    static func text(_ length: ClosedRange<Int>) -> String {
        "must be text of \(length.lowerBound) to \(length.upperBound) characters without NUL"
    }
    static func integer(_ range: ClosedRange<Int>) -> String {
        "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
    }
}

/// Reads a body of many lines, each a JSON object for itself: a bad one does not spoil the others. Empty lines are passed over.
/// - Returns: each line's number, from 1 on, and what it says.
/// - Throws: `Problem` 422 for more lines than there may be.
package func readLines<Value: Input>(
    _ type: Value.Type, from bytes: Data, most: Int
) throws(Problem) -> [(number: Int, value: Result<Value, Fields.Refused>)] {
    var lines: [(number: Int, value: Result<Value, Fields.Refused>)] = []
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
        guard line.contains(where: { $0 > 0x20 }) else { continue }
        guard lines.count < most else {
            throw .invalid([FieldProblem("body", "must have at most \(most) lines")])
        }
        lines.append((index + 1, Fields.line(Data(line), type)))
    }
    return lines
}

/// Reads a body that may be left out.
/// - Throws: `Problem` 400 for what is not JSON, 422 naming every bad field.
package func readOptionalInput<Value: Input>(_ type: Value.Type, from bytes: Data) throws(Problem) -> Value {
    try readInput(type, from: bytes.isEmpty ? Data("{}".utf8) : bytes)
}

/// Reads a body.
/// - Throws: `Problem` 400 for what is not JSON, 422 naming every bad field.
package func readInput<Value: Input>(_ type: Value.Type, from bytes: Data) throws(Problem) -> Value {
    guard let document = JSONDocument(bytes) else {
        throw .malformed("The body is not JSON. Nothing was stored. Send one JSON object.")
    }
    return try Fields.collect(.json(document, JSONDocument.root), Value.init)
}
