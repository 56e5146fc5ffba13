import Core
import Testing

@testable import Accounts

@Suite struct AccountRuleTests {
    private static let noon = Instant(milliseconds: 1_795_262_400_000)

    @Test func `a refresh token has one successor for half a minute, and then ends everything`() {
        var signIn = AccountSignIn(id: .random(), userID: .random(), at: Self.noon)
        #expect(signIn.refresh(0, at: Self.noon) == .successor(1, at: Self.noon))
        let soon = Self.noon + .seconds(10)
        #expect(signIn.refresh(1, at: soon) == .successor(2, at: soon))
        // The first tab's token was used ten seconds ago, its successor just now.
        #expect(signIn.refresh(0, at: soon) == .successor(1, at: Self.noon))
        #expect(signIn.refresh(0, at: Self.noon + .seconds(30)) == .successor(1, at: Self.noon))
        #expect(signIn.refresh(0, at: Self.noon + .seconds(30) + .milliseconds(1)) == .reused)
        #expect(signIn.refresh(9, at: soon) == .over)
        #expect(signIn.refresh(2, at: signIn.expiresAt + .milliseconds(1)) == .over)
        let last = signIn.expiresAt
        #expect(signIn.refresh(2, at: last) == .successor(3, at: last))
        #expect(AccountSignIn.uses(signIn.usesText) == signIn.uses)
    }

    @Test func `uses that are remembered have a bound`() {
        var signIn = AccountSignIn(id: .random(), userID: .random(), at: Self.noon)
        for number in 0..<100 { _ = signIn.refresh(number, at: Self.noon) }
        #expect(signIn.uses.count == 20 && signIn.number == 100)
    }

    @Test(
        arguments: [
            (0, 0, nil), (5, 0, nil), (6, 0, 1), (7, 0, 2), (8, 0, 4), (8, 3_999, 1), (8, 4_000, nil), (14, 0, 256),
            (15, 0, 300), (1_000, 0, 300), (1_000, 86_400_001, nil),
        ] as [(Int, Int, Int?)]) func `who has failed waits twice as long each time, up to five minutes`(
            failures: Int, later: Int, wait: Int?
        )
    {
        let now = Self.noon + .milliseconds(later)
        #expect(TryRule.account.pause(failures, since: Self.noon, at: now) == wait)
    }

    @Test func `three mails go in an hour and ten in a day, the last instant included`() {
        let sent = { (minutes: [Int]) in minutes.map { Self.noon - .minutes($0) } }
        #expect(MailAllowance.allows(sent: sent([1, 2]), at: Self.noon))
        #expect(!MailAllowance.allows(sent: sent([1, 2, 60]), at: Self.noon))
        #expect(MailAllowance.allows(sent: sent([1, 2, 61]), at: Self.noon))
        let day = Array(repeating: 120, count: 9)
        #expect(MailAllowance.allows(sent: sent(day), at: Self.noon))
        #expect(!MailAllowance.allows(sent: sent(day + [1_440]), at: Self.noon))
        #expect(MailAllowance.allows(sent: sent(day + [1_441]), at: Self.noon))
    }

    @Test func `a code is read without spaces and dashes, and written with its zeros`() {
        #expect(AccountCode.read(" 0123-4567 ") == "01234567")
        #expect(AccountCode.make(42) == "00000042" && AccountCode.make(99_999_999) == "99999999")
    }

    @Test func `tokens say what they were made for, and no other text does`() {
        let (secrets, id) = (AccountSecrets(Array(repeating: 1, count: 32)), ID.random())
        let access = secrets.access(id, until: Self.noon)
        #expect(secrets.readAccess(access)?.signIn == id && secrets.readAccess(access)?.until == Self.noon)
        let refresh = secrets.refresh(id, number: 7)
        #expect(secrets.readRefresh(refresh)?.number == 7)
        #expect(secrets.readRefresh(access) == nil && secrets.readAccess(refresh) == nil)
        #expect(secrets.readAccess("dgu_" + refresh.dropFirst(4)) == nil)
        #expect(AccountSecrets(Array(repeating: 2, count: 32)).readAccess(access) == nil)
        for place in access.indices.dropFirst(4) {
            var other = access
            other.replaceSubrange(place...place, with: access[place] == "x" ? "y" : "x")
            #expect(secrets.readAccess(other) == nil)
        }
    }

    @Test func `a sealed text opens under the same secret only, and only whole`() throws {
        let secrets = AccountSecrets(Array(repeating: 1, count: 32))
        let sealed = try secrets.seal("12345678", nonce: Array(repeating: 9, count: 12))
        #expect(secrets.open(sealed) == "12345678")
        #expect(AccountSecrets(Array(repeating: 2, count: 32)).open(sealed) == nil)
        #expect(secrets.open(String(sealed.dropLast(4))) == nil && secrets.open("") == nil)
    }

    @Test func `a password is kept by OWASP's scrypt, and found again however it was typed`() throws {
        let kept = try PasswordHash.make("Grüße, Welt", salt: Array(repeating: 3, count: 16), .standard)
        #expect(kept.hasPrefix("$scrypt$ln=15,r=8,p=3$"))
        #expect(try PasswordHash.matches("Gru\u{308}ße, Welt", kept, .quick))
        #expect(try !PasswordHash.matches("Grüsse, Welt", kept, .quick))
        for text in [nil, "", "$scrypt$ln=99,r=8,p=1$AAAA$AAAA", "$argon2id$x$y$z"] as [String?] {
            #expect(try !PasswordHash.matches("", text, .quick))
        }
    }
}
