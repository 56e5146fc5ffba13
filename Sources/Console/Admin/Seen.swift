import Core
import Foundation

/// A value of an API's answer, read for a page: what is not there is nothing, and never a failure.
struct Seen {
    private let document: JSONDocument?
    private let index: JSONDocument.Index?

    /// A whole answer.
    init(_ bytes: [UInt8]) {
        document = JSONDocument(Data(bytes))
        index = document.map { _ in JSONDocument.root }
    }

    private init(_ document: JSONDocument?, _ index: JSONDocument.Index?) {
        self.document = document
        self.index = index
    }

    /// A member of an object.
    subscript(_ name: String) -> Seen {
        guard let document, let index, document.kind(of: index) == .object else { return Seen(nil, nil) }
        return Seen(document, document.member(name, of: index))
    }

    /// The elements of a list; none of anything else.
    var list: [Seen] {
        guard let document, let index, document.kind(of: index) == .array else { return [] }
        return (document.elements(of: index) ?? []).map { Seen(document, $0) }
    }

    /// The members of an object in their order; none of anything else.
    var members: [(name: String, value: Seen)] {
        guard let document, let index, document.kind(of: index) == .object else { return [] }
        return document.members(of: index).map { ($0.name, Seen(document, $0.value)) }
    }

    /// Whether it is not there.
    var isNothing: Bool { index == nil }

    /// The text, where it is one.
    var string: String? {
        guard let document, let index else { return nil }
        return document.text(of: index)
    }

    /// The number, where it is one.
    var number: Double? {
        guard let document, let index, document.kind(of: index) == .number else { return nil }
        return document.number(of: index)
    }

    /// The number as a whole one, where it is one.
    var integer: Int? { number.flatMap { Int(exactly: $0) } }

    /// True or false, where it is one of them.
    var bool: Bool? {
        guard let document, let index else { return nil }
        return document.bool(of: index)
    }

    /// As people read it, whatever it is; empty for nothing.
    var words: String {
        if let string { return Instant(string).map { _ in Words.moment(string) } ?? string }
        if let bool { return bool ? "yes" : "no" }
        if let integer { return String(integer) }
        if let number { return String(number) }
        if !list.isEmpty { return list.map(\.words).joined(separator: ", ") }
        return members.map { "\($0.name): \($0.value.words)" }.joined(separator: "; ")
    }
}

/// How figures and moments are put for people.
enum Words {
    /// `2026-11-27 19:52:10`, of UTC, as all moments of these pages are.
    static func moment(_ text: String?) -> String {
        guard let text, Instant(text) != nil else { return "" }
        return String(text.prefix(19)).replacing("T", with: " ")
    }

    /// `1:24`, or `1:02:03`.
    static func position(_ seconds: Int?) -> String {
        guard let seconds else { return "" }
        let (hours, minutes, rest) = (seconds / 3_600, seconds / 60 % 60, seconds % 60)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
    }

    /// `3.2 MB`.
    static func size(_ bytes: Double?) -> String {
        guard var left = bytes else { return "" }
        for unit in ["bytes", "kB", "MB", "GB"] {
            if left < 1_000 { return "\(rounded(left)) \(unit)" }
            left /= 1_000
        }
        return "\(rounded(left)) TB"
    }

    /// A figure with as many places as tell something.
    static func rounded(_ value: Double?) -> String {
        guard let value else { return "none" }
        let places = value >= 100 || value == value.rounded() ? 1.0 : value >= 1 ? 10.0 : 1_000.0
        let short = (value * places).rounded() / places
        return short == short.rounded() ? String(Int(short)) : String(short)
    }
}
