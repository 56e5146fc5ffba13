package import Core
package import SQL

/// One kind of thing that a wing holds of people: how it is read out, and how it goes.
///
/// A wing gives a list of these, what others hang on first: an export goes through the list from its beginning, and an
/// erasure from its end. Both go in bounded steps, each from a place that the step before has named.
package struct Holding: Sendable {
    /// A place between two steps, in the holding's own terms.
    package typealias Place = [Value]

    /// Some of what is held, as it is handed out.
    package struct Page: Sendable {
        /// One object for each.
        package let lines: [JSON]
        /// Where to go on; nil at the end.
        package let next: Place?

        /// A page from its parts.
        package init(_ lines: [JSON], next: Place? = nil) {
            self.lines = lines
            self.next = next
        }
    }

    /// How a step of an erasure ended.
    package struct Erased: Sendable, Hashable {
        /// How many things went.
        package let count: Int
        /// Where to go on; nil where nothing is left.
        package let next: Place?
        /// By what names devices may still speak of what went.
        package let names: [Person]
        /// How many things could not go, because rows that are not Dogear's refer to them, and were emptied: nothing in them says
        /// whose they were.
        package let emptied: Int

        /// A step from its parts.
        package init(_ count: Int, next: Place? = nil, names: [Person] = [], emptied: Int = 0) {
            self.count = count
            self.next = next
            self.names = names
            self.emptied = emptied
        }
    }

    /// How much one step of an erasure deletes, or looks at, at most.
    package static let stepSize = 500

    /// What it is called in exports and counts: `playback-session`.
    package let kind: String
    /// Some of what is held of somebody.
    package let read: @Sendable (Person, Place?, any Connection) throws -> Page
    /// What has to be done outside of the database before the next step; nil where nothing has to be.
    package var outside: (@Sendable (Person) async throws -> Void)?
    /// Erases some of it.
    package let erase: @Sendable (Person, Place?, Change) throws -> Erased
    /// Whom the rows name, some at a time: how a restored database finds those who were erased since. Nil where others name all.
    package var people: (@Sendable (Place?, any Connection) throws -> (people: [Person], next: Place?))?

    /// A holding from its parts.
    package init(
        _ kind: String,
        read: @escaping @Sendable (Person, Place?, any Connection) throws -> Page = { _, _, _ in Page([]) },
        outside: (@Sendable (Person) async throws -> Void)? = nil,
        people: (@Sendable (Place?, any Connection) throws -> (people: [Person], next: Place?))? = nil,
        erase: @escaping @Sendable (Person, Place?, Change) throws -> Erased
    ) {
        self.kind = kind
        self.read = read
        self.outside = outside
        self.people = people
        self.erase = erase
    }
}
