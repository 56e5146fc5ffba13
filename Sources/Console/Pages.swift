package import Assessments
package import Core
import HTTPTypes
package import Hummingbird
import Mustache
package import Web

/// The web pages, and the files that they and an app's own pages load.
package struct Pages: Sendable {
    let library: MustacheLibrary
    /// What every page has: it says when Dogear is away, and when it is back.
    private static let watch = "/assets/server-watch.js"

    let isDemo: Bool
    let version: String
    private let questionnaires: QuestionnaireLibrary
    private let listsQuestionnaires: Bool
    private let viewer: [String: String]
    private let resumeDialogSeconds: Int
    private let isOpen: Bool
    private let origin: String
    private let reference = KeptPage()

    /// The pages of one server.
    /// - Parameters:
    ///   - isOpen: Whether anybody on this machine may say who they are.
    ///   - listsQuestionnaires: Whether anybody may see which questionnaires there are.
    ///   - resumeDialogSeconds: For how long a host is asked whether an ending was a mistake.
    ///   - origin: Where the examples of the reference send their calls.
    /// - Throws: when a template is not Mustache.
    package init(
        isDemo: Bool, isOpen: Bool, version: String, questionnaires: QuestionnaireLibrary, listsQuestionnaires: Bool,
        resumeDialogSeconds: Int, origin: String
    ) throws {
        self.isOpen = isOpen
        self.origin = origin
        self.isDemo = isDemo
        // Elsewhere a page may not say whose something is.
        viewer = isDemo && isOpen ? ["user": SampleContent.viewer.description] : [:]
        self.resumeDialogSeconds = resumeDialogSeconds
        self.version = version
        self.questionnaires = questionnaires
        self.listsQuestionnaires = listsQuestionnaires
        var library = MustacheLibrary()
        for asset in Asset.all where asset.name.hasPrefix("templates/") {
            let name = asset.name.dropFirst("templates/".count).dropLast(".mustache".count)
            try library.register(asset.text, named: String(name))
        }
        self.library = library
    }

    /// Adds the pages and their files.
    package func addRoutes(to routes: RouteGroup) {
        for asset in Asset.all {
            guard let path = asset.path else { continue }
            routes.get(path, for: .anybody, query: .any) { request, _ in asset.response(to: request) }
        }
        routes.get("/", for: .anybody, query: .any) { request, _ in home(request) }
        routes.get("api", for: .anybody, query: .any) { [book = routes.book] _, _ in try await api(book) }
        routes.get("watch", for: .anybody, query: .any) { _, _ in watch() }
        routes.get("watch/{slug}", for: .anybody, query: .any) { _, context in try player(context) }
        routes.get("assessments", for: .anybody, query: .any) { _, _ in try await assessments() }
        routes.get("assessments/{slug}", for: .anybody, query: .any) { _, context in try await assessment(context) }
        routes.get("events", for: .anybody, query: .any) { _, _ in events() }
        routes.get("events/{id}/host", for: .anybody, query: .any) { _, context in
            event(context, "event-host", title: "Host")
        }
        routes.get("events/{id}/screen", for: .anybody, query: .any) { _, context in
            event(context, "event-screen", title: "Screen")
        }
        for (name, title) in AccountPages.titles {
            routes.get("\(name)", for: .anybody, query: .any) { _, _ in account(name, title: title) }
        }
        addJobRoutes(to: routes)
        routes.get("join", for: .anybody, query: .any) { _, context in join(context) }
        routes.get("join/{code}", for: .anybody, query: .any) { _, context in join(context) }
    }

    /// A refusal as a page, for a person who followed a link.
    package func page(for problem: Problem) -> Response {
        var page = page(
            "problem", title: problem.title, description: problem.detail,
            ["status": problem.status, "title": problem.title, "detail": problem.detail])
        page.status = HTTPResponse.Status(code: problem.status)
        return page.plain
    }

    private func home(_ request: Request) -> Page {
        page(
            "home", title: "Home", description: "Dogear keeps people's place.", module: "/assets/home.js",
            [
                "demo": isDemo, "guarded": !isOpen, "origin": "http://\(request.head.authority ?? "127.0.0.1:8086")",
                "demo_user": SampleContent.viewer.description,
                "first_content_id": SampleContent.clips[0].id.description,
            ].merging(viewer as [String: Any]) { own, _ in own })
    }

    private func api(_ book: RouteBook) async throws -> Page {
        try await reference.page {
            let reference = try ReferencePage(
                Asset.named("docs/openapi.yaml")?.text ?? "", routes: book.entries, isOpen: isOpen)
            let frame: [String: Any] = ["origin": origin, "guarded": !isOpen]
            return page(
                "api", title: "API", description: "Every call, whom it is for, and how to make it.", isKept: true,
                reference.values.merging(frame) { own, _ in own })
        }
    }

    private func watch() -> Page {
        page(
            "watch", title: "Watch", description: "Clips that are kept where you left them.",
            module: isDemo ? "/assets/watch.js" : nil,
            [
                "demo": isDemo, "demo_user": SampleContent.viewer.description,
                "clips": SampleContent.clips.map { clip in
                    [
                        "content_id": clip.id.description, "title": clip.title, "slug": clip.slug,
                        "minutes": clip.minutes, "thumbnail_url": clip.thumbnailURL,
                    ]
                },
            ])
    }

    private func player(_ context: DogearContext) throws -> Page {
        guard isDemo, let clip = SampleContent.clips.first(where: { $0.slug == context.parameters.get("slug") }) else {
            throw Problem.notFound("clip of this name")
        }
        return page(
            "player", title: clip.title, description: "\(clip.title), from where you left it.",
            module: "/assets/player.js",
            [
                "content_id": clip.id.description, "title": clip.title, "clip_url": clip.clipURL,
                "thumbnail_url": clip.thumbnailURL, "demo_user": SampleContent.viewer.description,
            ])
    }

    private func assessments() async throws -> Page {
        let shown = listsQuestionnaires ? try await questionnaires.list().filter { $0.pages > 0 } : []
        return page(
            "assessments", title: "Assessments",
            description: "Questionnaires that can be put down and picked up again.",
            module: "/assets/assessments.js",
            [
                "guarded": !listsQuestionnaires,
                "questionnaires": shown.map { entry in
                    var values: [String: Any] = [
                        "slug": entry.slug, "title": entry.title, "total_questions": entry.questions,
                        "total_pages": entry.pages,
                    ]
                    values["description"] = entry.description
                    if entry.minutes > 0 { values["minutes"] = entry.minutes }
                    return values
                },
            ])
    }

    private func assessment(_ context: DogearContext) async throws -> Page {
        let slug = context.parameters.get("slug") ?? ""
        // Where questionnaires are private, a stranger learns from this page not even whether there is one of the name: the
        // browser asks for the rest with the session's id.
        let found = listsQuestionnaires ? try await questionnaires.title(of: slug) : (slug, "Questionnaire", nil)
        guard let found else { throw Problem.notFound("questionnaire of this name") }
        var values: [String: Any] = ["slug": found.slug, "title": found.title, "demo": isDemo]
        values.merge(viewer as [String: Any]) { own, _ in own }
        values["description"] = found.description
        return page(
            "assessment", title: found.title, description: "\(found.title), from where you left it.",
            module: "/assets/assessment.js", values)
    }

    private func events() -> Page {
        page(
            "events", title: "Live events",
            description: "Make a live event: join by QR, one device one player, and an ending that can be undone.",
            module: "/assets/events.js", isDemo ? ["sample": sampleEvent] : [:])
    }

    private var sampleEvent: [String: Any] {
        let event = SampleContent.event
        return [
            "id": event.id.description, "title": event.title, "join_code": event.joinCode,
            "host_code": event.recoveryCode,
        ]
    }

    /// A page of one event's host. It is the same for everybody: what is on it the browser asks for, as the host.
    private func event(_ context: DogearContext, _ template: String, title: String) -> Page {
        page(
            template, title: title, description: "A live event.", module: "/assets/\(template)-page.js",
            ["event_id": context.parameters.get("id") ?? "", "resume_seconds": resumeDialogSeconds])
    }

    /// A page of signing in, or of one's own account. It is the same for everybody: the browser asks for what is on it.
    private func account(_ name: String, title: String) -> Page {
        page(
            name, title: title, description: "\(title), with Dogear.",
            module: name == "account" ? "/assets/account-own.js" : "/assets/account-page.js",
            isDemo ? ["sample": ["email": SampleUser.email, "password": SampleUser.password]] : [:])
    }

    private func join(_ context: DogearContext) -> Page {
        page(
            "join", title: "Join", description: "Join a live event, or come back to your place in it.",
            module: "/assets/join.js",
            ["code": context.parameters.get("code") ?? ""].merging(viewer as [String: Any]) { own, _ in own })
    }

    func page(
        _ template: String, title: String, description: String, module: String? = nil, isKept: Bool = false,
        _ values: [String: Any]
    ) -> Page {
        let content = library.render(values, withTemplate: template) ?? ""
        var shell: [String: Any] = [
            "title": title, "description": description, "version": version, "content": content, "guarded": !isOpen,
            "at_api": template == "api", "at_home": template == "home",
            "at_watch": template == "watch" || template == "player",
            "at_assessments": template == "assessments" || template == "assessment",
            "at_account": AccountPages.names.contains(template),
            "at_events": template == "events" || template == "event-host",
            "at_jobs": template == "jobs" || template == "job", "at_playground": template == "playground",
            "is_monitoring": ["jobs", "job", "playground"].contains(template),
            "is_event": ["events", "event-host", "event-screen", "join"].contains(template),
        ]
        if isDemo { shell["sample"] = ["email": SampleUser.email, "password": SampleUser.password] }
        shell["needed"] = ModuleGraph.carried.needed(by: [Self.watch] + [module].compactMap(\.self))
        if let module { shell["module"] = module }
        let html = library.render(shell, withTemplate: "shell") ?? content
        return isKept ? Page(kept: html) : Page(html: html)
    }
}
