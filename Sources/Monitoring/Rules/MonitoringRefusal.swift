import Core

/// Why monitoring refuses something.
enum MonitoringRefusal: Error, Hashable {
    /// There is none that the caller may know of.
    case none(String)
    /// A run of the job is at work.
    case running(execution: Int)
    /// Nothing of this run can be tried again.
    case nothingToRetry(String)
    /// Whoever has so many already.
    case full(Int)
    /// A playground run of the user is at work.
    case playing(Int)
    /// So many runs an hour; good again then.
    case tooMany(Int, until: Instant)
    /// The address that is asked for lies ahead, or is empty.
    case badWindow(String)
}
