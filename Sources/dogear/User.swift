import Accounts
import ArgumentParser
import Changes
import Core
import Server

struct User: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists, suspends and activates accounts, and helps people who cannot get mail.",
        subcommands: [List.self, Suspend.self, Activate.self, Reset.self])

    /// Opens the accounts of the database.
    static func withAccounts(_ options: DatabaseOptions, _ body: (AccountOffice) async throws -> Void) async throws {
        let settings = try await options.settings()
        try await options.withDatabase {
            // The secret lies beside the file, so that has to be there first.
            try await body(
                AccountOffice(changes: Changes(database: $0), secret: try DogearServer.secret(settings)))
        }
    }

    private static func address(_ text: String) throws -> EmailAddress {
        guard let email = EmailAddress(text) else {
            throw ValidationError("'\(text)' is no address. See `dogear user list`.")
        }
        return email
    }

    /// Does something with one account, and says so; fails where there is none.
    private static func act(
        _ options: DatabaseOptions, _ email: String, _ verb: (AccountOffice, EmailAddress) async throws -> String?
    ) async throws {
        let email = try address(email)
        try await withAccounts(options) { office in
            guard let said = try await verb(office, email) else {
                Dogear.say("No account has the address \(email). See `dogear user list`.")
                throw ExitCode.failure
            }
            print(said)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists accounts in the order of their addresses.")

        @OptionGroup var options: DatabaseOptions

        func run() async throws {
            try await User.withAccounts(options) { office in
                var last = ""
                if try await office.list(after: "").isEmpty { Dogear.say("There are no accounts.") }
                while true {
                    let page = try await office.list(after: last)
                    for user in page {
                        let login = user.lastLoginAt.map { "\($0)" } ?? "never"
                        print("\(user.id)\t\(user.status.rawValue)\t\(user.createdAt)\t\(login)\t\(user.email)")
                    }
                    guard let next = page.last?.email.description else { return }
                    last = next
                }
            }
        }
    }

    struct Suspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Closes an account and ends its sign-ins; only `activate` opens it again.")

        @OptionGroup var options: DatabaseOptions

        @Argument(help: "The account's address.")
        var email: String

        func run() async throws {
            try await User.act(options, email) { office, email in
                try await office.suspend(email) ? "Suspended \(email). Requests are refused from now on." : nil
            }
        }
    }

    struct Activate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Opens an account that was suspended, or whose address you vouch for.")

        @OptionGroup var options: DatabaseOptions

        @Argument(help: "The account's address.")
        var email: String

        func run() async throws {
            try await User.act(options, email) { office, email in
                try await office.activate(email)
                    ? "Activated \(email). Where nobody had shown that the address is theirs, no password works until a reset."
                    : nil
            }
        }
    }

    struct Reset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends an account's sign-ins and password, and prints a code for a new one.")

        @OptionGroup var options: DatabaseOptions

        @Argument(help: "The account's address.")
        var email: String

        func run() async throws {
            try await User.act(options, email) { office, email in
                guard let code = try await office.reset(email) else { return nil }
                return """
                    \(code)

                    With this code \(email) sets a new password on the page /reset, within ten minutes. It is good once and \
                    not shown again. The old password and every sign-in have ended.
                    """
            }
        }
    }
}
