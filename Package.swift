// swift-tools-version: 6.2
import PackageDescription

let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// Tests are not what is tested: where Dogear is optimised, they need not be, and are compiled sooner.
let testing = house + [.unsafeFlags(["-Onone"], .when(configuration: .release))]

/// The C targets that carry files in the binary through `#embed`.
let embedding: [CSetting] = [.unsafeFlags(["-std=c23", "-Wno-c23-extensions"])]

let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdHTTP2 = Target.Dependency.product(name: "HummingbirdHTTP2", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioFoundation = Target.Dependency.product(name: "NIOFoundationEssentialsCompat", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let jwtKit = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")

let package = Package(
    name: "dogear",
    products: [.executable(name: "dogear", targets: ["dogear"])],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: [.defaults, "YAML"]),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .target(name: "Core", swiftSettings: house),
        .target(name: "SQL", dependencies: ["Core", deque], swiftSettings: house),
        .target(
            name: "SQLite",
            dependencies: [
                "SQL", "Core", deque,
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: house),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(name: "Postgres", dependencies: ["SQL", "Core", "CPostgres", deque, logging], swiftSettings: house),
        .systemLibrary(name: "CRedis", providers: [.apt(["libhiredis-dev"])]),
        .target(name: "Redis", dependencies: ["Core", "CRedis", deque, logging], swiftSettings: house),
        .target(name: "Migrations", dependencies: ["SQL", "Core", crypto], swiftSettings: house),
        .target(name: "CSchema", cSettings: embedding),
        .target(
            name: "Schema", dependencies: ["Migrations", "SQL", "CSchema"], exclude: ["postgres", "sqlite"],
            swiftSettings: house),
        .target(name: "Streams", dependencies: ["SQL", "Core", deque, nioCore], swiftSettings: house),
        .target(name: "Outbox", dependencies: ["SQL", "Core"], swiftSettings: house),
        .target(
            name: "Changes", dependencies: ["Streams", "Outbox", "SQL", "Core", deque, nioCore, crypto],
            swiftSettings: house),
        .target(name: "Upkeep", dependencies: ["Changes", "SQL", "Core", logging], swiftSettings: house),
        .target(
            name: "Relays",
            dependencies: [
                "Upkeep", "Changes", "Outbox", "SQL", "Core", asyncHTTPClient, nioCore, nioFoundation, nioHTTP1,
                logging,
                serviceLifecycle,
            ],
            swiftSettings: house),
        .systemLibrary(name: "CKafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        .target(name: "Kafka", dependencies: ["CKafka", logging], swiftSettings: house),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "Web",
            dependencies: [
                "Upkeep", "Changes", "Streams", "SQL", "Core", "CZlib", hummingbird, hummingbirdCore, logging, nioCore,
                nioFoundation,
                nioHTTP1, nioTLS, nioSSL, nioHTTPTypes, hummingbirdHTTP2, httpTypes, serviceLifecycle,
            ],
            swiftSettings: house),
        .target(
            name: "Accounts",
            dependencies: [
                "SQL", "Core", "Outbox", "Changes", "Upkeep", "Relays", "Web", crypto, asyncHTTPClient, nioCore,
                nioFoundation,
                nioHTTP1, logging, jwtKit, hummingbird, httpTypes, serviceLifecycle, deque,
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: house),
        .target(
            name: "Playback",
            dependencies: [
                "Web", "Upkeep", "Changes", "Streams", "Outbox", "SQL", "Core", hummingbird, httpTypes, logging,
                serviceLifecycle, crypto,
            ],
            swiftSettings: house),
        .target(
            name: "Assessments",
            dependencies: [
                "Web", "Upkeep", "Changes", "SQL", "Core", hummingbird, .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: house),
        .systemLibrary(name: "CQRCode", providers: [.apt(["libqrencode-dev"])]),
        .target(
            name: "LiveEvents",
            dependencies: [
                "Web", "Upkeep", "Changes", "Streams", "SQL", "Core", "CQRCode", "CZlib", hummingbird, httpTypes,
                nioCore,
                crypto,
                serviceLifecycle,
            ],
            swiftSettings: house),
        .target(
            name: "Monitoring",
            dependencies: [
                "Web", "Upkeep", "Changes", "Outbox", "SQL", "Core", hummingbird, crypto, asyncHTTPClient, logging,
                nioCore,
                nioFoundation, nioHTTP1, httpTypes, serviceLifecycle,
            ],
            swiftSettings: house),
        .target(name: "CConsole", exclude: ["assets"], cSettings: embedding),
        .target(
            name: "Console",
            dependencies: [
                "Web", "Core", "CConsole", "Playback", "Assessments", "LiveEvents", "Accounts", "Monitoring",
                hummingbird, nioCore, httpTypes,
                crypto,
                .product(name: "Mustache", package: "swift-mustache"), .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: house),
        .target(
            name: "Settings",
            dependencies: [
                "Core", .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "SystemPackage", package: "swift-system"), .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: house),
        .target(
            name: "Server",
            dependencies: [
                "Core", "SQL", "SQLite", "Postgres", "Migrations", "Schema", "Web", "Upkeep", "Changes", "Streams",
                "Outbox", "Relays", "Kafka", "Redis", "Accounts", "Playback", "Assessments", "LiveEvents", "Monitoring",
                "Console", "Settings", crypto,
                hummingbird,
                hummingbirdCore, logging, nioCore, nioSSL, serviceLifecycle,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: house),
        .executableTarget(
            name: "dogear",
            dependencies: [
                "Server", "Settings", "Core", "SQL", "Migrations", "Accounts", "Playback", "Assessments", "Monitoring",
                "Changes",
                "Outbox",
                "Web",
                "Console",
                logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: house),
        .target(
            name: "TestSupport",
            dependencies: [
                "Core", "SQL", "SQLite", "Postgres", "Migrations", "Schema", "Streams", "Outbox", "Changes", "Web",
                "Accounts", "Server", "Settings", "CKafka", hummingbird,
                hummingbirdTesting, logging, nioCore, nioFoundation, nioHTTP1, httpTypes, asyncHTTPClient,
            ],
            path: "Tests/TestSupport", swiftSettings: testing),
        .testTarget(name: "CoreTests", dependencies: ["Core"], swiftSettings: testing),
        .testTarget(
            name: "SQLTests", dependencies: ["SQL", "SQLite", "Postgres", "Core", "TestSupport"], swiftSettings: testing
        ),
        .testTarget(name: "RedisTests", dependencies: ["Redis", "Core", "TestSupport"], swiftSettings: testing),
        .testTarget(
            name: "StreamsTests", dependencies: ["Streams", "Changes", "SQL", "Core", "TestSupport", nioCore],
            swiftSettings: testing),
        .testTarget(
            name: "OutboxTests", dependencies: ["Outbox", "Changes", "SQL", "Core", "TestSupport"],
            swiftSettings: testing),
        .testTarget(
            name: "RelaysTests",
            dependencies: ["Relays", "Outbox", "Streams", "Changes", "Upkeep", "SQL", "Core", "TestSupport", nioCore],
            swiftSettings: testing),
        .testTarget(name: "KafkaTests", dependencies: ["Kafka", "TestSupport"], swiftSettings: testing),
        .testTarget(
            name: "ChangesTests",
            dependencies: ["Changes", "Outbox", "Streams", "SQL", "Core", "TestSupport", nioCore],
            swiftSettings: testing),
        .testTarget(
            name: "UpkeepTests", dependencies: ["Upkeep", "Changes", "SQL", "Core", "TestSupport"],
            swiftSettings: testing),
        .testTarget(
            name: "MigrationsTests", dependencies: ["Migrations", "Schema", "SQL", "Core", "TestSupport"],
            swiftSettings: testing),
        .testTarget(
            name: "PlaybackTests",
            dependencies: ["Playback", "Changes", "SQL", "Core", "Web", "TestSupport", httpTypes],
            swiftSettings: testing),
        .testTarget(
            name: "AssessmentsTests",
            dependencies: [
                "Assessments", "Changes", "SQL", "Core", "Web", "Migrations", "Schema", "TestSupport", httpTypes,
            ],
            swiftSettings: testing),
        .testTarget(
            name: "LiveEventsTests",
            dependencies: [
                "LiveEvents", "Changes", "SQL", "Core", "Web", "Migrations", "Schema", "TestSupport", httpTypes,
            ],
            swiftSettings: testing),
        .testTarget(
            name: "MonitoringTests",
            dependencies: [
                "Monitoring", "Accounts", "Changes", "Upkeep", "Outbox", "Streams", "SQL", "Core", "Web", "Migrations",
                "Schema",
                "TestSupport",
                hummingbird, httpTypes, nioCore,
            ],
            swiftSettings: testing),
        .testTarget(
            name: "WebTests",
            dependencies: ["Web", "Changes", "Core", "SQL", "TestSupport", httpTypes, nioCore, nioHTTP1, nioEmbedded],
            swiftSettings: testing),
        .testTarget(
            name: "AccountsTests",
            dependencies: [
                "Accounts", "Web", "Outbox", "Relays", "Streams", "Changes", "Core", "SQL", "TestSupport", jwtKit,
                httpTypes,
                nioCore,
            ],
            swiftSettings: testing),
        .testTarget(name: "SettingsTests", dependencies: ["Settings", "Core"], swiftSettings: testing),
        .testTarget(
            name: "ConsoleTests",
            dependencies: ["Console", "SQL", "Web", "TestSupport", hummingbirdTesting, nioCore, httpTypes],
            swiftSettings: testing),
        .testTarget(name: "HouseStyleTests", swiftSettings: testing),
        .testTarget(
            name: "JourneyTests",
            dependencies: [
                "TestSupport", "Accounts", "Assessments", "Changes", "Core", "SQL", "Migrations", "Web", "Server",
                crypto, logging,
                asyncHTTPClient, nioCore,
                nioFoundation,
                nioHTTP1, httpTypes,
                "dogear",
            ],
            swiftSettings: testing),
        .testTarget(
            name: "CrashTests", dependencies: ["TestSupport", "Core", "SQL", "dogear"], swiftSettings: testing),
        .testTarget(
            name: "BrowserTests",
            dependencies: ["TestSupport", "Core", asyncHTTPClient, nioCore, nioFoundation, nioHTTP1, "dogear"],
            swiftSettings: testing),
    ]
)
