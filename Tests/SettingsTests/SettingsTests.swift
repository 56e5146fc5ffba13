import Core
import Foundation
import Settings
import Testing

@Suite struct SettingsTests {
    private func settings(
        _ flags: [String: String] = [:], environment: [String: String] = [:], yaml: String? = nil
    ) async throws -> Settings {
        var file: String?
        if let yaml {
            let path = NSTemporaryDirectory() + "/dogear-\(UInt64.random(in: .min ... .max)).yaml"
            try Data(yaml.utf8).write(to: URL(fileURLWithPath: path))
            file = path
        }
        defer { if let file { try? FileManager.default.removeItem(atPath: file) } }
        return try Settings(try await SettingsSource(flags: flags, environment: environment, file: file))
    }

    @Test func `with nothing said the embedded default is served on loopback`() async throws {
        let settings = try await settings()
        #expect(settings.host == "127.0.0.1" && settings.port == 8_086)
        #expect(settings.database == .sqlite(path: "data/dogear.sqlite"))
        #expect(settings.resumeMinimumSeconds == 30 && settings.resumeFinishedRatio == 0.95)
        #expect(settings.sessionLifetime == .hours(24))
        #expect(
            settings.userTokens == nil && settings.delivery.kafka == nil && settings.delivery.syncURL == nil
                && settings.migrates
                && !settings.isDemo)
    }

    @Test func `flags win over the environment, which wins over the file`() async throws {
        let yaml = "port: 1\nhost: \"10.0.0.1\"\nresume_finished_ratio: 0.9\ndemo: true\n"
        let settings = try await settings(["PORT": "3"], environment: ["PORT": "2", "HOST": "127.0.0.2"], yaml: yaml)
        #expect(settings.port == 3)
        #expect(settings.host == "127.0.0.2")
        #expect(settings.resumeFinishedRatio == 0.9)
        #expect(settings.isDemo)
    }

    @Test func `an empty value in the environment is as good as none`() async throws {
        #expect(try await settings(environment: ["PORT": "", "KAFKA_BROKERS": ""]).port == 8_086)
    }

    @Test(arguments: [
        ("PORT", "x"), ("PORT", "65536"), ("PORT", "-1"), ("DATABASE_URL", "mysql://x"), ("DATABASE_URL", "sqlite:"),
        ("RESUME_MINIMUM_SECONDS", "thirty"), ("RESUME_FINISHED_RATIO", "1.1"), ("RESUME_FINISHED_RATIO", "0"),
        ("RESUME_FINISHED_RATIO", "nan"), ("SESSION_LIFETIME_HOURS", "0"), ("DEMO", "perhaps"), ("LOG_LEVEL", "loud"),
        ("JWT_SECRET", "short"), ("CORS_ORIGINS", "app.example"), ("CORS_ORIGINS", "https://app.example/path"),
        ("DATABASE_CONNECTIONS", "0"), ("OUTBOUND_ALLOW", "10.0.0.0/33"),
        ("OUTBOUND_ALLOW", "localhost"), ("X_API_URL", "api.x.com"), ("TWITTERAPI_URL", "ftp://x"),
        ("X_API_URL", "https://u:p@x.example"), ("X_API_TOKEN", "two words"), ("SUMMARISER_TOKEN_BUDGET", "100"),
    ]) func `a value that cannot be used is refused in one sentence that names it`(name: String, value: String)
        async throws
    {
        await #expect { try await settings([name: value]) } throws: { error in
            "\(error)".hasPrefix(name) && !"\(error)".contains("\n")
        }
    }

    @Test func `a secret never stands in a refusal`() async throws {
        await #expect { try await settings(["DATABASE_URL": "mysql://u:hunter2@h/d"]) } throws: {
            !"\($0)".contains("hunter2")
        }
        await #expect { try await settings(["JWT_SECRET": "hunter2"]) } throws: { !"\($0)".contains("hunter2") }
    }

    @Test func `user tokens are checked by one way, never two`() async throws {
        let secret = String(repeating: "s", count: 32)
        #expect(try await settings(["JWT_SECRET": secret]).userTokens == .secret(secret))
        #expect(try await settings(["JWT_JWKS": "keys.json"]).userTokens == .jwks("keys.json"))
        await #expect(throws: Settings.Refusal.self) {
            try await settings(["JWT_SECRET": secret, "JWT_JWKS": "keys.json"])
        }
    }

    @Test(arguments: [("KAFKA_BROKERS", "localhost:9092"), ("SYNC_SERVICE_URL", "http://localhost:8083")])
    func `events are owed once a relay is configured`(name: String, value: String) async throws {
        let owing = try await settings([name: value])
        #expect(owing.delivery.kafka?.brokers == (name == "KAFKA_BROKERS" ? value : nil))
        #expect(owing.delivery.kafka?.topicPrefix == (name == "KAFKA_BROKERS" ? "playback" : nil))
        #expect(owing.delivery.syncURL == (name == "SYNC_SERVICE_URL" ? value : nil))
    }

    @Test(arguments: [
        ["KAFKA_BROKERS": "localhost:x"], ["KAFKA_BROKERS": "a:9092,http://b:9092"],
        ["KAFKA_BROKERS": "a:9092", "KAFKA_TOPIC_PREFIX": "play back"], ["SYNC_SERVICE_URL": "localhost"],
    ]) func `a destination that cannot be one is refused`(values: [String: String]) async throws {
        await #expect(throws: Settings.Refusal.self) { try await settings(values) }
    }

    @Test func `a file that is not YAML is refused`() async throws {
        await #expect(throws: Settings.Refusal.self) { try await settings(yaml: "port: [") }
    }

    @Test func `a summariser needs an address and a model, and is otherwise none`() async throws {
        #expect(try await settings().outside.summariser == nil)
        let url = ["SUMMARISER_URL": "http://localhost:11434/v1/"]
        await #expect(throws: Settings.Refusal.self) { try await settings(url) }
        let summariser = try await settings(url.merging(["SUMMARISER_MODEL": "m"]) { $1 }).outside.summariser
        #expect(summariser?.url == "http://localhost:11434/v1" && summariser?.tokenBudget == 4_096)
    }

    @Test func `networks that may be asked are read one by one`() async throws {
        let allowed = try await settings(["OUTBOUND_ALLOW": "10.1.0.0/16, ::1"]).outside.allowed
        #expect(allowed.map(\.description) == ["10.1.0.0/16", "::1/128"])
    }

    @Test func `every key is documented with a sentence`() {
        #expect(Set(SettingKey.all.map(\.name)).count == SettingKey.all.count)
        #expect(SettingKey.all.allSatisfy { $0.meaning.hasSuffix(".") })
    }
}
