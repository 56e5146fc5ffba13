import CPostgres

/// A connection string as environment variables, for Postgres' own tools: an argument would show its password to
/// everybody on the machine.
package enum ConnectionEnvironment {
    /// `PGHOST`, `PGPASSWORD` and so on; empty where libpq cannot read the string.
    package static func variables(for connectionString: String) -> [String: String] {
        guard let options = PQconninfoParse(connectionString, nil) else { return [:] }
        defer { PQconninfoFree(options) }
        var variables: [String: String] = [:]
        var option = options
        while option.pointee.keyword != nil {
            if let name = option.pointee.envvar, let value = option.pointee.val {
                variables[String(cString: name)] = String(cString: value)
            }
            option += 1
        }
        return variables
    }
}
