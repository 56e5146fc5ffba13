import Foundation

/// Checks that bytes are one JSON text (RFC 8259).
///
/// Foundation's decoder looks at a value only when it is asked for, so a malformed number or string in a member that
/// nobody reads would pass; a request that is not JSON must be refused as a whole.
struct JSONText {
    private static let depthLimit = 64

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    static func isWellFormed(_ data: Data) -> Bool {
        data.withUnsafeBytes { raw in
            let bytes = raw.assumingMemoryBound(to: UInt8.self)
            guard bytes.allSatisfy({ $0 < 0x80 }) || String(validating: bytes, as: UTF8.self) != nil else {
                return false
            }
            var text = JSONText(bytes: bytes)
            guard text.value(depth: 0) else { return false }
            text.skipSpace()
            return text.position == bytes.count
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func value(depth: Int) -> Bool {
        guard depth < Self.depthLimit else { return false }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"):
            return list("}", depth: depth) { $0.string() && $0.colon() && $0.value(depth: depth + 1) }
        case UInt8(ascii: "["): return list("]", depth: depth) { $0.value(depth: depth + 1) }
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "t"): return word("true")
        case UInt8(ascii: "f"): return word("false")
        case UInt8(ascii: "n"): return word("null")
        default: return number()
        }
    }

    /// The elements between two brackets, separated by commas.
    private mutating func list(_ end: Unicode.Scalar, depth: Int, _ element: (inout JSONText) -> Bool) -> Bool {
        position += 1
        skipSpace()
        if take(end) { return true }
        while true {
            skipSpace()
            guard element(&self) else { return false }
            skipSpace()
            if take(end) { return true }
            guard take(",") else { return false }
        }
    }

    private mutating func colon() -> Bool {
        skipSpace()
        return take(":")
    }

    private mutating func word(_ word: StaticString) -> Bool {
        word.withUTF8Buffer { expected in
            guard bytes.count - position >= expected.count,
                zip(bytes[position...], expected).allSatisfy({ $0 == $1 })
            else { return false }
            position += expected.count
            return true
        }
    }

    private mutating func string() -> Bool {
        guard take("\"") else { return false }
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"): guard escape() else { return false }
            case 0..<0x20: return false
            default: continue
            }
        }
        return false
    }

    private mutating func escape() -> Bool {
        guard let byte = next else { return false }
        position += 1
        guard byte == UInt8(ascii: "u") else { return "\"\\/bfnrt".utf8.contains(byte) }
        for _ in 0..<4 {
            guard let digit = next, Character(Unicode.Scalar(digit)).isHexDigit else { return false }
            position += 1
        }
        return true
    }

    private mutating func number() -> Bool {
        _ = take("-")
        if !take("0") { guard digits() else { return false } }
        if take(".") { guard digits() else { return false } }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            guard digits() else { return false }
        }
        return true
    }

    private mutating func digits() -> Bool {
        let start = position
        while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
        return position > start
    }
}
