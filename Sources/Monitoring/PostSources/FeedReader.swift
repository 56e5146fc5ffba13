import Foundation
import FoundationXML

/// Reads RSS 2.0, RSS 1.0 and Atom. Entities and document types are not read but refused: they are ways to blow up a small text, or to
/// have files of the server's read into it.
final class FeedReader: NSObject {
    /// Why a document is no feed.
    struct Failure: Error {
        let reason: String

        static let noFeed = Failure(reason: "gave something that is neither RSS nor Atom. Look at the address.")
        static let malformed = Failure(
            reason: "gave a feed that is not well-formed XML. The next attempt may go better.")
        static let documentType = Failure(reason: "gave a feed with a document type (DOCTYPE), which is not read here.")
        static let encoding = Failure(reason: "gave a feed in an encoding that is not read here.")
        static let depth = Failure(reason: "gave a feed that nests too deeply.")
    }

    private static let depthLimit = 200
    private static let atom = "http://www.w3.org/2005/Atom"
    private static let content = "http://purl.org/rss/1.0/modules/content/"
    private static let dublinCore = "http://purl.org/dc/elements/1.1/"
    /// Where an element without a prefix of RSS may lie.
    private static let plain: Set<String> = [
        "", atom, "http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/",
        "http://backend.userland.com/rss2", "http://purl.org/atom/ns#",
    ]

    private let limit: Int
    private var document = FeedDocument()
    private var item: FeedItem?
    private var path: [String] = []
    private var isFeed = false
    private var failure: Failure?
    /// The element whose text is being read, its depth and what has come of it.
    private var field: (name: String, depth: Int, type: String)?
    private var text = ""
    private var isFull = false

    private init(limit: Int) {
        self.limit = limit
    }

    /// A feed's items.
    /// - Throws: `Failure`.
    static func read(_ data: Data, limit: Int) throws(Failure) -> FeedDocument {
        let reader = FeedReader(limit: limit)
        let parser = XMLParser(data: try FeedProlog.checked(data))
        parser.shouldProcessNamespaces = true
        parser.shouldResolveExternalEntities = false
        parser.delegate = reader
        _ = parser.parse()
        if let failure = reader.failure { throw failure }
        guard reader.isFeed else { throw .noFeed }
        return reader.document
    }

    private func stop(_ parser: XMLParser, _ failure: Failure?) {
        guard self.failure == nil, !isFull else { return }
        if let failure { self.failure = failure } else { isFull = true }
        parser.abortParsing()
    }

    /// What an element is called here: its own name where it is one of a feed's, `encoded`, `dc:date`, `dc:creator`, or nothing.
    private static func name(_ local: String, _ namespace: String) -> String {
        if plain.contains(namespace) { return local }
        switch (namespace, local) {
        case (content, "encoded"): return "encoded"
        case (dublinCore, "date"), (dublinCore, "creator"): return "dc:" + local
        default: return local == "RDF" ? local : ""
        }
    }
}

extension FeedReader: XMLParserDelegate {
    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        let name = Self.name(element, namespaceURI ?? "")
        if path.isEmpty { isFeed = ["rss", "RDF", "feed"].contains(name) }
        guard isFeed else { return stop(parser, .noFeed) }
        path.append(name)
        guard path.count <= Self.depthLimit else { return stop(parser, .depth) }
        if let field {
            // Markup that stands in a field as markup: its text is HTML.
            if field.depth < path.count { text += "<\(element)>" }
        } else if name == "item" || name == "entry" {
            guard document.items.count < limit else {
                document.isCut = true
                return stop(parser, nil)
            }
            item = FeedItem()
            item?.guid = attributes["rdf:about"] ?? ""
        } else {
            begin(name, attributes)
        }
    }

    private func begin(_ name: String, _ attributes: [String: String]) {
        if name == "link", let href = attributes["href"] {
            let relation = attributes["rel"] ?? "alternate"
            if relation == "alternate", item?.link.isEmpty == true { item?.link = href }
            return
        }
        if name == "guid" { item?.isGuidAddress = attributes["isPermaLink"]?.lowercased() != "false" }
        let fields = [
            "title", "link", "guid", "id", "description", "summary", "encoded", "content", "pubDate", "dc:date",
            "updated",
            "published", "dc:creator", "author", "name", "issued", "modified",
        ]
        // The author of Atom is a name in an element, that of RSS an address.
        guard fields.contains(name), name != "author" || path.first == "rss" else { return }
        field = (name, path.count, attributes["type"] ?? "")
        text = ""
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        guard let field else { return }
        let isMarkup = field.type == "xhtml" || field.type == "application/xhtml+xml"
        text += isMarkup ? string.replacing("&", with: "&amp;").replacing("<", with: "&lt;") : string
    }

    func parser(_ parser: XMLParser, foundCDATA block: Data) {
        self.parser(parser, foundCharacters: String(decoding: block, as: UTF8.self))
    }

    func parser(_ parser: XMLParser, didEndElement element: String, namespaceURI: String?, qualifiedName: String?) {
        if let field {
            if field.depth == path.count {
                end(field.name, field.type)
                self.field = nil
            } else {
                text += "</\(element)>"
            }
        } else if path.last == "item" || path.last == "entry", let item {
            document.items.append(item)
            self.item = nil
        }
        if !path.isEmpty { path.removeLast() }
    }

    private func end(_ name: String, _ type: String) {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard item != nil else {
            if name == "title", document.title.isEmpty, path.count <= 3 { document.title = HTMLText.plain(trimmed) }
            return
        }
        let isAtom = path.first == "feed"
        let markup = FeedItem.Markup(text: text, isHTML: !isAtom || !["", "text", "text/plain"].contains(type))
        switch name {
        case "title": item?.title = markup
        case "link": if item?.link.isEmpty == true { item?.link = trimmed }
        case "guid", "id": item?.guid = trimmed
        case "description", "summary": item?.summary = markup
        case "encoded", "content": item?.content = markup
        case "pubDate", "dc:date", "published", "issued": item?.date = trimmed
        case "updated", "modified": if item?.date.isEmpty == true { item?.date = trimmed }
        case "dc:creator", "author", "name": if item?.author.isEmpty == true { item?.author = trimmed }
        default: break
        }
    }

    func parser(_ parser: XMLParser, parseErrorOccurred error: any Error) {
        // A prefix that nobody declared harms nothing (libxml2's namespace errors).
        guard !(200...204).contains((error as NSError).code), !isFull, failure == nil else { return }
        failure = isFeed || path.isEmpty && !document.items.isEmpty ? .malformed : .noFeed
    }

    func parser(_ parser: XMLParser, foundInternalEntityDeclarationWithName name: String, value: String?) {
        stop(parser, .documentType)
    }

    func parser(
        _ parser: XMLParser, foundExternalEntityDeclarationWithName name: String, publicID: String?, systemID: String?
    ) {
        stop(parser, .documentType)
    }

    func parser(_ parser: XMLParser, resolveExternalEntityName name: String, systemID: String?) -> Data? { nil }
}

/// What stands before the first element of an XML document.
enum FeedProlog {
    /// In these the markup of XML is ASCII, so that a document type cannot hide.
    private static let encodings = [
        "utf-8", "utf8", "us-ascii", "ascii", "iso-8859-", "windows-125", "koi8-", "euc-", "shift_jis", "gb2312", "gbk",
        "gb18030", "big5", "cp125",
    ]

    /// The document in UTF-8 or an encoding like it.
    /// - Throws: `FeedReader.Failure` where a document type stands before the first element, or the encoding could hide one.
    static func checked(_ data: Data) throws(FeedReader.Failure) -> Data {
        let data = try decoded(data)
        var rest = data[...]
        while let start = rest.firstIndex(where: { $0 > 0x20 }) {
            rest = rest[start...]
            if rest.starts(with: "<?".utf8) {
                let end = try self.end(of: "?>", in: rest)
                try checkEncoding(String(decoding: rest[..<end].prefix(200), as: UTF8.self))
                rest = rest[end...]
            } else if rest.starts(with: "<!--".utf8) {
                rest = rest[try end(of: "-->", in: rest)...]
            } else if rest.starts(with: "<!".utf8) {
                // Pages begin so as well, and somebody who typed a page's address is told that rather.
                let start = String(decoding: rest.prefix(30), as: UTF8.self).lowercased()
                throw start.hasPrefix("<!doctype html") ? .noFeed : .documentType
            } else {
                return data
            }
        }
        throw .noFeed
    }

    private static func end(of mark: String, in data: Data) throws(FeedReader.Failure) -> Data.Index {
        guard let range = data.range(of: Data(mark.utf8)) else { throw .noFeed }
        return range.upperBound
    }

    private static func checkEncoding(_ declaration: String) throws(FeedReader.Failure) {
        guard declaration.hasPrefix("<?xml"), let range = declaration.range(of: "encoding") else { return }
        let name = declaration[range.upperBound...].drop { "= \t\r\n\"'".contains($0) }.prefix { !"\"'".contains($0) }
        let isKnown = encodings.contains { name.lowercased().hasPrefix($0) }
        guard isKnown else { throw .encoding }
    }

    /// Without a byte order mark; UTF-16 as UTF-8.
    private static func decoded(_ data: Data) throws(FeedReader.Failure) -> Data {
        let start = Array(data.prefix(4))
        if start.starts(with: [0xEF, 0xBB, 0xBF]) { return Data(data.dropFirst(3)) }
        guard start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) else {
            if start.contains(0) { throw .encoding }
            return data
        }
        guard let text = String(data: data, encoding: .utf16) else { throw .encoding }
        let body =
            text.hasPrefix("<?xml") ? text.range(of: "?>").map { text[$0.upperBound...] } ?? text[...] : text[...]
        return Data(body.drop { $0 == "\u{FEFF}" }.utf8)
    }
}
