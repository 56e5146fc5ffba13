/// The members of a map in a file, read one by one; what is not acceptable is noted with its line.
struct FileFields {
    let path: String
    private(set) var problems: [FileProblem] = []
    /// What was read in further languages.
    private(set) var translations: [String: Words] = [:]
    private let node: FileNode
    let language: String
    private var unread: Set<String> = []

    /// - Parameter language: The one of texts that do not say theirs.
    init(_ node: FileNode, _ path: String, _ language: String = "en") {
        self.node = node
        self.path = path
        self.language = language
        guard case .map(let members) = node.value else {
            problems = [
                FileProblem(
                    line: node.line, message: "\(path.isEmpty ? "The file" : path) must be members, such as `title: …`."
                )
            ]
            return
        }
        unread = Set(members.map(\.name))
    }

    /// The line of a member, or of the whole where it is not there.
    func line(_ name: String) -> Int { node[name]?.line ?? node.line }

    /// Whether a member says something.
    func has(_ name: String) -> Bool { node[name].map { !$0.isNull } ?? false }

    mutating func refuse(_ name: String, _ message: String) {
        problems.append(FileProblem(line: line(name), message: "\(path.isEmpty ? "" : path + ".")\(name) \(message)."))
    }

    /// The node of a member, where it is there.
    func member(_ name: String) -> FileNode? { node[name] }

    /// Notes what something is called in further languages.
    mutating func add(_ texts: [String: String], as name: String) {
        for (language, text) in texts { translations[language, default: Words()][name] = text }
    }

    /// Takes over what was found elsewhere.
    mutating func take(_ further: [FileProblem]) { problems += further }

    /// Passes members over that were looked at elsewhere.
    mutating func pass(_ names: [String]) { unread.subtract(names) }

    /// Refuses members that nobody asked for: a misspelt one would otherwise be lost without a word.
    mutating func refuseTheRest() {
        for name in unread.sorted() { refuse(name, "is not known here") }
    }

    mutating func text(_ name: String, _ length: ClosedRange<Int>) -> String? {
        guard has(name) else {
            if case .map = node.value { refuse(name, "is missing") }
            unread.remove(name)
            return nil
        }
        return optionalText(name, length)
    }

    mutating func optionalText(_ name: String, _ length: ClosedRange<Int>) -> String? {
        read(name, "must be text of \(length.lowerBound) to \(length.upperBound) characters") { node in
            node.scalar.flatMap { Self.isText($0, length) ? $0 : nil }
        }
    }

    mutating func integer(_ name: String, _ range: ClosedRange<Int>) -> Int? {
        read(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)") { node in
            node.scalar.flatMap { Int($0) }.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    mutating func flag(_ name: String) -> Bool? {
        read(name, "must be true or false") { node in
            switch node.scalar?.lowercased() {
            case "true", "yes": true
            case "false", "no": false
            default: nil
            }
        }
    }

    mutating func word<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Choice.Type, isRequired: Bool = true
    ) -> Choice? where Choice.RawValue == String {
        guard has(name) else {
            if isRequired, case .map = node.value { refuse(name, "is missing") }
            unread.remove(name)
            return nil
        }
        let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        return read(name, "must be one of \(words)") { $0.scalar.flatMap { Choice(rawValue: $0) } }
    }

    mutating func list(_ name: String, _ count: ClosedRange<Int>) -> [FileNode] {
        guard has(name) else {
            unread.remove(name)
            if count.lowerBound > 0, case .map = node.value { refuse(name, "is missing") }
            return []
        }
        return read(name, "must be a list of \(count.lowerBound) to \(count.upperBound)") { node in
            guard case .list(let nodes) = node.value, count.contains(nodes.count) else { return nil }
            return nodes
        } ?? []
    }

    mutating func map(_ name: String) -> FileNode? {
        read(name, "must be members, such as `title: …`") { node in
            if case .map = node.value { node } else { nil }
        }
    }

    mutating func optionalTexts(
        _ name: String, _ count: ClosedRange<Int>, _ length: ClosedRange<Int>, isRequired: Bool = false
    ) -> [String]? {
        if isRequired, !has(name), case .map = node.value { refuse(name, "is missing") }
        return read(
            name,
            "must be a list of \(count.lowerBound) to \(count.upperBound) texts of \(length.lowerBound) to \(length.upperBound) characters"
        ) { node in
            guard case .list(let nodes) = node.value, count.contains(nodes.count) else { return nil }
            let texts = nodes.compactMap(\.scalar).filter { Self.isText($0, length) }
            return texts.count == nodes.count ? texts : nil
        }
    }

    static func isText(_ text: String, _ length: ClosedRange<Int>) -> Bool {
        length.contains(text.unicodeScalars.count) && !text.utf8.contains(0)
    }

    mutating func read<Value>(
        _ name: String, _ expected: String, _ convert: (FileNode) -> Value?
    ) -> Value? {
        unread.remove(name)
        guard let member = node[name], !member.isNull else { return nil }
        if let value = convert(member) { return value }
        refuse(name, expected)
        return nil
    }
}
