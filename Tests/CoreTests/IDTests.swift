import Core
import Testing

@Suite struct IDTests {
    @Test func `an id is written in lower case and read in either`() {
        let id = ID("2F1E9C7A-5B1D-4C6E-9F3A-8D7C6B5A4F3E")
        #expect(id?.description == "2f1e9c7a-5b1d-4c6e-9f3a-8d7c6b5a4f3e")
        #expect(ID("2f1e9c7a-5b1d-4c6e-9f3a-8d7c6b5a4f3e") == id)
    }

    @Test(arguments: [
        "", "2f1e9c7a", "2f1e9c7a-5b1d-4c6e-9f3a-8d7c6b5a4f3", "2f1e9c7a-5b1d-4c6e-9f3a-8d7c6b5a4f3e0",
        "2f1e9c7a_5b1d-4c6e-9f3a-8d7c6b5a4f3e", "gf1e9c7a-5b1d-4c6e-9f3a-8d7c6b5a4f3e",
        "{2f1e9c7a-5b1d-4c6e-9f3a-8d7c6b5a4f3}", "2f1e9c7a-5b1d-4c6e-9f3a-8d7c6b5a4f3\u{e9}",
    ]) func `what is no UUID is not read`(text: String) {
        #expect(ID(text) == nil)
    }

    @Test func `random ids are version 4, differ, and survive their text`() {
        let ids = (0..<1_000).map { _ in ID.random() }
        #expect(Set(ids).count == 1_000)
        for id in ids {
            let text = Array(id.description)
            #expect(text[14] == "4")
            #expect("89ab".contains(text[19]))
            #expect(ID(id.description) == id)
        }
    }

    @Test func `ids are ordered as their text is`() {
        let ids = (0..<200).map { _ in ID.random() }
        #expect(ids.sorted().map(\.description) == ids.map(\.description).sorted())
    }
}
