import ArgumentParser
import Changes
import Core
import Outbox
import SQL

struct OutboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbox",
        abstract: "Shows what the outside is owed, and sends again what was given up.",
        subcommands: [List.self, SendAgain.self])

    struct List: AsyncParsableCommand {
        /// More than anybody reads; how many there are is in the line of their destination.
        private static let most = 1_000

        static let configuration = CommandConfiguration(
            abstract: "Lists destinations (owed, since, given up), then messages that were given up, and why.")

        @OptionGroup var options: DatabaseOptions

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            try await options.withDatabase { database in
                let (debts, parked) = try await database.read { connection in
                    (try Outbox.debts(on: connection), try Outbox.parked(limit: Self.most, on: connection))
                }
                print(json ? Self.json(debts, parked) : Self.text(debts, parked))
            }
        }

        private static func text(_ debts: [Outbox.Debt], _ parked: [Outbox.Parked]) -> String {
            guard !debts.isEmpty else { return "Nothing is owed." }
            let lines = debts.map { debt in
                let since = debt.oldest.map { ", the oldest since \($0)" } ?? ""
                return "\(debt.destination)\t\(debt.owed) owed\(since)\t\(debt.parked) given up"
            }
            let given = parked.map { message in
                [
                    message.destination, message.id.description, message.parkedAt.description, message.name,
                    message.key,
                    message.refusal ?? "",
                ].joined(separator: "\t")
            }
            return (lines + given).joined(separator: "\n")
        }

        private static func json(_ debts: [Outbox.Debt], _ parked: [Outbox.Parked]) -> String {
            let destinations = debts.map { debt -> JSON in
                [
                    "destination": .string(debt.destination), "owed": .integer(debt.owed),
                    "oldest_owed_at": .optional(debt.oldest) { .instant($0) }, "parked": .integer(debt.parked),
                ]
            }
            let messages = parked.map { message -> JSON in
                [
                    "destination": .string(message.destination), "id": .id(message.id), "name": .string(message.name),
                    "key": .string(message.key), "owed_at": .instant(message.owedAt),
                    "parked_at": .instant(message.parkedAt),
                    "refusal": .optional(message.refusal) { .string($0) },
                ]
            }
            return (["destinations": .array(destinations), "parked": .array(messages)] as JSON).text
        }
    }

    struct SendAgain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Has what was given up tried again, by the servers that run.")

        @OptionGroup var options: DatabaseOptions

        @Argument(help: "kafka, sync or mail. Default: all.")
        var destination: String?

        func run() async throws {
            let chosen = try destination.map { name in
                guard let known = Outbox.Destination(rawValue: name) else {
                    let all = Outbox.Destination.allCases.map(\.rawValue).sorted().joined(separator: ", ")
                    throw ValidationError("'\(name)' is no destination. There are \(all).")
                }
                return known
            }
            try await options.withDatabase { database in
                let count = try await Changes(database: database).make { change in
                    try Outbox.sendAgain(to: chosen, on: change.connection)
                }
                print(count == 0 ? "Nothing was given up." : "\(count) go again.")
            }
        }
    }
}
