import Core

extension MonitoringRefusal: ProblemConvertible {
    /// What the caller is told, and what to do next.
    var problem: Problem {
        switch self {
        case .none(let thing): .notFound(thing)
        case .running(let execution):
            Problem(
                409, "already-running", "A run of this job is at work",
                "Nothing was started. Look at that run; when it has ended, the job can be run again.",
                members: [
                    .init("current", .string(ExecutionStatus.running.rawValue)),
                    .init("execution_id", .integer(execution)),
                ])
        case .nothingToRetry(let current):
            Problem(
                409, "nothing-to-retry", "This run has not failed",
                "Only a run that failed can be tried again. Nothing was started; to run the job anew, use `run`.",
                members: [.init("current", .string(current))])
        case .full(let limit):
            Problem(
                409, "full", "There is no room for more",
                "You have \(limit) jobs, which is as many as may be. Delete one first. Nothing was stored.")
        case .playing(let id):
            Problem(
                409, "already-running", "A playground run of yours is at work",
                "One runs at a time. Wait until it has ended, and run this again.",
                members: [.init("current", .string(ExecutionStatus.running.rawValue)), .init("id", .integer(id))])
        case .tooMany(let limit, let until):
            Problem(
                429, "playground-limit", "That was a lot of playing",
                "The playground takes \(limit) runs an hour. The next one can start at \(until); a job runs as often as its schedule says.",
                members: [.init("until", .instant(until))])
        case .badWindow(let why):
            .invalid([FieldProblem("to", why)])
        }
    }
}
