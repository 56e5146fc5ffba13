import Core
import Foundation
import TestSupport
import Testing

/// The examples of the documents do what they say.
@Suite(.inTurns) struct ExampleTests {

    @Test(arguments: ["py", "mjs", "sh"]) func `a user's token that an example signs is good for that user alone`(
        ending: String
    ) async throws {
        let folder = try temporaryFolder("example")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let secret = "a secret of at least thirty-two bytes"
        let server = try DogearProcess([], environment: ["JWT_SECRET": secret], in: folder)
        let (user, other) = (ID.random(), ID.random())
        let token = try run(
            repository + "/docs/examples/user-token.\(ending)", [user.description], environment: ["JWT_SECRET": secret])
        let headers = ["Authorization": "Bearer \(token.split(separator: "\n")[0])"]
        #expect(try await server.send("GET", "/api/v1/users/\(user)/history", headers: headers).status == 200)
        #expect(try await server.send("GET", "/api/v1/users/\(other)/history", headers: headers).status == 403)
        server.stop()
    }
}
