import Changes
import Core
import Logging
import SQL

extension Runner {
    /// Carries out a run of a job.
    func perform(_ claim: Claim) async {
        do {
            try await steps(of: claim)
        } catch is RunStore.Fenced {
            note("a run had passed on to another node", claim)
        } catch {
            await give(up: claim, failure(error, claim))
        }
    }

    private func steps(of claim: Claim) async throws {
        let runs = runs
        if let request = claim.request {
            let fetched = try await source(claim.job.plan.source).posts(request)
            try Task.checkCancellation()
            try await changes.make { try runs.keep(fetched, claim, $0) }
        }
        let pending = try await changes.read {
            try PostRows.pending(claim, limit: RunStore.postLimit, on: $0)
        }
        let plan = claim.job.plan
        guard !pending.isEmpty else {
            try await changes.make { _ = try runs.complete(claim, nil, $0) }
            return
        }
        try await changes.make { try runs.log("Summarising \(pending.count) posts.", claim, $0) }
        let posts = pending.map(\.post)
        let text = try await summariser.summarise(
            SummaryRequest(account: plan.account, topics: plan.topics, language: plan.language, posts: posts))
        try Task.checkCancellation()
        let written = WrittenSummary(text, of: posts)
        try await changes.make { _ = try runs.complete(claim, (written, pending.map(\.id)), $0) }
    }

    /// What an error means for a run; nil for one of the database's, which is left to whoever takes the run over.
    private func failure(_ error: any Error, _ claim: Claim) -> Failure? {
        switch error {
        case let failure as SourceFailure: Failure(failure)
        case let failure as SummaryFailure: Failure(failure)
        case is CancellationError:
            if changes.clock.now - claim.startedAt > Self.patience {
                Failure(.sourceFailed, "The run took longer than 15 minutes and was given up.")
            } else {
                Failure(.interrupted, "The server was stopped in the middle of this run. What was fetched is kept.")
            }
        case is SQLError: nil
        default: Failure(.sourceFailed, "Something went wrong that Dogear does not know: \(error).")
        }
    }

    /// Writes down how a run went wrong, also where its task is cancelled.
    private func give(up claim: Claim, _ failure: Failure?) async {
        guard let failure else { return note("a run is left for another try: the database was not there", claim) }
        let (changes, runs) = (changes, runs)
        let writing = Task { try await changes.make { try runs.fail(claim, failure, $0) } }
        do {
            try await writing.value
        } catch is RunStore.Fenced {
            note("a run had passed on to another node", claim)
        } catch {
            note("how a run failed could not be written down: \(error)", claim)
        }
    }

    /// Carries out a run of the playground.
    func perform(_ play: PlayStore.Play) async {
        let plays = plays
        do {
            try await steps(of: play)
        } catch is RunStore.Fenced {
            return
        } catch {
            let message = message(error)
            let changes = changes
            let writing = Task { try await changes.make { try plays.fail(play.id, message, $0) } }
            _ = try? await writing.value
        }
    }

    private func message(_ error: any Error) -> String {
        switch error {
        case let failure as SourceFailure: Failure(failure).message
        case let failure as SummaryFailure: Failure(failure).message
        case is CancellationError: "The server was stopped in the middle of this run. Run it again."
        default: "Something went wrong that Dogear does not know. Run it again."
        }
    }

    private func steps(of play: PlayStore.Play) async throws {
        let (plays, wish) = (plays, play.wish)
        let from = play.startedAt - .hours(wish.hoursBack)
        var posts: [Post] = []
        for account in wish.accounts {
            let fetched = try await source(wish.source).posts(
                PostRequest(account: account, from: from, until: play.startedAt, limit: RunStore.postLimit))
            // A feed gives all that it has; what has no date may be new.
            posts += fetched.posts.filter { $0.postedAt.map { $0 >= from } ?? true }
            try Task.checkCancellation()
        }
        guard !posts.isEmpty else {
            try await changes.make { try plays.complete(play, nil, $0) }
            return
        }
        let oldest = Instant(milliseconds: 0)
        posts.sort { ($0.postedAt ?? oldest) < ($1.postedAt ?? oldest) }
        try await changes.make { try plays.note("summarising", play, $0) }
        let text = try await summariser.summarise(
            SummaryRequest(
                account: wish.accounts.joined(separator: ", "), topics: wish.topics, language: wish.language,
                posts: posts))
        try Task.checkCancellation()
        let written = WrittenSummary(text, of: posts)
        try await changes.make { try plays.complete(play, written, $0) }
    }

    private func note(_ message: String, _ claim: Claim) {
        logger.warning(
            "\(message)", metadata: ["job": "\(claim.job.id)", "execution": "\(claim.id)"])
    }
}
