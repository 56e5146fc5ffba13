import Core
import SQL

/// Sessions by when they were heard of, for whoever runs the server.
///
/// An index on `updated_at` would be written with every report. One on `heard_slot`, which changes every five minutes, is written then.
extension SessionRows {
    /// How long after it was heard of last a session is still shown, as a silent one.
    static let shown = Duration.minutes(10)

    /// Which five minutes a moment lies in.
    static func heardSlot(_ moment: Instant) -> Int { Int(moment.milliseconds / 300_000) }

    /// A session, with what the app has told of its title.
    struct Shown: Sendable {
        let session: PlaybackSession
        let title: String?
        let url: String?
    }

    /// Sessions that are neither closed nor handed off and were heard of a short time ago, newest first.
    static func shown(_ seek: Seek, at now: Instant, on connection: any Connection) throws -> [Shown] {
        let oldest = now - shown
        let values: [Value] = [
            .integer(heardSlot(oldest)), .instant(oldest), .instant(seek.instant), .id(seek.id), .integer(seek.limit),
        ]
        let (text, sought): (SQLText, [Value]) =
            switch (seek.search?.id, seek.search) {
            case (let id?, let search?): (byID, [.id(id), .text(search.words)])
            case (nil, let search?):
                (byWords, [.text(search.lowercasePattern), .text(search.pattern), .text(search.words)])
            case (_, nil): (all, [])
            }
        return try connection.all(text, values + sought) { row in
            Shown(session: try session(row), title: try row.optional(row.text), url: try row.optional(row.text))
        }
    }

    private static let all = shownText("1 = 1")
    private static let byID = shownText("id = $6 OR user_id = $6 OR content_id = $6 OR device_id = $7")
    private static let byWords = shownText(
        "device_id = $8", lookingFor: "LOWER(title) LIKE $6 ESCAPE '!' OR title LIKE $7 ESCAPE '!'")

    private static let isOpen = "closed_at IS NULL AND handed_off_to IS NULL"

    /// What the app has told of titles is looked up for the page alone, and not for all that are live.
    private static func shownText(_ condition: String, lookingFor title: String? = nil) -> SQLText {
        let own = columns.split(separator: ",").map { "live." + $0.trimming }.joined(separator: ", ")
        let named = title.map { " OR EXISTS (SELECT 1 FROM content WHERE content_id = session.content_id AND (\($0)))" }
        return SQLText(
            """
            SELECT \(own), content.title, content.url
            FROM (
                SELECT \(columns)
                FROM playback_sessions AS session
                WHERE \(isOpen) AND heard_slot >= $1 AND updated_at >= $2
                    AND (updated_at < $3 OR updated_at = $3 AND id < $4) AND (\(condition)\(named ?? ""))
                ORDER BY updated_at DESC, id DESC
                LIMIT $5
            ) AS live
            LEFT JOIN content ON content.content_id = live.content_id
            ORDER BY live.updated_at DESC, live.id DESC
            """)
    }

    /// How many open sessions were heard of since a moment, up to a bound.
    static func count(heardSince moment: Instant, atMost bound: Int, on connection: any Connection) throws -> Int {
        // Of a later five minutes than the moment's own the index alone tells enough.
        try connection.count(
            """
            SELECT 1 FROM playback_sessions WHERE \(isOpen) AND heard_slot > $1
            UNION ALL
            SELECT 1 FROM playback_sessions WHERE \(isOpen) AND heard_slot = $1 AND updated_at >= $2
            """, [.integer(heardSlot(moment)), .instant(moment)], atMost: bound)
    }
}

extension Substring {
    fileprivate var trimming: Substring { drop { $0.isWhitespace } }
}
