import Changes
import Core
import Outbox

/// Mails that a job owes its owner, within the change that they tell of: each is owed once.
struct MonitoringMail: Sendable {
    private let unsubscriptions: Unsubscriptions

    init(_ unsubscriptions: Unsubscriptions) {
        self.unsubscriptions = unsubscriptions
    }

    /// A summary that has posts.
    func tell(_ summary: WrittenSummary, _ job: Job, _ change: Change) {
        owe(job, change) {
            (
                "New from \(job.plan.account)",
                """
                \(summary.content)

                \(summary.links.joined(separator: "\n"))

                All runs of this job: \(unsubscriptions.page("/jobs/\(job.id)"))
                """
            )
        }
    }

    /// A job that has failed three times in a row.
    func tell(_ failure: Failure, _ job: Job, _ change: Change) {
        owe(job, change) {
            (
                "Watching \(job.plan.account) has failed three times",
                """
                The last three runs of this job have failed. What happened last: \(failure.message)

                The job goes on as scheduled, and nothing is lost that the source still gives. You are told once; its runs are \
                at \(unsubscriptions.page("/jobs/\(job.id)"))
                """
            )
        }
    }

    private func owe(_ job: Job, _ change: Change, _ mail: () -> (subject: String, text: String)) {
        guard job.plan.notify == .email else { return }
        change.owe(to: [.mail]) {
            let (subject, text) = mail()
            return Message(
                name: "mail", key: "mail:\(job.userID)",
                payload: [
                    "user_id": .id(job.userID), "subject": .string(subject), "text": .string(text),
                    "headers": .object(
                        unsubscriptions.headers(of: job.id).sorted { $0.key < $1.key }
                            .map { .init($0.key, .string($0.value)) }),
                ], to: [.mail])
        }
    }
}
