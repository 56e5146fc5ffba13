import Testing

@testable import LiveEvents

@Suite struct DisplayNameTests {
    @Test(arguments: [
        "Alex", "O'Neil", "Zoë", "李小龍", "عمر", "3", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "❤️", "Ada 👩🏽‍🚀", String(repeating: "x", count: 24),
        String(repeating: "👨‍👩‍👧‍👦", count: 24), "-", "Élodie", "e\u{301}", "1\u{FE0F}\u{20E3}", "©\u{FE0F}",
    ]) func `what people call themselves is taken`(name: String) {
        #expect(DisplayName(name)?.text == name)
    }

    @Test(arguments: [
        "", " ", "\u{200B}", "a\u{200B}b", "a\u{200D}b", "\u{202E}nimda", "a\u{2066}b", "a\u{200F}", "\u{FEFF}a",
        "a\u{AD}b",
        String(repeating: "x", count: 25), "a\nb", "a\u{0}", "\u{3164}", "\u{2800}", "\u{115F}\u{1160}", "a\u{2028}b",
        "\u{301}",
        "a" + String(repeating: "\u{301}", count: 300), "\u{200D}", "\u{E000}", "a\u{061C}b",
        "Alex\u{FE0F}", "Alex\u{FE00}", "Alex\u{E0100}", "a\u{180B}b", "Al\u{FE0F}\u{200D}ex",
    ]) func `what nobody can see, or what turns what others see around, is none`(name: String) {
        #expect(DisplayName(name) == nil, "\(name.unicodeScalars.map { String($0.value, radix: 16) })")
    }

    @Test func `names that sound alike are one`() throws {
        let key = try #require(DisplayName("Alex")).key
        for name in ["ALEX", "alex", "Ａｌｅｘ", "aLeX"] { #expect(DisplayName(name)?.key == key, "\(name)") }
        #expect(DisplayName("Straße")?.key == DisplayName("STRASSE")?.key)
        #expect(DisplayName("Alexa")?.key != key)
        #expect(DisplayName("❤")?.key == DisplayName("❤\u{FE0F}")?.key)
        #expect(DisplayName("é")?.key == DisplayName("E\u{301}")?.key)
    }

    @Test func `the second of a name has a number, and room for it`() throws {
        #expect(try #require(DisplayName("Alex")).numbered(1) == "Alex")
        #expect(try #require(DisplayName("Alex")).numbered(2) == "Alex 2")
        let long = try #require(DisplayName(String(repeating: "x", count: 24))).numbered(10)
        #expect(long == String(repeating: "x", count: 21) + " 10")
    }
}
