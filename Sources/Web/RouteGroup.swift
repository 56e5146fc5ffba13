package import Hummingbird
import Synchronization

/// Routes below one path, each of which says whom it is for; nobody else reaches its handler.
package struct RouteGroup {
    private let routes: any RouterMethods<DogearContext>
    private let path: String
    /// Where the routes are noted, of all groups of the router.
    package let book: RouteBook

    /// The routes of a router.
    package init(_ router: Router<DogearContext>, _ book: RouteBook) {
        self.init(router, "", book)
    }

    private init(_ routes: any RouterMethods<DogearContext>, _ path: String, _ book: RouteBook) {
        self.routes = routes
        self.path = path
        self.book = book
    }

    /// What a route does with a request that it was reached by.
    package typealias Handler<Output: ResponseGenerator> =
        @Sendable (Request, DogearContext) async throws -> Output

    /// The routes below a path.
    package func group(_ path: String) -> RouteGroup {
        RouteGroup(routes, "\(self.path)/\(path)", book)
    }

    /// Adds a route that looks.
    package func get<Output: ResponseGenerator>(
        _ path: String = "", for audience: Audience, query: Query = .knows([]),
        use handler: @escaping Handler<Output>
    ) {
        add(.get, path, audience, query, handler)
    }

    /// Adds a route that makes or counts something.
    package func post<Output: ResponseGenerator>(
        _ path: String = "", for audience: Audience, query: Query = .knows([]),
        use handler: @escaping Handler<Output>
    ) {
        add(.post, path, audience, query, handler)
    }

    /// Adds a route that puts something in a place.
    package func put<Output: ResponseGenerator>(
        _ path: String = "", for audience: Audience, query: Query = .knows([]),
        use handler: @escaping Handler<Output>
    ) {
        add(.put, path, audience, query, handler)
    }

    /// Adds a route that changes a part of something.
    package func patch<Output: ResponseGenerator>(
        _ path: String = "", for audience: Audience, query: Query = .knows([]),
        use handler: @escaping Handler<Output>
    ) {
        add(.patch, path, audience, query, handler)
    }

    /// Adds a route that ends or clears something.
    package func delete<Output: ResponseGenerator>(
        _ path: String = "", for audience: Audience, query: Query = .knows([]),
        use handler: @escaping Handler<Output>
    ) {
        add(.delete, path, audience, query, handler)
    }

    private func add<Output: ResponseGenerator>(
        _ method: HTTPRequest.Method, _ path: String, _ audience: Audience, _ query: Query,
        _ handler: @escaping Handler<Output>
    ) {
        let whole = path.isEmpty || path == "/" ? self.path + path : "\(self.path)/\(path)"
        book.note(method, whole, audience, query)
        routes.on(RouterPath(whole), method: method) { request, context in
            var context = context
            if audience.takesCookies, let cookies = context.cookies {
                context.caller = .capability(cookies.narrowed(to: request.uri.path))
            }
            if audience.takesSignInCookie || (context.caller == .anonymous && audience.takesUsers),
                let signIn = context.cookieSignIn
            {
                (context.caller, context.credential) = try await signIn()
            }
            try audience.admit(context.caller)
            try query.check(request)
            return try await handler(request, context)
        }
    }
}

extension Audience {
    /// Whether a user's token is let in. Somebody whom nothing else tells of may then be told by the cookie of our own pages; in open
    /// mode, and beside a host's cookie, it says nothing.
    fileprivate var takesUsers: Bool {
        switch self {
        case .users, .readingUsers, .steering: true
        default: false
        }
    }
}

/// Which routes there are and whom each is for.
package final class RouteBook: Sendable {
    /// One route.
    package struct Entry: Sendable, Hashable {
        /// `GET`.
        package let method: String
        /// `/api/v1/sessions/{session_id}`.
        package let path: String
        /// Whom it is for.
        package let audience: Audience
        /// Which query parameters it knows.
        package let query: Query
    }

    private let noted = Mutex<[Entry]>([])

    /// An empty book.
    package init() {}

    /// All routes, in the order in which they were added.
    package var entries: [Entry] { noted.withLock { $0 } }

    func note(_ method: HTTPRequest.Method, _ path: String, _ audience: Audience, _ query: Query) {
        let entry = Entry(method: method.rawValue, path: path.isEmpty ? "/" : path, audience: audience, query: query)
        noted.withLock { $0.append(entry) }
    }
}
