import Changes
import Core

/// Mails that a job owes its owner.
enum MonitoringMail {
    static func summary(_ summary: WrittenSummary, _ id: Int, _ job: Job, _ change: Change) throws {}
    static func failing(_ job: Job, _ failure: Failure, _ change: Change) throws {}
}
