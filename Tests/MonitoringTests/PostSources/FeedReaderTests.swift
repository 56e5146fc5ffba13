import Core
import Foundation
import Testing
@testable import Monitoring

/// What is read out of a feed, and what is not.
@Suite struct FeedReaderTests {
    private static func posts(_ xml: String, limit: Int = 10_000) throws -> [Post] {
        let address = try #require(WebAddress("https://example.org/blog/feed"))
        return try FeedReader.read(Data(xml.utf8), limit: limit).posts(at: address, digest: digest)
    }

    private static func rss(_ items: String) -> String { "<rss><channel><title>News</title>\(items)</channel></rss>" }

    @Test func `RSS 2 is read with its content, its author and its date`() throws {
        let posts = try Self.posts(
            """
            <?xml version="1.0" encoding="utf-8"?>
            <!-- hello --><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
             xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>News &amp; more</title>
            <item><title>Ships &amp;amp; tides</title><media:title>not this</media:title><link>/a?b=1&amp;c=2</link><description>short</description>
            <content:encoded><![CDATA[<p>All of <b>it</b></p><script>alert(1)</script>]]></content:encoded>
            <dc:creator>Ada</dc:creator><pubDate>Sat, 21 Nov 2026 13:00:00 +0100</pubDate><guid isPermaLink="false">x-1</guid></item>
            </channel></rss>
            """)
        let post = try #require(posts.first)
        #expect(posts.count == 1 && post.text == "Ships & tides\n\nAll of it" && post.author == "Ada")
        #expect(post.url == "https://example.org/a?b=1&c=2" && post.postedAt == Instant("2026-11-21T12:00:00Z"))
        #expect(post.keys == ["guid:x-1", "link:https://example.org/a?b=1&c=2"])
    }

    @Test func `RSS 1 is read`() throws {
        let posts = try Self.posts(
            """
            <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
            <channel rdf:about="https://example.org"><title>Old</title></channel>
            <item rdf:about="https://example.org/1"><title>One</title><link>https://example.org/1</link><dc:date>2026-11-21T12:00:00Z</dc:date></item>
            </rdf:RDF>
            """)
        #expect(posts.map(\.text) == ["One"] && posts.first?.author == "Old")
        #expect(posts.first?.keys == ["guid:https://example.org/1", "link:https://example.org/1"])
        #expect(posts.first?.postedAt == Instant("2026-11-21T12:00:00Z"))
    }

    @Test func `Atom is read, its text as text, its HTML and XHTML as what people see`() throws {
        let posts = try Self.posts(
            """
            <feed xmlns="http://www.w3.org/2005/Atom"><title>Notes</title><author><name>Feed</name></author>
            <entry><id>urn:1</id><title>a &lt;b> c</title><link rel="self" href="/self"/><link href="n/1"/><updated>2026-11-21T13:00:00Z</updated>
            <published>2026-11-21T12:00:00Z</published><author><name>Ada</name></author><content type="html">&lt;p>one&lt;/p>&lt;p>two&lt;/p></content></entry>
            <entry><id>urn:2</id><title type="html">x</title><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>1 &lt; 2</p><p>three<br/>four</p></div></content></entry>
            </feed>
            """)
        #expect(posts.map(\.text) == ["a <b> c\n\none\n\ntwo", "x\n\n1 < 2\n\nthree\nfour"])
        #expect(posts.map(\.author) == ["Ada", "Notes"] && posts.first?.url == "https://example.org/blog/n/1")
        #expect(posts.first?.postedAt == Instant("2026-11-21T12:00:00Z"))
    }

    @Test func `ten items with one guid are ten, told apart by their links`() throws {
        let items = (1...10).map {
            "<item><guid isPermaLink='false'>same</guid><link>https://e.org/\($0)</link><title>t</title></item>"
        }
        let posts = try Self.posts(Self.rss(items.joined()))
        #expect(posts.map(\.keys) == (1...10).map { ["link:https://e.org/\($0)"] })
    }

    @Test func `ten items with one guid and one link are told apart by what they say`() throws {
        let items = (1...10).map {
            "<item><guid>https://e.org/</guid><link>https://e.org/</link><title>t\($0)</title></item>"
        }
        let posts = try Self.posts(Self.rss(items.joined()))
        #expect(
            Set(posts.flatMap(\.keys)).count == 10
                && posts.allSatisfy { $0.keys.count == 1 && $0.keys[0].hasPrefix("hash:") })
        // The same say the same again the next time, whatever else has come.
        let later = try Self.posts(Self.rss("<item><title>new</title></item>" + items.joined()))
        #expect(posts.allSatisfy { post in later.contains { $0.keys == post.keys } })
    }

    @Test func `a guid that changes leaves the link, by which the item is known`() throws {
        let item = { (guid: String) in
            "<item><guid isPermaLink='false'>\(guid)</guid><link>https://e.org/1</link><title>t</title></item>"
        }
        let (first, second) = (try Self.posts(Self.rss(item("a"))), try Self.posts(Self.rss(item("b"))))
        #expect(first[0].keys != second[0].keys && !Set(first[0].keys).isDisjoint(with: second[0].keys))
    }

    @Test func `items without dates, links and guids have no date, and what is the same is there once`() throws {
        let posts = try Self.posts(
            Self.rss(
                "<item><title>a</title></item><item><title>b</title><pubDate>soon</pubDate></item><item><title>a</title></item><item/>"
            ))
        #expect(posts.map(\.text) == ["a", "b"] && posts.allSatisfy { $0.postedAt == nil && $0.url == nil })
    }

    @Test func `a long guid is kept as its digest`() throws {
        let posts = try Self.posts(
            Self.rss("<item><guid>\(String(repeating: "g", count: 5_000))</guid><title>t</title></item>"))
        #expect(
            posts.first?.keys.first?.hasPrefix("guid:#") == true
                && posts.allSatisfy { $0.keys.allSatisfy { $0.utf8.count <= 200 } })
    }

    @Test(arguments: [
        "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://u:p@e.org/",
    ]) func `a link that is no plain address is no address`(link: String) throws {
        #expect(try Self.posts(Self.rss("<item><link>\(link)</link><title>t</title></item>")).map(\.url) == [nil])
    }

    @Test(arguments: [
        "<!DOCTYPE rss [<!ENTITY a 'b'>]><rss>&a;</rss>",
        "<?xml version='1.0'?>\n<!-- x -->\n<!DOCTYPE rss SYSTEM 'http://127.0.0.1/x.dtd'><rss/>",
        "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><rss><channel><title>&x;</title></channel></rss>",
        "\u{FEFF}<!DOCTYPE rss><rss/>",
    ]) func `a document type is refused`(xml: String) {
        #expect { try Self.posts(xml) } throws: {
            ($0 as? FeedReader.Failure)?.reason == FeedReader.Failure.documentType.reason
        }
    }

    @Test func `a document type does not hide in another encoding`() throws {
        let text = "<?xml version='1.0' encoding='UTF-16'?><!DOCTYPE rss [<!ENTITY a 'b'>]><rss>&a;</rss>"
        let hidden = [
            try #require(text.data(using: .utf16)),
            Data("<?xml version='1.0' encoding='UTF-7'?>+ADwAIQ-DOCTYPE rss><rss/>".utf8),
            try #require(text.data(using: .utf16LittleEndian)),
        ]
        for data in hidden { #expect(throws: FeedReader.Failure.self) { try FeedReader.read(data, limit: 10) } }
    }

    @Test func `UTF-16 and Latin-1 are read, and what speaks of a DOCTYPE in its text as well`() throws {
        let text = "<?xml version='1.0' encoding='UTF-16'?><rss><channel><item><title>é</title></item></channel></rss>"
        let wide = try FeedReader.read(try #require(text.data(using: .utf16)), limit: 10)
        let latin = try FeedReader.read(
            try #require(text.replacing("UTF-16", with: "ISO-8859-1").data(using: .isoLatin1)), limit: 10)
        #expect(wide.items.map(\.title.plain) == ["é"] && latin.items.map(\.title.plain) == ["é"])
        let page = "<item><description><![CDATA[write &lt;!DOCTYPE html&gt; first]]></description></item>"
        #expect(try Self.posts(Self.rss(page)).map(\.text) == ["write <!DOCTYPE html> first"])
    }

    @Test func `what nests too deeply is refused, a megabyte of text is cut`() throws {
        let deep = String(repeating: "<a>", count: 100_000)
        #expect(throws: FeedReader.Failure.self) { try Self.posts(Self.rss("<item><description>\(deep)")) }
        let long = String(repeating: "&lt;a \"", count: 150_000)
        #expect(
            try Self.posts(Self.rss("<item><title>t</title><description>x \(long)</description></item>")).first?.text
                == "t\n\nx")
        let words = String(repeating: "word ", count: 200_000)
        #expect(
            try Self.posts(Self.rss("<item><description>\(words)</description></item>")).first?.text.count
                == Post.textLimit)
    }

    @Test(arguments: [
        ("a<br>b<br/>c", "a\nb\nc"), ("<p>a</p>\n <p>b</p>", "a\n\nb"), ("a  \n b", "a b"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("1 < 2 && 3 > 2", "1 < 2 && 3 > 2"), ("&amp;lt;", "&lt;"),
        ("&#65;&#x42;&eacute;&nope;&#0;&#xD800;", "AB\u{e9}&nope; &#xD800;"),
        ("<style>p{}</style>a<SCRIPT>x</SCRIPT >b", "ab"), ("a<!-- b", "a"), ("a<script>b", "a"),
        ("<a title='>'>b</a>", "b"), ("<a title=\">b</a>", "b"),
        ("a<b", "a"), ("a<", "a<"), ("&", "&"), ("a&nbsp;b&#150;c", "a b\u{2013}c"), ("<script/>a", "a"),
        ("<td>a</td><td>b</td>", "a b"),
    ]) func `of HTML remains what people see`(html: String, text: String) {
        #expect(HTMLText.plain(html) == text)
    }
}
