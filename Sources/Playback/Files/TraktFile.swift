import Core
import Foundation

/// Trakt's history, as its API documents it: a list of `{"watched_at", "type": "movie", "movie": {"title", "ids": {…}}}` and of
/// `{"watched_at", "type": "episode", "episode": {"season", "number", "title", "ids"}, "show": {"title", "ids"}}`.
///
/// A title's id is that of its name `imdb:…`, else `tmdb:…`, else `trakt:…`, each behind `movie:` or `episode:`; a show's likewise.
extension HistoryFile.Reading {
    private struct Entry: Decodable {
        struct IDs: Decodable {
            let trakt: Int?
            let imdb: String?
            let tmdb: Int?
        }

        struct Titled: Decodable {
            let title: String?
            let ids: IDs?
            let season: Int?
            let number: Int?
        }

        let watched_at: String?
        let type: String?
        let movie: Titled?
        let episode: Titled?
        let show: Titled?
    }

    /// An element that is decoded for itself, so that a bad one does not spoil the others.
    private struct Lenient: Decodable {
        let entry: Entry?

        init(from decoder: any Decoder) throws { entry = try? Entry(from: decoder) }
    }

    mutating func readTrakt(_ bytes: Data) throws {
        guard let entries = try? JSONDecoder().decode([Lenient].self, from: bytes) else {
            throw HistoryFile.Refusal(
                description:
                    "This is no list of Trakt's history: a JSON array of objects with watched_at, type, and movie or episode."
            )
        }
        for (index, element) in entries.enumerated() { take(element.entry, index + 1) }
    }

    private mutating func take(_ entry: Entry?, _ number: Int) {
        guard let entry, let at = entry.watched_at.flatMap({ Instant($0) }) else {
            return refuse(number, "`watched_at` is no moment")
        }
        let titled = entry.type == "movie" ? entry.movie : entry.type == "episode" ? entry.episode : nil
        guard let kind = entry.type, let titled, let name = Self.name(titled.ids, kind) else {
            return refuse(number, "it is neither a movie nor an episode with an id")
        }
        let id = NamedID.title.id(name)
        take(.play(contentID: id, .imported(at)), number)
        let show = entry.show?.title
        let title = [show, titled.title].compactMap { $0 }.joined(separator: " · ")
        self.name(id, title, episode(titled, of: entry.show))
    }

    private func episode(_ titled: Entry.Titled, of show: Entry.Titled?) -> ContentStore.Episode? {
        guard let name = Self.name(show?.ids, "show"), let season = titled.season, let number = titled.number,
            (0...1_000_000).contains(season), (0...1_000_000).contains(number)
        else { return nil }
        return ContentStore.Episode(seriesID: NamedID.series.id(name), season: season, number: number)
    }

    private static func name(_ ids: Entry.IDs?, _ kind: String) -> String? {
        ids?.imdb.map { "\(kind):imdb:\($0)" } ?? ids?.tmdb.map { "\(kind):tmdb:\($0)" }
            ?? ids?.trakt.map { "\(kind):trakt:\($0)" }
    }
}

extension Play {
    /// A viewing that a file tells of.
    static func imported(_ finishedAt: Instant, startedAt: Instant? = nil, deviceID: String? = nil) -> Play {
        Play(
            id: .random(), startedAt: startedAt, finishedAt: finishedAt,
            deviceID: deviceID.map { String($0.prefix(200)) },
            source: .imported)
    }
}
