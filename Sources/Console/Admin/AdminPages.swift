package import Accounts
import Core
import HTTPTypes
import Hummingbird
import Mustache
import NIOCore
package import Web

/// The pages of whoever runs the server. Each is made here, of what the API answers to them: they read without JavaScript.
package struct AdminPages: Sendable {
    private let library: MustacheLibrary
    private let version: String
    private let door: AdminDoor
    private let inside: Inside

    /// Pages in the house style of the others.
    /// - Parameters:
    ///   - door: Who is let in.
    ///   - inside: What asks the API.
    package init(beside pages: Pages, door: AdminDoor, inside: Inside) {
        library = pages.library
        version = pages.version
        self.door = door
        self.inside = inside
    }

    /// Adds the pages; no other page leads to them.
    package func addRoutes(to routes: RouteGroup) {
        let admin = routes.group("admin")
        admin.get("sign-in", for: .anybody, query: .any) { request, _ in signInPage(request) }
        admin.post("sign-in", for: .anybody, query: .any) { try await signIn($0, $1) }
        admin.post("sign-out", for: .anybody, query: .any) { request, _ in
            _ = try await door.known(request)
            return away(to: "/admin/sign-in?out=1", cookie: door.forgetting)
        }
        addNow(to: admin)
        addPeople(to: admin)
        addQuestionnaires(to: admin)
        addRunning(to: admin)
    }

    /// Whether somebody has to sign in.
    var asksToSignIn: Bool { door.asks }

    // MARK: Who asks

    /// One request of somebody who was let in.
    struct Visit {
        let request: Request
        let context: DogearContext
        let known: AdminDoor.Known
        let inside: Inside

        /// What the API answers.
        /// - Throws: the problem that it answers with.
        func answer(_ method: HTTPRequest.Method = .get, _ path: String, _ body: JSON? = nil) async throws -> Response {
            let response = try await inside.ask(method, path, body, as: known, for: request, context)
            guard response.status.code >= 400 else { return response }
            let problem = Seen(try await response.collected())
            throw Problem(
                response.status.code, problem["code"].string ?? "refused",
                problem["title"].string ?? "That did not work", Self.detail(of: problem),
                headers: response.headers[.retryAfter].map { [.init(name: "Retry-After", value: $0)] } ?? [])
        }

        /// What the API says.
        func see(_ method: HTTPRequest.Method = .get, _ path: String, _ body: JSON? = nil) async throws -> Seen {
            Seen(try await answer(method, path, body).collected())
        }

        /// A value of the page's own query; nil where it is not there or empty.
        func asked(_ name: String) -> String? {
            guard let text = request.uri.queryParameters[name[...]].map(String.init), !text.isEmpty else { return nil }
            return text
        }

        private static func detail(of problem: Seen) -> String {
            let fields = problem["fields"].list.map { "\($0["field"].words) \($0["message"].words)" }
            return ([problem["detail"].words] + fields).filter { !$0.isEmpty }.joined(separator: " ")
        }
    }

    /// What is done for somebody who was let in; whoever was not is asked to sign in.
    func visit(
        _ request: Request, _ context: DogearContext, _ body: (Visit) async throws -> Response
    ) async throws -> Response {
        guard let known = try await door.known(request) else {
            let next = request.method == .get ? "?next=\(Address.escaped(request.uri.description))" : ""
            return away(to: "/admin/sign-in\(next)")
        }
        do {
            return try await body(Visit(request: request, context: context, known: known, inside: inside))
        } catch let error as any ProblemConvertible {
            return refusal(error.problem, request)
        }
    }

    /// What refused it, with a way back to where it was asked for.
    private func refusal(_ problem: Problem, _ request: Request) -> Response {
        let origin = request.headers[.referer]?.firstRange(of: "/admin")?.lowerBound
        let back = Address.own(origin.flatMap { start in request.headers[.referer].map { String($0[start...]) } })
        var response = page(
            "admin-problem", title: problem.title, at: "",
            ["title": problem.title, "detail": problem.detail, "status": problem.status, "back": back ?? "/admin"])
        response.status = HTTPResponse.Status(code: problem.status)
        response.take(problem.headers)
        return response
    }

    /// Adds a page that looks.
    func look(
        _ routes: RouteGroup, _ path: String, _ body: @escaping @Sendable (Visit) async throws -> Response
    ) {
        routes.get(path, for: .anybody, query: .any) { request, context in try await visit(request, context, body) }
    }

    /// Adds what a form of a page sends.
    func act(
        _ routes: RouteGroup, _ path: String,
        _ body: @escaping @Sendable (Visit, [String: String]) async throws -> Response
    ) {
        routes.post(path, for: .anybody, query: .any) { request, context in
            try await visit(request, context) { visit in try await body(visit, try await request.form(context)) }
        }
    }

    // MARK: Signing in

    private func signInPage(_ request: Request, trouble: String? = nil) -> Response {
        guard door.asks else { return away(to: "/admin") }
        let asked = request.uri.queryParameters
        var values: [String: Any] = [:]
        values["trouble"] = trouble
        values["next"] = asked["next"].map(String.init)
        values["out"] = asked["out"] != nil
        return page("admin-sign-in", title: "Sign in", at: nil, values)
    }

    private func signIn(_ request: Request, _ context: DogearContext) async throws -> Response {
        try door.requireOwnPage(request)
        let form = try await request.form(context)
        let token = (form["key"] ?? "").trimmingWhitespace
        guard !token.isEmpty else { return signInPage(request, trouble: "Paste a service key.") }
        do {
            let cookie = try await door.signIn(bearing: token, context)
            return away(to: Address.own(form["next"]) ?? "/admin", cookie: cookie)
        } catch let problem as Problem where [401, 403].contains(problem.status) {
            let words =
                problem.status == 401
                ? "That is no good service key. Check that all of it was pasted."
                : "That key lacks the scope admin. Make one with: dogear key create --scope admin"
            var response = signInPage(request, trouble: words)
            response.status = HTTPResponse.Status(code: problem.status)
            return response
        }
    }

    // MARK: Answers

    /// A page of these.
    /// - Parameter section: Which entry of the list of pages it is under; nil for none.
    func page(_ template: String, title: String, at section: String?, _ values: [String: Any]) -> Response {
        var shell: [String: Any] = [
            "title": title, "version": version, "content": library.render(values, withTemplate: template) ?? "",
            "signs_out": door.asks && section != nil, "follows": section == "Now",
        ]
        shell["sections"] =
            section == nil
            ? nil
            : Self.sections.map { name, path -> [String: Any] in ["name": name, "path": path, "here": name == section] }
        return Self.html(library.render(shell, withTemplate: "admin-shell") ?? "")
    }

    private static let sections = [
        ("Now", "/admin"), ("People", "/admin/people"), ("Questionnaires", "/admin/questionnaires"),
        ("Errors", "/admin/errors"), ("Keys", "/admin/keys"), ("Settings", "/admin/settings"),
        ("Backups", "/admin/backups"),
    ]

    private static func html(_ text: String) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
                .contentSecurityPolicy:
                    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
                // A form of a page that sends no referrer says that it is from nowhere, and would be refused.
                .referrerPolicy: "same-origin",
            ], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// Sends the browser on, as after a form: loading the page again sends nothing twice.
    func away(to path: String, cookie: String? = nil) -> Response {
        var headers: HTTPFields = [.location: path, .cacheControl: "no-store"]
        headers[.setCookie] = cookie
        return Response(status: .seeOther, headers: headers)
    }
}

/// Addresses of our own pages.
enum Address {
    /// A part of a path, or a value of a query, whatever it holds.
    static func escaped(_ text: String) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8)
        let digits = Array("0123456789ABCDEF")
        return text.utf8.map { byte in
            plain.contains(byte)
                ? String(UnicodeScalar(byte)) : "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }.joined()
    }

    /// An address below `/admin`; nil for any other, to which nobody is to be sent.
    static func own(_ text: String?) -> String? {
        guard let text, text == "/admin" || text.hasPrefix("/admin/") || text.hasPrefix("/admin?"),
            !text.contains(where: { $0.isWhitespace || $0 == "\\" }), !text.contains(".."),
            text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F })
        else { return nil }
        return text
    }

    /// A path with a query of those values that there are.
    static func query(_ path: String, _ values: [(String, String?)]) -> String {
        let pairs = values.compactMap { name, value in value.map { "\(name)=\(escaped($0))" } }
        return pairs.isEmpty ? path : "\(path)?\(pairs.joined(separator: "&"))"
    }
}

extension String {
    /// Without spaces and line breaks at its ends.
    var trimmingWhitespace: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
