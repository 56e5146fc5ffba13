/// A JSON answer being put together: object members keep their order, and `null` is written, never left out.
///
/// Answers are built by hand rather than through `Encodable` because the wire is a contract: member names, order and nulls
/// stand where the answer is made. It is also the cheaper way on the hot paths.
package indirect enum JSON: Sendable, Hashable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A whole number.
    case integer(Int64)
    /// A number with a fraction; one that JSON cannot hold (NaN, infinity) is written as `null`.
    case number(Double)
    /// A string.
    case string(String)
    /// An id, as its 36 characters.
    case id(ID)
    /// A moment, as RFC 3339.
    case instant(Instant)
    /// A list.
    case array([JSON])
    /// An object, in order.
    case object([Member])
    /// JSON text that was written before, such as a stored answer.
    case raw(String)

    /// One member of an object.
    package struct Member: Sendable, Hashable {
        /// The member's name.
        package let name: String
        /// The member's value.
        package let value: JSON

        /// A member from its name and value.
        package init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    /// A whole number.
    package static func integer(_ value: Int) -> JSON { .integer(Int64(value)) }

    /// The value as JSON, or `null` where there is none.
    package static func optional<Value>(_ value: Value?, _ wrap: (Value) -> JSON) -> JSON {
        value.map(wrap) ?? .null
    }

    /// The same object with more members at its end; anything else is unchanged.
    package func adding(_ members: Member...) -> JSON { adding(members) }

    /// The same object with more members at its end; anything else is unchanged.
    package func adding(_ members: [Member]) -> JSON {
        guard case .object(let own) = self else { return self }
        return .object(own + members)
    }

    /// The JSON text as UTF-8.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        write(to: &bytes)
        return bytes
    }

    /// The JSON text.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: value ? "true".utf8 : "false".utf8)
        case .integer(let value): bytes.append(contentsOf: String(value).utf8)
        case .number(let value): bytes.append(contentsOf: value.isFinite ? "\(value)".utf8 : "null".utf8)
        case .string(let value): writeString(value, to: &bytes)
        case .raw(let text): bytes.append(contentsOf: text.utf8)
        case .id(let value): writeASCII(36, to: &bytes) { value.write(to: $0) }
        case .instant(let value): writeASCII(24, to: &bytes) { value.write(to: $0) }
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                writeString(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }
}

extension JSON: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByNilLiteral
{
    /// An object, its members in the order written.
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }

    /// A list.
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    /// A string.
    package init(stringLiteral value: String) { self = .string(value) }
    /// `true` or `false`.
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A whole number.
    package init(integerLiteral value: Int64) { self = .integer(value) }
    /// `null`.
    package init(nilLiteral: ()) { self = .null }
}

private func writeASCII(_ count: Int, to bytes: inout [UInt8], _ write: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
    bytes.append(UInt8(ascii: "\""))
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { buffer in
        write(buffer)
        bytes.append(contentsOf: buffer)
    }
    bytes.append(UInt8(ascii: "\""))
}

/// Writes a string with the escapes that RFC 8259 requires.
private func writeString(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte)
        case 0x00..<0x20:
            let digits = Array("0123456789abcdef".utf8)
            bytes.append(contentsOf: "\\u00".utf8)
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 0xF)])
        default: bytes.append(byte)
        }
    }
    bytes.append(UInt8(ascii: "\""))
}
