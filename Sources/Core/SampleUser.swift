/// The account that `dogear serve --demo` comes with, so that everything can be tried without a mail.
package enum SampleUser {
    /// The same on every demo server. In open mode it is whoever looks at the pages; once there is a key, whoever signs in as it.
    package static let id = ID(high: 0xD09E_A400_0000_4000, low: 0x8000_0000_0000_0001)
    /// What to sign in with.
    package static let email = "ann@example.org"
    /// What to sign in with; everybody knows it, so it is good for a demo only.
    package static let password = "keep-my-place"
    /// What pages call the account.
    package static let name = "Ann"
}
