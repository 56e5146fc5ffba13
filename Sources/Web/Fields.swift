package import Core
package import Foundation

/// A request body that can be read from `Fields`.
package protocol Input {
    /// Reads every field, so that every bad one is named at once; what is made of bad fields is thrown away.
    init(_ fields: Fields)
}

/// The members of a JSON object, read one by one; what is not acceptable is noted instead of thrown.
package final class Fields {
    private let document: JSONDocument
    private let object: JSONDocument.Index
    /// What was not acceptable so far.
    package private(set) var problems: [FieldProblem] = []

    fileprivate init(_ document: JSONDocument, _ object: JSONDocument.Index) {
        self.document = document
        self.object = object
        if document.kind(of: object) != .object { problems.append(FieldProblem("", "must be a JSON object")) }
    }

    /// Notes that a field is not acceptable.
    package func refuse(_ name: String, _ message: String) {
        problems.append(FieldProblem(name, message))
    }

    /// Whether a field is there and not null.
    package func has(_ name: String) -> Bool {
        value(name) != nil
    }

    /// A UUID.
    package func id(_ name: String) -> ID {
        optionalID(name, required: true) ?? ID(high: 0, low: 0)
    }

    /// A UUID that may be left out.
    package func optionalID(_ name: String, required: Bool = false) -> ID? {
        read(name, JSONDocument.text, required: required, expected: Expected.id) { ID($0) }
    }

    /// Text of a length in Unicode code points, without NUL, which Postgres cannot store.
    package func text(_ name: String, length: ClosedRange<Int>) -> String {
        optionalText(name, length: length, required: true) ?? ""
    }

    /// Text that may be left out.
    package func optionalText(_ name: String, length: ClosedRange<Int>, required: Bool = false) -> String? {
        read(name, JSONDocument.text, required: required, expected: Expected.text(length)) { text in
            length.contains(text.unicodeScalars.count) && !text.utf8.contains(0) ? text : nil
        }
    }

    /// Seconds as a number from 0 to below 2^31, floored to a whole one.
    package func seconds(_ name: String) -> Int {
        optionalSeconds(name, required: true) ?? 0
    }

    /// Seconds that may be left out.
    package func optionalSeconds(_ name: String, required: Bool = false) -> Int? {
        read(name, JSONDocument.number, required: required, expected: Expected.seconds) { number in
            number >= 0 && number < 2_147_483_648 ? Int(number) : nil
        }
    }

    /// A whole number that may be left out.
    package func optionalInteger(_ name: String, _ range: ClosedRange<Int>) -> Int? {
        read(name, JSONDocument.integer, required: false, expected: Expected.integer(range)) {
            range.contains($0) ? $0 : nil
        }
    }

    /// A whole number.
    package func integer(_ name: String, _ range: ClosedRange<Int>) -> Int {
        read(name, JSONDocument.integer, required: true, expected: Expected.integer(range)) {
            range.contains($0) ? $0 : nil
        } ?? range.lowerBound
    }

    /// A number that a `Double` holds.
    package func number(_ name: String) -> Double {
        read(name, JSONDocument.number, required: true, expected: "must be a number") { $0.isFinite ? $0 : nil } ?? 0
    }

    /// A list of texts, each of a length in Unicode code points and without NUL.
    package func texts(_ name: String, count: ClosedRange<Int>, length: ClosedRange<Int>) -> [String] {
        read(
            name, JSONDocument.elements, required: true,
            expected:
                "must be a list of \(count.lowerBound) to \(count.upperBound) texts of \(length.lowerBound) to \(length.upperBound) characters without NUL"
        ) { elements in
            guard count.contains(elements.count) else { return nil }
            let texts = elements.compactMap(document.text).filter {
                length.contains($0.unicodeScalars.count) && !$0.utf8.contains(0)
            }
            return texts.count == elements.count ? texts : nil
        } ?? []
    }

    /// An object within this one; what is not acceptable in it is named `name.field`.
    package func object<Value: Input>(_ name: String, of type: Value.Type) -> Value? {
        guard let index = value(name) else {
            if document.kind(of: object) == .object { refuse(name, "is missing; it must be a JSON object") }
            return nil
        }
        switch checked(type, document, index) {
        case .success(let value): return value
        case .failure(let refused):
            problems += refused.fields.map { FieldProblem($0.field.isEmpty ? name : "\(name).\($0.field)", $0.message) }
            return nil
        }
    }

    /// A moment in RFC 3339 that may be left out.
    package func optionalInstant(_ name: String, required: Bool = false) -> Instant? {
        read(name, JSONDocument.text, required: required, expected: Expected.instant) { text in
            isRFC3339(text) ? Instant(text) : nil
        }
    }

    /// One of some words, which may be left out.
    package func optionalChoice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Choice.Type, required: Bool = false
    ) -> Choice? where Choice.RawValue == String {
        read(
            name, JSONDocument.text, required: required,
            expected: "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))"
        ) { Choice(rawValue: $0) }
    }

    /// A list, each element read for itself: a bad one does not spoil the others.
    package func list<Element: Input>(
        _ name: String, of type: Element.Type, count: ClosedRange<Int>
    ) -> [Result<Element, Refused>] {
        guard let elements = value(name).flatMap(document.elements), count.contains(elements.count) else {
            refuse(name, "must be a list of \(count.lowerBound) to \(count.upperBound) elements")
            return []
        }
        return elements.map { checked(type, document, $0) }
    }

    /// The fields of an element that were not acceptable.
    package struct Refused: Error {
        /// Which, and why.
        package let fields: [FieldProblem]
    }

    private func value(_ name: String) -> JSONDocument.Index? {
        document.member(name, of: object).flatMap { document.kind(of: $0) == .null ? nil : $0 }
    }

    private func read<Raw, Value>(
        _ name: String, _ raw: (JSONDocument) -> (JSONDocument.Index) -> Raw?, required: Bool,
        expected: @autoclosure () -> String, _ convert: (Raw) -> Value?
    ) -> Value? {
        guard document.kind(of: object) == .object else { return nil }
        guard let index = value(name) else {
            if required { refuse(name, "is missing; it \(expected())") }
            return nil
        }
        guard let value = raw(document)(index).flatMap(convert) else {
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

/// An input, or what was not acceptable in it.
private func checked<Value: Input>(
    _ type: Value.Type, _ document: JSONDocument, _ index: JSONDocument.Index
) -> Result<Value, Fields.Refused> {
    let fields = Fields(document, index)
    let value = Value(fields)
    return fields.problems.isEmpty ? .success(value) : .failure(Fields.Refused(fields: fields.problems))
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
    switch checked(type, document, JSONDocument.root) {
    case .success(let value): return value
    case .failure(let refused):
        throw .invalid(refused.fields.map { $0.field.isEmpty ? FieldProblem("body", $0.message) : $0 })
    }
}
