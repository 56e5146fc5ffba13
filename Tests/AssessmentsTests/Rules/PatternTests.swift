import Testing

@testable import Assessments

@Suite struct PatternTests {
    @Test(arguments: [
        ("[A-Z]{2}[0-9]{4}", ["AB1234"], ["AB123", "ab1234", "AB12345", "xAB1234"]),
        ("a|bc", ["a", "bc"], ["ab", "b", "abc"]), ("(ab)+", ["ab", "abab"], ["", "aba"]),
        (#"\d+(\.\d{1,2})?"#, ["1", "1.5", "10.25"], ["1.", "1.234", ".5"]), ("a*", ["", "aaa"], ["b"]),
        ("^x$", ["x"], ["^x$", "xx"]), ("[^0-9]+", ["ab"], ["a1"]), (#"[\w.-]+"#, ["a.b-c_9"], ["a b"]),
        ("é.", ["éx"], ["e\u{301}"]), ("a{2,}", ["aa", "aaa"], ["a"]), ("(?:a|b){2}", ["ab"], ["a", "abc"]),
        (#"\$\{\}"#, ["${}"], ["$"]), ("", [""], ["a"]), ("a{0}b", ["b"], ["ab"]),
    ]) func `a pattern takes whole lines that have its form`(text: String, good: [String], bad: [String]) throws {
        let pattern = try #require(Pattern(text))
        for line in good { #expect(pattern.matches(line), "\(line)") }
        for line in bad { #expect(!pattern.matches(line), "\(line)") }
    }

    @Test(arguments: [
        "(", ")", "[", "[]", "a**", "*", "a{3,2}", "a{x}", "a{", #"\"#, #"\b"#, #"(a)\1"#, "(?=a)", "a+?", "[z-a]",
        "a^b",
        "((((((((((((((((((((((a))))))))))))))))))))))", "((a{50}){50}){50}", "a{501}",
    ]) func `what is not known, or would grow too large, is no pattern`(text: String) {
        #expect(Pattern(text) == nil)
    }

    @Test func `a pattern that others choke on is answered at once`() throws {
        let pattern = try #require(Pattern("((a+)+)+b"))
        #expect(!pattern.matches(String(repeating: "a", count: 1_000)))
    }
}
