/// Questions as Moodle exchanges them: GIFT and Aiken. They have no name of their own, so the file's is taken.
///
/// Moodle marks answers; Dogear does not. Right answers of choices are kept as `correct`. What only makes sense with marks is refused.
enum MoodleFile {
    /// Something that was read, and the line that it begins on.
    struct Item {
        let line: Int
        var title = ""
        var text = ""
        var choices: [(text: String, isRight: Bool)] = []
        var allowsMultiple = false
    }

    /// A questionnaire of the pages that were read.
    static func node(_ pages: [(title: String, items: [Item])], named name: String) -> FileNode {
        let slug = slug(name)
        var number = 0
        let list = pages.filter { !$0.items.isEmpty }.map { page in
            let questions = page.items.map { item in
                number += 1
                let own = self.slug(item.title)
                return question(item, id: "\(slug)-\(own.isEmpty ? "\(number)" : own)")
            }
            let line = page.items[0].line
            let title = FileNode.Member(name: "title", node: FileNode(.text(page.title), line: line))
            return FileNode(
                .map([title, .init(name: "questions", node: FileNode(.list(questions), line: line))]), line: line)
        }
        return FileNode(
            .map([
                .text("questionnaire", slug), .text("title", name),
                .init(name: "pages", node: FileNode(.list(list), line: 1)),
            ]), line: 1)
    }

    private static func question(_ item: Item, id: String) -> FileNode {
        var members: [FileNode.Member] = [.text("id", id)]
        if item.choices.isEmpty {
            members.append(.text("type", "essay"))
        } else {
            members.append(.text("type", "mcq"))
            let choices = item.choices.enumerated().map { index, choice in
                FileNode(.map([.text("value", "\(index + 1)"), .text("label", choice.text)]))
            }
            members.append(.init(name: "choices", node: FileNode(.list(choices))))
            let right = item.choices.indices.filter { item.choices[$0].isRight }.map { FileNode(.text("\($0 + 1)")) }
            members += FileNode.Member.list("correct", right).map { [$0] } ?? []
            if item.allowsMultiple { members.append(.flag("multiple", true)) }
        }
        members.append(.text("text", item.text))
        return FileNode(.map(members), line: item.line).moved(to: item.line)
    }

    private static func slug(_ text: String) -> String {
        let letters = text.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        return String(letters.split(separator: "-").joined(separator: "-").prefix(60))
    }
}

/// Aiken: the question, choices `A.` or `A)`, and `ANSWER: A`.
enum AikenFile {
    static func read(_ text: String, named name: String) throws(FileRefusal) -> FileNode {
        var (items, item): ([MoodleFile.Item], MoodleFile.Item?) = ([], nil)
        var problems: [FileProblem] = []
        for (index, row) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let (line, row) = (index + 1, String(row).trimmingSpaces)
            if row.isEmpty { continue }
            if let match = row.wholeMatch(of: /ANSWER:\s*([A-Z])/) {
                let place = match.output.1.unicodeScalars.first.map { Int($0.value) - 65 } ?? -1
                guard var whole = item, whole.choices.indices.contains(place) else {
                    problems.append(FileProblem(line: line, message: "There is no choice \(match.output.1) above."))
                    item = nil
                    continue
                }
                whole.choices[place].isRight = true
                items.append(whole)
                item = nil
            } else if let match = row.wholeMatch(of: /([A-Z])[.)]\s+(.+)/), item != nil {
                item?.choices.append((String(match.output.2), false))
            } else if item == nil {
                item = MoodleFile.Item(line: line, text: row)
            } else {
                problems.append(
                    FileProblem(line: line, message: "A choice such as A. words, or ANSWER: A, is to stand here."))
            }
        }
        if let item { problems.append(FileProblem(line: item.line, message: "This question has no ANSWER: line.")) }
        guard problems.isEmpty else { throw FileRefusal(problems) }
        return MoodleFile.node([(name, items)], named: name)
    }
}
