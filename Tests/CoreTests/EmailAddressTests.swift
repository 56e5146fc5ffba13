import Testing

@testable import Core

@Suite struct EmailAddressTests {
    @Test(arguments: [
        ("Ann@X.org", "ann@x.org"), ("ann+news@x.org", "ann+news@x.org"), ("a.b@x-y.co.uk", "a.b@x-y.co.uk"),
        ("ÄNN@x.org", "Änn@x.org"), ("ann@localhost", "ann@localhost"), ("o'neill@x.org", "o'neill@x.org"),
    ]) func `an address is lower-cased in ASCII and nothing else is folded`(text: String, stored: String) {
        #expect(EmailAddress(text)?.description == stored)
    }

    @Test(arguments: [
        "", "a", "@x.org", "a@", "a@b@c", "-a@x.org", "a@-x.org", "a@x-.org", "a b@x.org", "a@x.org\r\nBcc: b@x.org",
        "a\n@x.org", "a@x.org,b@x.org", "a@x.org;", "<a@x.org>", "\"a\"@x.org", "a@x..org", ".a@x.org", "a@x.org ",
        "a(b)@x.org", "a\u{0}@x.org", "a\u{202E}@x.org", "a\u{A0}b@x.org", "group:a@x.org",
    ]) func `what would mean more than an address in a mail's header is none`(text: String) {
        #expect(EmailAddress(text) == nil)
    }
}
