/// Finds what somebody probably meant.
enum Nearest {
    /// The name that takes the fewest changes to get to, where that is two, or a third of its letters.
    static func name(to text: String, among names: [String]) -> String? {
        let best = names.map { (name: $0, distance: distance(text, $0)) }.min {
            ($0.distance, $0.name) < ($1.distance, $1.name)
        }
        return best.flatMap { best in
            let most = max(2, max(best.name.utf8.count, text.utf8.count) / 3)
            return best.distance <= most && best.distance < text.utf8.count ? best.name : nil
        }
    }

    /// How many letters have to be put in, taken out or changed (Levenshtein).
    private static func distance(_ one: String, _ other: String) -> Int {
        let (one, other) = (Array(one.utf8.prefix(100)), Array(other.utf8.prefix(100)))
        var row = Array(0...other.count)
        for (index, letter) in one.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (place, wanted) in other.enumerated() {
                let next = min(row[place] + 1, row[place + 1] + 1, diagonal + (letter == wanted ? 0 : 1))
                diagonal = row[place + 1]
                row[place + 1] = next
            }
        }
        return row[other.count]
    }
}
