import Core
import Logging
import Monitoring
import Settings

extension MonitoringArea.Outside {
    /// What the settings say of sources and of what summarises.
    init(_ settings: Settings, clock: Clock, logger: Logger) {
        let outside = settings.outside
        let outbound = Outbound(allowed: outside.allowed, version: DogearServer.version, clock: clock)
        var configuration = PostSources.Configuration()
        configuration.xURL = outside.xURL
        configuration.xToken = outside.xToken
        configuration.twitterAPIURL = outside.twitterAPIURL
        configuration.twitterAPIKey = outside.twitterAPIKey
        configuration.folder = outside.postsFolder
        let sources = PostSources(configuration, outbound: outbound, clock: clock, logger: logger)
        self.init(
            source: { sources.source($0) }, summariser: Self.summariser(outside.summariser, outbound),
            close: { await outbound.close() })
    }

    private static func summariser(_ settings: OutsideSettings.Summariser?, _ outbound: Outbound) -> any Summariser {
        guard let settings else { return ExtractiveSummariser() }
        return ChatSummariser(
            .init(url: settings.url, model: settings.model, key: settings.key, tokenBudget: settings.tokenBudget),
            outbound: outbound)
    }
}
