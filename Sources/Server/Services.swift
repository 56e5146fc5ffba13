import ServiceLifecycle

/// Does something once a stop is asked for. Of the services of a group the last stops first.
struct AtTheEnd: Service {
    let work: @Sendable () async -> Void

    func run() async throws {
        try? await gracefulShutdown()
        await work()
    }
}

/// Goes on until a stop is asked for, which cancels it.
struct Background: Service {
    let work: @Sendable () async throws -> Void

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown(work)
        } catch is CancellationError {}
    }
}
