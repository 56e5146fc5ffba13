/// What stands in a questionnaire's file, whichever form it has: values with the lines that they stand on.
struct FileNode: Sendable, Equatable {
    let line: Int
    let value: Value

    indirect enum Value: Sendable, Equatable {
        /// Words in quotes, or words that could be nothing else.
        case text(String)
        /// Words without quotes: also a number, `true`, `false` or `null`.
        case word(String)
        case list([FileNode])
        case map([Member])
    }

    struct Member: Sendable, Equatable {
        let name: String
        let node: FileNode
    }

    init(_ value: Value, line: Int = 0) {
        self.line = line
        self.value = value
    }

    /// Whether nothing is said: `null`, `~`, or nothing behind the colon.
    var isNull: Bool {
        if case .word(let word) = value { ["", "~", "null", "Null", "NULL"].contains(word) } else { false }
    }

    /// The words, in quotes or not.
    var scalar: String? {
        switch value {
        case .text(let text), .word(let text): text
        case .list, .map: nil
        }
    }
}

/// One thing in a file that is not as it must be.
package struct FileProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where it stands, from 1; 0 where it concerns the whole file.
    package let line: Int
    /// What is wrong, and what would be right.
    package let message: String

    /// `line 12: pages[1].title is missing …`.
    package var description: String { line > 0 ? "line \(line): \(message)" : message }
}

/// A file that was refused, with everything that is wrong in it.
package struct FileRefusal: Error, Sendable, CustomStringConvertible {
    /// What is wrong, from the top of the file to its end.
    package let problems: [FileProblem]

    init(_ problems: [FileProblem]) {
        self.problems = problems.sorted { $0.line < $1.line }
    }

    /// A line for each.
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// The forms that a questionnaire's file can have.
package enum FileFormat: String, Sendable, CaseIterable {
    /// YAML 1.2.
    case yaml
    /// JSON, of the same shape.
    case json
    /// A table, one row for each question; or an XLSForm as a table.
    case csv
    /// Moodle's GIFT.
    case gift
    /// Moodle's Aiken.
    case aiken

    /// Those that are written too; the others are only read.
    package static let written: [FileFormat] = [.yaml, .json, .csv]

    /// By a file's name: `.yaml` or `.yml`, `.json`, `.csv` or `.tsv`, `.gift`, `.aiken`.
    package init?(fileName: String) {
        switch fileName.split(separator: ".").last?.lowercased() {
        case "yaml", "yml": self = .yaml
        case "json": self = .json
        case "csv", "tsv": self = .csv
        case "gift": self = .gift
        case "aiken": self = .aiken
        default: return nil
        }
    }

    /// - Parameter name: What a questionnaire is called whose form has no name for it.
    func read(_ text: String, named name: String) throws(FileRefusal) -> FileNode {
        switch self {
        case .yaml: try YAMLFile.read(text)
        case .json: try YAMLFile.read(YAMLFile.yaml(fromJSON: text))
        case .csv: try CSVFile.read(text)
        case .gift: try GIFTFile.read(text, named: name)
        case .aiken: try AikenFile.read(text, named: name)
        }
    }

    /// Nil for a form that is only read.
    func write(_ node: FileNode) throws -> String? {
        switch self {
        case .yaml: try YAMLFile.write(node)
        case .json: JSONFile.write(node)
        case .csv: CSVFile.write(node)
        case .gift, .aiken: nil
        }
    }
}
