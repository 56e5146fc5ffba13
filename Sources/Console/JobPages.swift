import Core
import Hummingbird
import Web

/// The pages of jobs and the playground. They are the same for everybody: the browser asks for what is on them, as whoever is signed
/// in.
extension Pages {
    func addJobRoutes(to routes: RouteGroup) {
        let sample = isDemo ? ["sample": ["account": SampleContent.posts.account]] : [:]
        routes.get("jobs", for: .anybody, query: .any) { _, _ in
            page(
                "jobs", title: "Jobs", description: "Posts that are watched for you.", module: "/assets/jobs.js", sample
            )
        }
        routes.get("jobs/{job_id}", for: .anybody, query: .any) { _, context in
            page(
                "job", title: "Job", description: "One job and all its runs.", module: "/assets/job.js",
                ["job_id": context.parameters.get("job_id") ?? ""])
        }
        routes.get("playground", for: .anybody, query: .any) { _, _ in
            page(
                "playground", title: "Playground", description: "What a job would tell, at once.",
                module: "/assets/playground.js", sample)
        }
        routes.get("unsubscribe/{job_id}/{token}", for: .anybody, query: .any) { _, context in try unsubscribe(context)
        }
    }

    /// Looking ends no mails: programs look at links by themselves. The button sends the POST.
    private func unsubscribe(_ context: DogearContext) throws -> Page {
        guard let job = context.parameters.get("job_id").flatMap({ Int32($0) }), job > 0,
            context.parameters.get("token")?.wholeMatch(of: /[0-9a-f]{32}/) != nil
        else { throw Problem.notFound("such subscription") }
        return page(
            "unsubscribe", title: "No more mails", description: "Ends the mails of a job.",
            module: "/assets/unsubscribe.js", ["job_id": "\(job)"])
    }
}
