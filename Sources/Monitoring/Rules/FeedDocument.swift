import Core

/// What a feed says of one thing, before it is made a post.
struct FeedItem: Sendable, Hashable {
    /// `guid` of RSS, `id` of Atom, `rdf:about` of RSS 1.0.
    var guid = ""
    /// Whether the guid may be taken for an address where there is no link.
    var isGuidAddress = true
    var link = ""
    var author = ""
    /// Title and content as HTML or as text.
    var title = Markup()
    var summary = Markup()
    var content = Markup()
    var date = ""

    /// A text, and whether it is HTML.
    struct Markup: Sendable, Hashable {
        var text = ""
        var isHTML = true

        var plain: String { PostText.clean(isHTML ? HTMLText.plain(text) : text) }
    }

    /// The title, and the longer of what follows it unless that begins with it.
    var text: String {
        let title = title.plain
        let body = content.text.isEmpty ? summary.plain : content.plain
        if title.isEmpty || body.hasPrefix(title) { return body }
        return body.isEmpty ? title : PostText.clean(title + "\n\n" + body)
    }
}

/// A feed, read.
struct FeedDocument: Sendable {
    var title = ""
    var items: [FeedItem] = []
    /// Whether there were more items than are taken.
    var isCut = false

    /// The items as posts, in the feed's order, none twice.
    /// - Parameters:
    ///   - address: Where the feed is; its links may be relative.
    ///   - digest: SHA-256, in hexadecimal.
    func posts(at address: WebAddress, digest: (String) -> String) -> [Post] {
        let author = PostText.clean(title, limit: 100)
        let links = items.map { item in
            WebAddress(
                item.link.isEmpty && item.isGuidAddress ? item.guid : item.link, from: item.link.isEmpty ? nil : address
            )
        }
        let guidCounts = Self.counts(items.map(\.guid))
        let linkCounts = Self.counts(links.map { $0?.text ?? "" })
        var seen: Set<[String]> = []
        return zip(items, links).compactMap { item, link in
            let text = item.text
            // A guid or a link that several items of one document have tells none of them from the others.
            var keys: [String] = []
            if guidCounts[item.guid] == 1 { keys.append(PostText.key("guid", item.guid, digest: digest)) }
            if let link, !item.link.isEmpty, linkCounts[link.text] == 1 {
                keys.append(PostText.key("link", link.text, digest: digest))
            }
            if keys.isEmpty { keys = ["hash:" + digest(item.title.plain + "\u{0}" + text)] }
            guard seen.insert(keys).inserted, !text.isEmpty || link != nil else { return nil }
            let name = item.author.isEmpty ? author : PostText.clean(item.author, limit: 100)
            return Post(
                keys: keys, author: name.isEmpty ? address.host : name, text: text, url: link?.text,
                postedAt: WebDate.instant(item.date))
        }
    }

    private static func counts(_ values: [String]) -> [String: Int] {
        values.reduce(into: [:]) { counts, value in if !value.isEmpty { counts[value, default: 0] += 1 } }
    }
}

/// What a feed's source keeps between two fetches.
struct FeedMemory: Sendable, Hashable {
    /// How often an address must have been said to be the new one for good.
    static let sightings = 3
    /// How long nothing but "unchanged" is believed.
    static let trust = Duration.days(1)

    var address: String
    var etag: String?
    var lastModified: String?
    /// When all was last given.
    var wholeAt: Instant?
    var movingTo: String?
    var seenMoving = 0

    /// What was kept of an address; nothing where it was of another.
    init(_ memory: SourceMemory, of address: String) {
        self.address = address
        guard memory.values["url"] == address else { return }
        etag = memory.values["etag"]
        lastModified = memory.values["last-modified"]
        wholeAt = memory.values["whole-at"].flatMap { Instant($0) }
        movingTo = memory.values["moving-to"]
        seenMoving = memory.values["seen-moving"].flatMap { Int($0) } ?? 0
    }

    var memory: SourceMemory {
        var values = ["url": address]
        values["etag"] = etag
        values["last-modified"] = lastModified
        values["whole-at"] = wholeAt?.description
        values["moving-to"] = movingTo
        values["seen-moving"] = movingTo == nil ? nil : String(seenMoving)
        return SourceMemory(values)
    }

    /// What makes a server answer "unchanged", unless it has said nothing else for a day.
    func conditions(at now: Instant) -> [(name: String, value: String)] {
        guard let wholeAt, now - wholeAt < Self.trust, now >= wholeAt else { return [] }
        return [("If-None-Match", etag), ("If-Modified-Since", lastModified)].compactMap { name, value in
            value.map { (name, $0) }
        }
    }

    /// Notes that all was given: what it may be asked by the next time takes the place of what it was.
    mutating func replace(etag: String?, lastModified: String?, at now: Instant) {
        self.etag = Self.kept(etag)
        self.lastModified = Self.kept(lastModified)
        wholeAt = now
    }

    /// Notes where the feed says that it has moved to for good; that address, once it has said so often enough.
    mutating func note(movedTo: String?) -> String? {
        guard let movedTo, movedTo != address else {
            (movingTo, seenMoving) = (nil, 0)
            return nil
        }
        seenMoving = movedTo == movingTo ? seenMoving + 1 : 1
        movingTo = movedTo
        guard seenMoving >= Self.sightings else { return nil }
        (address, movingTo, seenMoving) = (movedTo, nil, 0)
        return movedTo
    }

    /// Nothing that could not be sent back, or is too long to keep.
    private static func kept(_ value: String?) -> String? {
        value.flatMap { $0.utf8.count <= 500 && $0.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } ? $0 : nil }
    }
}
