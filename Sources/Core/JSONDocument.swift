package import Foundation

/// One JSON text (RFC 8259), checked as a whole and read in place.
///
/// Foundation's decoder looks at a value only when it is asked for, so a malformed number or string in a member that
/// nobody reads would pass; a request that is not JSON must be refused as a whole. The pass that checks also notes where
/// each value stands, so that nothing is parsed twice.
package struct JSONDocument: Sendable {
    /// What a value is.
    package enum Kind: UInt8, Sendable {
        /// `{…}`.
        case object
        /// `[…]`.
        case array
        /// Text that stands as it is.
        case string
        /// Text with escapes in it.
        case escapedString
        /// A number.
        case number
        /// `true` or `false`.
        case bool
        /// `null`.
        case null
    }

    /// Where a value stands in the text.
    struct Node: Sendable {
        let kind: Kind
        /// The first byte; of a string, the one behind the quote.
        let start: Int32
        /// The byte behind the last; of a string, the closing quote.
        var end: Int32
        /// The node that follows this one and all within it.
        var after: Int32
    }

    /// Which node a value is; an object's nodes are followed by name, value, name, value …
    package typealias Index = Int

    private let bytes: [UInt8]
    private let nodes: [Node]

    /// The whole text.
    package static let root: Index = 0

    /// Nil where the bytes are not one JSON text in UTF-8, or nest deeper than 64.
    package init?(_ data: Data) {
        let bytes = [UInt8](data)
        guard bytes.allSatisfy({ $0 < 0x80 }) || String(validating: bytes, as: UTF8.self) != nil else { return nil }
        let nodes = bytes.withUnsafeBufferPointer { buffer -> [Node]? in
            var scanner = JSONScanner(bytes: buffer)
            return scanner.scan() ? scanner.nodes : nil
        }
        guard let nodes else { return nil }
        self.bytes = bytes
        self.nodes = nodes
    }

    /// What a value is.
    package func kind(of index: Index) -> Kind { nodes[index].kind }

    /// The value of an object's member; the last one where a name stands twice.
    package func member(_ name: String, of object: Index) -> Index? {
        guard nodes[object].kind == .object else { return nil }
        var found: Index?
        var index = object + 1
        let end = Int(nodes[object].after)
        while index < end {
            if isName(index, name) { found = index + 1 }
            index = Int(nodes[index + 1].after)
        }
        return found
    }

    /// The members of an object, in order; names with half a surrogate pair are left out.
    package func members(of object: Index) -> [(name: String, value: Index)] {
        guard nodes[object].kind == .object else { return [] }
        var members: [(name: String, value: Index)] = []
        var index = object + 1
        let end = Int(nodes[object].after)
        while index < end {
            if let name = text(of: index) { members.append((name, index + 1)) }
            index = Int(nodes[index + 1].after)
        }
        return members
    }

    /// The elements of an array.
    package func elements(of array: Index) -> [Index]? {
        guard nodes[array].kind == .array else { return nil }
        var elements: [Index] = []
        var index = array + 1
        let end = Int(nodes[array].after)
        while index < end {
            elements.append(index)
            index = Int(nodes[index].after)
        }
        return elements
    }

    /// A string's text; nil where it is none, or has half a surrogate pair.
    package func text(of index: Index) -> String? {
        let node = nodes[index]
        switch node.kind {
        case .string: return String(decoding: bytes[node.range], as: UTF8.self)
        case .escapedString: return unescaped(bytes[node.range])
        default: return nil
        }
    }

    /// A number, infinite where it is past what a `Double` holds.
    package func number(of index: Index) -> Double? {
        let node = nodes[index]
        guard node.kind == .number else { return nil }
        return integer(of: index).map(Double.init) ?? Double(String(decoding: bytes[node.range], as: UTF8.self))
    }

    /// A number that is whole, however it is written.
    package func integer(of index: Index) -> Int? {
        let node = nodes[index]
        guard node.kind == .number else { return nil }
        let digits = bytes[node.range]
        if digits.count <= 18, digits.allSatisfy({ (0x30...0x39).contains($0) }) {
            return digits.reduce(0) { $0 * 10 + Int($1 & 0xF) }
        }
        let text = String(decoding: digits, as: UTF8.self)
        return Int(text) ?? Double(text).flatMap(Int.init(exactly:))
    }

    /// `true` or `false`.
    package func bool(of index: Index) -> Bool? {
        let node = nodes[index]
        return node.kind == .bool ? bytes[Int(node.start)] == UInt8(ascii: "t") : nil
    }

    private func isName(_ index: Index, _ name: String) -> Bool {
        let node = nodes[index]
        if node.kind == .escapedString { return text(of: index) == name }
        var name = name
        return name.withUTF8 { $0.count == node.range.count && $0.elementsEqual(bytes[node.range]) }
    }

    private func unescaped(_ raw: ArraySlice<UInt8>) -> String? {
        var units: [UInt8] = []
        units.reserveCapacity(raw.count)
        var rest = raw
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
                units.append(byte)
                continue
            }
            switch escape {
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0C)
            case UInt8(ascii: "n"): units.append(0x0A)
            case UInt8(ascii: "r"): units.append(0x0D)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "u"):
                guard let scalar = scalar(&rest) else { return nil }
                units.append(contentsOf: String(Character(scalar)).utf8)
            default: units.append(escape)
            }
        }
        return String(decoding: units, as: UTF8.self)
    }

    /// The scalar of `\u` and four digits, or of the two that make a surrogate pair.
    private func scalar(_ rest: inout ArraySlice<UInt8>) -> Unicode.Scalar? {
        let first = hexadecimal(rest.prefix(4))
        rest = rest.dropFirst(4)
        guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) }
        guard rest.starts(with: "\\u".utf8) else { return nil }
        let second = hexadecimal(rest.dropFirst(2).prefix(4))
        rest = rest.dropFirst(6)
        guard (0xDC00..<0xE000).contains(second) else { return nil }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt32 {
        digits.reduce(0) { $0 << 4 | UInt32($1 < 0x40 ? $1 & 0xF : ($1 & 0xF) + 9) }
    }
}

extension JSONDocument.Node {
    fileprivate var range: Range<Int> { Int(start)..<Int(end) }
}

/// The pass over the bytes.
private struct JSONScanner {
    private static let depthLimit = 64

    private(set) var nodes: [JSONDocument.Node] = []
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        nodes.reserveCapacity(bytes.count / 12)
    }

    mutating func scan() -> Bool {
        guard bytes.count <= Int32.max, value(depth: 0) else { return false }
        skipSpace()
        return position == bytes.count
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
            return list(.object, "}") { $0.string() && $0.colon() && $0.value(depth: depth + 1) }
        case UInt8(ascii: "["): return list(.array, "]") { $0.value(depth: depth + 1) }
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "t"): return leaf(.bool) { $0.word("true") }
        case UInt8(ascii: "f"): return leaf(.bool) { $0.word("false") }
        case UInt8(ascii: "n"): return leaf(.null) { $0.word("null") }
        default: return leaf(.number) { $0.number() }
        }
    }

    private mutating func note(_ kind: JSONDocument.Kind, from start: Int, to end: Int) {
        nodes.append(.init(kind: kind, start: Int32(start), end: Int32(end), after: Int32(nodes.count + 1)))
    }

    private mutating func leaf(_ kind: JSONDocument.Kind, _ read: (inout JSONScanner) -> Bool) -> Bool {
        let start = position
        guard read(&self) else { return false }
        note(kind, from: start, to: position)
        return true
    }

    /// The elements between two brackets, separated by commas.
    private mutating func list(
        _ kind: JSONDocument.Kind, _ end: Unicode.Scalar, _ element: (inout JSONScanner) -> Bool
    ) -> Bool {
        let index = nodes.count
        note(kind, from: position, to: position)
        position += 1
        skipSpace()
        if !take(end) {
            repeat {
                skipSpace()
                guard element(&self) else { return false }
                skipSpace()
            } while take(",")
            guard take(end) else { return false }
        }
        nodes[index].end = Int32(position)
        nodes[index].after = Int32(nodes.count)
        return true
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
        let start = position
        var kind = JSONDocument.Kind.string
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                note(kind, from: start, to: position - 1)
                return true
            case UInt8(ascii: "\\"):
                kind = .escapedString
                guard escape() else { return false }
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
            guard let digit = next, (0x30...0x39).contains(digit) || (0x61...0x66).contains(digit | 0x20) else {
                return false
            }
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
