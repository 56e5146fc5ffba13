import Foundation
package import Migrations
package import SQL

extension TestEngine {
    /// Its dialect.
    package var dialect: Dialect { self == .sqlite ? .sqlite : .postgres }

    /// Makes an empty database to be thrown away.
    @Sendable package func shadow() async throws -> Shadow {
        let folder = try temporaryFolder("shadow")
        let database = try open(try address(in: folder))
        return Shadow(database: database) {
            await database.close()
            try? FileManager.default.removeItem(atPath: folder)
        }
    }
}
