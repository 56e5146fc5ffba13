import Foundation
import TestSupport
import Testing

/// What is in `deploy`, as far as it can be tried where no container and no systemd runs.
@Suite struct DeployTests {
    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: repository + "/" + name, encoding: .utf8)
    }

    @Test func `systemd takes the unit, and finds it hardened`() throws {
        let folder = try temporaryFolder("unit")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let unit = try text("deploy/dogear.service").replacing("/usr/local/bin/dogear", with: DogearProcess.binary)
        try unit.write(toFile: folder + "/dogear.service", atomically: false, encoding: .utf8)
        let said = try run("systemd-analyze", ["verify", folder + "/dogear.service"])
        #expect(said.isEmpty, "\(said)")
        // 0 is locked up, 10 is open to everything; beyond the threshold the command fails.
        let exposure = try run(
            "systemd-analyze", ["security", "--offline=yes", "--threshold=20", folder + "/dogear.service"])
        #expect(exposure.contains("Overall exposure level"), "\(exposure)")
    }

    @Test func `an image builds with what make installs, and has every library that the binary wants`() throws {
        // What comes before the first stage, the stage that builds, and the one that runs.
        let image = try text("deploy/Containerfile").components(separatedBy: "FROM ")
        #expect(image.count == 3)
        let packages = try text("Makefile").split(separator: "\n")
            .first { $0.hasPrefix("BUILD_PACKAGES := ") }?.dropFirst("BUILD_PACKAGES := ".count).split(separator: " ")
        let (builds, runs) = (try image.at(1), try image.at(2))
        for package in try #require(packages) { #expect(builds.contains(" \(package)"), "\(package)") }
        let wanted = try run("readelf", ["-d", DogearProcess.binary]).split(separator: "\n")
            .compactMap { $0.firstMatch(of: /\(NEEDED\).*\[(.+)\]/)?.output.1 }
        // Swift's own are in the binary of a release; these come with any Debian.
        let own = wanted.filter {
            !$0.contains("wift") && !$0.contains("Foundation") && !$0.contains("dispatch")
                && $0 != "libBlocksRuntime.so"
        }
        let always = ["libc.so.6", "libm.so.6", "libgcc_s.so.1", "libstdc++.so.6", "ld-linux"]
        let asked = own.filter { library in !always.contains { library.hasPrefix($0) } }
        #expect(asked.count > 4, "\(wanted)")
        let places = try run("ldconfig", ["-p"]).split(separator: "\n")
        for library in asked {
            let place = try #require(
                places.first { $0.contains("\t\(library) ") }?.split(separator: " ").last, "\(library)")
            let real = URL(fileURLWithPath: String(place)).resolvingSymlinksInPath().path
            // Some packages name their files as they lay before `/lib` became a part of `/usr`.
            let owner = try [real, String(real.dropFirst("/usr".count))]
                .map { try run("dpkg", ["-S", $0], allowFailure: true) }.first { $0.contains(": /") }
            let package = try #require(owner, "\(real)").prefix { $0 != ":" }
            #expect(runs.contains(" \(package) ") || runs.contains(" \(package)\n"), "\(library): \(package)")
        }
    }
}
