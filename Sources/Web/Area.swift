package import Changes
package import Core
package import SQL
package import ServiceLifecycle
package import Upkeep

/// One wing of the house: what it gives to the server that it is wired into.
package protocol Area: Sendable {
    /// Adds the routes, each with whom it is for.
    func addRoutes(to routes: RouteGroup)

    /// What knows what somebody can go on with here; nil where nothing does.
    var resumeSource: (any ResumeSource)? { get }

    /// Whom something of an id is of, where the wing keeps it for somebody: a session, a job.
    func owners(of id: ID, on connection: any Connection) throws -> [Person]
    /// What knows what is live here at this moment; nil where nothing does.
    var liveSource: (any LiveSource)? { get }

    /// What has to be done every so often.
    var chores: [Chore] { get }

    /// What runs for as long as the server does, beside answering requests.
    var services: [any Service] { get }

    /// What knows the tokens that the wing hands out; nil where it hands out none.
    var tokens: (any CapabilityResolver)? { get }

    /// What paths begin with whose routes count requests themselves, since many may come from one address at once.
    var uncounted: Set<String> { get }

    /// All kinds of things that the wing holds of people, what others hang on first: asked by whoever hands out or erases all that is
    /// kept of somebody.
    var holdings: [Holding] { get }

    /// Adds sample content; what is there already stays as it is.
    func addSampleContent() async throws

    /// Adds the routes that `make bench` measures the hot paths against: the same decoding and reply, and no database.
    func addBenchmarkRoutes(to routes: RouteGroup)
}

extension Area {
    /// Nobody's.
    package func owners(of id: ID, on connection: any Connection) throws -> [Person] { [] }
    /// None.
    package var services: [any Service] { [] }
    /// None.
    package var tokens: (any CapabilityResolver)? { nil }
    /// None.
    package var resumeSource: (any ResumeSource)? { nil }
    /// None.
    package var liveSource: (any LiveSource)? { nil }
    /// None.
    package var uncounted: Set<String> { [] }
    /// None.
    package var holdings: [Holding] { [] }
    /// None.
    package func addBenchmarkRoutes(to routes: RouteGroup) {}
}
