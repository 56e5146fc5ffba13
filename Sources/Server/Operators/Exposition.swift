/// What `/metrics` says, read back: the operator's page shows the very figures that are scraped.
struct Exposition: Sendable {
    /// One figure: its name, its labels and its value.
    struct Series: Sendable {
        let name: Substring
        let labels: Substring
        let value: Double

        /// What a label says; nil where it is not there.
        func label(_ name: String) -> Substring? {
            guard let start = labels.firstRange(of: "\(name)=\"")?.upperBound else { return nil }
            return labels[start...].prefix { $0 != "\"" }
        }
    }

    let series: [Series]

    /// Reads Prometheus' text format.
    init(_ text: String) {
        series = text.split(separator: "\n").compactMap { line in
            guard line.first != "#", let space = line.lastIndex(of: " "),
                let value = Double(line[line.index(after: space)...])
            else { return nil }
            let head = line[..<space]
            let brace = head.firstIndex(of: "{") ?? head.endIndex
            return Series(name: head[..<brace], labels: head[brace...], value: value)
        }
    }

    /// All of a name added up, where they are of interest.
    func sum(_ name: String, where isWanted: (Series) -> Bool = { _ in true }) -> Double {
        series.reduce(0) { $0 + ($1.name == name && isWanted($1) ? $1.value : 0) }
    }

    /// How many were at most as much as each bound, by bound, of those histograms of a name that are of interest.
    func buckets(_ name: String, where isWanted: (Series) -> Bool = { _ in true }) -> Buckets {
        var counts: [Double: Double] = [:]
        for one in series where one.name == "\(name)_bucket" && isWanted(one) {
            guard let bound = one.label("le").flatMap({ $0 == "+Inf" ? .infinity : Double($0) }) else { continue }
            counts[bound, default: 0] += one.value
        }
        return Buckets(counts: counts)
    }
}

/// How many of something were at most as much as each of some bounds.
struct Buckets: Sendable {
    /// By bound; each holds those below it too.
    var counts: [Double: Double]

    /// How many there were.
    var total: Double { counts[.infinity] ?? 0 }

    /// Those that came since an earlier look.
    func since(_ earlier: Buckets?) -> Buckets {
        guard let earlier else { return self }
        return Buckets(
            counts: counts.reduce(into: [:]) { $0[$1.key] = max(0, $1.value - (earlier.counts[$1.key] ?? 0)) })
    }

    /// Both together.
    static func + (left: Buckets, right: Buckets) -> Buckets {
        Buckets(counts: left.counts.merging(right.counts, uniquingKeysWith: +))
    }

    /// What a share of them were below, taken to be spread evenly between two bounds, as Prometheus' `histogram_quantile` has it; nil where there
    /// were none.
    func quantile(_ share: Double) -> Double? {
        let rank = share * total
        guard total > 0 else { return nil }
        var (below, floor) = (0.0, 0.0)
        for (bound, count) in counts.sorted(by: { $0.key < $1.key }) {
            if count >= rank, count > below {
                return bound.isInfinite ? floor : floor + (bound - floor) * max(0, rank - below) / (count - below)
            }
            (below, floor) = (count, bound)
        }
        return floor
    }
}
