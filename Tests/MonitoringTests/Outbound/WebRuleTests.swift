import Core
import Testing
@testable import Monitoring

/// How dates, limits and addresses of the web are read.
@Suite struct WebRuleTests {
    @Test(arguments: [
        ("Sat, 21 Nov 2026 12:00:00 GMT", "2026-11-21T12:00:00.000Z"),
        ("Sat, 21 Nov 2026 12:00:00 +0130", "2026-11-21T10:30:00.000Z"),
        ("21 Nov 2026 12:00 EST", "2026-11-21T17:00:00.000Z"),
        ("Saturday, 21-Nov-26 12:00:00 GMT", "2026-11-21T12:00:00.000Z"),
        ("Sat Nov 21 12:00:00 2026", "2026-11-21T12:00:00.000Z"),
        ("Tue Dec 10 07:00:30 +0000 2024", "2024-12-10T07:00:30.000Z"),
        ("Sat, 21 Nov 2026 12:00:00 -0500", "2026-11-21T17:00:00.000Z"),
        ("1 September 99 01:02:03 UT", "1999-09-01T01:02:03.000Z"),
        ("2026-11-21T12:00:00+02:00", "2026-11-21T10:00:00.000Z"), ("2026-11-21", "2026-11-21T00:00:00.000Z"),
    ]) func `a date is read as the web writes it`(text: String, moment: String) {
        #expect(WebDate.instant(text)?.description == moment)
    }

    @Test(arguments: [
        "", "yesterday", "31 Feb 2026 12:00:00 GMT", "21 Nov 2026", "Nov 2026 12:00:00", "99 Nov 2026 1:1:1",
        "1795262400",
    ])
    func `what is no date is none`(text: String) {
        #expect(WebDate.instant(text) == nil)
    }

    private static let now = Instant(milliseconds: 1_795_262_400_000)

    @Test(arguments: [
        (["retry-after": "2"], 2), (["retry-after": "0"], 0), (["retry-after": "Sat, 21 Nov 2026 12:00:09 GMT"], 9),
        (["x-rate-limit-reset": "1795262430"], 30), (["x-rate-limit-reset": "1795262430000"], 30),
        (["x-ratelimit-reset": "2026-11-21T12:05:00.000Z"], 300),
        (["retry-after": "2", "x-rate-limit-reset": "1795262430"], 2),
    ]) func `when a limit ends is read from seconds, a date, an epoch or an instant`(
        headers: [String: String], seconds: Int
    ) {
        #expect(RateLimitRule.end({ headers[$0] }, at: Self.now) == Self.now + .seconds(seconds))
    }

    @Test(arguments: [
        [:], ["retry-after": "soon"], ["x-rate-limit-reset": "12"], ["x-rate-limit-reset": "nan"],
        ["retry-after": "nan"],
    ])
    func `what tells no time tells none`(headers: [String: String]) {
        #expect(RateLimitRule.end({ headers[$0] }, at: Self.now) == nil)
    }

    @Test func `up to a minute is waited for, a second at least`() {
        #expect(RateLimitRule.wait(until: Self.now + .seconds(60), at: Self.now) == Self.now + .seconds(60))
        #expect(RateLimitRule.wait(until: Self.now + .seconds(61), at: Self.now) == nil)
        #expect(RateLimitRule.wait(until: Self.now - .hours(1), at: Self.now) == Self.now + .seconds(1))
        #expect(RateLimitRule.wait(until: nil, at: Self.now) == nil)
    }

    @Test(arguments: [
        (SourceName.folder, "dogear_news", "dogear_news"), (.folder, "@ann", "ann"), (.x, " @Ann_1 ", "Ann_1"),
        (.twitterapi, "ann", "ann"), (.mastodon, "@ann@Example.Social", "ann@example.social"),
        (.mastodon, "ann@example.social:8443", "ann@example.social:8443"),
        (.mastodon, "https://example.social/@ann", "ann@example.social"),
        (.mastodon, "http://127.0.0.1:8080/@ann", "http://127.0.0.1:8080/@ann"),
        (.feed, "HTTPS://Example.org/Feed?x=1#top", "https://example.org/Feed?x=1"),
        (.feed, "example.org/feed", "https://example.org/feed"),
        (.feed, "http://[2606:4700::1111]:80/f", "http://[2606:4700::1111]:80/f"),
    ]) func `an account has one spelling`(source: SourceName, text: String, canonical: String) {
        #expect(AccountName.check(source, text) == canonical)
        #expect(AccountName.check(source, canonical) == canonical)
    }

    @Test(arguments: [
        (SourceName.folder, ""), (.folder, "../etc/passwd"), (.folder, "a.b"),
        (.folder, String(repeating: "a", count: 51)),
        (.folder, "ünï"), (.x, "sixteen_letters_"), (.x, "a b"), (.x, "@"), (.mastodon, "ann"), (.mastodon, "ann@"),
        (.mastodon, "@example.social"),
        (.mastodon, "ann@a@b"), (.mastodon, "ann@host/path"), (.mastodon, "a/b@host"),
        (.mastodon, "https://u@host/@ann"),
        (.mastodon, "https://host/ann"), (.mastodon, "ann@host?x"), (.feed, "ftp://example.org/"),
        (.feed, "http://u:p@example.org/"), (.feed, "feed"),
        (.feed, "javascript://x"), (.feed, "http://exa mple.org/"),
        (.feed, "https://a/" + String(repeating: "x", count: 2_000)),
    ]) func `what is no name of a source is none`(source: SourceName, text: String) {
        #expect(AccountName.check(source, text) == nil)
    }
}
