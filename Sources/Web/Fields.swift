package import Core
package import Foundation

/// A request body that can be read from `Fields`.
package protocol Input {
    /// Reads every field, so that every bad one is named at once; what is made of bad fields is thrown away.
    init(_ fields: Fields)
}

/// The members of a JSON object, read one by one; what is not acceptable is noted instead of thrown.
package final class Fields {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }

    private let container: KeyedDecodingContainer<Key>?
    /// What was not acceptable so far.
    package private(set) var problems: [FieldProblem] = []

    fileprivate init(_ decoder: any Decoder) {
        container = try? decoder.container(keyedBy: Key.self)
        if container == nil { problems.append(FieldProblem("", "must be a JSON object")) }
    }

    /// Notes that a field is not acceptable.
    package func refuse(_ name: String, _ message: String) {
        problems.append(FieldProblem(name, message))
    }

    /// Whether a field is there and not null.
    package func has(_ name: String) -> Bool {
        guard let container, container.contains(Key(name)) else { return false }
        return (try? container.decodeNil(forKey: Key(name))) != true
    }

    /// A UUID.
    package func id(_ name: String) -> ID {
        optionalID(name, required: true) ?? ID(high: 0, low: 0)
    }

    /// A UUID that may be left out.
    package func optionalID(_ name: String, required: Bool = false) -> ID? {
        read(name, String.self, required: required, expected: Expected.id) { ID($0) }
    }

    /// Text of a length in Unicode code points, without NUL, which Postgres cannot store.
    package func text(_ name: String, length: ClosedRange<Int>) -> String {
        optionalText(name, length: length, required: true) ?? ""
    }

    /// Text that may be left out.
    package func optionalText(_ name: String, length: ClosedRange<Int>, required: Bool = false) -> String? {
        read(name, String.self, required: required, expected: Expected.text(length)) { text in
            length.contains(text.unicodeScalars.count) && !text.utf8.contains(0) ? text : nil
        }
    }

    /// Seconds as a number from 0 to below 2^31, floored to a whole one.
    package func seconds(_ name: String) -> Int {
        optionalSeconds(name, required: true) ?? 0
    }

    /// Seconds that may be left out.
    package func optionalSeconds(_ name: String, required: Bool = false) -> Int? {
        read(name, Double.self, required: required, expected: Expected.seconds) { number in
            number >= 0 && number < 2_147_483_648 ? Int(number) : nil
        }
    }

    /// A whole number that may be left out.
    package func optionalInteger(_ name: String, _ range: ClosedRange<Int>) -> Int? {
        read(name, Int.self, required: false, expected: Expected.integer(range)) { range.contains($0) ? $0 : nil }
    }

    /// A moment in RFC 3339 that may be left out.
    package func optionalInstant(_ name: String, required: Bool = false) -> Instant? {
        read(name, String.self, required: required, expected: Expected.instant) { text in
            isRFC3339(text) ? Instant(text) : nil
        }
    }

    /// One of some words, which may be left out.
    package func optionalChoice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Choice.Type
    ) -> Choice? where Choice.RawValue == String {
        read(
            name, String.self, required: false,
            expected: "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))"
        ) { Choice(rawValue: $0) }
    }

    /// A list, each element read for itself: a bad one does not spoil the others.
    package func list<Element: Input>(
        _ name: String, of type: Element.Type, count: ClosedRange<Int>
    ) -> [Result<Element, Refused>] {
        let expected = "must be a list of \(count.lowerBound) to \(count.upperBound) elements"
        guard let container, var elements = try? container.nestedUnkeyedContainer(forKey: Key(name)) else {
            refuse(name, expected)
            return []
        }
        guard count.contains(elements.count ?? 0) else {
            refuse(name, expected)
            return []
        }
        var results: [Result<Element, Refused>] = []
        while !elements.isAtEnd {
            guard let element = try? elements.decode(Checked<Element>.self) else {
                refuse(name, expected)
                return []
            }
            results.append(element.result)
        }
        return results
    }

    /// The fields of an element that were not acceptable.
    package struct Refused: Error {
        /// Which, and why.
        package let fields: [FieldProblem]
    }

    private func read<Raw: Decodable, Value>(
        _ name: String, _ type: Raw.Type, required: Bool, expected: @autoclosure () -> String,
        _ convert: (Raw) -> Value?
    ) -> Value? {
        guard let container else { return nil }
        let key = Key(name)
        guard container.contains(key), (try? container.decodeNil(forKey: key)) != true else {
            if required { refuse(name, "is missing; it \(expected())") }
            return nil
        }
        guard let raw = try? container.decode(Raw.self, forKey: key), let value = convert(raw) else {
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

/// An input together with what was not acceptable in it.
private struct Checked<Value: Input>: Decodable {
    let result: Result<Value, Fields.Refused>

    init(from decoder: any Decoder) {
        let fields = Fields(decoder)
        let value = Value(fields)
        result = fields.problems.isEmpty ? .success(value) : .failure(Fields.Refused(fields: fields.problems))
    }
}

/// Reads a body.
/// - Throws: `Problem` 400 for what is not JSON, 422 naming every bad field.
package func readInput<Value: Input>(_ type: Value.Type, from bytes: Data) throws(Problem) -> Value {
    let checked: Checked<Value>
    do {
        guard JSONText.isWellFormed(bytes) else { throw Problem.malformed("") }
        checked = try JSONDecoder().decode(Checked<Value>.self, from: bytes)
    } catch {
        throw .malformed("The body is not JSON. Nothing was stored. Send one JSON object.")
    }
    switch checked.result {
    case .success(let value): return value
    case .failure(let refused):
        throw .invalid(refused.fields.map { $0.field.isEmpty ? FieldProblem("body", $0.message) : $0 })
    }
}
