package import SQL

// GRDB has a type named SQL, which hides our module of that name wherever GRDB is imported: here the house's types get
// names that GRDB does not take.

/// `SQL.Database`.
package typealias HouseDatabase = SQL.Database
/// `SQL.Connection`.
package typealias HouseConnection = SQL.Connection
/// `SQL.Row`.
package typealias HouseRow = SQL.Row
