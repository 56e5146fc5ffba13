package import Core
import LiveEvents

/// The clips that `dogear serve --demo` shows, and the viewer who watches them.
package enum SampleContent {
    /// One clip.
    package struct Clip: Sendable, Hashable {
        /// Its content id.
        package let id: ID
        /// Its name in addresses.
        package let slug: String
        /// Its title.
        package let title: String
        /// Its length in whole seconds.
        package let duration: Int

        /// Its length in minutes, in words: `4` or `3.5`.
        var minutes: String { duration % 60 == 0 ? "\(duration / 60)" : "\(Double(duration) / 60)" }
        /// The address of its picture.
        package var thumbnailURL: String { "/clips/\(slug).jpg" }
        /// The address of its video.
        package var clipURL: String { "/clips/\(slug).webm" }
    }

    /// The questionnaires, as files; the first is the default.
    package static let questionnaires = ["how-you-read", "a-day-by-the-sea", "a-weekend-away"].map { slug in
        (slug: slug, file: Asset.named("questionnaires/\(slug).yaml")?.text ?? "")
    }

    /// The live event, with the code that makes a browser its host.
    package static let event = (
        id: SampleEvent.id, title: SampleEvent.title, joinCode: SampleEvent.joinCode,
        recoveryCode: SampleEvent.recoveryCode
    )

    /// The posts that the sample job watches: the file's name, and its lines.
    package static let posts = (
        account: "dogear_news", lines: Asset.named("posts/dogear_news.jsonl")?.text ?? ""
    )

    /// The viewer of the demo: one and the same for all, so that `curl` sees what the browser does.
    package static let viewer = SampleUser.id

    /// The clips.
    package static let clips = [
        clip(1, "harbour", "Harbour", 240), clip(2, "lanterns", "Lanterns", 210), clip(3, "orbits", "Orbits", 180),
        clip(4, "tidepool", "Tide pool", 300),
    ]

    private static func clip(_ number: UInt64, _ slug: String, _ title: String, _ duration: Int) -> Clip {
        Clip(
            id: ID(high: 0xC11B_0000_0000_4000, low: 0x8000_0000_0000_0000 + number), slug: slug, title: title,
            duration: duration)
    }
}
