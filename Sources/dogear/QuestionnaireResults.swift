import ArgumentParser
import Assessments
import Core
import Foundation

extension Questionnaire {
    struct Results: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes what was answered: a row for each session, a column for each question.",
            discussion: "Cells that a spreadsheet would take for a formula begin with an apostrophe.")

        @OptionGroup var options: DatabaseOptions

        @Option(help: "csv or ndjson.")
        var format = "csv"

        @Option(help: "Only what was touched at this moment or later, such as 2026-11-27T00:00:00Z.")
        var since: String?

        @Argument(help: "The questionnaire, as `dogear questionnaire list` names it.")
        var slug: String

        func run() async throws {
            guard let form = ResultFormat(rawValue: format) else {
                throw ValidationError("--format must be csv or ndjson.")
            }
            let moment = try since.map { text in
                guard let moment = Instant(text) else {
                    throw ValidationError("--since must be a moment such as 2026-11-27T00:00:00Z.")
                }
                return moment
            }
            try await Questionnaire.withLibrary(options) { library in
                let isThere = try await library.results(of: slug, form, since: moment) { line in
                    try FileHandle.standardOutput.write(contentsOf: Data(line.utf8))
                }
                guard isThere else {
                    Dogear.say("There is no questionnaire \(slug). See `dogear questionnaire list`.")
                    throw ExitCode.failure
                }
            }
        }
    }
}
