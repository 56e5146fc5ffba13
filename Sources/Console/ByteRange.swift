/// One range of bytes, as a `Range` header asks for it.
enum ByteRange: Equatable {
    case satisfiable(Range<Int>)
    case unsatisfiable

    /// Reads `bytes=0-499`, `bytes=500-` or `bytes=-500`; nil for anything else, which is then ignored.
    init?(_ header: String, of count: Int) {
        guard header.hasPrefix("bytes=") else { return nil }
        let parts = header.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        switch (Int(parts[0]), Int(parts[1])) {
        case (let first?, let last?) where first <= last && first >= 0:
            self = first < count ? .satisfiable(first..<min(last, count - 1) + 1) : .unsatisfiable
        case (let first?, nil) where parts[1].isEmpty && first >= 0:
            self = first < count ? .satisfiable(first..<count) : .unsatisfiable
        case (nil, let length?) where parts[0].isEmpty && length >= 0:
            self = length > 0 && count > 0 ? .satisfiable(max(0, count - length)..<count) : .unsatisfiable
        default: return nil
        }
    }
}
