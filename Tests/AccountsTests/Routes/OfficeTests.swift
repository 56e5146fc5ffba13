import Changes
import Core
import TestSupport
import Testing

@testable import Accounts

/// What whoever runs the server does with accounts.
@Suite struct OfficeTests {
    @Test(arguments: TestEngine.allCases, [[], ["suspend"]])
    func `opening an account that nobody verified lets no squatter in, also after it was closed`(
        engine: TestEngine, first: [String]
    ) async throws {
        try await accounting(on: engine) { calls in
            let registered = try await calls.post(
                "register", ["email": "ann@x.org", "password": AccountCalls.password, "name": "Squatter"])
            #expect(registered.status == 202)
            let known = try await calls.login()
            #expect(known.status == 403, "the password is right, and the address is not confirmed")
            let office = AccountOffice(changes: Changes(database: calls.server.database), secret: AccountCalls.secret)
            let email = try #require(EmailAddress("ann@x.org"))
            if first == ["suspend"] { #expect(try await office.suspend(email)) }
            #expect(try await office.activate(email))
            let login = try await calls.login()
            #expect(login.status == 401)
        }
    }
}
