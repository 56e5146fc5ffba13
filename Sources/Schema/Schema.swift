import CSchema
package import Migrations
package import SQL

/// Dogear's own schema, carried in the binary.
package enum Schema {
    /// The steps for one engine.
    package static func migrations(for dialect: Dialect) throws -> MigrationSet {
        let files = UnsafeBufferPointer(start: CSchemaFiles(), count: CSchemaFileCount())
        let folder = dialect.rawValue + "/"
        return try MigrationSet(
            files: files.compactMap { file in
                let name = String(cString: file.name)
                guard name.hasPrefix(folder) else { return nil }
                let bytes = Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
                return (String(name.dropFirst(folder.count)), bytes)
            })
    }
}
