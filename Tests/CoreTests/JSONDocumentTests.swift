import Foundation
import Testing

@testable import Core

/// JSON as RFC 8259 has it: what is refused as a whole, and what each value reads as.
@Suite struct JSONDocumentTests {
    @Test(arguments: [
        "", " ", "{", "}", "[", "]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "[1,]", "[,1]", "[1 2]",
        "1 2", "{}x",
        "{\"a\":1 \"b\":2}", "{\"a\" 1}", "{\"a\":1}}", "[1}", "{\"a\":1]", "tru", "True", "nul", "falsey", "NaN",
        "Infinity",
        "-Infinity", "-", "+1", "01", "-01", "1.", ".5", "1.e1", "1e", "1e+", "0x10", "1_000", "\"", "\"a", "\"\\\"",
        "\"\\x\"",
        "\"\\u12\"", "\"\\u12g4\"", "\"\\uD80\"", "\"a\nb\"", "\"\t\"", "\"\u{0}\"", "\u{FEFF}{}", "// a\n1",
        "/* a */ 1", "\u{0}",
        "\u{A0}1", "{\"a\":1,,\"b\":2}", "{1:2}", "{null:1}", "[\"a\",\n\"b\"", "\"a\"\"b\"",
    ])
    func `what is not JSON is refused as a whole`(_ text: String) {
        #expect(JSONDocument(Data(text.utf8)) == nil)
    }

    @Test(
        arguments: [
            [0xFF], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xC0, 0x80, 0x22],
            [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22],
            [0xFE, 0xFF, 0x00, 0x7B, 0x00, 0x7D], [0x7B, 0x00, 0x7D, 0x00],
        ] as [[UInt8]])
    func `what is not UTF-8 is refused`(_ bytes: [UInt8]) {
        #expect(JSONDocument(Data(bytes)) == nil)
    }

    @Test func `nesting is bounded`() {
        func nested(_ depth: Int) -> Data {
            Data((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(JSONDocument(nested(64)) != nil)
        #expect(JSONDocument(nested(65)) == nil)
        #expect(JSONDocument(nested(1_000_000)) == nil)
        #expect(JSONDocument(Data(String(repeating: "{\"a\":", count: 100_000).utf8)) == nil)
    }

    @Test(
        arguments: [
            ("\"\"", ""), ("\"a b\"", "a b"), ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\u{8}\u{C}\n\r\t"),
            ("\"\\u0041\\u00e9\\u20AC\"", "Aé€"), ("\"\\uD83D\\uDE00\"", "😀"), ("\"😀\"", "😀"), ("\"\\u0000\"", "\u{0}"),
            ("\"\\uD83D\"", nil), ("\"\\uDE00\"", nil), ("\"\\uD83Dx\"", nil), ("\"\\uD83D\\n\"", nil),
            ("\"\\uD83D\\u0041\"", nil),
            ("\"\u{7F}\u{2028}\"", "\u{7F}\u{2028}"), ("1", nil), ("null", nil), ("[\"a\"]", nil),
        ] as [(String, String?)])
    func `text with its escapes`(_ source: String, _ expected: String?) throws {
        let document = try #require(JSONDocument(Data(source.utf8)))
        #expect(document.text(of: JSONDocument.root) == expected)
    }

    @Test(
        arguments: [
            ("0", 0, 0), ("-0", 0, 0), ("7200", 7200, 7200), ("12.9", 12.9, nil), ("1e3", 1_000, 1_000),
            ("1.50E+1", 15, 15),
            ("123e-2", 1.23, nil), ("999999999999999999", 1e18, 999_999_999_999_999_999),
            ("9223372036854775807", 0x1p63, Int.max),
            ("-9223372036854775808", -0x1p63, Int.min),
            ("9223372036854775808", 0x1p63, nil), ("1e400", .infinity, nil),
            ("-1e400", -.infinity, nil),
            ("1e-400", 0, 0), ("\"1\"", nil, nil), ("true", nil, nil), ("null", nil, nil),
        ] as [(String, Double?, Int?)])
    func `numbers as fractions and as whole ones`(_ source: String, _ number: Double?, _ integer: Int?) throws {
        let document = try #require(JSONDocument(Data(" \(source)\r\n\t".utf8)))
        #expect(document.number(of: JSONDocument.root) == number)
        #expect(document.integer(of: JSONDocument.root) == integer)
    }

    @Test func `members and elements`() throws {
        let source = """
            { "a" : [ 1 , [2, {"b": 3}] , "x" ], "b": {}, "\\u0063": true, "b": null, "aa": 1, "é": 2, "": 3 }
            """
        let document = try #require(JSONDocument(Data(source.utf8)))
        let root = JSONDocument.root
        let list = try #require(document.member("a", of: root).flatMap(document.elements))
        #expect(list.map(document.kind) == [.number, .array, .string])
        let inner = try #require(document.elements(of: list[1]))
        #expect(document.member("b", of: inner[1]).flatMap(document.integer) == 3)
        #expect(document.member("b", of: root).map(document.kind) == .null, "the last of two counts")
        #expect(document.member("c", of: root).map(document.kind) == .bool, "a name may be escaped")
        #expect(document.member("é", of: root).flatMap(document.integer) == 2)
        #expect(document.member("", of: root).flatMap(document.integer) == 3)
        #expect(document.member("x", of: root) == nil)
        #expect(document.member("a", of: list[0]) == nil)
        #expect(document.elements(of: root) == nil)
    }

    @Test func `what Foundation writes reads back the same`() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let texts = (0..<8).map { _ in
                String(
                    String.UnicodeScalarView(
                        (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                            Unicode.Scalar(UInt32.random(in: 0...0x11FFF, using: &generator)) ?? "?"
                        }))
            }
            let numbers = (0..<8).map { _ in Double(bitPattern: .random(in: 0...UInt64.max, using: &generator)) }
                .filter(\.isFinite)
            let document = try #require(JSONDocument(try JSONEncoder().encode([texts])))
            let list = try #require(document.elements(of: JSONDocument.root + 1))
            #expect(list.map(document.text) == texts)
            let other = try #require(JSONDocument(try JSONEncoder().encode(numbers)))
            #expect(other.elements(of: JSONDocument.root)?.map(other.number) == numbers)
        }
    }
}
