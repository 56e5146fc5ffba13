import Core
import Foundation
import Testing

@Suite struct JSONTests {
    @Test func `objects keep their order and write null`() {
        let json: JSON = ["b": 1, "a": nil, "list": [true, .number(0.5)], "nothing": [], "text": "x"]
        #expect(json.text == #"{"b":1,"a":null,"list":[true,0.5],"nothing":[],"text":"x"}"#)
    }

    @Test(arguments: ["", "plain", "\"quoted\" \\ back", "line\nfeed\ttab\u{1}", "d\u{e9}j\u{e0} \u{1F600}", "\u{0}"])
    func `every string is read back as it was`(text: String) throws {
        let bytes = Data(JSON.array([.string(text)]).bytes)
        #expect(try JSONDecoder().decode([String].self, from: bytes) == [text])
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity]) func `what JSON cannot hold is null`(number: Double) {
        #expect(JSON.number(number).text == "null")
    }

    @Test func `a problem names its kind, its rule and the way out`() throws {
        let problem = Problem.unavailable("Wait.", retryAfterSeconds: 7)
        #expect(
            problem.json.text
                == #"{"type":"urn:dogear:problem:unavailable","title":"Not available just now","status":503,"detail":"Wait.","code":"unavailable","retry_after_seconds":7}"#
        )
        #expect(problem.headers == [Problem.Header(name: "Retry-After", value: "7")])
    }
}
