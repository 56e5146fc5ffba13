import Core
import Testing

@Suite struct PagingTests {
    @Test func `a cursor survives its text`() {
        let cursor = Cursor(instant: Instant(milliseconds: 1_795_262_400_123), id: .random())
        #expect(Cursor(cursor.text) == cursor)
    }

    @Test(arguments: ["", "x", "AAAA", "%%%", String(repeating: "A", count: 500)])
    func `what is no cursor is not read`(text: String) {
        #expect(Cursor(text) == nil)
    }
}
