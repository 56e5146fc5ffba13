import Changes
import ArgumentParser
import Assessments
import Foundation

struct Questionnaire: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Imports, exports and lists questionnaires, and writes what was answered.",
        subcommands: [Import.self, Export.self, List.self, Results.self])

    /// Opens the questionnaires of the database.
    static func withLibrary(_ options: DatabaseOptions, _ body: (QuestionnaireLibrary) async throws -> Void)
        async throws
    {
        try await options.withDatabase { try await body(QuestionnaireLibrary(changes: Changes(database: $0))) }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Brings a questionnaire to what a file says.",
            discussion: """
                The whole file in one transaction: if anything is wrong in it, every bad line is named and nothing changes. \
                Sessions that are under way keep their answers; questions that the file no longer has stop counting.
                """)

        @OptionGroup var options: DatabaseOptions

        @Flag(help: "Check the file only.")
        var check = false

        @Argument(help: "A file that ends in .yaml, .yml, .json, .csv, .tsv, .gift or .aiken.")
        var file: String

        func run() async throws {
            guard let format = FileFormat(fileName: file) else {
                throw ValidationError("\(file) must end in .yaml, .yml, .json, .csv, .tsv, .gift or .aiken.")
            }
            guard let data = FileManager.default.contents(atPath: file) else {
                throw ValidationError("\(file) cannot be read.")
            }
            let name = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
            do {
                let text = try QuestionnaireLibrary.text(data, format)
                if check {
                    let draft = try QuestionnaireLibrary.check(text, format, named: name)
                    print("\(file) is in order: \(draft.slug).")
                    return
                }
                try await Questionnaire.withLibrary(options) { library in
                    let outcome = try await library.importFile(text, format, named: name)
                    print(
                        "\(outcome.slug): \(outcome.pages) pages, \(outcome.added) questions added, \(outcome.kept) kept, \(outcome.removed) removed."
                    )
                }
            } catch let refusal as FileRefusal {
                for problem in refusal.problems {
                    Dogear.say(
                        problem.line > 0 ? "\(file):\(problem.line): \(problem.message)" : "\(file): \(problem.message)"
                    )
                }
                Dogear.say("Nothing was changed. Correct the file and import it again.")
                throw ExitCode.failure
            }
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Writes a questionnaire as a file.")

        @OptionGroup var options: DatabaseOptions

        @Option(help: "Where to; its ending says the form. Default: standard output.")
        var output: String?

        @Option(help: "yaml, json or csv. Default: by the output's ending, or yaml.")
        var format: String?

        @Argument(help: "The questionnaire, as `dogear questionnaire list` names it.")
        var slug: String

        func run() async throws {
            let asked = try format.map { name in
                guard let format = FileFormat(rawValue: name), FileFormat.written.contains(format) else {
                    throw ValidationError("--format must be yaml, json or csv.")
                }
                return format
            }
            try Dogear.refuseToOverwrite(output)
            let form = asked ?? output.flatMap { FileFormat(fileName: $0) } ?? .yaml
            try await Questionnaire.withLibrary(options) { library in
                guard let text = try await library.export(slug, form) else {
                    Dogear.say("There is no questionnaire \(slug). See `dogear questionnaire list`.")
                    throw ExitCode.failure
                }
                if let output {
                    try text.write(toFile: output, atomically: true, encoding: .utf8)
                } else {
                    print(text, terminator: "")
                }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists questionnaires: slug, pages, questions, sessions, title.")

        @OptionGroup var options: DatabaseOptions

        func run() async throws {
            try await Questionnaire.withLibrary(options) { library in
                for entry in try await library.list() {
                    let title = entry.title + (entry.isDefault ? " (default)" : "")
                    print("\(entry.slug)\t\(entry.pages)\t\(entry.questions)\t\(entry.sessions)\t\(title)")
                }
            }
        }
    }
}
